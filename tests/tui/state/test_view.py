from __future__ import annotations

import numpy as np
import pytest
from stage import METRICS

from hiss.results.curves import Curves
from hiss.tui.charts.downsample import bins, cloud
from hiss.tui.charts.mean_band import mean_band
from hiss.tui.state.view import View, band_toggled, every_toggled, training_toggled, walked


def test_training_curves_are_shown_on_a_key_where_several_arms_hide_them() -> None:
    assert training_toggled(View(), 4).training is True
    assert training_toggled(View(), 1).training is False
    assert training_toggled(training_toggled(View(), 4), 4).training is False


def test_the_band_is_sd_or_the_confidence_interval_of_the_mean() -> None:
    assert band_toggled(View(every=True)).band == "ci95"
    assert not band_toggled(View(every=True)).every
    assert band_toggled(band_toggled(View())).band == "sd"


def test_walking_goes_through_all_repeats_and_back_to_their_mean() -> None:
    view, seen = View(every=True), []
    for _ in range(4):
        view = walked(view, 1, 3)
        seen.append(view.replicate)
    assert seen == [0, 1, 2, None]
    assert walked(View(), -1, 3).replicate == 2
    assert not view.every


def test_every_repeat_takes_the_place_of_a_single_one() -> None:
    assert every_toggled(View(replicate=2)) == View(every=True)


def three() -> Curves:
    curves = Curves(METRICS, 3, 2)
    for number, value in enumerate((0.2, 0.4, 0.9)):
        curves.extend(number, np.full((2, len(METRICS)), value, np.float32))
    return curves


def test_the_band_of_the_mean_is_that_of_students_t() -> None:
    found = mean_band(three(), "loss", band="ci95")
    assert found.edges is not None
    sd = np.std([0.2, 0.4, 0.9], ddof=1)
    assert (found.edges[1] - found.mean).tolist() == pytest.approx(
        [4.303 * sd / 3**0.5] * 2, rel=1e-3
    )


def test_one_repeat_can_be_seen_alone_even_if_it_failed() -> None:
    alone = mean_band(three(), "loss", frozenset({2}), only=2)
    assert alone.mean.tolist() == pytest.approx([0.9, 0.9])
    assert alone.edges is None


def test_a_repeat_that_an_arm_does_not_have_is_its_last() -> None:
    assert mean_band(three(), "loss", only=29).mean.tolist() == pytest.approx([0.9, 0.9])


def test_a_cloud_holds_every_dot_that_any_curve_touches_once() -> None:
    rows = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0], [np.nan, np.nan, np.nan, 9.0]])
    columns, values = cloud(rows, bins(4, 2), (0.0, 1.0), 3, 99)
    assert list(zip(columns.tolist(), values.tolist(), strict=True)) == [
        (0, 0.0),
        (1, 0.0),
        (1, 1.0),
    ]


def test_a_curve_that_rises_within_a_column_fills_all_that_it_passes() -> None:
    columns, values = cloud(np.array([[0.0, 1.0]]), bins(2, 1), (0.0, 1.0), 5, 99)
    assert columns.tolist() == [0] * 5
    assert values.tolist() == pytest.approx([0, 0.25, 0.5, 0.75, 1])


def test_a_cloud_too_thick_to_draw_in_time_is_hatched() -> None:
    rows = np.array([[0.0, 1.0] * 50])
    columns, _ = cloud(rows, bins(100, 50), (0.0, 1.0), 40, 400)
    assert 300 <= len(columns) <= 400
    assert set(columns.tolist()) == set(range(50))
