from __future__ import annotations

import numpy as np
import pytest

from hiss.results.curves import Curves
from hiss.results.rows import Rows
from hiss.statistics import summarize
from hiss.tui.charts.mean_band import mean_band, smoothed


def curves_of(*rows: list[float], epochs: int = 4) -> Curves:
    curves = Curves(("accuracy",), len(rows), epochs)
    for number, row in enumerate(rows):
        curves.extend(number, np.array(row, np.float32).reshape(-1, 1))
    return curves


def test_one_replicate_is_its_own_mean_and_has_no_band() -> None:
    one = mean_band(curves_of([0.5, 0.6]), "accuracy")
    assert one.mean.tolist() == pytest.approx([0.5, 0.6])
    assert one.edges is None


def test_replicates_side_by_side_are_shown_as_far_as_all_have_come() -> None:
    both = mean_band(curves_of([0.4, 0.6, 0.8], [0.6, 0.8]), "accuracy")
    assert both.mean.tolist() == pytest.approx([0.5, 0.7])
    assert both.edges is not None
    assert (both.edges[1] - both.mean).tolist() == pytest.approx([np.sqrt(0.02)] * 2)


def test_a_replicate_that_begins_late_does_not_shorten_the_complete_ones() -> None:
    late = mean_band(curves_of([0.1, 0.2, 0.3, 0.4], [0.9]), "accuracy")
    assert late.mean.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert late.edges is None


def test_a_failed_replicate_is_left_out_of_the_mean() -> None:
    kept = mean_band(curves_of([0.5, 0.5], [0.9]), "accuracy", failed=frozenset({1}))
    assert kept.mean.tolist() == pytest.approx([0.5, 0.5])


def test_before_the_first_epoch_there_is_an_empty_curve() -> None:
    assert len(mean_band(curves_of([], []), "accuracy").mean) == 0


def test_smoothing_averages_every_epoch_and_those_before_it() -> None:
    values = np.array([[0.0, 1.0, 2.0, 6.0], [1.0, 1.0, 1.0, 1.0]])
    assert smoothed(values, 3).tolist() == [[0.0, 0.5, 1.0, 3.0], [1.0, 1.0, 1.0, 1.0]]
    assert smoothed(values, 1) is values
    assert smoothed(values, 100)[0].tolist() == pytest.approx([0.0, 0.5, 1.0, 2.25])


def test_smoothing_comes_before_the_band_is_taken() -> None:
    both = mean_band(curves_of([0.0, 1.0], [1.0, 0.0], epochs=2), "accuracy", window=2)
    assert both.edges is not None
    assert (both.edges[1] - both.mean).tolist() == pytest.approx([np.sqrt(0.5), 0.0])


@pytest.mark.parametrize("window", [1, 3])
def test_a_curve_that_grows_is_the_one_that_is_drawn_at_once(window: int) -> None:
    rows = np.random.default_rng(1).random((2, 9))
    growing = curves_of([], [], epochs=9)
    for start in (0, 1, 5):
        for number in (0, 1):
            fresh = rows[number, growing.counts[number] : start + 4]
            growing.extend(number, fresh.astype(np.float32).reshape(-1, 1))
        grown = mean_band(growing, "accuracy", window=window)
    whole = mean_band(curves_of(*rows.tolist(), epochs=9), "accuracy", window=window)
    np.testing.assert_allclose(grown.mean, whole.mean, rtol=1e-6)
    np.testing.assert_allclose(grown.edges, whole.edges, rtol=1e-5)  # type: ignore[arg-type]


def test_an_epoch_is_averaged_only_once() -> None:
    curves = curves_of([0.5], [0.7])
    mean_band(curves, "accuracy")
    curves.values[:] = 0.0
    assert mean_band(curves, "accuracy").mean.tolist() == pytest.approx([0.6])


def test_a_mean_over_other_replicates_starts_again() -> None:
    curves = curves_of([0.5, 0.5], [0.7, 0.7], epochs=2)
    assert mean_band(curves, "accuracy").mean.tolist() == pytest.approx([0.6, 0.6])
    without = mean_band(curves, "accuracy", failed=frozenset({1}))
    assert without.mean.tolist() == pytest.approx([0.5, 0.5])
    assert without.edges is None


def test_the_replicates_come_along_when_they_are_asked_for() -> None:
    curves = curves_of([0.5], [0.7])
    assert mean_band(curves, "accuracy", every=True).rows.tolist() == [
        [pytest.approx(0.5)],
        [pytest.approx(0.7)],
    ]
    assert mean_band(curves, "accuracy").rows.size == 0


def test_the_confidence_band_takes_the_overlap_of_splits_and_stays_within_0_and_1() -> None:
    curves = curves_of([0.7, 1.0], [0.75, 1.0], [0.8, 0.97], epochs=2)
    curves.rows = Rows(test_to_train=0.25)
    band = mean_band(curves, "accuracy", band="ci95")
    for epoch, values in enumerate(([0.7, 0.75, 0.8], [1.0, 1.0, 0.97])):
        expected = summarize(values, test_to_train=0.25, bounds=(0, 1)).ci95
        assert band.edges is not None
        assert [edge[epoch] for edge in band.edges] == pytest.approx(expected, abs=1e-6)
    independent = mean_band(curves_of([0.7], [0.75], [0.8], epochs=1), "accuracy", band="ci95")
    assert independent.edges is not None and band.edges is not None
    assert independent.edges[0][0] > band.edges[0][0]


def test_the_confidence_band_of_a_loss_is_students() -> None:
    curves = Curves(("loss",), 3, 1)
    for number, value in enumerate((1.0, 2.0, 3.0)):
        curves.extend(number, np.array([[value]], np.float32))
    band = mean_band(curves, "loss", band="ci95")
    assert band.edges is not None
    assert band.edges[1] - band.mean == pytest.approx(4.302653 / 3**0.5)
