"""What a worker does with a task, in this process."""

from __future__ import annotations

import os
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest
from scripted import experiment

from hiss.cluster.plan import plan
from hiss.cluster.work import Refused, Shared, Trained, check_versions, train_task, user_files
from hiss.data.tables.selection import TableSelection
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.library.templates import experiments_for, table_data
from hiss.store.keeper import Keeper
from hiss.store.records import versions
from hiss.studies.runner import run_study
from hiss.training import machine

NOISE = {"class_name": "GaussianNoise", "stddev": 0.1}
DENSE = {"class_name": "Dense", "units": 1, "activation": "sigmoid"}


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what a worker sets in its process."""
    for name in (machine.CORES, "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", os.environ.get("CUDA_VISIBLE_DEVICES", ""))


@pytest.fixture
def table(tmp_path: Path) -> tuple[Experiment, ...]:
    """Return experiments on a table."""
    rows = np.random.default_rng(1).normal(size=(40, 2)).round(3)
    lines = [f"{x},{y},{'yes' if x > 0 else 'no'}" for x, y in rows]
    path = tmp_path / "here" / "rows.csv"
    path.parent.mkdir()
    path.write_text("\n".join(["u,v,kind", *lines]))
    pair = experiments_for(table_data(TableSelection(path=path, target="kind")))
    short = {"epochs": 5}
    return tuple(
        one.model_copy(update={"training": one.training.model_copy(update=short)}) for one in pair
    )


def shared(study: Study) -> Shared:
    return Shared(study, user_files(study.arms), versions(), cores=1)


def test_a_task_is_trained_as_the_study_is_without_a_cluster(tmp_path: Path) -> None:
    arms = (experiment("a"), experiment("b", layers=[NOISE, DENSE]))
    study = Study(arms=arms, repeats=3, mode="task")
    (tmp_path / "blocks").mkdir()
    keeper = Keeper(tmp_path / "blocks")
    run_study(study, lambda event: None, threading.Event(), keeper)
    for task in plan(study, (), 1):
        answer = train_task(shared(study), task)
        assert isinstance(answer, Trained)
        for made in answer.blocks:
            (arm,) = (arm for arm in arms if arm.name == made.key.arm)
            whole = keeper.block(made.key.__class__.of(study, arm, range(3)))
            assert whole is not None
            assert (made.inputs, made.fingerprint) == (whole.inputs, whole.fingerprint)
            for place, number in enumerate(task.replicates):
                assert made.values[place].tobytes() == whole.values[number].tobytes()
                assert made.replicates[place].scores == whole.replicates[number].scores
    keeper.close()


@pytest.mark.slow
def test_a_worker_needs_not_see_the_users_table(table: tuple[Experiment, ...]) -> None:
    study = Study(arms=table, repeats=2, mode="task")
    sent, tasks = shared(study), plan(study, (), 1)
    here = [train_task(sent, task) for task in tasks]
    Path(table[0].data.arguments["path"]).unlink()
    there = [train_task(pickle.loads(pickle.dumps(sent)), task) for task in tasks]
    for one, other in zip(here, there, strict=True):
        assert isinstance(one, Trained) and isinstance(other, Trained)
        for first, second in zip(one.blocks, other.blocks, strict=True):
            assert first.inputs == second.inputs
            assert first.values.tobytes() == second.values.tobytes()


def test_another_table_at_the_same_path_is_not_trained_on(table: tuple[Experiment, ...]) -> None:
    study = Study(arms=table, repeats=1, mode="task")
    sent, (task, *_) = shared(study), plan(study, (), 1)
    before = train_task(sent, task)
    Path(table[0].data.arguments["path"]).write_text("u,v,kind\n1,2,yes\n3,4,no\n")
    after = train_task(sent, task)
    assert isinstance(before, Trained) and isinstance(after, Trained)
    assert after.blocks[0].inputs == before.blocks[0].inputs


def test_a_mistake_of_the_users_comes_back_with_its_hint() -> None:
    broken = experiment(layers=[DENSE | {"units": 3}])
    study = Study(arms=(broken,))
    answer = train_task(shared(study), plan(study, (), 1)[0])
    assert isinstance(answer, Refused)
    assert answer.host and answer.message and not answer.details


def test_a_bug_comes_back_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("hiss.cluster.work.replicate_data", broken)
    study = Study(arms=(experiment(),))
    answer = train_task(shared(study), plan(study, (), 1)[0])
    assert isinstance(answer, Refused)
    assert answer.message.startswith("unexpected error: KeyError: 'x'")
    assert answer.details.startswith("Traceback")


def test_a_machine_without_hiss_gets_a_clear_word() -> None:
    with pytest.raises(EngineError, match="node-7: hiss is not installed there") as found:
        check_versions(versions(), {}, "node-7")
    assert f"Install hiss {versions()['hiss']} on every machine" in found.value.hint


def test_a_machine_with_other_versions_gets_a_clear_word() -> None:
    other = {**versions(), "keras": "2.0", "hiss": "9.9"}
    with pytest.raises(EngineError) as found:
        check_versions(versions(), other, "node-7")
    assert "node-7 has other versions: hiss 9.9, here" in found.value.message
    assert "keras 2.0, here" in found.value.message
    check_versions(versions(), versions(), "node-7")


def test_a_table_that_is_gone_is_named(table: tuple[Experiment, ...]) -> None:
    Path(table[0].data.arguments["path"]).unlink()
    with pytest.raises(EngineError, match=r"rows\.csv cannot be read"):
        user_files(table)
