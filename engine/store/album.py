"""The snapshots of a study's networks: beside its blocks where it is kept, else in memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from hiss.experiment.spec import Experiment, Study
from hiss.store.blocks import BlockKey
from hiss.store.division import SIZES, blocks_of
from hiss.store.sealed import DamagedError, pack, read_sealed, unpack, write_sealed
from hiss.training.snapshots import Snapshots, joined

SNAPSHOTS = ".snapshots"
"""How the names of their files end."""
SCHEMA = 1
ArmWatch = Callable[[int, Snapshots], None]
"""Takes the number of an arm that trains, and its networks as they are now."""


class Album:
    """Snapshots by block, written beside the training; in memory where a disk takes them not."""

    def __init__(self, folder: Path | None) -> None:
        """Take the folder of a study's blocks; None where the study is not kept."""
        self._folder = folder
        self.watch: ArmWatch | None = None
        """Called with an arm's number and its networks now while it trains; set on any thread."""
        self._unwritten: dict[BlockKey, Snapshots] = {}
        self._pool = ThreadPoolExecutor(1, "album")
        self._writing: Future[None] | None = None

    def find(self, key: BlockKey) -> Snapshots | None:
        """Return the snapshots of a block; None if there are none, or damaged ones."""
        if (unwritten := self._unwritten.get(key)) is not None or self._folder is None:
            return unwritten
        try:
            meta, arrays = unpack(read_sealed(self._path(self._folder, key)))
            if meta["schema"] != SCHEMA:
                return None
            parts = (
                tuple(arrays[f"{part}.{leaf}"] for leaf in range(meta[part]))
                for part in ("trainable", "other")
            )
            return Snapshots(tuple(meta["replicates"]), tuple(meta["epochs"]), *parts)
        except (OSError, DamagedError, KeyError, TypeError) as error:
            if not isinstance(error, OSError):  # so that it is made again
                with suppress(OSError):
                    self._path(self._folder, key).unlink()
            return None

    def keep(self, key: BlockKey, snapshots: Snapshots) -> None:
        """Write the snapshots of a block; the training goes on meanwhile.

        Those of the block before are written by then, so that no more than two are in memory.
        """
        self.flush()
        self._unwritten[key] = snapshots
        if self._folder is not None:
            self._writing = self._pool.submit(self._write, self._folder, key, snapshots)

    def flush(self) -> None:
        """Wait until everything is written, as far as the disk takes it."""
        if self._writing is not None:
            self._writing.result()

    def _write(self, folder: Path, key: BlockKey, snapshots: Snapshots) -> None:
        fields = {
            "schema": SCHEMA,
            "replicates": snapshots.replicates,
            "epochs": snapshots.epochs,
            "trainable": len(snapshots.trainable),
            "other": len(snapshots.other),
        }
        arrays = {f"trainable.{n}": each for n, each in enumerate(snapshots.trainable)}
        arrays |= {f"other.{n}": each for n, each in enumerate(snapshots.other)}
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
            write_sealed(self._path(folder, key), pack(fields, arrays))
            del self._unwritten[key]

    def holds(self, study: Study, arm: Experiment) -> bool:
        """Return whether there is a file, or memory, of every block of an arm; none is read."""
        return any(all(map(self._has, keys)) for keys in _keys(study, arm))

    def of(self, study: Study, arm: Experiment) -> Snapshots | None:
        """Return the snapshots of all replicates of an arm; None if a block is missing."""
        for keys in _keys(study, arm):
            found = [self.find(key) for key in keys]
            parts = [each for each in found if each is not None]
            if len(parts) == len(keys):
                return joined(parts)
        return None

    def _has(self, key: BlockKey) -> bool:
        folder = self._folder
        return key in self._unwritten or (folder is not None and self._path(folder, key).exists())

    @staticmethod
    def _path(folder: Path, key: BlockKey) -> Path:
        return folder / f"{key.stem}{SNAPSHOTS}"


def _keys(study: Study, arm: Experiment) -> Iterator[list[BlockKey]]:
    """Yield the keys of an arm's blocks as they may be, the engine that was asked for first."""
    engines = dict.fromkeys((study.engine, "reference"))
    for way in itertools.product(engines, SIZES):
        yield [BlockKey.of(study, arm, each) for each in blocks_of(study.repeats, *way)]
