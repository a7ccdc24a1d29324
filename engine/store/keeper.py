"""Keeps what a study has trained, while it trains."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path

from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.files import PART, why
from hiss.store.blocks import (
    BLOCK,
    CHECKPOINT,
    Block,
    BlockKey,
    keys_in,
    read_block,
    read_checkpoint,
    write_block,
    write_checkpoint,
)
from hiss.store.sealed import DamagedError
from hiss.training.checkpoint import Checkpoint

CHECKPOINT_SECONDS = 1.5
"""Between two checkpoints, where writing them is quick: none is older than 2 s."""
SHARE = 0.03
"""The share of the time that writing checkpoints may take at most."""


class Keeper:
    """Writes blocks and checkpoints beside the training, on one thread.

    Where the disk does not take them they stay in memory, and every later write tries them again.
    """

    def __init__(self, folder: Path, save: Callable[[], None] | None = None) -> None:
        """Take the folder of a study's blocks, which this process owns.

        Args:
            folder: where the blocks are; may vanish.
            save: makes the study's folder with its record, if that could not be done before.
        """
        self._folder, self._save = folder, save
        self._pool = ThreadPoolExecutor(1, "keeper")
        self._unwritten: dict[BlockKey, Block] = {}
        self._problem = self._reported = ""
        self._damaged: list[str] = []
        for part in folder.glob(f".*{PART}"):
            with suppress(OSError):
                part.unlink()

    @property
    def problem(self) -> str:
        """Why what has been trained is not on disk now; empty if it is."""
        return self._problem

    def unreported(self) -> str | None:
        """Return the problem if it has changed since the last call, else None."""
        problem = self._problem
        if problem == self._reported:
            return None
        self._reported = problem
        return problem

    @property
    def damaged(self) -> tuple[str, ...]:
        """The blocks and checkpoints that were damaged, and are trained again."""
        return tuple(self._damaged)

    def block(self, key: BlockKey) -> Block | None:
        """Return a block that is there already; None if it is to be trained."""
        if key in self._unwritten:
            return self._unwritten[key]
        path = self._folder / f"{key.stem}{BLOCK}"
        try:
            found = read_block(path)
        except FileNotFoundError:
            return None
        except (DamagedError, OSError) as error:
            self.set_aside(path, error)
            return None
        return found if found.key == key else None

    def there(self, study: Study, arm: Experiment) -> tuple[range, ...]:
        """Return the replicates of an arm in each block that was there at the beginning."""
        wanted = BlockKey.of(study, arm, range(1))
        return tuple(
            key.replicates
            for key in self._keys
            if (key.arm, key.seed, key.digest) == (wanted.arm, wanted.seed, wanted.digest)
        )

    @cached_property
    def _keys(self) -> tuple[BlockKey, ...]:
        return tuple(keys_in(self._folder))

    def keep(self, block: Block) -> None:
        """Write a block; the training goes on meanwhile.

        Once it is closed nothing is written: the folder may belong to another process.
        """
        self._unwritten[block.key] = block
        self.submit()

    def checkpoints(self, key: BlockKey) -> BlockCheckpoints:
        """Return the checkpoints of a block that is to be trained."""
        return BlockCheckpoints(self._folder / f"{key.stem}{CHECKPOINT}", self)

    def flush(self) -> None:
        """Wait until everything is written, as far as the disk takes it."""
        self.submit().result()

    def close(self) -> None:
        """Write what is left, and end the thread."""
        self.flush()
        self._pool.shutdown()

    def submit(self, write: Callable[[], None] | None = None) -> Future[None]:
        """Write what is left and something more on the keeper's thread, as far as the disk can."""
        try:
            return self._pool.submit(self._write_all, write)
        except RuntimeError:  # closed
            closed: Future[None] = Future()
            closed.set_result(None)
            return closed

    def _write_all(self, write: Callable[[], None] | None) -> None:
        """Write the blocks that are left, and then something more: a block is worth most."""
        for key, block in list(self._unwritten.items()):
            if not self._attempt(partial(write_block, self._folder, block)):
                return
            self._unwritten.pop(key, None)
            with suppress(OSError):
                (self._folder / f"{key.stem}{CHECKPOINT}").unlink(missing_ok=True)
        if write is None or self._attempt(write):
            self._problem = ""

    def _attempt(self, write: Callable[[], None]) -> bool:
        """Write something, and return whether that was possible.

        A study's folder that has vanished is not made again: it may have been deleted, or lie on a
        disk that is away for the moment.
        """
        try:
            if self._save is not None:
                self._save()
                self._save = None
            self._folder.mkdir(exist_ok=True)
            write()
        except OSError as error:
            self._problem = f"{self._folder.parent} cannot be written: {why(error)}"
            return False
        return True

    def set_aside(self, path: Path, error: Exception) -> None:
        """Rename a damaged file, so that it is not read again but can be looked at."""
        self._damaged.append(f"{error}; it is trained again")
        with suppress(OSError):
            path.replace(path.with_suffix(f"{path.suffix}-damaged"))


class BlockCheckpoints:
    """The latest checkpoint of one block."""

    def __init__(self, path: Path, keeper: Keeper) -> None:
        """Take the file that holds it."""
        self._path, self._keeper = path, keeper
        self._last = time.monotonic()
        self._writing: Future[None] | None = None
        self._cost = 0.0

    def latest(self) -> Checkpoint | None:
        """Return the checkpoint to go on from; None to begin."""
        try:
            return read_checkpoint(self._path)
        except FileNotFoundError:
            return None
        except (DamagedError, OSError) as error:
            self._keeper.set_aside(self._path, error)
            return None

    def due(self) -> bool:
        """Return whether it is time for another, and the one before is written."""
        if self._writing is not None and not self._writing.done():
            return False
        wait = max(CHECKPOINT_SECONDS, self._cost / SHARE)
        return time.monotonic() - self._last >= wait

    def keep(self, make: Callable[[], Checkpoint]) -> None:
        """Write a checkpoint; the training goes on meanwhile."""
        self._last = time.monotonic()
        self._writing = self._keeper.submit(lambda: self._write(make))

    def _write(self, make: Callable[[], Checkpoint]) -> None:
        began = time.monotonic()
        write_checkpoint(self._path, make())
        self._cost = time.monotonic() - began


def check_inputs(block: Block, inputs: str) -> None:
    """Refuse a block that was trained on other rows, or another file of the user's.

    Raises:
        EngineError: if it was.
    """
    if block.inputs != inputs:
        raise EngineError(
            f"{block.key.arm}: the data, or the model's file, has changed since this study began.",
            "Start a new study, or put back what there was.",
        )
