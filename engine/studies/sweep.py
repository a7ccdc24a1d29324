"""Sweeps: an experiment trained over a grid of strengths, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from hiss.data.seeds import Seeds
from hiss.experiment.spec import Study
from hiss.experiment.strengths import least
from hiss.results.outcomes import Arm, Fingerprint, Replicate, Result
from hiss.results.rows import UNKNOWN, Rows
from hiss.results.scores import measured_metric, scores
from hiss.studies.comparison import compare_all
from hiss.studies.plateau import Plateau, Point, best, measure, plateau, plateau_cells, refine
from hiss.studies.search import Place, Search
from hiss.studies.verdicts import Comparison

Run = Callable[[Study], Result]
"""Trains a study, to its end or until it is stopped."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of a grid and the replicates trained there."""

    place: Place
    replicates: tuple[Replicate, ...]
    rows: Rows = UNKNOWN
    """What the rows imply for its scores."""

    @property
    def failed(self) -> int:
        """Number of trainings that failed."""
        return sum(one.status == "failed" for one in self.replicates)

    def undefined(self, metric: str) -> int:
        """Return the number of trainings that finished, but whose rows determine no such score."""
        finished = sum(one.status == "finished" for one in self.replicates)
        return finished - len(scores(self.replicates, metric))

    def point(self, metric: str) -> Point:
        """Summarize a metric of the cell's replicates."""
        first, second = (*self.place, None)[:2]
        return measure(first or 0.0, self.replicates, metric, second, self.rows.test_to_train)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The best point compared with zero noise, on replicates that the search has not used."""

    seed: int
    """Seed of the study of fresh replicates."""
    cells: tuple[Cell, ...]
    """Zero noise, and the best of the search."""
    comparison: Comparison


@dataclass(frozen=True)
class Sweep:
    """The results of a sweep so far."""

    search: Search
    cells: tuple[Cell, ...]
    """Points at which at least one training has ended, in the grid's order."""
    fingerprint: Fingerprint
    seconds: float
    """Wall-clock time of all its studies, in seconds."""
    confirmation: Confirmation | None = None
    chosen: str | None = None
    """Name of the score by which points are judged; None takes `test_accuracy` or `test_rmse`."""

    @cached_property
    def metric(self) -> str:
        """The score by which points are judged."""
        return measured_metric((one for cell in self.cells for one in cell.replicates), self.chosen)

    @property
    def metrics(self) -> tuple[str, str, str]:
        """The reported scores: the judged one, the test loss, and the judged one in training."""
        train = "train_brier" if self.metric == "brier" else self.metric.replace("test_", "train_")
        return self.metric, "test_loss", train

    @property
    def points(self) -> tuple[Point, ...]:
        """The points with their scores."""
        return tuple(cell.point(self.metric) for cell in self.cells)

    @property
    def best(self) -> Place | None:
        """The point with the best mean score; None without scores."""
        top = best(self.points, self.metric)
        return None if top is None else top.place

    @property
    def chance(self) -> float | None:
        """The judged score without a network; None where it is not known."""
        return next((cell.rows.chance.get(self.metric) for cell in self.cells), None)

    @property
    def plateau(self) -> Plateau | None:
        """The plateau of the best point in a sweep of one site; None for two."""
        return plateau(self.points, self.metric) if len(self.search.axes) == 1 else None

    @property
    def plateau_places(self) -> frozenset[Place]:
        """The points on the plateau, in a sweep of one site or two."""
        if len(self.search.axes) == 2:
            return frozenset[Place](plateau_cells(self.points, self.metric))
        flat = self.plateau
        places = (cell.place for cell in self.cells)
        return frozenset(one for one in places if flat and flat.low <= one[0] <= flat.high)

    @property
    def interim(self) -> bool:
        """Whether trainings of the grid are still to come."""
        ended = sum(one.status != "stopped" for cell in self.cells for one in cell.replicates)
        return ended < len(self.search.places) * self.search.base.repeats

    @property
    def failed(self) -> int:
        """Number of trainings of the search that failed."""
        return sum(cell.failed for cell in self.cells)

    @property
    def trained(self) -> Iterator[tuple[str, tuple[Replicate, ...]]]:
        """All replicates, each point's with the name of its arm."""
        fresh = self.confirmation.cells if self.confirmation else ()
        for cell in (*self.cells, *fresh):
            yield self.search.arm_name(cell.place), cell.replicates


