"""What a worker does: one task, from the arms and the user's files to arrays.

Nothing here imports TensorFlow before the environment of its process is set.
"""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from hiss.cluster.plan import Task
from hiss.errors import EngineError, describe_unexpected
from hiss.experiment.replicates import replicate_data
from hiss.experiment.spec import Experiment, Study
from hiss.results.curves import Curves
from hiss.results.rows import rows_of
from hiss.store.blocks import Block, inputs_digest
from hiss.store.records import versions
from hiss.training import machine

FILES = ("path", "test_path")
"""The arguments of a table that name a file."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all tasks on one data set share; it is sent once."""

    study: Study
    """With the arms on this data set alone."""
    files: Mapping[str, bytes]
    """Path on the driver → content, of the user's tables: a worker need not see them."""
    versions: Mapping[str, str]
    """Of hiss and what its numbers depend on, at the driver."""
    cores: int
    """On which a worker may train."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The blocks of a task."""

    host: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A task that cannot be trained, on this machine or anywhere; another try would end alike."""

    host: str
    message: str
    hint: str = ""
    details: str = ""
    """The traceback of an error that is no mistake of the user's."""


def train_task(shared: Shared, task: Task) -> Trained | Refused:
    """Train a task in this process; an error is what it returns, whatever carries the result.

    Args:
        shared: what the tasks on its data set share.
        task: which arms and replicates.
    """
    host = socket.gethostname()
    try:
        check_versions(shared.versions, versions(), host)
        prepare_process(shared)
        return Trained(host, tuple(_train(shared, task)))
    except EngineError as error:
        return Refused(host, error.message, error.hint)
    except Exception as error:
        return Refused(host, describe_unexpected(error), details=traceback.format_exc())


def check_versions(wanted: Mapping[str, str], found: Mapping[str, str], host: str) -> None:
    """Refuse a machine whose versions would make other numbers.

    Args:
        wanted: at the driver.
        found: on the machine; empty where hiss is missing there.
        host: its name.

    Raises:
        EngineError: with what differs.
    """
    if not found:
        raise EngineError(
            f"{host}: hiss is not installed there.",
            f"Install hiss {wanted['hiss']} on every machine, for the Python of the workers.",
        )
    differ = [name for name in wanted if found.get(name) != wanted[name]]
    if differ:
        parts = (f"{name} {found.get(name) or 'missing'}, here {wanted[name]}" for name in differ)
        raise EngineError(
            f"{host} has other versions: {'; '.join(parts)}.",
            "Install the same versions on every machine: numbers depend on them.",
        )


def prepare_process(shared: Shared) -> None:
    """Have TensorFlow train on as many cores as the task was given, and on a GPU if it has one."""
    threads = str(shared.cores)
    os.environ[machine.CORES] = threads
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = threads
    if not on_gpu(shared.study):
        os.environ["CUDA_VISIBLE_DEVICES"] = ""


def on_gpu(study: Study) -> bool:
    """Return whether each task of a study takes a GPU: only where the user asks for one."""
    return (study.device or "cpu").startswith("gpu")


def _train(shared: Shared, task: Task) -> Iterator[Block]:
    """Yield the block of each arm."""
    from hiss.training import backend

    backend.import_tensorflow()
    device = backend.choose("gpu:0" if on_gpu(shared.study) else "cpu")
    fingerprint = backend.fingerprint(device)
    import tensorflow as tf

    from hiss.network.metrics import columns
    from hiss.training import block
    from hiss.training.callback import Monitor
    from hiss.training.choose_engine import choose_engine, user_errors

    study, stop = shared.study, threading.Event()
    arms = {arm.name: arm for arm in study.arms}
    with tf.device(device):
        for key in task.keys:
            arm = relocated(arms[key.arm], shared.files)
            data = replicate_data(study, arm)
            inputs = inputs_digest(data, arm)
            rows, epochs = rows_of(data), arm.training.epochs
            curves = Curves(columns(data.first.task), study.repeats, epochs, rows)
            monitor = Monitor(curves, stop, lambda: None)
            with user_errors(arm):
                choice = choose_engine(study.engine, arm, data)
                ended = tuple(
                    block.train_block(
                        arm, data, task.replicates, engine=choice.engine, monitor=monitor
                    )
                )
            yield Block.of(key, ended, curves, inputs, fingerprint, choice.note)


def user_files(arms: tuple[Experiment, ...]) -> dict[str, bytes]:
    """Return the content of the tables that arms are trained on, by path.

    Raises:
        EngineError: one cannot be read.
    """
    given = (arm.data.arguments.get(name) for arm in arms for name in FILES)
    found: dict[str, bytes] = {}
    for path in dict.fromkeys(map(str, filter(None, given))):
        try:
            found[path] = Path(path).read_bytes()
        except OSError as error:
            raise EngineError(f"{path} cannot be read: {error.strerror}.") from error
    return found


def relocated(arm: Experiment, files: Mapping[str, bytes]) -> Experiment:
    """Return an arm with the paths of its tables as they are on this machine."""
    paths = {name: arm.data.arguments.get(name) for name in FILES}
    there = {name: str(_local(str(path), files[str(path)])) for name, path in paths.items() if path}
    if all(there[name] == str(paths[name]) for name in there):
        return arm
    data = type(arm.data).model_validate({**arm.data.model_dump(), **there})
    return arm.model_copy(update={"data": data})


def _local(path: str, content: bytes) -> Path:
    """Return where a file is: in its place if that holds the same, else in a temporary folder."""
    given = Path(path)
    try:
        if given.read_bytes() == content:
            return given
    except OSError:
        pass
    local = _folder() / sha256(content).hexdigest()[:16] / given.name
    if not local.exists():
        local.parent.mkdir(exist_ok=True)
        local.write_bytes(content)
    return local


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="hiss-"))
