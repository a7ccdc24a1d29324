from __future__ import annotations

from dataclasses import replace

import pytest
from stage import ARTICLE, replicate

from hiss.tui.charts.dot_plot import DotRow, dot_plot, dot_rows
from hiss.tui.state.model import Run
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, PictureStyle, picture_style


@pytest.fixture
def style() -> PictureStyle:
    return picture_style(DARK, GLYPHS["braille"])


def row(*scores: float, failed: int = 0, name: str = "arm") -> DotRow:
    return DotRow(name, scores, failed, "#ffffff")


def drawn(style: PictureStyle, *rows: DotRow, width: int = 40, height: int = 8) -> list[str]:
    return [line.plain for line in dot_plot(rows, style, width, height)]


def dots(lines: list[str]) -> int:
    return sum(
        (ord(one) - 0x2800).bit_count() for line in lines for one in line if "⠀" < one <= "⣿"
    )


def test_every_score_is_a_dot_and_equal_ones_are_stacked(style: PictureStyle) -> None:
    lines = drawn(style, row(0.7, 0.7, 0.7, 0.8))
    assert dots(lines) == 4
    assert "⡆" in lines[0]
    assert "a dot is a repeat" in lines[-1]


def test_scores_too_many_to_stack_share_dots_and_a_note_says_so(style: PictureStyle) -> None:
    lines = drawn(style, row(*[0.7] * 30, 0.8), height=3)
    assert dots(lines) == 4 + 1
    assert drawn(style, row(*[0.7] * 30, 0.8), height=4)[-1] == "a dot is up to 4 repeats"


def test_failed_repeats_are_counted_beside_the_mean_of_the_others(style: PictureStyle) -> None:
    assert drawn(style, row(0.7, 0.8, failed=2))[0].endswith("0.750 2 failed")


def test_arms_share_one_axis(style: PictureStyle) -> None:
    low, high = drawn(style, row(0.5, name="one"), row(0.9, name="two"))[:2]
    assert low.index("⢀" if "⢀" in low else "⡀") < high.index("⢀" if "⢀" in high else "⡀")


def test_without_scores_a_hint_stands_in_their_place(style: PictureStyle) -> None:
    assert "No scores yet" in drawn(style, row())[0]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (10, 2), (25, 3), (300, 60)])
def test_dot_plots_stay_within_their_width(style: PictureStyle, width: int, height: int) -> None:
    lines = drawn(style, row(0.5, 0.9), width=max(width, 60), height=height)
    assert all(len(line) <= max(width, 60) for line in lines)


def test_without_braille_figures_count_the_repeats() -> None:
    lines = drawn(picture_style(DARK, GLYPHS["ascii"]), row(*[0.7] * 3, *[0.9] * 12))
    assert "3" in lines[0] and "+" in lines[0]
    assert all(line.isascii() for line in lines)


def test_the_rows_of_runs_leave_failures_out_and_count_them(style: PictureStyle) -> None:
    done = replicate(ARTICLE[0], 0)
    broken = replace(replicate(ARTICLE[0], 1), status="failed", scores={})
    run = Run(ARTICLE[0], 2, "ended", None, (done, broken))
    (only,) = dot_rows((run,), style)
    assert (only.name, len(only.scores), only.failed) == ("baseline", 1, 1)


def test_a_score_that_was_not_measured_has_no_dots(style: PictureStyle) -> None:
    run = Run(ARTICLE[0], 1, "ended", replicates=(replicate(ARTICLE[0], 0),))
    (found,) = dot_rows((run,), style, "brier")
    assert found.scores == ()
