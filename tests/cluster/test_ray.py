"""Ray on this machine, with workers and machines that die: the table stays, bit for bit."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from on_a_cluster import (
    children,
    command,
    compare,
    folder_of,
    numbers,
    run,
    running,
    start,
    wait_for,
    wait_for_a_block,
)

from hiss.store.records import outcome_of

pytestmark = pytest.mark.cluster
pytest.importorskip("ray")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the comparison prints where this machine trains it alone."""
    folder = tmp_path_factory.mktemp("undisturbed")
    return numbers(run(compare(folder, "--store", str(folder / "store"))))


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A cluster whose head trains nothing, with two machines of one core each."""
    from ray.cluster_utils import Cluster

    found = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    for _ in range(2):
        found.add_node(num_cpus=1)
    found.wait_for_nodes()
    yield found
    found.shutdown()


def same(text: str, undisturbed: str, tmp_path: Path) -> bool:
    """Whether two results are alike but for the folders of their tables."""
    return numbers(text) == undisturbed


def test_a_machine_that_goes_in_the_middle_of_a_block_changes_no_number(
    cluster: Any, undisturbed: str, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    line = compare(tmp_path, "--store", str(store), "--on", f"ray:{cluster.address}")
    process = start(line)
    wait_for(process, store, lambda now: running(now) == 2)
    cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert same(out, undisturbed, tmp_path)


def test_a_worker_that_is_killed_changes_no_number(
    cluster: Any, undisturbed: str, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    line = compare(tmp_path, "--store", str(store), "--on", f"ray:{cluster.address}")
    process = start(line)
    wait_for(process, store, lambda now: running(now) == 2)
    raylets = {node.all_processes["raylet"][0].process.pid for node in cluster.worker_nodes}
    workers = children(raylets, "ray::_train_and_tell")
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert same(out, undisturbed, tmp_path)


def test_a_driver_over_six_data_sets_that_is_killed_is_resumed_with_the_same_numbers(
    cluster: Any, tmp_path: Path
) -> None:
    alone = ("--store", str(tmp_path / "alone"))
    undisturbed = numbers(run(compare(tmp_path, *alone, epochs=8_000, count=6)))
    store = tmp_path / "store"
    place = ("--store", str(store))
    on = (*place, "--on", f"ray:{cluster.address}")
    run([*compare(tmp_path, *on, epochs=8_000, count=6), "--detach"])
    folder = folder_of(store)
    assert folder is not None
    owner = json.loads((folder / "owner.json").read_text())
    attached = start(command("attach", folder.name, *place, "--format", "json"))
    wait_for_a_block(attached, store)
    os.kill(owner["pid"], signal.SIGKILL)
    attached.communicate()
    assert outcome_of(folder) is None, "it is interrupted"
    before = {path.name for path in (folder / "blocks").glob("*.block")}
    out = run(command("resume", folder.name, *place, "--format", "json", "--quiet"))
    assert same(out, undisturbed, tmp_path)
    assert before < {path.name for path in (folder / "blocks").glob("*.block")}
    opened = json.loads(run(command("open", folder.name, *place, "--format", "json")))
    assert opened["over_data_sets"][0]["declared"] == 6


def test_a_study_goes_on_without_the_cluster(undisturbed: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    place = ("--store", str(store))
    process = start(compare(tmp_path, *place, "--on", "ray"))
    wait_for_a_block(process, store)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    folder = folder_of(store)
    assert folder is not None
    line = command("resume", folder.name, *place, "--on", "here", "--quiet", "--yes")
    assert same(run([*line, "--format", "json"]), undisturbed, tmp_path)


OTHER_HISS = """
from hiss.__main__ import main
from hiss.cluster import driver

installed = driver.versions
driver.versions = lambda: {**installed(), "hiss": "9.9"}
main()
"""


def test_a_cluster_with_another_hiss_gets_a_clear_word(cluster: Any, tmp_path: Path) -> None:
    _, _, _, *arguments = compare(tmp_path, "--on", f"ray:{cluster.address}", epochs=2)
    process = start([sys.executable, "-c", OTHER_HISS, *arguments])
    _, err = process.communicate()
    assert process.returncode == 2
    assert "has other versions: hiss " in err and ", here 9.9" in err
    assert "Install the same versions on every machine" in err


def test_a_cluster_that_is_not_there_gets_a_clear_word(tmp_path: Path) -> None:
    process = start(compare(tmp_path, "--on", "ray:127.0.0.1:1", epochs=2))
    _, err = process.communicate()
    assert process.returncode == 2
    assert "--on ray: the cluster at 127.0.0.1:1 cannot be joined" in err


def test_a_users_exception_is_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "network.py").write_text(
        "import keras\n\n\ndef build(seed):\n    if seed % 2:\n        raise KeyError('mine')\n"
        "    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, 'softmax')])\n"
    )
    model = ("--model", f"{tmp_path}/network.py:build", "--noise", "dense:before:0.1")
    process = start(compare(tmp_path, *model, "--on", "ray", epochs=2))
    _, err = process.communicate()
    assert process.returncode in (2, 3)
    assert "mine" in err
    assert "Traceback" not in err


assert sys.platform.startswith("linux")
