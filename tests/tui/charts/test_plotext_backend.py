from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from rich.style import Style
from rich.text import Text
from stage import ARTICLE, METRICS, circles, history
from textual_plotext import Plot

from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.tui.charts import plotext_backend
from hiss.tui.charts.curves import CurvesPicture, curves_picture, key, legend
from hiss.tui.charts.plotext_backend import draw_curves, draw_points
from hiss.tui.state import transitions
from hiss.tui.state.model import Lab
from hiss.tui.style.ascii import to_ascii
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, LIGHT, PictureStyle, picture_style
from hiss.tui.terminal.options import Glyphs


@pytest.fixture
def style() -> PictureStyle:
    return picture_style(DARK, GLYPHS["braille"])


def trained(*arms: int, epochs: int = 4000, repeats: int = 1) -> Lab:
    experiments = tuple(ARTICLE[arm] for arm in arms)
    lab = transitions.library_read(Lab(), experiments, ())
    for one in experiments:
        lab = transitions.preview_made(lab, one.name, circles())
    lab = transitions.study_started(lab, Study(arms=experiments, repeats=repeats))
    runs = []
    for run in lab.runs:
        curves = Curves(METRICS, repeats, run.experiment.training.epochs)
        for number in range(repeats):
            curves.extend(number, history(run.experiment, number)[:epochs])
        runs.append(replace(run, curves=curves, state="training"))
    return replace(lab, runs=tuple(runs))


def seen(lab: Lab, **changes: object) -> Lab:
    return replace(lab, view=replace(lab.view, **changes))  # type: ignore[arg-type]


def drawn(lab: Lab, style: PictureStyle, width: int = 80, height: int = 20) -> list[str]:
    return [line.plain for line in draw_curves(curves_picture(lab, lab.runs), style, width, height)]


def styled_cells(line: Text) -> list[tuple[str, Style]]:
    console = Console()
    return [(one, line.get_style_at_offset(console, at)) for at, one in enumerate(line.plain)]


def test_a_chart_fills_its_cells_exactly(style: PictureStyle) -> None:
    for width, height in ((120, 30), (40, 8), (20, 6), (17, 4)):
        lines = drawn(trained(0, 1), style, width, height)
        assert len(lines) == height
        assert {Text(line).cell_len for line in lines} == {width}


def test_every_cell_has_the_character_and_colour_that_plotext_writes(
    style: PictureStyle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def from_escapes(figure: Plot) -> list[Text]:
        return list(Text.from_ansi(figure.build()).split("\n", allow_blank=False))

    lab = trained(0, 1, repeats=3)
    picture = curves_picture(lab, lab.runs)
    lines = draw_curves(picture, style, 60, 16)
    monkeypatch.setattr(plotext_backend, "figure_lines", from_escapes)
    expected = draw_curves(picture, style, 60, 16)
    assert [styled_cells(line) for line in lines] == [styled_cells(line) for line in expected]
    assert len({cell[1].color for line in lines for cell in styled_cells(line)}) > 4


def test_train_and_test_are_told_apart_without_colour(style: PictureStyle) -> None:
    text = "".join(drawn(trained(0), style))
    assert "●" in text
    assert "○" in text


def test_every_arm_has_its_own_symbols(style: PictureStyle) -> None:
    text = "".join(drawn(seen(trained(0, 1, 2, 3), training=True), style, 120, 30))
    assert all(symbol in text for symbol in "●■▲◆○□△◇")


def test_the_bayes_accuracy_is_drawn_and_labelled(style: PictureStyle) -> None:
    lines = drawn(trained(0), style)
    row = next(line for line in lines if "0.841" in line)
    assert "──" in row
    assert any(line.rstrip().endswith("Bayes") for line in lines)


def test_losses_have_no_bayes_accuracy(style: PictureStyle) -> None:
    assert "Bayes" not in "".join(drawn(seen(trained(0), quantity="loss"), style))


def test_the_epoch_axis_is_that_of_the_whole_run_from_the_start(style: PictureStyle) -> None:
    assert drawn(trained(0, epochs=40), style)[-1] == drawn(trained(0), style)[-1]


def test_growing_curves_leave_most_lines_and_all_drawn_columns_alone(style: PictureStyle) -> None:
    before, after = drawn(trained(0, epochs=2000), style), drawn(trained(0, epochs=2100), style)
    column = 4 + 65 * 2000 // 4000 - 1
    assert [line[:column] for line in before] == [line[:column] for line in after]


def test_repeats_add_a_band_around_the_mean(style: PictureStyle) -> None:
    dots = [sum(line.count(c) for line in drawn(trained(0, repeats=n), style) for c in "⠁⠂⠄⡀⠈⠐⠠⢀")
            for n in (1, 10)]  # fmt: skip
    assert dots[1] > dots[0]
    lab, one = trained(0, repeats=10), trained(0)
    assert "mean ± SD" in key(lab.view, lab.runs, style)
    assert "SD" not in key(lab.view, one.runs, style)


def test_the_legend_names_every_run_with_its_symbol(style: PictureStyle) -> None:
    assert legend(trained(0, 3).runs, style).plain == "●\xa0baseline  ■\xa0hidden-after"


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 1.0, 1e12])
@pytest.mark.parametrize("quantity", ["accuracy", "loss"])
@pytest.mark.parametrize("epochs", [1, 2, 4000])
def test_no_numbers_upset_the_chart(
    style: PictureStyle, value: float, quantity: str, epochs: int
) -> None:
    lab = trained(0, epochs=epochs)
    curves = lab.runs[0].curves
    assert curves is not None
    curves.values[:] = value
    assert len(drawn(seen(lab, quantity=quantity), style)) == 20


