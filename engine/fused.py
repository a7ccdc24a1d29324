"""The fused way through `fit`: every train step advances all replicates by many epochs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from engine.program import CHUNK, Program, Rows, State
from engine.reporting import Report

STEP_SECONDS = 0.2
"""How long one train step should take: the curves grow five times a second."""
CALL_SECONDS = 0.05
"""How long one replicate trains at a stretch; a stop takes effect between two stretches."""


class Team:
    """The replicates that train side by side, on as many threads as there are cores.

    A thread lets go of Python's lock while a replicate trains.
    """

    def __init__(
        self,
        program: Program,
        states: Sequence[State],
        rows: Sequence[Rows],
        report: Report,
        threads: int,
    ) -> None:
        """Take a state and the rows of each replicate that `report` follows."""
        pairs = [on_device(*pair) for pair in zip(states, rows, strict=True)]
        self.states = [state for state, _ in pairs]
        self.rows = [each for _, each in pairs]
        self.report = report
        self.pace = 1
        self._pool = ThreadPoolExecutor(threads)
        self._advance = program.compiled(self.states[0], self.rows[0])

    def advance(self) -> tuple[NDArray[np.float32], ...]:
        """Train every replicate for `pace` epochs; give each one's rows of metrics.

        A replicate that has failed, or whose turn comes after a stop, stays as it is.
        """
        began = time.perf_counter()
        pace = min(self.pace, self.report.remaining)
        turns = list(self._pool.map(lambda place: self._turn(place, pace), range(len(self.rows))))
        self._aim(pace, time.perf_counter() - began, max(seconds for _, seconds in turns))
        return tuple(table for table, _ in turns)

    def disband(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _turn(self, place: int, pace: int) -> tuple[NDArray[np.float32], float]:
        began = time.perf_counter()
        report = self.report
        if report.stop.is_set() or report.replicates[place] in report.failures:
            return np.empty((0, len(report.curves.metrics)), np.float32), 0.0
        state, table = self._advance(self.states[place], self.rows[place], tf.constant(pace))
        self.states[place] = state
        return table.numpy()[:pace], time.perf_counter() - began

    def _aim(self, pace: int, step: float, call: float) -> None:
        """Choose the next pace by how long this step and its longest call took."""
        slowest = max(step / STEP_SECONDS, call / CALL_SECONDS, 1e-6)
        self.pace = int(np.clip(pace / slowest, 1, min(4 * pace + 12, CHUNK)))


def on_device(state: State, rows: Rows) -> tuple[State, Rows]:
    """Put a replicate's state and rows on the device."""
    return tf.nest.map_structure(tf.constant, state), Rows(*map(tf.constant, rows))


class FusedModel(keras.Model):  # type: ignore[misc]
    """A Keras model whose train step is a stretch of training of a whole team."""

    def __init__(self, team: Team) -> None:
        """Train `team`."""
        super().__init__()
        self.team = team
        self.built = True

    def train_step(self, data: Any) -> dict[str, Any]:
        """Advance the team; `data` only counts the steps."""
        return {"tables": self.team.advance()}


def train_fused(team: Team, epochs: int, report: Report) -> None:
    """Train a team through Keras' `fit`.

    Raises:
        Stopped: if `report` was told to stop.
    """
    model = FusedModel(team)
    model.compile(run_eagerly=True)
    try:
        model.fit(tf.data.Dataset.range(epochs), callbacks=[report], shuffle=False, verbose=0)
    finally:
        team.disband()
