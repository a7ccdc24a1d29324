"""What is asked for and kept: a run, a comparison or a sweep as an order, and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.store.records import Order
from hiss.studies.search import Grid, Search


@dataclass(frozen=True, slots=True)
class Comparing:
    """How the arms of a study are compared; None leaves the choice to hiss."""

    baseline: str | None = None
    """Name of an arm."""
    metric: str | None = None
    rope: float | None = None
    """Half the width of the region of practical equivalence, in the metric's unit."""


@dataclass(frozen=True, slots=True)
class Sweeping:
    """Which stages a sweep has beside its grid."""

    refine: bool = False
    """Whether points are added around the plateau."""
    confirm: bool = True
    """Whether the best point and no noise are trained again on fresh seeds."""


def run_order(study: Study, curves: bool = False) -> Order:
    """Return the order of a study whose scores are wanted, with its curves or without."""
    return Order("run", study, {"curves": curves})


def compare_order(study: Study, how: Comparing) -> Order:
    """Return the order of a study whose arms are compared."""
    return Order("compare", study, asdict(how))


def sweep_order(search: Search, how: Sweeping) -> Order:
    """Return the order of a sweep."""
    axes = [{"site": axis.site.name, "strengths": axis.strengths} for axis in search.axes]
    return Order("sweep", search.base, {"axes": axes, **asdict(how)})


def comparing_of(order: Order) -> Comparing:
    """Return how an order's arms are compared."""
    return Comparing(**order.options) if order.kind == "compare" else Comparing()


def sweeping_of(order: Order) -> Sweeping:
    """Return which stages an order's sweep has."""
    return Sweeping(bool(order.options["refine"]), bool(order.options["confirm"]))


def search_of(order: Order) -> Search:
    """Return the grid of an order's sweep.

    Raises:
        EngineError: if this hiss does not know its sites.
    """
    try:
        axes: list[dict[str, Any]] = list(order.options["axes"])
        first, second = (*axes, {})[:2]
        grid = Grid(
            site=first["site"],
            strengths=tuple(first["strengths"]),
            site2=second.get("site"),
            strengths2=tuple(second["strengths"]) if second else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EngineError(f"This sweep has no grid that hiss knows: {error}.") from error
    return grid.search(order.study)
