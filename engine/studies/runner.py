"""Running a study, arm by arm and block by block."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator

import tensorflow as tf

from hiss.data.replicate_data import ReplicateData
from hiss.experiment.spec import Experiment, Study
from hiss.network.metrics import columns
from hiss.results.curves import Curves
from hiss.results.outcomes import (
    Arm,
    ArmEnded,
    ArmStarted,
    BackendLoaded,
    Listener,
    Replicate,
    ReplicateEnded,
    Result,
    StudyEnded,
    TrainingStarted,
)
from hiss.results.rows import rows_of
from hiss.training import backend, block
from hiss.training.callback import Monitor
from hiss.training.capacity import check_fits
from hiss.training.choose_engine import choose_engine, may_not_compile, user_errors

BLOCK_SIZE = 32
"""The most replicates that train side by side; a stack on a GPU has room for as many."""


def run_study(study: Study, listen: Listener, stop: threading.Event) -> Result:
    """Run a study to its end, or until `stop` is set.

    Everything happens on the calling thread, `listen` included. Arms that were not begun before
    the stop are not in the result.

    Args:
        study: what to train.
        listen: called with every event.
        stop: set from any thread to end the training; it is looked at all the time.

    Raises:
        EngineError: if the study cannot be run as it is.
    """
    began = time.perf_counter()
    check_fits(study)
    backend.load(study.device)
    device = backend.choose(study.device)
    fingerprint = backend.fingerprint(device)
    listen(BackendLoaded(fingerprint))
    arms = []
    with tf.device(device):
        for number in range(len(study.arms)):
            if stop.is_set():
                break
            arms.append(_run_arm(study, number, listen, stop))
    result = Result(study, tuple(arms), fingerprint, time.perf_counter() - began)
    listen(StudyEnded(result))
    return result


def prepare(study: Study) -> None:
    """Compile ahead of `run_study`, on the same thread, what the study's first arm will need.

    The user's own model and table are not read before they are trained with.

    Raises:
        EngineError: if the study cannot be run as it is.
    """
    check_fits(study)
    experiment = study.arms[0]
    users = experiment.model is not None or experiment.data.name == "table"
    if study.engine == "reference" or users or may_not_compile(experiment):
        return
    backend.load(study.device)
    with tf.device(backend.choose(study.device)):
        block.precompile(experiment, replicate_data(study, experiment))


def replicate_data(study: Study, experiment: Experiment) -> ReplicateData:
    """Load the rows that the replicates of one arm of a study are trained and tested on."""
    stopping = experiment.training.early_stopping
    held_out = stopping.validation_size if stopping else None
    return ReplicateData(experiment.data, study.mode, study.seed, held_out)


def _run_arm(study: Study, number: int, listen: Listener, stop: threading.Event) -> Arm:
    experiment = study.arms[number]
    data = replicate_data(study, experiment)
    curves = Curves(
        columns(data.first.task), study.repeats, experiment.training.epochs, rows_of(data)
    )
    listen(ArmStarted(number, curves))
    ended: list[Replicate] = []
    monitor = Monitor(curves, stop, _once(lambda: listen(TrainingStarted(number))))
    with user_errors(experiment):
        choice = choose_engine(study.engine, experiment, data)
        for replicates in _blocks(study.repeats):
            if stop.is_set():
                break
            for replicate in block.train_block(
                experiment, data, replicates, engine=choice.engine, monitor=monitor
            ):
                ended.append(replicate)
                listen(ReplicateEnded(number, replicate))
    arm = Arm(experiment, tuple(ended), curves, choice.note)
    listen(ArmEnded(number, arm))
    return arm


def _blocks(repeats: int) -> Iterator[range]:
    """Divide the replicates of an arm into blocks of nearly the same size."""
    count = math.ceil(repeats / BLOCK_SIZE)
    edges = [round(repeats * number / count) for number in range(count + 1)]
    yield from (range(*pair) for pair in itertools.pairwise(edges))


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """Wrap an action so that only its first call does anything."""
    pending = [action]
    return lambda: pending.pop()() if pending else None
