"""submitit's local executor: the jobs of SLURM as processes of this machine."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from on_a_cluster import children, compare, folder_of, numbers, run, start, wait_for

pytestmark = pytest.mark.cluster
pytest.importorskip("submitit")

EPOCHS = 8_000
ON = ("--on", "slurm:cluster=local,parallel=2")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the comparison prints where this machine trains it alone."""
    folder = tmp_path_factory.mktemp("undisturbed")
    return numbers(run(compare(folder, "--store", str(folder / "store"), epochs=EPOCHS)))


def test_jobs_that_are_killed_change_no_number(undisturbed: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    process = start(compare(tmp_path, "--store", str(store), *ON, epochs=EPOCHS))
    wait_for(process, store, lambda now: sum(each.running for each in now.hosts) > 0)
    (job, *_) = children({process.pid}, "submitit")
    for worker in (*children({job}, "submitit"), job):
        os.kill(worker, signal.SIGKILL)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert numbers(out) == undisturbed
    folder = folder_of(store)
    assert folder is not None and not (folder / "jobs").exists()


def test_a_setting_that_slurm_does_not_know_is_named(tmp_path: Path) -> None:
    process = start(compare(tmp_path, "--on", "slurm:cluster=local,colour", epochs=2))
    _, err = process.communicate()
    assert process.returncode == 2
    assert "--on slurm: expected KEY=VALUE, received colour." in err


def test_a_machine_without_slurm_gets_a_clear_word(tmp_path: Path) -> None:
    process = start(compare(tmp_path, "--on", "slurm:partition=x", epochs=2))
    _, err = process.communicate()
    assert process.returncode == 2
    assert "--on slurm:" in err
