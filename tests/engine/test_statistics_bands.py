"""Curves of many replicates become a mean with a band."""

from __future__ import annotations

import numpy as np
import pytest

from engine.curves import Curves
from engine.statistics import band


def curves_of(*replicates: list[float], room: int = 10) -> Curves:
    curves = Curves(("loss", "val_accuracy"), len(replicates), room)
    for number, values in enumerate(replicates):
        rows = np.column_stack([np.zeros(len(values)), values]).astype(np.float32)
        curves.extend(number, rows)
    return curves


def test_the_band_is_the_mean_and_one_sd_to_either_side() -> None:
    found = band(curves_of([0.5, 0.6], [0.7, 0.6], [0.9, 0.6]), "val_accuracy")
    np.testing.assert_allclose(found.mean, [0.7, 0.6], rtol=1e-6)
    np.testing.assert_allclose(found.high - found.mean, [0.2, 0.0], atol=1e-6)
    np.testing.assert_allclose(found.mean - found.low, [0.2, 0.0], atol=1e-6)
    assert (found.n, found.kind) == (3, "sd")


def test_the_band_is_the_interval_of_the_mean_where_asked_for() -> None:
    found = band(curves_of([0.5], [0.7], [0.9]), "val_accuracy", "ci95")
    half = 4.302653 * 0.2 / 3**0.5  # t of 2 degrees of freedom at 0.975
    assert found.high[0] - found.mean[0] == pytest.approx(half, rel=1e-5)


def test_the_band_ends_where_the_shortest_replicate_does() -> None:
    found = band(curves_of([0.1, 0.2, 0.3], [0.3, 0.4]), "val_accuracy")
    np.testing.assert_allclose(found.mean, [0.2, 0.3], rtol=1e-6)


def test_a_failed_replicate_is_counted_apart_and_not_averaged() -> None:
    found = band(curves_of([0.5, 0.5, 0.5], [0.1], [0.7, 0.7, 0.7]), "val_accuracy", failed={1})
    np.testing.assert_allclose(found.mean, [0.6, 0.6, 0.6], rtol=1e-6)
    assert (found.n, found.left_out) == (2, 1)


def test_a_replicate_that_failed_in_its_first_epoch_counts_too() -> None:
    assert band(curves_of([0.5], []), "val_accuracy", failed={1}).left_out == 1


def test_a_replicate_that_has_not_begun_does_not_hold_the_others_back() -> None:
    found = band(curves_of([0.5, 0.6], []), "val_accuracy")
    assert (found.n, found.left_out, len(found.mean)) == (1, 0, 2)
    np.testing.assert_array_equal(found.low, found.high)


@pytest.mark.parametrize("failed", [(), (0, 1)])
def test_a_band_without_replicates_is_empty(failed: tuple[int, ...]) -> None:
    curves = curves_of([0.5], [0.6]) if failed else curves_of([], [])
    found = band(curves, "val_accuracy", failed=failed)
    assert (found.n, len(found.mean), len(found.low)) == (0, 0, 0)


def test_epochs_written_meanwhile_change_nothing_of_the_band() -> None:
    curves = curves_of([0.5, 0.6], [0.7, 0.8])
    before = band(curves, "val_accuracy")
    curves.extend(0, np.ones((3, 2), np.float32))
    np.testing.assert_array_equal(band(curves, "val_accuracy").mean, before.mean)