def test_runs_without_epochs_give_empty_axes(style: PictureStyle) -> None:
    assert len(drawn(trained(0, epochs=0), style)) == 20


def test_one_epoch_in_all_can_be_drawn(style: PictureStyle) -> None:
    assert len(draw_curves(CurvesPicture((), 1, "accuracy"), style, 40, 10)) == 10


@pytest.mark.parametrize("name", ["ascii", "dots"])
def test_terminals_without_braille_get_characters_that_they_have(name: Glyphs) -> None:
    style = picture_style(DARK, GLYPHS[name])
    lab = seen(trained(0, 1), training=True)
    text = "".join([*drawn(lab, style), legend(lab.runs, style).plain])
    assert "A" in text
    assert "b" in text
    written = to_ascii(text, plain=name == "ascii")
    allowed = "•─│┤├┬┴┼└┘┌┐\xa0" if name == "dots" else ""
    assert {one for one in written if not one.isascii() and one not in allowed} == set()
    assert Text(written).cell_len == Text(text).cell_len


def test_classes_are_told_apart_by_symbol(style: PictureStyle) -> None:
    text = "".join(line.plain for line in draw_points(circles(), style, 40, 12))
    assert text.count("●") > 20
    assert text.count("○") > 20


def test_circles_stay_round(style: PictureStyle) -> None:
    lines = [line.plain for line in draw_points(circles(), style, 80, 16)]
    columns = [at for line in lines for at, one in enumerate(line) if one != " "]
    rows = [at for at, line in enumerate(lines) if line.strip()]
    wide, high = max(columns) - min(columns) + 1, 2 * (max(rows) - min(rows) + 1)
    assert 0.8 < wide / high < 1.25


def test_the_colours_of_arms_differ_in_256_colours_too() -> None:
    from rich.color import Color, ColorSystem

    for theme in (DARK, LIGHT):
        style = picture_style(theme, GLYPHS["braille"])
        for colors in (style.arms, style.faint):
            cubes = {Color.from_rgb(*one).downgrade(ColorSystem.EIGHT_BIT).number for one in colors}
            assert len(cubes) == len(colors)


def test_the_key_says_what_a_smoothed_curve_is(style: PictureStyle) -> None:
    smooth = seen(trained(1), smooth=True)
    assert key(smooth.view, smooth.runs, style) == "● test ○ train · mean of 80 epochs"
    assert drawn(smooth, style) != drawn(trained(1), style)
