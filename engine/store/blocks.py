"""Blocks: the replicates of one arm that were trained together, as one file."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.replicate_data import ReplicateData
from hiss.experiment.spec import Experiment, Study
from hiss.results.curves import Curves
from hiss.results.outcomes import Fingerprint, Replicate
from hiss.results.rows import Rows
from hiss.store.sealed import DamagedError, pack, read_meta, read_sealed, unpack, write_sealed
from hiss.training.checkpoint import Checkpoint

SCHEMA = 1
"""Version of blocks and checkpoints."""
BLOCK, CHECKPOINT = ".block", ".checkpoint"
"""How the names of their files end."""
WORDS = {"name", "title", "description", "published", "study"}
"""Fields of an experiment that no number depends on."""
LATER_KEYS = ("split", "cv")
"""Keys of the data that blocks written before them do not know: left out where they are not set."""


@dataclass(frozen=True, slots=True)
class BlockKey:
    """What a block is a pure function of, but for the rows and the versions."""

    arm: str
    """Name of the experiment."""
    seed: int
    """Of the study."""
    first: int
    """The first replicate; the last is `first + count - 1`."""
    count: int
    digest: str
    """Of the experiment, the mode, the engine and the device."""

    @classmethod
    def of(cls, study: Study, arm: Experiment, replicates: range) -> BlockKey:
        """Return the key of some replicates of one arm of a study."""
        digest = digest_of(study, arm)
        return cls(arm.name, study.seed, replicates.start, len(replicates), digest)

    @property
    def stem(self) -> str:
        """The name of the block's files without their endings."""
        text = json.dumps([self.arm, self.seed, self.first, self.count, self.digest])
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    @property
    def replicates(self) -> range:
        """The numbers of its replicates."""
        return range(self.first, self.first + self.count)


