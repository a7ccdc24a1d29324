"""What a sweep has found, worked out once so that drawing it costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.columns import Column
from engine.search import Place
from engine.sweep import Point
from engine.sweep_columns import sweep_columns
from engine.sweep_sentences import sentences
from engine.sweeping import Sweep


@dataclass(frozen=True, slots=True)
class Findings:
    """A sweep as far as it came, with everything that is shown of it."""

    found: Sweep
    points: Mapping[str, Mapping[Place, Point]]
    """By metric and place."""
    best: Place | None
    plateau: frozenset[Place]
    sentences: tuple[str, ...]
    columns: tuple[Column, ...]

    @classmethod
    def of(cls, found: Sweep) -> Findings:
        """Work out everything that is shown of a sweep."""
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
        """How many trainings at a point failed."""
        return sum(cell.failed for cell in self.found.cells if cell.place == place)
