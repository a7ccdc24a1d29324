from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from hiss.studies.plateau import Point
from hiss.tui.charts.heat_map import LEVELS, HeatGrid, Palette, heat_lines

PLACES = [(0.0, 0.0), (0.0, 0.1), (0.1, 0.0), (0.1, 0.1)]


def grid(*means: float | None, metric: str = "test_accuracy") -> HeatGrid:
    points = {place: Point(place[0], 2, mean) for place, mean in zip(PLACES, means, strict=True)}
    return HeatGrid.of(points, metric, PLACES[1], PLACES[1:3])


def test_levels_go_from_the_worst_mean_to_the_best() -> None:
    levels = [grid(0.5, 0.9, 0.7, None).level(place) for place in PLACES]
    assert levels == [0, LEVELS - 1, (LEVELS - 1) // 2, None]


def test_of_errors_the_smallest_is_the_best() -> None:
    of = grid(0.5, 0.9, 0.7, None, metric="test_loss")
    assert [of.shade(place) for place in PLACES] == ["█", " ", "▒", ""]


def test_equal_means_are_all_the_best() -> None:
    assert {grid(*[0.5] * 4).level(place) for place in PLACES} == {LEVELS - 1}


def test_the_best_has_another_mark_than_the_rest_of_its_plateau() -> None:
    assert [grid(*[0.5] * 4).mark(place) for place in PLACES] == ["", "*", "+", ""]


@pytest.mark.parametrize(("mean", "text"), [(0.75, "0.750"), (10.25, "10.250"), (None, "")])
def test_a_number_has_three_decimals(mean: float | None, text: str) -> None:
    assert grid(mean, 0.5, 0.5, 0.5).number(PLACES[0]) == text


def test_a_number_keeps_its_digits_before_the_point() -> None:
    axis = SimpleNamespace(strengths=(0.0, 0.1))
    search: Any = SimpleNamespace(axes=(axis, axis), symbols=("σ", "σ₂"))
    means = zip(PLACES, (10.25, 0.25, 20.5, 0.125), strict=True)
    points = {place: Point(place[0], 2, mean) for place, mean in means}
    found: Any = SimpleNamespace(points={"test_loss": points}, best=PLACES[3], plateau=frozenset())
    lines = heat_lines(search, found, "test_loss", None, Palette.of("256"), (40, 6))
    text = " ".join(line.plain for line in lines)
    assert " 10.250 " in text and " .250 " in text and " .125* " in text
