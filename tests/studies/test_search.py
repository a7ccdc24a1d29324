"""Grids as users ask for them: parsed, checked against the site, and sorted."""

from __future__ import annotations

import math

import pytest

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.studies.search import Axis, Grid, parse_strengths

HIDDEN = "article/hidden-before"


def axes(grid: Grid, preset: str = HIDDEN) -> tuple[Axis, ...]:
    return grid.search(Study(arms=find(preset))).axes


def test_strengths_are_parsed_between_commas() -> None:
    assert parse_strengths("0.3, 0,.1,1e-3", "--values") == (0.3, 0.0, 0.1, 0.001)


@pytest.mark.parametrize(("text", "received"), [("", "nothing"), ("0,,1", "nothing"), ("0,a", "a")])
def test_what_is_not_a_number_is_named(text: str, received: str) -> None:
    with pytest.raises(EngineError) as raised:
        parse_strengths(text, "--values")
    assert raised.value.message == f"--values: expected numbers, received {received}."
    assert "0,0.01" in raised.value.hint


def test_a_grid_is_sorted_with_each_strength_once() -> None:
    (axis,) = axes(Grid(strengths=(0.3, 0.0, 0.1, 0.3)))
    assert axis.strengths == (0.0, 0.1, 0.3)


def test_each_site_has_its_own_strengths() -> None:
    first, second = axes(Grid("hidden", (0.1,), "input", (0.0, 0.2)))
    assert (first.site.name, first.strengths) == ("layers.1", (0.1,))
    assert (second.site.name, second.strengths) == ("input", (0.0, 0.2))


@pytest.mark.parametrize(
    ("value", "received"),
    [(-0.1, "-0.1"), (1.5, "1.5"), (math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")],
)
def test_a_strength_that_the_site_refuses_is_named(value: float, received: str) -> None:
    for grid, option in (
        (Grid(strengths=(0.0, value)), "--stddev"),
        (Grid(strengths2=(value,)), "--stddev2"),
    ):
        with pytest.raises(EngineError) as raised:
            axes(grid)
        message = f"{option}: expected numbers from 0 to 1, received {received}."
        assert raised.value.message == message
        assert "0,0.01" in raised.value.hint


def test_a_grid_is_checked_by_what_its_site_accepts() -> None:
    (axis,) = axes(Grid(strengths=(0.0, 0.99)), "noise/dropout")
    assert axis.strengths == (0.0, 0.99)
    with pytest.raises(EngineError, match="--values: expected numbers of at least 0 and below 1"):
        axes(Grid(strengths=(0.0, 1.0)), "noise/dropout")
    (axis,) = axes(Grid(strengths=(0.0, 30.0)), "noise/gradients")
    assert axis.strengths == (0.0, 30.0)
    with pytest.raises(EngineError, match="received inf"):
        axes(Grid(strengths=(0.0, math.inf)), "noise/gradients")
