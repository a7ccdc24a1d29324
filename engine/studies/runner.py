"""The engine's one verb: run a study, arm by arm and block by block."""

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
from hiss.training import backend
from hiss.training import block as blocks
from hiss.training.callback import TrainingCallback
from hiss.training.choose_engine import blamed_on, choose_engine, may_not_compile

BLOCK = 32
"""The most replicates that train side by side."""


def run_study(study: Study, listen: Listener, stop: threading.Event) -> Result:
    """Run a study to its end, or as far as it comes before `stop` is set.

    Everything happens on the calling thread, `listen` included. Arms that were not begun before
    the stop are not in the result.

    Raises:
        EngineError: if what the study asks for cannot be done.
    """
    began = time.perf_counter()
    backend.load(study.device)
    device = backend.choose(study.device)
    listen(BackendLoaded(backend.fingerprint(device)))
    arms = []
    with tf.device(device):
        for number in range(len(study.arms)):
            if stop.is_set():
                break
            arms.append(_run_arm(study, number, listen, stop))
    result = Result(study, tuple(arms), backend.fingerprint(device), time.perf_counter() - began)
    listen(StudyEnded(result))
    return result


def prepare(study: Study) -> None:
    """Compile ahead of `run_study`, on the same thread, what the study's first arm will need.

    The user's own files are left alone until they are to be trained with.

    Raises:
        EngineError: if what the study asks for cannot be done.
    """
    experiment = study.arms[0]
    own = experiment.model is not None or experiment.data.name == "table"
    if study.engine == "reference" or own or may_not_compile(experiment):
        return
    backend.load(study.device)
    with tf.device(backend.choose(study.device)):
        samples = replicate_data(study, experiment)
        blocks.prepare_arm(study, experiment, samples)


def _run_arm(study: Study, number: int, listen: Listener, stop: threading.Event) -> Arm:
    experiment = study.arms[number]
    samples = replicate_data(study, experiment)
    curves = Curves(columns(samples.first.task), study.repeats, experiment.training.epochs)
    listen(ArmStarted(number, curves))
    ended: list[Replicate] = []
    announce = _once(lambda: listen(TrainingStarted(number)))
    with blamed_on(experiment):
        way = choose_engine(study, experiment, samples)
        study = study.model_copy(update={"engine": way.engine})
        for replicates in _blocks(study.repeats):
            if stop.is_set():
                break
            report = TrainingCallback(curves, replicates, stop, announce)
            for replicate in blocks.train_block(study, experiment, samples, report):
                ended.append(replicate)
                listen(ReplicateEnded(number, replicate))
    arm = Arm(experiment, tuple(ended), curves, way.said)
    listen(ArmEnded(number, arm))
    return arm


def _blocks(repeats: int) -> Iterator[range]:
    """Cut the replicates of an arm into blocks of nearly the same size."""
    count = math.ceil(repeats / BLOCK)
    edges = [round(repeats * number / count) for number in range(count + 1)]
    yield from (range(*pair) for pair in itertools.pairwise(edges))


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """Wrap an action so that only its first call does anything."""
    pending = [action]
    return lambda: pending.pop()() if pending else None


def replicate_data(study: Study, experiment: Experiment) -> ReplicateData:
    """Load the rows that the replicates of one arm of a study are trained and tested on."""
    stopping = experiment.training.early_stopping
    held_out = stopping.validation_size if stopping else None
    return ReplicateData(experiment.data, study.mode, study.seed, held_out)
