"""The charts and legends of the explain screen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained import scripted_explanation, scripted_frame
from stage import ARTICLE

from hiss.data.arrays import Split
from hiss.experiment.spec import Study
from hiss.studies.search import Grid
from hiss.tui.charts.explained import _charts, notice, page_lines
from hiss.tui.charts.explained_charts import charts_of, on_a_line
from hiss.tui.charts.map_legend import map_legend
from hiss.tui.charts.regions import difference_picture, draw_regions, ground_of, region_picture
from hiss.tui.charts.series import Chart, Series, draw_chart, legend_lines
from hiss.tui.state import explaining
from hiss.tui.state.explaining import PAGES, Asked, Scene
from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.themes import DARK, picture_style
from hiss.views.explanation import Explanation
from hiss.views.frames import Lacking
from hiss.views.measured import Measured
from hiss.views.plane import plane_of
from hiss.views.regions import Regions, Surface
from hiss.views.signal import Histogram

STYLE = picture_style(DARK, GLYPHS["braille"])
COLORS = ground_of(DARK, GLYPHS["braille"], "256")
PLAIN = ground_of(DARK, GLYPHS["ascii"], None)
STUDY = Study(arms=ARTICLE, repeats=3)
X = np.array([0.0, 1.0, 2.0])


def line(name: str, place: int, *values: float, sd: float | None = None) -> Series:
    return Series(name, place, X, np.array(values), None if sd is None else np.full(3, sd))


def scene(explanation: Explanation | None = None) -> Scene:
    return explaining.explained(Scene(Asked(STUDY)), explanation or scripted_explanation(STUDY))


def plane(names: tuple[str, ...], classes: tuple[str, ...] = ()) -> Split:
    x = np.random.default_rng(1).normal(size=(20, len(names))).astype(np.float32)
    y = np.arange(20, dtype=np.float32) % max(2, len(classes))
    task = "multiclass" if classes else "regression"
    return Split(x, y, x, y, task, classes, names)


def test_a_logarithmic_axis_shows_ratios_of_very_different_size() -> None:
    chart = Chart("", (line("a", 0, 0.1, 10, 1000), line("b", 1, 1, 1, 1)), log=True)
    text = "\n".join(each.plain for each in draw_chart(chart, STYLE, 60, 20))
    assert "1,000" in text and "0.1" in text


def test_bands_that_reach_below_nothing_are_cut_at_the_line_on_a_logarithmic_axis() -> None:
    chart = Chart("", (line("a", 0, 1, 2, 3, sd=5.0),), log=True)
    assert draw_chart(chart, STYLE, 60, 20)


def test_a_legend_takes_few_lines_and_counts_the_rest() -> None:
    series = [line(f"the name of arm {number}", number, 1, 2, 3) for number in range(9)]
    (one,) = legend_lines(series[:1], STYLE, 40)
    assert one.plain == f"{STYLE.symbol(0)} the name of arm 0"
    lines = legend_lines(series, STYLE, 60)
    assert len(lines) == 2 and lines[1].plain.endswith("+ 5 more")
    assert all(each.cell_len <= 60 for each in lines)
    assert legend_lines([line("x" * 60, 0, 1, 2, 3)], STYLE, 80)[0].plain.endswith("x…")


def test_numbers_by_epoch_stand_beside_the_moment_that_is_seen() -> None:
    now = scene()
    for page, view in (("paired", "jacobian"), ("robustness", "robustness")):
        _, beside = charts_of(replace(now, page=page), now.explanation)
        assert beside.caption.endswith("by epoch") and beside.cursor is None
        expected = now.explanation.arms[0].along[view].values.mean(axis=0)
        assert beside.series[0].mean == pytest.approx(expected)
        frame = scripted_frame(STUDY, 0.5, now.shown)
        earlier = replace(explaining.framed(now, frame), page=page, moment=0.5)
        _, beside = charts_of(earlier, now.explanation)
        assert beside.cursor == 2000


def test_numbers_of_a_sweep_stand_at_the_places_of_their_strengths() -> None:
    search = Grid(None, (0.0, 0.1, 0.3, 1.0)).search(Study(arms=ARTICLE[2:3], repeats=3))
    found = scripted_explanation(search.study(), search)
    swept = explaining.explained(Scene(Asked(search.study(), search=search), page="paired"), found)
    _, beside = charts_of(swept, found)
    assert beside.caption == "Jacobian norm by σ"
    whole, *points = beside.series
    assert len(whole.x) == 4 and whole.x[0] == 0 and whole.x[-1] == 1
    assert [float(point.mean[0]) for point in points] == pytest.approx(whole.mean.tolist())
    assert set(beside.labels.values()) <= {"0", "0.1", "0.3", "1"}


def test_one_feature_is_a_line_and_no_map() -> None:
    one = plane_of(plane(("x",)), cells=8)
    surface = Surface(one, np.arange(8.0)[None], np.ones((1, 8)))
    arms = scripted_explanation(STUDY).arms
    arms = tuple(replace(arm, task="regression", regions=surface) for arm in arms)
    now = scene(Explanation(arms, scripted_explanation(STUDY).paired))
    assert on_a_line(now.explanation)
    (chart,) = charts_of(now, now.explanation)
    assert chart.series[0].name == "training rows"
    assert chart.series[1].mean == pytest.approx(np.arange(8.0))
    (apart,) = charts_of(replace(now, page="difference"), now.explanation)
    assert apart.series[0].mean == pytest.approx(np.zeros(8))


def test_differences_are_those_of_the_task() -> None:
    flat = plane_of(plane(("a", "b"), ("x", "y", "z")), cells=4)
    calls = np.arange(16).reshape(4, 4) % 3
    numbers = Measured.of(np.ones(2))
    one = Regions(flat, np.ones((4, 4)), calls, numbers, 0.0, False, None)
    other = replace(one, calls=np.zeros_like(calls))
    picture = difference_picture(one, other)
    assert picture is not None
    assert np.array_equal(picture.values == 1.0, calls != 0)
    low, high = (Surface(flat, np.full((4, 4), each), None) for each in (1.0, 3.0))
    picture = difference_picture(high, low)
    assert picture is not None and (picture.values == 1.0).all()
    assert difference_picture(low, low).values == pytest.approx(np.full((4, 4), 0.5))
    assert difference_picture(one, None) is None


def test_a_legend_says_what_the_colours_of_a_map_mean() -> None:
    regions = scripted_explanation(STUDY).arms[0].regions
    picture = region_picture(regions, 0.9)
    said = map_legend("regions", regions, [picture], STYLE, COLORS, 100).plain
    assert "class 0" in said and "best possible" in said and "training rows" in said
    said = map_legend("difference", regions, [picture], STYLE, PLAIN, 100).plain
    assert "blank class 1 less often" in said and "best possible" not in said


def test_without_colours_more_classes_than_two_are_numbers() -> None:
    flat = plane_of(plane(("a", "b"), ("x", "y", "z")), cells=4)
    calls = np.repeat([[0], [1], [2], [2]], 4, axis=1)
    regions = Regions(flat, np.ones((4, 4)), calls, Measured.of(np.ones(2)), 0.0, False, None)
    picture = replace(region_picture(regions), rows=False, contour=None)
    lines = draw_regions(picture, STYLE, PLAIN, 8, 4)
    assert set("".join(each.plain for each in lines)) <= set("012·")
    assert lines[-1].plain == "·" * 8 or "0" in lines[-1].plain


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("size", [(40, 12), (78, 22), (118, 34), (198, 58)])
def test_every_page_fits_and_says_something(page: str, size: tuple[int, int]) -> None:
    now = replace(scene(), page=page)
    for ground in (COLORS, PLAIN):
        lines = page_lines(now, STYLE, ground, *size)
        assert len(lines) <= size[1]
        assert max(each.cell_len for each in lines) <= size[0]
        assert len([each for each in lines if each.plain.strip()]) > 2


def test_what_is_missing_is_said_with_what_is_to_be_known_before_it_is_made() -> None:
    names = tuple(arm.name for arm in ARTICLE)
    lacking = Lacking(names, 200.0, ("x comes from elsewhere and runs net.py:make.",))
    text = notice(replace(Scene(Asked(STUDY, "261126-k7qp")), lacking=lacking))
    assert text.startswith("This study has no snapshots of the weights. Enter trains it once more")
    assert "(the first time took 3 min)" in text and "kept with the study" in text
    assert text.endswith("x comes from elsewhere and runs net.py:make.")
    text = notice(replace(scene(), lacking=Lacking(names[:1])))
    assert text.startswith("1 of its 4 arms has no snapshots")
    assert "until hiss is closed" in text


def test_without_a_baseline_the_pages_that_need_one_say_so() -> None:
    arms = scripted_explanation(STUDY).arms
    for page in ("difference", "paired"):
        now = replace(scene(Explanation(arms, ())), page=page)
        text = "\n".join(each.plain for each in page_lines(now, STYLE, COLORS, 100, 30))
        assert "No arm has a baseline here." in text


def test_the_rows_with_their_noise_stand_on_the_map_below_the_rows() -> None:
    flat = plane_of(plane(("a", "b")), cells=16)
    calls = np.zeros((16, 16), int)
    regions = Regions(flat, np.zeros((16, 16)), calls, Measured.of(np.ones(2)), 0.0, True, None)
    corner = np.array([[flat.x[0], flat.y[0]], flat.train[0]])
    picture = replace(region_picture(regions), copies=corner)
    lines = [each.plain for each in draw_regions(picture, STYLE, COLORS, 16, 16)]
    assert lines[-1][0] == "+" and sum(each.count("+") for each in lines) == 1
    assert "rows  + noisy" in map_legend("regions", regions, [picture], STYLE, COLORS, 100).plain


def test_values_at_the_noise_are_densities_with_and_without_it() -> None:
    explanation = scripted_explanation(STUDY)
    shares = Histogram(np.array([0.0, 0.5, 1.0, 3.0]), np.array([0.5, 0.5, 0]), np.full(3, 1 / 3))
    (arm,) = [one for one in explanation.arms if one.name == "article/hidden-before"]
    signals = tuple(replace(one, before=shares, after=shares) for one in arm.noise)
    found = replace(explanation, arms=(replace(arm, noise=signals),))
    now = replace(scene(found), page="noise")
    signal, before, after = charts_of(now, found)
    assert len(before.series) == len(after.series) == 2 and signal.log
    clean, noisy = before.series
    assert clean.faint and clean.name == "hidden-before noise off" and noisy.name == "hidden-before"
    assert clean.x == pytest.approx([0.25, 0.75]) and clean.mean == pytest.approx([1.0, 1.0])
    assert noisy.mean == pytest.approx([2 / 3, 2 / 3, 1 / 6])


@pytest.mark.parametrize(
    ("width", "height", "seen"),
    [(78, 14, 2), (78, 22, 3), (118, 30, 3), (78, 40, 3), (40, 40, 3), (40, 14, 1)],
)
def test_as_many_charts_are_drawn_as_fit(width: int, height: int, seen: int) -> None:
    captions = [f"Caption{number}" for number in range(3)]
    charts = [Chart(each, (line("a", 0, 1, 2, 3),)) for each in captions]
    lines = _charts(charts, STYLE, width, height)
    assert len(lines) <= height and all(each.cell_len <= width for each in lines)
    text = "\n".join(each.plain for each in lines)
    assert [each in text for each in captions] == [place < seen for place in range(3)]
