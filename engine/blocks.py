"""One block of a study: some replicates of one arm, trained by either way and measured."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from engine.datasets import Split
from engine.fused import SideBySide, train_fused
from engine.lanes import Lanes
from engine.machine import cores
from engine.network import build_network, initial_values
from engine.program import Program, Rows, State
from engine.programs import PROGRAMS
from engine.reference import compile_reference, train_reference
from engine.reporting import Report, Stopped
from engine.results import Replicate, Status
from engine.samples import Samples, column
from engine.seeds import Seeds
from engine.spec import Experiment, Study
from engine.stack import CannotStackError, Stack

LANES_PER_CORE = 1.5
"""While XLA hands one replicate's work from thread to thread, another's fills the core."""

Scores = dict[str, float]
Measure = Callable[[Split], tuple[Scores, Scores]]
"""Scores on the training rows and on the test rows, with the noise off."""


def train_block(
    study: Study, experiment: Experiment, samples: Samples, report: Report
) -> Iterator[Replicate]:
    """Train the replicates that `report` follows and give each as it ends."""
    train = _fused if study.engine == "fused" else _reference
    return train(study, experiment, samples, report)


def _fused(
    study: Study, experiment: Experiment, samples: Samples, report: Report
) -> Iterator[Replicate]:
    began = time.perf_counter()
    program = PROGRAMS.of(experiment, samples)
    states = _states(program, study, experiment, report.replicates)
    rows = (samples.of(number) for number in report.replicates)
    together = _side_by_side(program, states, rows)
    with contextlib.suppress(Stopped):
        train_fused(together, experiment.training.epochs, report)
    seconds = (time.perf_counter() - began) / len(report.replicates)
    for place, number in enumerate(report.replicates):
        measure = _fused_measure(program, together.state(place))
        yield _ended(number, report, samples, measure, seconds)


def _side_by_side(program: Program, states: Iterable[State], rows: Iterable[Rows]) -> SideBySide:
    """Stack the replicates on a GPU where that can be done; else train them in lanes."""
    if "GPU" in tf.constant(0).device:
        states, rows = list(states), list(rows)
        with contextlib.suppress(CannotStackError):
            return Stack(program, states, rows)
    return Lanes(program, states, rows, round(LANES_PER_CORE * cores()))


def prepare_arm(study: Study, experiment: Experiment, samples: Samples) -> None:
    """Compile what the fused way will need to train an arm of a study."""
    program = PROGRAMS.of(experiment, samples)
    states = _states(program, study, experiment, range(1))
    _side_by_side(program, states, [samples.rows]).close()


def _states(
    program: Program, study: Study, experiment: Experiment, replicates: range
) -> Iterator[State]:
    seeds = [Seeds(study.seed, number) for number in replicates]
    values = initial_values(experiment, program.network, seeds)
    for start, each in zip(values, seeds, strict=True):
        yield program.start(start, each.of("order"))


def _fused_measure(program: Program, state: State) -> Measure:
    def measure(split: Split) -> tuple[Scores, Scores]:
        rows = (split.x_train, column(split.y_train), split.x_test, column(split.y_test))
        train, test = program.scores(state, *rows).numpy().tolist()
        return _named(program, train), _named(program, test)

    return measure


def _named(program: Program, values: list[float]) -> Scores:
    return dict(zip(program.columns, values, strict=False))


def _reference(
    study: Study, experiment: Experiment, samples: Samples, report: Report
) -> Iterator[Replicate]:
    program = PROGRAMS.of(experiment, samples)
    for number in report.replicates:
        began = time.perf_counter()
        seeds = Seeds(study.seed, number)
        network = build_network(experiment, samples.shape, seeds)
        compile_reference(network, experiment.training, program.metrics)
        alone = Report(report.curves, range(number, number + 1), report.stop, report.started)
        rows = samples.of(number)
        with contextlib.suppress(Stopped):
            train_reference(network, experiment.training, rows, seeds.of("order"), alone)
        measure = _reference_measure(network)
        yield _ended(number, alone, samples, measure, time.perf_counter() - began)
        if report.stop.is_set():
            return


def _reference_measure(network: Any) -> Measure:
    def evaluate(x: Any, y: Any) -> Scores:
        scores: Scores = network.evaluate(x, column(y), verbose=0, return_dict=True)
        return scores

    return lambda split: (
        evaluate(split.x_train, split.y_train),
        evaluate(split.x_test, split.y_test),
    )


def _ended(
    number: int, report: Report, samples: Samples, measure: Measure, seconds: float
) -> Replicate:
    """Say how a replicate ended, measuring it unless it failed or never began."""
    curves = report.curves
    epochs = int(curves.counts[number])
    reason = report.failures.get(number, "")
    whole = epochs == curves.epochs or number in report.early
    status: Status = "failed" if reason else "finished" if whole else "stopped"
    scores = {} if reason or not epochs else _scores(samples, number, measure)
    best, best_epoch = _best(report, number)
    return Replicate(number, status, epochs, scores, best, best_epoch, seconds, reason)


def _scores(samples: Samples, number: int, measure: Measure) -> Scores:
    train, test = measure(samples.split(number))
    named = {f"train_{name}": value for name, value in train.items()}
    named |= {f"test_{name}": value for name, value in test.items()}
    if "test_brier" in named:
        named["brier"] = named["test_brier"]
    return named


def _best(report: Report, number: int) -> tuple[float, int]:
    """Give the largest test accuracy by epoch, and that epoch from 1."""
    if "val_accuracy" not in report.curves.metrics or not report.curves.counts[number]:
        return float("nan"), 0
    accuracy = report.curves.series("val_accuracy", number)
    return float(np.max(accuracy)), int(np.argmax(accuracy)) + 1
