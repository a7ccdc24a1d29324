"""Kept studies opened again: complete, as far as they are, and several beside each other."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from stage import ARTICLE, FINGERPRINT, METRICS, ScriptedEngine

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.store.blocks import CHECKPOINT, BlockKey, write_checkpoint
from hiss.store.keeper import Keeper
from hiss.store.records import Order, Record, create, read, with_options
from hiss.studies.beside import side_by_side
from hiss.studies.comparison import compare_all
from hiss.studies.orders import (
    ComparisonOptions,
    SweepOptions,
    compare_order,
    run_order,
    sweep_order,
)
from hiss.studies.reopen import result_of, stages_of, sweep_of
from hiss.studies.search import Grid
from hiss.studies.sweep import confirmation_study
from hiss.training.checkpoint import Checkpoint

STUDY = Study(arms=ARTICLE[:2], repeats=3)


def trained(folder: Path, order: Order, *studies: Study) -> Record:
    """Keep an order of which some studies have been trained."""
    record = create(folder, order)
    keeper = Keeper(record.blocks)
    for each in studies:
        ScriptedEngine(chunk=4000).run_study(each, lambda _: None, threading.Event(), keeper)
    keeper.close()
    return record


def half_trained(record: Record, arm: int, epochs: int) -> None:
    """Write the checkpoint of the only block of an arm."""
    study = record.order.study
    key = BlockKey.of(study, study.arms[arm], range(study.repeats))
    counts = np.full(study.repeats, epochs)
    values = np.ones((study.repeats, len(METRICS), epochs), np.float32)
    checkpoint = Checkpoint((), counts, values, {}, frozenset(), 1.0, METRICS)
    write_checkpoint(record.blocks / f"{key.stem}{CHECKPOINT}", checkpoint)


def test_a_complete_study_is_as_it_was(tmp_path: Path) -> None:
    result = result_of(trained(tmp_path, run_order(STUDY), STUDY))
    assert [arm.experiment.name for arm in result.arms] == [one.name for one in ARTICLE[:2]]
    assert all(len(arm.replicates) == 3 for arm in result.arms)
    assert all((arm.curves.counts == 4000).all() for arm in result.arms)
    assert result.fingerprint == FINGERPRINT


def test_an_arm_in_training_has_the_curves_of_its_checkpoint(tmp_path: Path) -> None:
    first = STUDY.model_copy(update={"arms": ARTICLE[:1]})
    record = trained(tmp_path, run_order(STUDY), first)
    half_trained(record, 1, 500)
    whole, half = result_of(record).arms
    assert len(whole.replicates) == 3
    assert half.replicates == () and (half.curves.counts == 500).all()
    assert half.curves.metrics == METRICS


def test_a_study_in_its_first_block_can_be_opened(tmp_path: Path) -> None:
    record = trained(tmp_path, run_order(STUDY))
    half_trained(record, 0, 20)
    (arm,) = result_of(record).arms
    assert (arm.curves.counts == 20).all()
    assert result_of(record).fingerprint.tensorflow == record.versions["tensorflow"]


def test_a_study_without_anything_trained_says_so(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="nothing of this study has been trained yet"):
        result_of(trained(tmp_path, run_order(STUDY)))


def test_an_arm_whose_block_is_damaged_does_not_take_the_place_of_another(tmp_path: Path) -> None:
    record = trained(tmp_path, run_order(STUDY), STUDY)
    key = BlockKey.of(STUDY, ARTICLE[0], range(3))
    (record.blocks / f"{key.stem}.block").write_bytes(b"x")
    result = result_of(record)
    assert [arm.experiment for arm in result.arms] == [ARTICLE[1]]
    (compared,) = compare_all(result)
    assert (compared.arm, compared.baseline, compared.n) == (ARTICLE[1].name, ARTICLE[0].name, 0)


def test_the_stages_of_a_sweep_are_those_that_have_begun(tmp_path: Path) -> None:
    study = Study(arms=ARTICLE[2:3], repeats=3)
    search = Grid(None, (0.0, 0.3)).search(study)
    record = trained(tmp_path, sweep_order(search, SweepOptions(confirm=True)), search.study())
    (grid,) = stages_of(record)
    assert grid.sweep.confirmation is None and not grid.sweep.interim
    fresh = confirmation_study(grid.sweep)
    assert fresh is not None
    keeper = Keeper(record.blocks)
    ScriptedEngine(chunk=4000).run_study(fresh, lambda _: None, threading.Event(), keeper)
    keeper.close()
    assert [one.study.seed for one in stages_of(record)] == [1, fresh.seed]
    assert sweep_of(record).confirmation is not None


def test_a_further_stage_is_written_into_the_order(tmp_path: Path) -> None:
    search = Grid(None, (0.0, 0.3)).search(Study(arms=ARTICLE[2:3]))
    record = create(tmp_path, sweep_order(search, SweepOptions(confirm=False)))
    changed = with_options(record, confirm=True)
    assert changed.order.options["confirm"] is True
    assert read(record.folder) == changed
    assert with_options(changed, confirm=True) is changed


def test_arms_of_two_studies_are_named_after_them_and_keep_their_partners(tmp_path: Path) -> None:
    plan = ARTICLE[1].study.model_copy(update={"partner": ARTICLE[0].name})
    study = Study(arms=(ARTICLE[0], ARTICLE[1].model_copy(update={"study": plan})), repeats=3)
    one = trained(tmp_path, compare_order(study, ComparisonOptions()), study)
    two = trained(tmp_path, run_order(study), study)
    both = side_by_side([one, two])
    ends = [record.id.rpartition("-")[2] for record in (one, two)]
    assert [arm.name for arm in both.study.arms] == [
        f"{arm.name} {end}" for end in ends for arm in study.arms
    ]
    assert both.study.arms[3].study.partner == f"article/baseline {ends[1]}"
    assert both.warnings == ()


def test_seeds_and_data_that_differ_are_named(tmp_path: Path) -> None:
    other = STUDY.model_copy(update={"seed": 2, "repeats": 2})
    both = side_by_side([
        trained(tmp_path, run_order(STUDY), STUDY), trained(tmp_path, run_order(other), other)
    ])  # fmt: skip
    assert both.warnings == ("other data", "seeds 1 and 2")
    assert both.study.repeats == 2


def test_a_sweep_is_not_put_beside_others(tmp_path: Path) -> None:
    search = Grid(None, (0.0, 0.3)).search(Study(arms=ARTICLE[2:3]))
    record = trained(tmp_path, sweep_order(search, SweepOptions()), search.study())
    with pytest.raises(EngineError, match="is a sweep"):
        side_by_side([record])
