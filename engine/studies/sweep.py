"""Sweeps: how an experiment does over a grid of noise strengths, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from hiss.data.seeds import Seeds
from hiss.experiment.spec import Study
from hiss.experiment.strengths import least
from hiss.results.outcomes import Arm, Fingerprint, Replicate, Result
from hiss.results.scores import measured_metric
from hiss.studies.comparison import compare_arms
from hiss.studies.plateau import Plateau, Point, best, measure, plateau, plateau_cells, refine
from hiss.studies.search import Place, Search
from hiss.studies.verdicts import Comparison

Run = Callable[[Study], Result]
"""Carries out a study, or as much of it as it is let."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of a grid and what has been trained there."""

    place: Place
    replicates: tuple[Replicate, ...]

    @property
    def failed(self) -> int:
        """How many trainings failed."""
        return sum(one.status == "failed" for one in self.replicates)

    def point(self, metric: str) -> Point:
        """The cell's scores on a metric, summed up."""
        return measure(self.place[0], self.replicates, metric, *self.place[1:])


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The best point against no noise, on replicates that the search has not seen."""

    seed: int
    """The study seed that the fresh replicates follow from."""
    cells: tuple[Cell, ...]
    """No noise, and the best of the search."""
    comparison: Comparison


@dataclass(frozen=True)
class Sweep:
    """What a sweep has found, as far as it came."""

    search: Search
    cells: tuple[Cell, ...]
    """Points of which at least one training has ended, in the grid's order."""
    fingerprint: Fingerprint
    seconds: float
    """Wall-clock time of all its studies."""
    confirmation: Confirmation | None = None

    @cached_property
    def metric(self) -> str:
        """The score by which points are judged: `test_accuracy`, or `test_rmse`."""
        return measured_metric((one for cell in self.cells for one in cell.replicates), None)

    @property
    def metrics(self) -> tuple[str, str, str]:
        """The scores that are reported of every point."""
        return self.metric, "test_loss", self.metric.replace("test", "train")

    @property
    def points(self) -> tuple[Point, ...]:
        """The points with their scores."""
        return tuple(cell.point(self.metric) for cell in self.cells)

    @property
    def best(self) -> Place | None:
        """The point with the best mean score; None without scores."""
        top = best(self.points, self.metric)
        if top is None:
            return None
        return (top.stddev,) if top.stddev2 is None else (top.stddev, top.stddev2)

    @property
    def plateau(self) -> Plateau | None:
        """The neighbours of the best within one standard error, in a sweep of one site."""
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
        """How many trainings of the search failed."""
        return sum(cell.failed for cell in self.cells)

    @property
    def trained(self) -> Iterator[tuple[str, tuple[Replicate, ...]]]:
        """All that was trained, by the names of the arms."""
        fresh = self.confirmation.cells if self.confirmation else ()
        for cell in (*self.cells, *fresh):
            yield self.search.arm(cell.place).name, cell.replicates


def stages(search: Search, run: Run, *, finer: bool = False, fresh: bool = True) -> Iterator[Sweep]:
    """Carry out a sweep; give what is known after the grid, the finer grid and the confirmation.

    `finer` adds points about the plateau of the first grid, `fresh` confirms the best on other
    replicates. Whoever takes no further stage leaves it untrained.
    """
    found = searched(search, run(search.study()))
    yield found
    if finer and (more := finer_study(found)) is not None:
        found = with_finer(found, run(more))
        yield found
    if fresh and (study := confirmation_study(found)) is not None:
        yield confirmed(found, run(study))


def searched(search: Search, result: Result) -> Sweep:
    """Read the study of a grid, whole or stopped."""
    return Sweep(
        search, _cells(search, search.places, result.arms), result.fingerprint, result.seconds
    )


def finer_study(found: Sweep) -> Study | None:
    """The study of new points about the plateau; None where there are none, or two sites."""
    new = sorted(set(_finer(found).places) - set(found.search.places))
    return found.search.study(*new) if new else None


def with_finer(found: Sweep, result: Result) -> Sweep:
    """Add what came of `finer_study`, on the same seeds, to the grid."""
    search = _finer(found)
    cells = sorted(
        (*found.cells, *_cells(search, search.places, result.arms)), key=lambda cell: cell.place
    )
    return replace(found, search=search, cells=tuple(cells), seconds=found.seconds + result.seconds)


def confirmation_study(found: Sweep) -> Study | None:
    """The best point and no noise on fresh seeds; None where no noise is best."""
    search, top = found.search, found.best
    if top is None or top == search.silence:
        return None
    return search.study(search.silence, top, seed=fresh_seed(search.base.seed))


def confirmed(found: Sweep, result: Result) -> Sweep:
    """Add what came of `confirmation_study`, where both of its arms came to something."""
    search, study = found.search, result.study
    found = replace(found, seconds=found.seconds + result.seconds)
    cells = _cells(search, (search.silence, found.best or search.silence), result.arms)
    if len(cells) < 2:
        return found
    baseline = search.arm(search.silence).name
    (comparison,) = compare_arms(result.arms, study.repeats, study.mode, baseline, found.metric)
    return replace(found, confirmation=Confirmation(study.seed, cells, comparison))


def fresh_seed(seed: int) -> int:
    """The seed of the study that confirms what a study of another seed has found."""
    return Seeds(seed, 0).of("confirmation")


def _finer(found: Sweep) -> Search:
    search, flat = found.search, found.plateau
    if flat is None:
        return search
    (axis,) = search.axes
    finer = refine(axis.strengths, flat, least(axis.site.strength, axis.site.owner))
    return replace(search, axes=(replace(axis, strengths=finer),))


def _cells(search: Search, places: Iterable[Place], arms: Iterable[Arm]) -> tuple[Cell, ...]:
    """What was trained at some points, without those stopped before any training ended."""
    by_name = {search.arm(place).name: place for place in places}
    cells = (Cell(by_name[arm.experiment.name], arm.replicates) for arm in arms)
    return tuple(cell for cell in cells if any(one.status != "stopped" for one in cell.replicates))
