"""How the replicates of an arm are divided into blocks."""

from __future__ import annotations

import pytest

from hiss.store.division import block_size, blocks_of, divided_around


@pytest.mark.parametrize("repeats", [1, 32, 33, 100, 300, 1000])
@pytest.mark.parametrize("device", ["cpu", "gpu:0"])
def test_blocks_cover_all_replicates_and_are_nearly_equal(repeats: int, device: str) -> None:
    size = block_size(device)
    blocks = list(blocks_of(repeats, "fused", size))
    assert [number for each in blocks for number in each] == list(range(repeats))
    lengths = {len(each) for each in blocks}
    assert max(lengths) <= size
    assert max(lengths) - min(lengths) <= 1


def test_a_gpu_trains_larger_blocks_and_stock_fit_one_replicate_at_a_time() -> None:
    assert list(blocks_of(300, "fused", block_size("gpu:0"))) == [range(150), range(150, 300)]
    assert len(list(blocks_of(300, "fused", block_size("cpu")))) == 10
    assert list(blocks_of(2, "reference", block_size("gpu:0"))) == [range(1), range(1, 2)]


def test_blocks_of_another_device_are_kept_and_the_rest_is_divided_around_them() -> None:
    there = (range(30, 60), range(60, 62))
    found = list(divided_around(there, 400, "fused", block_size("gpu:0")))
    assert found == [range(30), *there, range(62, 231), range(231, 400)]
