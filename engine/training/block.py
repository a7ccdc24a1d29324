"""One block of a study: some replicates of one arm, trained by either engine and scored."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import keras
import tensorflow as tf

from hiss.data.arrays import ReplicateArrays, Split
from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.experiment.spec import Engine, Experiment
from hiss.network.build import build_network
from hiss.network.start import initial_values
from hiss.results.outcomes import Replicate, Status
from hiss.training.callback import Monitor, TrainingCallback, TrainingStopped
from hiss.training.checkpoint import Checkpoints
from hiss.training.checkpointing import CheckpointCallback, restore_callback, restored_states
from hiss.training.epochs import State
from hiss.training.final_scores import (
    Measure,
    best_of,
    measure_fused,
    measure_reference,
    scorer,
    scores_of,
)
from hiss.training.fused import ParallelReplicates, train_fused
from hiss.training.machine import cores_to_train_on
from hiss.training.parallel_cpu import ParallelCpu
from hiss.training.parallel_gpu import NotStackableError, ParallelGpu
from hiss.training.program import Program
from hiss.training.program_cache import PROGRAMS
from hiss.training.recorder import Recorder, SnapshotCallback, Values
from hiss.training.reference import (
    ReferenceCallback,
    compile_reference,
    train_reference,
)

THREADS_PER_CORE = 1.5
"""While XLA hands one replicate's work from thread to thread, another's fills the core."""


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
    _parallel(program, states, [data.rows], data.first).close()


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
    parallel = _parallel(program, states, rows, data.first, recorder)
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
        measure = measure_fused(program, parallel.state(place))
        yield _outcome(number, callback, data, measure, seconds)


def _values(states: Iterable[State]) -> list[Values]:
    return [(each.trainable, each.other) for each in states]


def _parallel(
    program: Program,
    states: Iterable[State],
    arrays: Iterable[ReplicateArrays],
    first: Split,
    recorder: Recorder | None = None,
) -> ParallelReplicates:
    """Stack the replicates on a GPU if the network allows it, else train them on threads.

    What measures their final scores is traced while XLA compiles; `first` tells the shapes.
    """
    if "GPU" in tf.constant(0).device:
        states, arrays = list(states), list(arrays)
        with contextlib.suppress(NotStackableError):
            return ParallelGpu(program, states, arrays)
    threads = round(THREADS_PER_CORE * cores_to_train_on())
    return ParallelCpu(
        *(program, states, arrays, threads),
        recorder,
        meanwhile=lambda state: scorer(program, state, first),
    )


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
        yield _outcome(number, callback, data, measure_reference(network), seconds)
        if callback.stopped:
            return


def _values_of(network: Any) -> list[Values]:
    parts = network.trainable_variables, network.non_trainable_variables
    trainable, other = ([each.numpy() for each in part] for part in parts)
    return [(trainable, other)]


def _outcome(
    number: int, callback: TrainingCallback, data: ReplicateData, measure: Measure, seconds: float
) -> Replicate:
    """Return how a replicate ended, with its scores unless it failed or never began."""
    curves = callback.curves
    epochs = int(curves.counts[number])
    reason = callback.failures.get(number, "")
    whole = epochs == curves.epochs or number in callback.early
    status: Status = "failed" if reason else "finished" if whole else "stopped"
    best, best_epoch = best_of(callback, number, len(data.rows.x_val))
    return Replicate(
        replicate=number,
        status=status,
        epochs=epochs,
        scores={} if reason or not epochs else scores_of(measure, data.split(number)),
        best_test_accuracy=best,
        best_epoch=best_epoch,
        seconds=seconds,
        reason=reason,
    )
