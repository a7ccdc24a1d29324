from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rich.text import Text
from stage import ARTICLE, METRICS, circles, history

from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.tui.charts.curves import curves_picture, key, legend
from hiss.tui.charts.pictures import CurvesPicture
from hiss.tui.charts.plotext_backend import draw_curves, draw_points
from hiss.tui.state import transitions
from hiss.tui.state.model import Lab
from hiss.tui.style.ascii_filter import to_ascii
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, LIGHT, PictureStyle, picture_style
from hiss.tui.terminal.options import Glyphs


@pytest.fixture
def dress() -> PictureStyle:
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


def drawn(lab: Lab, dress: PictureStyle, width: int = 80, height: int = 20) -> list[str]:
    return [line.plain for line in draw_curves(curves_picture(lab, lab.runs), dress, width, height)]


def test_a_chart_fills_its_cells_exactly(dress: PictureStyle) -> None:
    for width, height in ((120, 30), (40, 8), (20, 6), (17, 4)):
        lines = drawn(trained(0, 1), dress, width, height)
        assert len(lines) == height
        assert {Text(line).cell_len for line in lines} == {width}


def test_train_and_test_are_told_apart_without_colour(dress: PictureStyle) -> None:
    text = "".join(drawn(trained(0), dress))
    assert "●" in text
    assert "○" in text


def test_every_arm_has_its_own_symbols(dress: PictureStyle) -> None:
    text = "".join(drawn(seen(trained(0, 1, 2, 3), training=True), dress, 120, 30))
    assert all(symbol in text for symbol in "●■▲◆○□△◇")


def test_the_bayes_accuracy_is_drawn_and_labelled(dress: PictureStyle) -> None:
    lines = drawn(trained(0), dress)
    row = next(line for line in lines if "0.841" in line)
    assert "──" in row
    assert any(line.rstrip().endswith("Bayes") for line in lines)


def test_losses_have_no_bayes_accuracy(dress: PictureStyle) -> None:
    assert "Bayes" not in "".join(drawn(seen(trained(0), quantity="loss"), dress))


def test_the_epoch_axis_is_that_of_the_whole_run_from_the_start(dress: PictureStyle) -> None:
    assert drawn(trained(0, epochs=40), dress)[-1] == drawn(trained(0), dress)[-1]


def test_growing_curves_leave_most_lines_and_all_drawn_columns_alone(dress: PictureStyle) -> None:
    before, after = drawn(trained(0, epochs=2000), dress), drawn(trained(0, epochs=2100), dress)
    column = 4 + 65 * 2000 // 4000 - 1
    assert [line[:column] for line in before] == [line[:column] for line in after]


def test_repeats_add_a_band_around_the_mean(dress: PictureStyle) -> None:
    dots = [sum(line.count(c) for line in drawn(trained(0, repeats=n), dress) for c in "⠁⠂⠄⡀⠈⠐⠠⢀")
            for n in (1, 10)]  # fmt: skip
    assert dots[1] > dots[0]
    lab, one = trained(0, repeats=10), trained(0)
    assert "mean ± SD" in key(lab.view, lab.runs, dress)
    assert "SD" not in key(lab.view, one.runs, dress)


def test_the_legend_names_every_run_with_its_symbol(dress: PictureStyle) -> None:
    assert legend(trained(0, 3).runs, dress).plain == "●\xa0baseline  ■\xa0hidden-after"


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 1.0, 1e12])
@pytest.mark.parametrize("quantity", ["accuracy", "loss"])
@pytest.mark.parametrize("epochs", [1, 2, 4000])
def test_no_numbers_upset_the_chart(
    dress: PictureStyle, value: float, quantity: str, epochs: int
) -> None:
    lab = trained(0, epochs=epochs)
    curves = lab.runs[0].curves
    assert curves is not None
    curves.values[:] = value
    assert len(drawn(seen(lab, quantity=quantity), dress)) == 20


def test_runs_without_epochs_give_empty_axes(dress: PictureStyle) -> None:
    assert len(drawn(trained(0, epochs=0), dress)) == 20


def test_one_epoch_in_all_can_be_drawn(dress: PictureStyle) -> None:
    assert len(draw_curves(CurvesPicture((), 1, "accuracy"), dress, 40, 10)) == 10


@pytest.mark.parametrize("name", ["ascii", "dots"])
def test_terminals_without_braille_get_characters_that_they_have(name: Glyphs) -> None:
    dress = picture_style(DARK, GLYPHS[name])
    lab = seen(trained(0, 1), training=True)
    text = "".join([*drawn(lab, dress), legend(lab.runs, dress).plain])
    assert "A" in text
    assert "b" in text
    written = to_ascii(text, plain=name == "ascii")
    allowed = "•─│┤├┬┴┼└┘┌┐\xa0" if name == "dots" else ""
    assert {one for one in written if not one.isascii() and one not in allowed} == set()
    assert Text(written).cell_len == Text(text).cell_len


def test_classes_are_told_apart_by_symbol(dress: PictureStyle) -> None:
    text = "".join(line.plain for line in draw_points(circles(), dress, 40, 12))
    assert text.count("●") > 20
    assert text.count("○") > 20


def test_circles_stay_round(dress: PictureStyle) -> None:
    lines = [line.plain for line in draw_points(circles(), dress, 80, 16)]
    columns = [at for line in lines for at, one in enumerate(line) if one != " "]
    rows = [at for at, line in enumerate(lines) if line.strip()]
    wide, high = max(columns) - min(columns) + 1, 2 * (max(rows) - min(rows) + 1)
    assert 0.8 < wide / high < 1.25


def test_the_colours_of_arms_differ_in_256_colours_too() -> None:
    from rich.color import Color, ColorSystem

    for theme in (DARK, LIGHT):
        dress = picture_style(theme, GLYPHS["braille"])
        for colors in (dress.arms, dress.faint):
            cubes = {Color.from_rgb(*one).downgrade(ColorSystem.EIGHT_BIT).number for one in colors}
            assert len(cubes) == len(colors)


def test_the_key_says_what_a_smoothed_curve_is(dress: PictureStyle) -> None:
    smooth = seen(trained(1), smooth=True)
    assert key(smooth.view, smooth.runs, dress) == "● test ○ train · mean of 80 epochs"
    assert drawn(smooth, dress) != drawn(trained(1), dress)