def digest_of(study: Study, arm: Experiment) -> str:
    """Return the digest of what the numbers of an arm are a function of, but for its replicates."""
    experiment = arm.model_dump(mode="json", exclude=WORDS)
    for key in LATER_KEYS:
        if experiment["data"][key] is None:
            del experiment["data"][key]
    if arm.training.class_weight is None:  # which an earlier hiss did not have
        del experiment["training"]["class_weight"]
    if not arm.data.reconstruct:
        del experiment["data"]["reconstruct"]
    spec = {
        "experiment": experiment,
        "mode": study.mode,
        "engine": study.engine,
        "device": study.device,
    }
    text = json.dumps(spec, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Block:
    """The replicates of a block with their curves."""

    key: BlockKey
    replicates: tuple[Replicate, ...]
    metrics: tuple[str, ...]
    """The names of the curves."""
    epochs: int
    """Epochs of a whole training."""
    counts: NDArray[np.int64]
    """Epochs trained by each replicate."""
    values: NDArray[np.float32]
    """Shape (replicates, metrics, most epochs trained)."""
    rows: Rows | None
    """None where they are not known."""
    inputs: str
    """The `inputs_digest` of what it was trained on."""
    fingerprint: Fingerprint
    note: str = ""
    """The arm's note on its engine."""
    host: str = ""
    """The machine that trained it; empty where an earlier hiss did not keep it."""

    @classmethod
    def of(
        cls,
        key: BlockKey,
        replicates: tuple[Replicate, ...],
        curves: Curves,
        inputs: str,
        fingerprint: Fingerprint,
        note: str,
    ) -> Block:
        """Return the block of replicates that have just ended."""
        counts, values = curves.cut(key.replicates)
        return cls(
            key, replicates, curves.metrics, curves.epochs, counts, values, curves.rows, inputs,
            fingerprint, note, socket.gethostname(),
        )  # fmt: skip

    def fill(self, curves: Curves) -> None:
        """Write the block's curves into those of its arm."""
        curves.fill(self.key.replicates, self.counts, self.values)


def inputs_digest(data: ReplicateData, arm: Experiment) -> str:
    """Return a digest of the rows and, for a user's model, of the file that defines it."""
    split = data.first
    digest = hashlib.sha256(repr((split.classes, split.features)).encode())
    weights = [] if split.w_train is None else [split.w_train]
    for array in (split.x_train, split.y_train, split.x_test, split.y_test, *weights):
        digest.update(repr((array.shape, str(array.dtype))).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    if arm.model is not None:
        digest.update(arm.model.file.read_bytes())
    return digest.hexdigest()[:32]


def write_block(folder: Path, block: Block) -> None:
    """Write a block's file.

    Raises:
        OSError: if it cannot be written.
    """
    write_sealed(folder / f"{block.key.stem}{BLOCK}", pack_block(block))


def pack_block(block: Block) -> bytes:
    """Return a block as the bytes that its file seals."""
    fields = {
        "schema": SCHEMA,
        "key": asdict(block.key),
        "replicates": [_as_json(each) for each in block.replicates],
        "metrics": block.metrics,
        "epochs": block.epochs,
        "rows": block.rows and {**asdict(block.rows), "chance": dict(block.rows.chance)},
        "inputs": block.inputs,
        "fingerprint": asdict(block.fingerprint),
        "note": block.note,
        "host": block.host,
    }
    return pack(fields, {"counts": block.counts, "values": block.values})


def read_block(path: Path) -> Block:
    """Read a block's file.

    Raises:
        DamagedError: if it is not what was written, or of a later schema.
        OSError: if it cannot be read.
    """
    meta, arrays = _read(path)
    try:
        return Block(
            key=BlockKey(**meta["key"]),
            replicates=tuple(Replicate(**each) for each in meta["replicates"]),
            metrics=tuple(meta["metrics"]),
            epochs=meta["epochs"],
            counts=arrays["counts"],
            values=arrays["values"],
            rows=Rows(**meta["rows"]) if meta["rows"] else None,
            inputs=meta["inputs"],
            fingerprint=Fingerprint(**meta["fingerprint"]),
            note=meta["note"],
            host=meta.get("host", ""),
        )
    except (KeyError, TypeError) as error:
        raise DamagedError(f"{path.name} is no block: {error}") from error


def blocks_in(folder: Path) -> Iterator[Block | DamagedError]:
    """Yield every block of a folder; an error in place of one that is damaged."""
    for path in sorted(folder.glob(f"*{BLOCK}")):
        try:
            yield read_block(path)
        except DamagedError as error:
            yield error
        except OSError as error:
            yield DamagedError(f"{path.name} cannot be read: {error.strerror}")


def keys_in(folder: Path) -> Iterator[BlockKey]:
    """Yield the keys of a folder's blocks, without reading their curves or checking their bytes.

    It is for a count that is shown; what is damaged beyond that is left out.
    """
    yield from keys_of(folder.glob(f"*{BLOCK}"))


def keys_of(paths: Iterable[Path]) -> Iterator[BlockKey]:
    """Yield the keys of some blocks' files, as `keys_in` does."""
    for path in paths:
        with suppress(DamagedError, OSError, KeyError, TypeError):
            yield BlockKey(**read_meta(path)["key"])


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint's file.

    Raises:
        OSError: if it cannot be written.
    """
    arrays = {
        f"{place}.{leaf}": array
        for place, state in enumerate(checkpoint.states)
        for leaf, array in enumerate(state)
    }
    fields = {
        "schema": SCHEMA,
        "leaves": [len(state) for state in checkpoint.states],
        "failures": {str(number): why for number, why in checkpoint.failures.items()},
        "early": sorted(checkpoint.early),
        "seconds": checkpoint.seconds,
        "metrics": checkpoint.metrics,
    }
    arrays |= {"counts": checkpoint.counts, "values": checkpoint.values}
    write_sealed(path, pack(fields, arrays))


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint's file.

    Raises:
        DamagedError: if it is not what was written, or of a later schema.
        OSError: if it cannot be read.
    """
    meta, arrays = _read(path)
    try:
        return Checkpoint(
            states=tuple(
                tuple(arrays[f"{place}.{leaf}"] for leaf in range(leaves))
                for place, leaves in enumerate(meta["leaves"])
            ),
            counts=arrays["counts"],
            values=arrays["values"],
            failures={int(number): why for number, why in meta["failures"].items()},
            early=frozenset(meta["early"]),
            seconds=meta["seconds"],
            metrics=tuple(meta.get("metrics", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"{path.name} is no checkpoint: {error}") from error


def _read(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    meta, arrays = unpack(read_sealed(path))
    if meta.get("schema") != SCHEMA:
        raise DamagedError(f"{path.name} is of schema {meta.get('schema')}, not {SCHEMA}")
    return meta, arrays


def _as_json(replicate: Replicate) -> dict[str, Any]:
    return {**asdict(replicate), "scores": dict(replicate.scores)}
