"""What is asked for and kept: a run, a comparison or a sweep as an order, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.results.outcomes import Result
from hiss.store.records import EXPLAINS, SNAPSHOTS, Order
from hiss.studies.comparison import compare_all
from hiss.studies.data_sets import contrasts_of
from hiss.studies.overall import Overall, compare_over_data_sets
from hiss.studies.search import Grid, Search
from hiss.studies.verdicts import Comparison


@dataclass(frozen=True, slots=True)
class ComparisonOptions:
    """How the arms of a study are compared; None leaves the choice to hiss."""

    baseline: str | None = None
    """Name of an arm."""
    metric: str | None = None
    rope: float | None = None
    """Half the width of the region of practical equivalence, in the metric's unit."""


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """What of a study is explained."""

    views: tuple[str, ...] = ()
    """Names of views; empty for all."""
    columns: tuple[str, ...] = ()
    """Two features in whose plane regions are drawn; empty leaves the choice to hiss."""


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """Which stages a sweep has beside its grid."""

    refine: bool = False
    """Whether points are added around the plateau."""
    confirm: bool = True
    """Whether the best point and no noise are trained again on fresh seeds."""
    metric: str | None = None
    """The score by which points are judged; None leaves the choice to hiss."""


def run_order(study: Study, curves: bool = False, metric: str | None = None) -> Order:
    """Return the order of a study whose scores are wanted, with its curves or without.

    Tables show the usual scores, or those of a metric.
    """
    return Order("run", study, {"curves": curves, **({"metric": metric} if metric else {})})


def compare_order(study: Study, how: ComparisonOptions) -> Order:
    """Return the order of a study whose arms are compared."""
    return Order("compare", study, asdict(how))


def recorded_order(order: Order) -> Order:
    """Return an order that has snapshots of the weights kept while its study trains."""
    return replace(order, options={**order.options, SNAPSHOTS: True})


def explain_order(order: Order, what: ExplainOptions) -> Order:
    """Return an order whose networks are explained when its study has ended."""
    return replace(order, options={**order.options, EXPLAINS: asdict(what)})


def explaining_of(order: Order) -> ExplainOptions:
    """Return what of an order's study is explained."""
    given = order.options.get(EXPLAINS) or {}
    return ExplainOptions(tuple(given.get("views", ())), tuple(given.get("columns", ())))


def sweep_order(search: Search, how: SweepOptions) -> Order:
    """Return the order of a sweep."""
    axes = [{"site": axis.site.name, "strengths": axis.strengths} for axis in search.axes]
    return Order("sweep", search.base, {"axes": axes, **asdict(how)})


def comparing_of(order: Order) -> ComparisonOptions:
    """Return how an order's arms are compared."""
    given = {each.name: order.options.get(each.name) for each in fields(ComparisonOptions)}
    return ComparisonOptions(**given)


def comparisons_of(order: Order, result: Result) -> tuple[Comparison, ...]:
    """Return the comparisons of a result that an order asks for."""
    how = comparing_of(order)
    return compare_all(result, how.baseline, how.metric, how.rope)


def overall_of(order: Order, comparisons: Sequence[Comparison]) -> tuple[Overall, ...]:
    """Return the verdicts over data sets that an order asks for; nothing on a single one."""
    return compare_over_data_sets(contrasts_of(order), comparisons)


def sweeping_of(order: Order) -> SweepOptions:
    """Return which stages an order's sweep has."""
    given = order.options
    return SweepOptions(bool(given["refine"]), bool(given["confirm"]), given.get("metric"))


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
