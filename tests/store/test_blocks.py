"""Blocks and checkpoints: whole or not there, and what happens to a damaged one."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from kept import block, checkpoint, kept, same, study
from scripted import experiment

from hiss.experiment.spec import Study
from hiss.store import blocks
from hiss.store.blocks import (
    BlockKey,
    blocks_in,
    keys_in,
    read_block,
    read_checkpoint,
    write_block,
    write_checkpoint,
)
from hiss.store.keeper import Keeper, check_inputs
from hiss.store.sealed import MARK, DamagedError, pack, read_sealed, unpack, write_sealed
from hiss.studies.orders import run_order
from hiss.studies.reopen import KeptBlocks, result_of


def test_every_byte_of_a_sealed_file_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_sealed(path, b"forty-two")
    whole = path.read_bytes()
    assert read_sealed(path) == b"forty-two"
    for place in range(len(whole)):
        for changed in (whole[place] ^ 1, whole[place] ^ 0x80):
            path.write_bytes(whole[:place] + bytes([changed]) + whole[place + 1 :])
            with pytest.raises(DamagedError):
                read_sealed(path)


def test_a_sealed_file_that_is_cut_off_or_goes_on_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_sealed(path, b"forty-two")
    whole = path.read_bytes()
    for content in (*(whole[:length] for length in range(len(whole))), whole + b"\0"):
        path.write_bytes(content)
        with pytest.raises(DamagedError):
            read_sealed(path)


def test_what_is_packed_is_unpacked_with_every_dtype() -> None:
    import ml_dtypes

    arrays = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b": np.array([1.5, -3.0], ml_dtypes.bfloat16),
        "c": np.array(7, np.int64),
        "d": np.zeros((0, 4), np.float16),
        "e": np.array([True, False]),
    }
    meta, found = unpack(pack({"nan": float("nan"), "text": "σ"}, arrays))
    assert (meta["text"], str(meta["nan"])) == ("σ", "nan")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", pack({}, {})[:-30]])
def test_what_is_not_packed_is_damaged(content: bytes) -> None:
    with pytest.raises(DamagedError):
        unpack(content)


def test_a_block_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = block(study(repeats=3), replicates=range(1, 3))
    write_block(tmp_path, written)
    (path,) = tmp_path.iterdir()
    found = read_block(path)
    assert (found.key, found.metrics, found.rows) == (written.key, written.metrics, written.rows)
    assert (found.inputs, found.fingerprint, found.note) == ("rows", written.fingerprint, "a note")
    assert all(map(same, found.replicates, written.replicates))
    assert found.values.tobytes() == written.values.tobytes()
    assert list(keys_in(tmp_path)) == [written.key]


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    written, path = checkpoint(), tmp_path / "a.checkpoint"
    write_checkpoint(path, written)
    found = read_checkpoint(path)
    assert (found.failures, found.early, found.seconds) == (written.failures, {0}, 1.25)
    assert found.counts.tobytes() == written.counts.tobytes()
    for mine, theirs in zip(found.states, written.states, strict=True):
        for leaf, other in zip(mine, theirs, strict=True):
            assert (leaf.dtype, leaf.tobytes()) == (other.dtype, other.tobytes())


def test_a_block_of_another_schema_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SCHEMA", 2)
    write_block(tmp_path, block(study()))
    monkeypatch.undo()
    (found,) = blocks_in(tmp_path)
    assert isinstance(found, DamagedError)
    assert "is of schema 2, not 1" in str(found)


def test_a_sealed_file_that_is_no_block_is_damaged(tmp_path: Path) -> None:
    write_sealed(tmp_path / "a.block", pack({"schema": 1}, {}))
    (found,) = blocks_in(tmp_path)
    assert isinstance(found, DamagedError)
    assert list(keys_in(tmp_path)) == []


def test_a_key_depends_on_all_that_numbers_depend_on_and_on_nothing_else() -> None:
    of = study()
    key = BlockKey.of(of, of.arms[0], range(2))
    named = of.arms[0].model_copy(update={"title": "Other", "description": "words"})
    assert BlockKey.of(of, named, range(2)) == key
    others = [
        BlockKey.of(Study(**{**dict(of), "seed": 2}), of.arms[0], range(2)),
        BlockKey.of(Study(**{**dict(of), "mode": "task"}), of.arms[0], range(2)),
        BlockKey.of(Study(**{**dict(of), "engine": "reference"}), of.arms[0], range(2)),
        BlockKey.of(of, experiment(epochs=5), range(2)),
        BlockKey.of(of, of.arms[0], range(1, 3)),
    ]
    assert len({key.stem, *(each.stem for each in others)}) == 6


def test_a_damaged_block_is_set_aside_and_named(tmp_path: Path) -> None:
    record = kept(tmp_path)
    (path,) = record.blocks.iterdir()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    (word,) = KeptBlocks(record).damaged
    assert "has changed since it was written" in word
    keeper = Keeper(record.blocks)
    assert keeper.block(block(record.order.study).key) is None
    keeper.keep(block(record.order.study))
    keeper.close()
    assert keeper.damaged == (f"{path.name} has changed since it was written; it is trained again",)
    assert sorted(each.name for each in record.blocks.iterdir()) == [
        path.name, f"{path.name}-damaged",
    ]  # fmt: skip
    assert KeptBlocks(record).damaged == ()


def test_a_missing_block_costs_its_replicates_alone(tmp_path: Path) -> None:
    of = study(experiment("a/one"), experiment("a/two"), repeats=2)
    record = kept(tmp_path, run_order(of))
    next(record.blocks.glob(f"{block(of, 0).key.stem}*")).unlink()
    assert [arm.experiment.name for arm in result_of(record).arms] == ["a/two"]


def test_blocks_that_overlap_are_taken_once(tmp_path: Path) -> None:
    of = study(repeats=3)
    record = kept(tmp_path, run_order(of), state=None)
    for numbers in (range(3), range(1), range(1, 2)):
        write_block(record.blocks, block(of, replicates=numbers))
    (arm,) = result_of(record).arms
    assert [each.replicate for each in arm.replicates] == [0, 1, 2]
    assert arm.curves.counts.tolist() == [4, 4, 4]


def test_a_half_written_block_is_never_read(tmp_path: Path) -> None:
    record = kept(tmp_path, state=None)
    (record.blocks / ".x.block.1234.part").write_bytes(MARK)
    assert list(blocks_in(record.blocks)) == []
    Keeper(record.blocks).close()
    assert list(record.blocks.iterdir()) == []


def test_other_rows_are_refused() -> None:
    from hiss.errors import EngineError

    with pytest.raises(EngineError, match="has changed since this study began"):
        check_inputs(block(study()), "other rows")


def test_a_keeper_that_is_closed_writes_no_more(tmp_path: Path) -> None:
    before = threading.active_count()
    keeper = Keeper(tmp_path)
    keeper.close()
    keeper.close()
    keeper.keep(block(study()))
    keeper.checkpoints(block(study()).key).keep(checkpoint)
    keeper.flush()
    assert list(tmp_path.iterdir()) == []
    assert threading.active_count() <= before


def test_meta_is_plain_json(tmp_path: Path) -> None:
    meta, _ = unpack(pack({"key": {"seed": 1}}, {}))
    assert json.loads(json.dumps(meta)) == {"key": {"seed": 1}}
