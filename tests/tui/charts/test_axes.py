from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiss.tui.charts.axes import accuracy_limits, loss_limits, nice_step, ticks


@pytest.mark.parametrize(
    ("span", "count", "step"), [(1, 5, 0.2), (0.5, 5, 0.1), (4000, 8, 500), (3, 1, 5), (0, 4, 1)]
)
def test_steps_are_one_two_or_five_times_a_power_of_ten(
    span: float, count: int, step: float
) -> None:
    assert nice_step(span, count) == pytest.approx(step)


def test_ticks_are_round_numbers_within_the_limits() -> None:
    assert ticks(0.5, 1.0, 5) == [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    assert ticks(0, 1, 1) == [0.0, 1.0]
    assert ticks(0.784, 0.796, 1) == [0.79]


def test_accuracy_begins_at_a_half_and_goes_down_by_tenths() -> None:
    assert accuracy_limits(0.8) == (0.5, 1.0)
    assert accuracy_limits(0.47) == (0.4, 1.0)
    assert accuracy_limits(0.0) == (0.0, 1.0)


def test_loss_grows_by_one_two_five() -> None:
    assert [loss_limits(one)[1] for one in (0.7, 1.2, 3, 7, 40)] == [1, 2, 5, 10, 50]
    assert loss_limits(float("nan")) == (0.0, 1.0)
    assert loss_limits(float("inf")) == (0.0, 1.0)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(1, 30))
def test_an_axis_has_at_least_one_tick_and_not_too_many(low: float, span: float, most: int) -> None:
    found = ticks(low, low + span, most)
    assert 1 <= len(found) <= most + 1
    rounding = 1e-6 + 1e-7 * span
    assert all(low - rounding <= each <= low + span + rounding for each in found)
