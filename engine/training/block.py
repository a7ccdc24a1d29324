"""One block of a study: some replicates of one arm, trained by either engine and scored."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from hiss.data.arrays import Floats, ReplicateArrays, Split
from hiss.data.replicate_data import ReplicateData, column
from hiss.data.seeds import Seeds
from hiss.experiment.spec import Engine, Experiment
from hiss.network.build import build_network
from hiss.network.metrics import metrics_for
from hiss.network.start import initial_values
from hiss.results.metrics import MEASURED
from hiss.results.outcomes import Replicate, Status
from hiss.statistics.predictions import classification_scores, regression_scores
from hiss.training.callback import Monitor, TrainingCallback, TrainingStopped
from hiss.training.checkpoint import Checkpoints
from hiss.training.checkpointing import CheckpointCallback, restore_callback, restored_states
from hiss.training.epochs import State
from hiss.training.fused import ParallelReplicates, train_fused
from hiss.training.machine import cores_to_train_on
from hiss.training.parallel_cpu import ParallelCpu
from hiss.training.parallel_gpu import NotStackableError, ParallelGpu
from hiss.training.program import Program
from hiss.training.program_cache import PROGRAMS
from hiss.training.recorder import Recorder, SnapshotCallback, Values
from hiss.training.reference import (
    ROWS_AT_ONCE,
    ReferenceCallback,
    compile_reference,
    train_reference,
)

THREADS_PER_CORE = 1.5
"""While XLA hands one replicate's work from thread to thread, another's fills the core."""

Scores = dict[str, float]
Measured = tuple[Scores, Floats]
"""The scores on some rows by Keras' means over rows, and the predictions, shape (rows, outputs)."""
Measure = Callable[[Split], tuple[Measured, Measured]]
"""Split → what is measured on its training rows and on its test rows, with the noise off."""


def train_block(
    experiment: Experiment,
    data: ReplicateData,
    replicates: range,
    *,
    engine: Engine,
    monitor: Monitor,
    checkpoints: Checkpoints | None = None,
    recorder: Recorder | None = None,
) -> Iterator[Replicate]:
    """Train and score some replicates of an arm, in the present device's memory.

    What is yielded depends on the arguments and the versions alone, unless training is stopped.

    Args:
        experiment: the arm.
        data: its data set, by replicate; its seed is the study's.
        replicates: numbers within the arm.
        engine: how to train; the fused engine must be able to compile the network.
        monitor: sees the epochs and can stop the training.
        checkpoints: where the fused engine goes on from, and what it keeps; `fit` starts over.
        recorder: takes snapshots of the weights; a block with one begins from its start.

    Yields:
        How each replicate ended, in order. The reference engine trains the next one only then,
        and none after a stop.

    Raises:
        EngineError: if the network does not fit the data.
    """
    if engine == "fused":
        return _train_fused(experiment, data, replicates, monitor, checkpoints, recorder)
    return _train_reference(experiment, data, replicates, monitor, recorder)


def precompile(experiment: Experiment, data: ReplicateData) -> None:
    """Compile what the fused engine will need to train an arm."""
    program = PROGRAMS.of(experiment, data)
    states = initial_states(program, experiment, data.seed, range(1))
    _parallel(program, states, [data.rows]).close()


def initial_states(
    program: Program, experiment: Experiment, study_seed: int, replicates: range
) -> Iterator[State]:
    """Yield the state that each replicate starts from, as numpy arrays."""
    seeds = [Seeds(study_seed, number) for number in replicates]
    values = initial_values(experiment, program.network, seeds)
    for start, each in zip(values, seeds, strict=True):
        yield program.start(start, each.of("order"))


def _train_fused(
    experiment: Experiment,
    data: ReplicateData,
    replicates: range,
    monitor: Monitor,
    checkpoints: Checkpoints | None,
    recorder: Recorder | None,
) -> Iterator[Replicate]:
    began = time.perf_counter()
    program = PROGRAMS.of(experiment, data)
    states = initial_states(program, experiment, data.seed, replicates)
    callback = TrainingCallback(monitor, replicates)
    before = checkpoints.latest() if checkpoints and not recorder else None
    if before is not None:
        states = restored_states(before, next(states))
        restore_callback(before, callback)
        began -= before.seconds
    if recorder:
        first = list(states)
        states = iter(first)
        recorder.begin(_values(first), callback, program.packing.unpack_arrays)
    rows = (data.of(number) for number in replicates)
    parallel = _parallel(program, states, rows, recorder)
    places = range(len(replicates))
    others: list[keras.callbacks.Callback] = []
    if checkpoints:
        others.append(CheckpointCallback(checkpoints, parallel, callback, began))
    if recorder:

        def present() -> list[Values]:
            return _values(map(parallel.state, places))

        takes = not isinstance(parallel, ParallelCpu)
        others.append(SnapshotCallback(recorder, callback, present, takes=takes))
    with contextlib.suppress(TrainingStopped):
        train_fused(parallel, callback.remaining, callback, others)
    if recorder:
        recorder.end([program.final_values(parallel.state(place)) for place in places], callback)
    seconds = (time.perf_counter() - began) / len(replicates)
    for place, number in enumerate(replicates):
        measure = _measure_fused(program, parallel.state(place))
        yield _outcome(number, callback, data, measure, seconds)


def _values(states: Iterable[State]) -> list[Values]:
    return [(each.trainable, each.other) for each in states]


