"""`hiss explain`: on a scripted explanation, and once for real."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command import Hiss
from explained import scripted_explanation

from hiss.results.outcomes import Result
from hiss.views.explanation import Explanation

PAIR = ("article/baseline", "article/hidden-after")


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def explain(result: Result, album: object, **how: object) -> Explanation:
        return scripted_explanation(result.study, how.get("search"))

    monkeypatch.setattr("hiss.views.explain.explain", explain)


@pytest.mark.usefixtures("explained")
def test_an_explanation_has_maps_numbers_and_sentences(hiss: Hiss) -> None:
    found = hiss("explain", *PAIR, "--repeats", "5")
    assert found.code == 0, found.err
    for part in (
        "Connected regions",
        "Test margin, logits",
        "Test accuracy at test noise, SD",
        "hidden-after: connected regions lower by",
        "Across 5 seeds, hidden-after",
    ):
        assert part in found.out  # fmt: skip
    assert "●" in found.out


@pytest.mark.usefixtures("explained")
def test_json_has_every_number(hiss: Hiss) -> None:
    found = json.loads(hiss("explain", *PAIR, "--repeats", "5", "--format", "json").out)
    assert found["schema"] == 1
    baseline, noisy = found["arms"]
    assert baseline["preset"] == PAIR[0]
    assert baseline["without"] == {"noise": "no layer of this network adds noise"}
    assert len(noisy["views"]["jacobian"]["per_replicate"]) == 5
    assert set(noisy["views"]["robustness"]) == {"stddev", "unit", "test_accuracy", "by_epoch"}
    grid = noisy["views"]["regions"]["grid"]
    assert len(noisy["views"]["regions"]["share"]) == len(grid["y"])
    assert found["paired"][0]["baseline"] == PAIR[0]


@pytest.mark.usefixtures("explained")
def test_a_kept_sweep_is_explained_by_its_strengths(hiss: Hiss, tmp_path: Path) -> None:
    store = ("--store", str(tmp_path))
    grid = ("--values", "0,0.1,0.3", "--no-confirm", "--repeats", "5")
    assert hiss("sweep", PAIR[1], *grid, *store).code == 0
    (study,) = (tmp_path / "studies").iterdir()
    refused = hiss("explain", study.name, *store)
    assert "was trained elsewhere: " in refused.err
    assert "Python 3.12.0 then" in refused.err
    found = hiss("explain", study.name, "--yes", *store)
    assert found.code == 0, found.err
    for part in (
        "Mean ± SD at",
        "σ = 0.3",
        "Jacobian norm, epoch",
        "at σ = 0.3; smallest at σ = 0.3, largest at σ = 0.",
        "Across 5 seeds, σ = 0.3: Jacobian norm lower by 40 %",
    ):
        assert part in found.out  # fmt: skip
    document = json.loads(hiss("explain", study.name, "--yes", "--format", "json", *store).out)
    assert [arm["strength"] for arm in document["arms"]] == [[0], [0.1], [0.3]]
    assert document["sites"] == ["layers.1"]


@pytest.mark.parametrize("verb", ["run", "compare", "sweep"])
def test_snapshots_are_asked_for_in_the_order(hiss: Hiss, tmp_path: Path, verb: str) -> None:
    found = hiss(verb, PAIR[1], "--repeats", "2", "--snapshots", "--store", str(tmp_path))
    assert found.code == 0, found.err
    (study,) = (tmp_path / "studies").iterdir()
    assert json.loads((study / "study.json").read_text())["options"]["snapshots"] is True


def test_an_unknown_view_is_named(hiss: Hiss) -> None:
    found = hiss("explain", "article", "--view", "jacobain")
    assert found.code == 2
    assert "Did you mean `jacobian`" in found.err


def test_a_name_that_is_neither_a_preset_nor_a_study_is_refused(hiss: Hiss) -> None:
    found = hiss("explain", "nothing")
    assert found.code == 2
    assert "neither a preset" in found.err


@pytest.mark.parametrize("name", ["csv", "markdown"])
def test_an_explanation_has_no_rows(hiss: Hiss, name: str) -> None:
    found = hiss("explain", "article", "--format", name)
    assert found.code == 2
    assert "an explanation has no" in found.err


@pytest.mark.slow
def test_a_kept_explanation_is_made_again_without_training(tmp_path: Path) -> None:
    def run(*arguments: str) -> dict[str, object]:
        command = [sys.executable, "-m", "hiss", "explain", *arguments, "--format", "json"]
        done = subprocess.run([*command, "--store", str(tmp_path)], capture_output=True, check=True)
        document: dict[str, object] = json.loads(done.stdout)
        return document

    first = run(*PAIR, "--epochs", "8", "--repeats", "2")
    (study,) = (tmp_path / "studies").iterdir()
    assert run(study.name) == first
