from __future__ import annotations

import pytest

from hiss.tui.charts.intervals import Axis, interval_line, ruler

AXIS = Axis(-2.0, 2.0, 9)


def test_an_interval_lies_over_reference_and_shade() -> None:
    assert interval_line(AXIS, None, None, 0.0, (-1.0, 1.0)) == "  ░░│░░  "
    assert interval_line(AXIS, 1.0, (0.5, 2.0), 0.0, (-1.0, 1.0)) == "  ░░│├•─┤"


def test_an_interval_that_holds_the_reference_crosses_it() -> None:
    assert interval_line(AXIS, 0.5, (-1.0, 2.0), 0.0) == "  ├─┼•──┤"


def test_a_mean_without_an_interval_stands_alone() -> None:
    assert interval_line(AXIS, -2.0, None, None) == "•        "


def test_what_lies_outside_is_drawn_at_the_end() -> None:
    assert interval_line(AXIS, 9.0, (-9.0, 9.0), None) == "├───────•"


@pytest.mark.parametrize("values", [(0.0, 0.0), (0.75, 0.75), (-3.0, -3.0), (1e-9, 2e-9)])
def test_an_axis_has_room_even_for_one_value(values: tuple[float, float]) -> None:
    axis = Axis.over(values, 20)
    assert axis.low <= min(values) <= max(values) <= axis.high
    assert 0 <= axis.cell(values[0]) < 20


def test_an_axis_goes_from_a_round_number_to_another() -> None:
    axis = Axis.over([-0.013, 0.072], 40)
    assert (axis.low, axis.high) == pytest.approx((-0.02, 0.08))


def test_labels_stand_under_their_places_and_never_over_each_other() -> None:
    assert ruler(AXIS, {0.0: "0", -2.0: "-2", 2.0: "+2"}) == "-2  0  +2"
    assert ruler(AXIS, {0.0: "0.000", 0.5: "0.5"}) == "  0.000  "
