"""`--on` on the command line, where no cluster is joined."""

from __future__ import annotations

import pytest
from command import Hiss
from scripted import ScriptedEngine

from hiss.store.history import latest
from hiss.store.place import store_folder
from hiss.store.records import ON, with_options


def test_a_place_that_there_is_not_is_named(hiss: Hiss, engine: ScriptedEngine) -> None:
    outcome = hiss("compare", "article", "--on", "moon")
    assert (outcome.code, engine.studies) == (2, [])
    assert "--on: expected ray, ray:ADDRESS or slurm, received moon." in outcome.err


@pytest.mark.parametrize(("kind", "package"), [("ray", "ray"), ("slurm", "submitit")])
def test_a_missing_extra_is_named(
    hiss: Hiss, monkeypatch: pytest.MonkeyPatch, kind: str, package: str
) -> None:
    monkeypatch.setattr("hiss.cluster.places.find_spec", lambda name: None)
    outcome = hiss("compare", "article", "--on", kind)
    assert outcome.code == 2
    assert f"--on {kind} needs the package {package}, which is not installed." in outcome.err
    assert f"pip install 'hiss[{kind}]'" in outcome.err


def test_a_study_of_a_cluster_goes_on_here(hiss: Hiss, engine: ScriptedEngine) -> None:
    hiss("run", "article/baseline", "--repeats", "2")
    record = latest(store_folder(), ("finished",))
    assert record is not None
    with_options(record, **{ON: "ray:node-a:6379"})
    outcome = hiss("resume", record.id, "--on", "here", "--yes")
    assert outcome.code == 0
    assert len(engine.studies) == 2
