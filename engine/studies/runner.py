"""Running a study, arm by arm and block by block."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import tensorflow as tf

from hiss.experiment.replicates import replicate_data
from hiss.experiment.spec import Study
from hiss.network.metrics import columns
from hiss.results.curves import Curves
from hiss.results.outcomes import (
    Arm,
    ArmEnded,
    ArmStarted,
    BackendLoaded,
    Fingerprint,
    Keeping,
    Listener,
    Replicate,
    ReplicateEnded,
    Result,
    StudyEnded,
    TrainingStarted,
)
from hiss.results.rows import rows_of
from hiss.store.album import Album
from hiss.store.blocks import Block, BlockKey, inputs_digest
from hiss.store.division import block_size, divided_around
from hiss.store.keeper import Keeper, check_inputs
from hiss.training import backend, block
from hiss.training.callback import Monitor
from hiss.training.capacity import check_fits
from hiss.training.choose_engine import EngineChoice, choose_engine, may_not_compile, user_errors
from hiss.training.recorder import Recorder, Watch


def run_study(
    study: Study,
    listen: Listener,
    stop: threading.Event,
    keeper: Keeper | None = None,
    album: Album | None = None,
) -> Result:
    """Run a study to its end, or until `stop` is set.

    Everything happens on the calling thread, `listen` included. Arms that were not begun before
    the stop are not in the result.

    Args:
        study: what to train.
        listen: called with every event.
        stop: set from any thread to end the training; it is looked at all the time.
        keeper: keeps what is trained; what it has already is not trained again.
        album: keeps snapshots of the weights. A block that it lacks is trained for them even if the
            keeper has its results, which stay as they are.

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
            arm = _ArmRun(study, number, listen, stop, keeper, fingerprint, album)
            arms.append(arm.run())
    if album is not None:
        album.flush()
    if keeper is not None:
        keeper.flush()
        if (problem := keeper.unreported()) is not None:
            listen(Keeping(problem))
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


class _ArmRun:
    """One arm of a study that runs."""

    def __init__(
        self,
        study: Study,
        number: int,
        listen: Listener,
        stop: threading.Event,
        keeper: Keeper | None,
        fingerprint: Fingerprint,
        album: Album | None,
    ) -> None:
        self.study, self.number, self.experiment = study, number, study.arms[number]
        self.listen, self.stop = listen, stop
        self.keeper, self.fingerprint, self.album = keeper, fingerprint, album
        self.data = replicate_data(study, self.experiment)
        self.curves = Curves(
            columns(self.data.first.task),
            study.repeats,
            self.experiment.training.epochs,
            rows_of(self.data),
        )

    def run(self) -> Arm:
        """Train the blocks that are not there yet, in order."""
        self.listen(ArmStarted(self.number, self.curves))
        started = _once(lambda: self.listen(TrainingStarted(self.number)))

        def epochs_added() -> None:
            started()
            self._report_keeping()

        monitor = Monitor(self.curves, self.stop, epochs_added)
        inputs = inputs_digest(self.data, self.experiment) if self.keeper else ""
        ended: list[Replicate] = []
        with user_errors(self.experiment):
            choice = choose_engine(self.study.engine, self.experiment, self.data)
            there = self.keeper.there(self.study, self.experiment) if self.keeper else ()
            size = block_size(self.fingerprint.device)
            for replicates in divided_around(there, self.study.repeats, choice.engine, size):
                if self.stop.is_set():
                    break
                ended += self._block(replicates, choice, monitor, inputs)
        arm = Arm(self.experiment, tuple(ended), self.curves, choice.note)
        self.listen(ArmEnded(self.number, arm))
        return arm

    def _block(
        self, replicates: range, choice: EngineChoice, monitor: Monitor, inputs: str
    ) -> Iterator[Replicate]:
        """Yield how the replicates of a block ended, from the disk or by training them."""
        key = BlockKey.of(self.study, self.experiment, replicates)
        kept = self.keeper.block(key) if self.keeper else None
        if kept is not None:
            check_inputs(kept, inputs)
            kept.fill(self.curves)
            self._record(key, choice)
        checkpoints = self.keeper.checkpoints(key) if self.keeper and kept is None else None
        recorder = self._recorder() if self.album and kept is None else None
        trained = kept.replicates if kept else block.train_block(
            self.experiment, self.data, replicates,
            engine=choice.engine, monitor=monitor, checkpoints=checkpoints, recorder=recorder,
        )  # fmt: skip
        ended = []
        for replicate in trained:
            ended.append(replicate)
            self.listen(ReplicateEnded(self.number, replicate))
        if self.keeper and kept is None and all(each.status != "stopped" for each in ended):
            made = tuple(ended)
            self.keeper.keep(
                Block.of(key, made, self.curves, inputs, self.fingerprint, choice.note)
            )
        if self.album and recorder and recorder.snapshots:
            self.album.keep(key, recorder.snapshots)
        self._report_keeping()
        yield from ended

    def _recorder(self) -> Recorder:
        def watching() -> Watch | None:
            watch = self.album.watch if self.album else None
            return watch and partial(watch, self.number)

        return Recorder(watching)

    def _record(self, key: BlockKey, choice: EngineChoice) -> None:
        """Train a block whose results are kept once more, for the snapshots that are not."""
        if self.album is None or self.album.find(key) is not None:
            return
        unseen = Curves(self.curves.metrics, self.curves.replicates, self.curves.epochs)
        recorder = self._recorder()
        for _ in block.train_block(
            self.experiment, self.data, key.replicates,
            engine=choice.engine, monitor=Monitor(unseen, self.stop, lambda: None),
            recorder=recorder,
        ):  # fmt: skip
            pass
        if recorder.snapshots:
            self.album.keep(key, recorder.snapshots)

    def _report_keeping(self) -> None:
        """Report once, in whatever arm, that keeping has become impossible, or possible again."""
        if self.keeper is not None and (problem := self.keeper.unreported()) is not None:
            self.listen(Keeping(problem))


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """Wrap an action so that only its first call does anything."""
    pending = [action]
    return lambda: pending.pop()() if pending else None