def stages(
    search: Search,
    run: Run,
    *,
    finer: bool = False,
    fresh: bool = True,
    metric: str | None = None,
) -> Iterator[Sweep]:
    """Train a sweep and yield its results after the grid, the finer grid and the confirmation.

    A stage trains when it is iterated to.

    Args:
        search: the grid.
        run: trains a study.
        finer: whether to add points around the plateau of the first grid.
        fresh: whether to confirm the best point on fresh replicates.
        metric: name of the score by which points are judged; None leaves the choice.
    """
    sweep = searched(search, run(search.study()), metric)
    yield sweep
    if finer and (more := finer_study(sweep)) is not None:
        sweep = with_finer(sweep, run(more))
        yield sweep
    if fresh and (study := confirmation_study(sweep)) is not None:
        yield confirmed(sweep, run(study))


def searched(search: Search, result: Result, metric: str | None = None) -> Sweep:
    """Return the sweep whose grid was trained, wholly or until a stop."""
    cells = _cells(search, search.places, result.arms)
    return Sweep(search, cells, result.fingerprint, result.seconds, chosen=metric)


def finer_study(sweep: Sweep) -> Study | None:
    """Return the study of new points around the plateau; None without any, or with two sites."""
    new = sorted(set(_finer(sweep).places) - set(sweep.search.places))
    return sweep.search.study(*new) if new else None


def with_finer(sweep: Sweep, result: Result) -> Sweep:
    """Add the result of `finer_study`, on the same seeds, to the grid."""
    search = _finer(sweep)
    cells = (*sweep.cells, *_cells(search, search.places, result.arms))
    return replace(
        sweep,
        search=search,
        cells=tuple(sorted(cells, key=lambda cell: cell.place)),
        seconds=sweep.seconds + result.seconds,
    )


def confirmation_study(sweep: Sweep) -> Study | None:
    """Return the study of zero noise and the best on fresh seeds; None where zero noise is best."""
    search, top = sweep.search, sweep.best
    if top is None or top == search.zero_noise:
        return None
    return search.study(search.zero_noise, top, seed=fresh_seed(search.base.seed))


def confirmed(sweep: Sweep, result: Result) -> Sweep:
    """Add the result of `confirmation_study`, if a training of both arms has ended."""
    search, zero = sweep.search, sweep.search.zero_noise
    sweep = replace(sweep, seconds=sweep.seconds + result.seconds)
    cells = _cells(search, (zero, sweep.best or zero), result.arms)
    if len(cells) < 2:
        return sweep
    (comparison,) = compare_all(result, search.arm_name(zero), sweep.metric)
    return replace(sweep, confirmation=Confirmation(result.study.seed, cells, comparison))


def fresh_seed(seed: int) -> int:
    """Return the seed of the study that confirms a study of another seed."""
    return Seeds(seed, 0).of("confirmation")


def _finer(sweep: Sweep) -> Search:
    search, flat = sweep.search, sweep.plateau
    if flat is None:
        return search
    (axis,) = search.axes
    finer = refine(axis.strengths, flat, least(axis.site.argument, axis.site.owner))
    return replace(search, axes=(replace(axis, strengths=finer),))


def _cells(search: Search, places: Iterable[Place], arms: Iterable[Arm]) -> tuple[Cell, ...]:
    """The points of some arms, without those stopped before any training ended."""
    by_name = {search.arm_name(place): place for place in places}
    cells = (Cell(by_name[arm.experiment.name], arm.replicates, _rows(arm)) for arm in arms)
    return tuple(cell for cell in cells if any(one.status != "stopped" for one in cell.replicates))


def _rows(arm: Arm) -> Rows:
    return arm.curves.rows or UNKNOWN
