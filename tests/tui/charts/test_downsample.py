from __future__ import annotations

import numpy as np
import pytest

from hiss.tui.charts.downsample import bins, extremes


@pytest.mark.parametrize(
    ("epochs", "columns"), [(4000, 200), (7, 3), (3, 100), (1, 50), (200, 199)]
)
def test_every_epoch_falls_into_one_column(epochs: int, columns: int) -> None:
    edges = bins(epochs, columns)
    assert edges[0] == 0
    assert len(edges) == min(epochs, columns)
    assert (np.diff(edges) >= 1).all()
    assert edges[-1] < epochs


def test_a_spike_of_one_epoch_is_never_lost() -> None:
    values = np.full(4000, 0.5)
    values[1234] = 0.9
    low, high = extremes(values, bins(4000, 100))
    assert high.max() == 0.9
    assert low.min() == 0.5


def test_columns_that_are_complete_stay_as_they_are_while_the_curve_grows() -> None:
    values, edges = np.sin(np.arange(1000.0)), bins(1000, 37)
    whole, part = extremes(values, edges)[0], extremes(values[:500], edges)[0]
    assert (whole[: len(part) - 1] == part[:-1]).all()


def test_nan_is_passed_over_where_a_column_has_numbers() -> None:
    low, high = extremes(np.array([np.nan, 0.2, 0.4, np.nan]), np.array([0, 2]))
    assert low.tolist() == [0.2, 0.4]
    assert high.tolist() == [0.2, 0.4]
