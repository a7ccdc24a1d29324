"""One block of a study: some replicates of one arm, trained by either way and measured."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from hiss.data.arrays import ReplicateArrays, Split
from hiss.data.replicate_data import ReplicateData, column
from hiss.data.seeds import Seeds
from hiss.experiment.spec import Experiment, Study
from hiss.network.build import build_network, initial_values
from hiss.results.outcomes import Replicate, Status
from hiss.training.callback import TrainingCallback, TrainingStopped
from hiss.training.fused import ParallelReplicates, train_fused
from hiss.training.machine import cores
from hiss.training.parallel_cpu import ParallelCpu
from hiss.training.parallel_gpu import NotStackableError, ParallelGpu
from hiss.training.program import Program, State
from hiss.training.program_cache import PROGRAMS
from hiss.training.reference import compile_reference, train_reference

LANES_PER_CORE = 1.5
"""While XLA hands one replicate's work from thread to thread, another's fills the core."""

Scores = dict[str, float]
Measure = Callable[[Split], tuple[Scores, Scores]]
"""Scores on the training rows and on the test rows, with the noise off."""


def train_block(
    study: Study, experiment: Experiment, samples: ReplicateData, report: TrainingCallback
) -> Iterator[Replicate]:
    """Train the replicates that `report` follows and give each as it ends."""
    train = _fused if study.engine == "fused" else _reference
    return train(study, experiment, samples, report)


def _fused(
    study: Study, experiment: Experiment, samples: ReplicateData, report: TrainingCallback
) -> Iterator[Replicate]:
    began = time.perf_counter()
    program = PROGRAMS.of(experiment, samples)
    states = _states(program, study, experiment, report.replicates)
    rows = (samples.of(number) for number in report.replicates)
    together = _side_by_side(program, states, rows)
    with contextlib.suppress(TrainingStopped):
        train_fused(together, experiment.training.epochs, report)
    seconds = (time.perf_counter() - began) / len(report.replicates)
    for place, number in enumerate(report.replicates):
        measure = _fused_measure(program, together.state(place))
        yield _ended(number, report, samples, measure, seconds)


def _side_by_side(
    program: Program, states: Iterable[State], rows: Iterable[ReplicateArrays]
) -> ParallelReplicates:
    """Stack the replicates on a GPU where that can be done; else train them in lanes."""
    if "GPU" in tf.constant(0).device:
        states, rows = list(states), list(rows)
        with contextlib.suppress(NotStackableError):
            return ParallelGpu(program, states, rows)
    return ParallelCpu(program, states, rows, round(LANES_PER_CORE * cores()))


def prepare_arm(study: Study, experiment: Experiment, samples: ReplicateData) -> None:
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
    study: Study, experiment: Experiment, samples: ReplicateData, report: TrainingCallback
) -> Iterator[Replicate]:
    program = PROGRAMS.of(experiment, samples)
    for number in report.replicates:
        began = time.perf_counter()
        seeds = Seeds(study.seed, number)
        network = build_network(experiment, samples.shape, seeds)
        compile_reference(network, experiment.training, program.metrics)
        alone = TrainingCallback(
            report.curves, range(number, number + 1), report.stop, report.started
        )
        rows = samples.of(number)
        with contextlib.suppress(TrainingStopped):
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
    number: int, report: TrainingCallback, samples: ReplicateData, measure: Measure, seconds: float
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


def _scores(samples: ReplicateData, number: int, measure: Measure) -> Scores:
    train, test = measure(samples.split(number))
    named = {f"train_{name}": value for name, value in train.items()}
    named |= {f"test_{name}": value for name, value in test.items()}
    if "test_brier" in named:
        named["brier"] = named["test_brier"]
    return named


def _best(report: TrainingCallback, number: int) -> tuple[float, int]:
    """Give the largest test accuracy by epoch, and that epoch from 1."""
    if "val_accuracy" not in report.curves.metrics or not report.curves.counts[number]:
        return float("nan"), 0
    accuracy = report.curves.series("val_accuracy", number)
    return float(np.max(accuracy)), int(np.argmax(accuracy)) + 1
