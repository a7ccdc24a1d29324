"""The findings of a sweep, computed once in the background so that drawing costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hiss.reports.columns import Column
from hiss.reports.sweep_report import sweep_columns
from hiss.reports.sweep_sentences import sentences
from hiss.studies.plateau import Point
from hiss.studies.search import Place
from hiss.studies.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Findings:
    """A sweep so far, with everything that is shown of it."""

    found: Sweep
    points: Mapping[str, Mapping[Place, Point]]
    """Summaries by metric and place."""
    best: Place | None
    plateau: frozenset[Place]
    sentences: tuple[str, ...]
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, found: Sweep) -> Findings:
        """Compute everything that is shown of a sweep."""
        points = {
            metric: {cell.place: cell.point(metric) for cell in found.cells}
            for metric in found.metrics
        }
        return cls(
            found=found,
            points=points,
            best=found.best,
            plateau=found.plateau_places,
            sentences=sentences(found),
            columns=sweep_columns(found),
        )

    def failed(self, place: Place) -> int:
        """Return how many replicates of a point failed."""
        return sum(cell.failed for cell in self.found.cells if cell.place == place)