def _parallel(
    program: Program,
    states: Iterable[State],
    arrays: Iterable[ReplicateArrays],
    recorder: Recorder | None = None,
) -> ParallelReplicates:
    """Stack the replicates on a GPU if the network allows it, else train them on threads."""
    if "GPU" in tf.constant(0).device:
        states, arrays = list(states), list(arrays)
        with contextlib.suppress(NotStackableError):
            return ParallelGpu(program, states, arrays)
    return ParallelCpu(
        program, states, arrays, round(THREADS_PER_CORE * cores_to_train_on()), recorder
    )


def _measure_fused(program: Program, state: State) -> Measure:
    def measure(split: Split) -> tuple[Measured, Measured]:
        rows = (split.x_train, column(split.y_train), split.x_test, column(split.y_test))
        train, test = (
            (dict(zip(program.columns, values.numpy().tolist(), strict=False)), predicted.numpy())
            for values, predicted in program.scores(state, *rows)
        )
        return train, test

    return measure


def _train_reference(
    experiment: Experiment,
    data: ReplicateData,
    replicates: range,
    monitor: Monitor,
    recorder: Recorder | None,
) -> Iterator[Replicate]:
    program = PROGRAMS.of(experiment, data)
    for number in replicates:
        began = time.perf_counter()
        seeds = Seeds(data.seed, number)
        network = build_network(experiment, data.shape, seeds)
        compile_reference(network, experiment.training, program.metrics, data.first)
        callback = ReferenceCallback(monitor, number)
        present = partial(_values_of, network)
        others: list[keras.callbacks.Callback] = []
        if recorder:
            recorder.begin(present(), callback)
            others.append(SnapshotCallback(recorder, callback, present))
        with contextlib.suppress(TrainingStopped):
            train_reference(
                network, experiment.training, data.of(number), seeds.of("order"), callback, others
            )
        if recorder:
            recorder.end(present(), callback)
        seconds = time.perf_counter() - began
        yield _outcome(number, callback, data, _measure_reference(network), seconds)
        if callback.stopped:
            return


def _values_of(network: Any) -> list[Values]:
    parts = network.trainable_variables, network.non_trainable_variables
    trainable, other = ([each.numpy() for each in part] for part in parts)
    return [(trainable, other)]


def _measure_reference(network: Any) -> Measure:
    def evaluate(x: Floats, y: Floats) -> Measured:
        scores: Scores = network.evaluate(x, column(y), verbose=0, return_dict=True)
        return scores, _predicted(network, x)

    return lambda split: (
        evaluate(split.x_train, split.y_train),
        evaluate(split.x_test, split.y_test),
    )


def _predicted(network: Any, x: Floats) -> Floats:
    """Predict some rows at a time, with the noise off; `predict` would build a graph for it."""
    parts = (x[start : start + ROWS_AT_ONCE] for start in range(0, len(x), ROWS_AT_ONCE))
    return np.concatenate([np.asarray(network(part, training=False), np.float32) for part in parts])


def _outcome(
    number: int, callback: TrainingCallback, data: ReplicateData, measure: Measure, seconds: float
) -> Replicate:
    """Return how a replicate ended, with its scores unless it failed or never began."""
    curves = callback.curves
    epochs = int(curves.counts[number])
    reason = callback.failures.get(number, "")
    whole = epochs == curves.epochs or number in callback.early
    status: Status = "failed" if reason else "finished" if whole else "stopped"
    best, best_epoch = _best(callback, number, len(data.rows.x_val))
    return Replicate(
        replicate=number,
        status=status,
        epochs=epochs,
        scores={} if reason or not epochs else _scores(measure, data.split(number)),
        best_test_accuracy=best,
        best_epoch=best_epoch,
        seconds=seconds,
        reason=reason,
    )


def _scores(measure: Measure, split: Split) -> Scores:
    """Measure the scores of a replicate and name them by their rows."""
    train, test = measure(split)
    named = _named("train", train, split.y_train, split) | _named("test", test, split.y_test, split)
    if "test_brier" in named:
        named["brier"] = named["test_brier"]
    return named


def _named(rows: str, measured: Measured, targets: Floats, split: Split) -> Scores:
    scores, predictions = measured
    exact = {
        name: _exact(value, len(targets)) if name == "accuracy" else value
        for name, value in scores.items()
    }
    further = _further(targets, predictions, split)
    return {f"{rows}_{name}": float(value) for name, value in {**exact, **further}.items()}


def _further(targets: Floats, predictions: Floats, split: Split) -> Scores:
    """Return the metrics of a task that are no means over rows, and so have no curves."""
    if split.classes:
        found = classification_scores(targets.astype(np.int64), predictions)
    else:
        found = regression_scores(column(targets), predictions)
    measured = {metric.name for metric in metrics_for(split.task)}
    return {name: found[name] for name in MEASURED[split.task] if name in found.keys() - measured}


def _exact(accuracy: float, rows: int) -> float:
    """Return an accuracy in float32 as its whole number of rows divided by all, in float64.

    Differences of float32 fractions that should tie do not, which every permutation test notices.
    """
    return round(accuracy * rows) / rows if math.isfinite(accuracy) else accuracy


def _best(callback: TrainingCallback, number: int, rows: int) -> tuple[float, int]:
    """Return the largest accuracy of any epoch on `rows` test rows, and the first such epoch."""
    if "val_accuracy" not in callback.curves.metrics or not callback.curves.counts[number]:
        return float("nan"), 0
    accuracy = callback.curves.series("val_accuracy", number)
    return _exact(float(np.max(accuracy)), rows), int(np.argmax(accuracy)) + 1
