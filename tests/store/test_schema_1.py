"""A store as schema 1 wrote it opens as it did then.

`tests/assets/store-schema-1` is what users have on their disks. It must never be written again: a
test that fails here has found that hiss can no longer read its users' studies.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from hiss.store.blocks import BlockKey
from hiss.store.history import find, listing
from hiss.studies.comparison import compare_all
from hiss.studies.reopen import KeptBlocks, result_of

ASSET = Path(__file__).parents[1] / "assets" / "store-schema-1"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ASSET, tmp_path / "store"))


def test_its_studies_are_listed(store: Path) -> None:
    entries, problems = listing(store)
    assert problems == ()
    assert [(each.id, each.kind, each.state, each.seed) for each in entries] == [
        ("261126-cmpr", "compare", "finished", 1),
        ("261126-runn", "run", "finished", 1),
    ]
    assert entries[1].headline == "test accuracy 0.443 ± 0.020 SD, n = 2"


def test_its_run_opens_with_scores_and_curves(store: Path) -> None:
    record = find(store, "runn")
    (arm,) = result_of(record).arms
    assert KeptBlocks(record).damaged == ()
    assert [each.status for each in arm.replicates] == ["finished", "finished"]
    scores = [each.scores["test_accuracy"] for each in arm.replicates]
    assert scores == pytest.approx([0.428571, 0.457143], abs=1e-6)
    assert arm.curves.counts.tolist() == [3, 3]
    assert arm.curves.metrics == (
        "loss", "accuracy", "brier", "val_loss", "val_accuracy", "val_brier",
    )  # fmt: skip
    assert np.all(arm.curves.values[:, :, :3] > 0)
    assert arm.curves.rows is not None and arm.curves.rows.chance["test_accuracy"] > 0.5


@pytest.mark.parametrize("name", ["runn", "cmpr"])
def test_its_blocks_have_the_names_that_they_would_have_now(store: Path, name: str) -> None:
    record = find(store, name)
    order = record.order.study
    now = {BlockKey.of(order, arm, range(order.repeats)).stem for arm in order.arms}
    assert {path.stem for path in record.blocks.iterdir()} == now


def test_its_comparison_opens_with_its_verdict(store: Path) -> None:
    (compared,) = compare_all(result_of(find(store, "cmpr")))
    assert (compared.arm, compared.baseline) == ("article/hidden-before", "article/baseline")
    assert (compared.n, compared.mean_difference, compared.verdict) == (2, 0.0, "unknown")
