"""`hiss compare` on several tables, from the command line to one verdict over all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command import Hiss
from scripted import ScriptedEngine, replicate

from hiss.experiment.spec import Experiment
from hiss.results.outcomes import Replicate

NAMES = tuple("abcdef")


def scored(of: Experiment, number: int) -> Replicate:
    """Noise lifts by 4 points on every table, give or take half a point."""
    draw = np.random.default_rng([number, *map(ord, of.name)])
    lift = 0.0 if of.name.endswith("baseline") or "baseline on" in of.name else 0.04
    return replicate(number, 0.75 + lift + draw.normal(0, 0.005))


@pytest.fixture
def tables(tmp_path: Path, engine: ScriptedEngine) -> tuple[str, ...]:
    """Return the options of six tables, and have noise help on each."""
    engine.outcome_of = scored
    draw = np.random.default_rng(1)
    options: list[str] = []
    for name in NAMES:
        rows = draw.normal(size=(40, 2)).round(3)
        lines = [f"{x},{y},{'yes' if x > 0 else 'no'}" for x, y in rows]
        (tmp_path / f"{name}.csv").write_text("\n".join(["u,v,kind", *lines]))
        options += ["--data", str(tmp_path / f"{name}.csv")]
    return tuple(options)


def test_several_tables_get_a_verdict_each_and_one_over_all(
    hiss: Hiss, tables: tuple[str, ...]
) -> None:
    outcome = hiss("compare", *tables, "--target", "kind")
    assert outcome.code == 0
    for name in NAMES:
        assert f"{name}, noise before the activation lifts test accuracy by" in outcome.out
    assert "over 6 data sets changes test accuracy by +4." in outcome.out
    assert "better, P(better by more than 1 point on most) > 0.99." in outcome.out
    assert "each counts once, whatever its size" in outcome.out


def test_a_preset_is_trained_on_each_table_against_its_baseline(
    hiss: Hiss, engine: ScriptedEngine, tables: tuple[str, ...]
) -> None:
    outcome = hiss("compare", "patterns/mlp", *tables, "--target", "kind", "--format", "json")
    document = json.loads(outcome.out)
    pairs = [(one["arm"], one["baseline"]) for one in document["comparisons"]]
    assert pairs == [(f"patterns/mlp on {n}", f"patterns/mlp-baseline on {n}") for n in NAMES]
    (overall,) = document["over_data_sets"]
    assert (overall["title"], overall["n"], overall["verdict"]) == ("patterns/mlp", 6, "better")
    (study,) = engine.studies
    assert len({arm.data.arguments["path"] for arm in study.arms}) == 6


def test_the_verdict_over_all_is_in_every_format(hiss: Hiss, tables: tuple[str, ...]) -> None:
    options = (*tables, "--target", "kind")
    markdown = hiss("compare", *options, "--format", "markdown").out
    assert "| noise before the activation | 6 |" in markdown
    *_, last = hiss("compare", *options, "--format", "csv").out.splitlines()
    assert last.startswith('"noise before the activation, over data sets",')


def test_a_kept_comparison_of_several_tables_is_opened_as_it_was_printed(
    hiss: Hiss, tables: tuple[str, ...]
) -> None:
    first = hiss("compare", *tables, "--target", "kind").out
    (entry,) = json.loads(hiss("history", "--json").out)["studies"]
    assert entry["headline"] == "noise before the activation over 6 data sets: better"
    assert hiss("open", entry["id"]).out == first


def test_each_table_may_have_a_target_of_its_own(
    hiss: Hiss, engine: ScriptedEngine, tables: tuple[str, ...]
) -> None:
    targets = ("kind", "kind", "kind", "kind", "kind", "3")
    options = [part for target in targets for part in ("--target", target)]
    assert hiss("compare", *tables, *options).code == 0
    (study,) = engine.studies
    assert {arm.data.arguments["target"] for arm in study.arms} == {"kind"}


MISTAKES = {
    "two targets for six tables": (
        ("compare", "--target", "kind", "--target", "u"),
        "one column for all, or one for each of 6 files; received 2",
    ),
    "a run of several": (("run", "--target", "kind"), "`hiss compare` takes several"),
    "a file of test rows": (
        ("compare", "--target", "kind", "--test-data", "t.csv"),
        "--test-data goes with one --data",
    ),
}


@pytest.mark.parametrize(("arguments", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_about_several_tables_is_named(
    hiss: Hiss,
    engine: ScriptedEngine,
    tables: tuple[str, ...],
    arguments: tuple[str, ...],
    expected: str,
) -> None:
    outcome = hiss(*arguments, *tables)
    assert (outcome.code, engine.studies) == (2, [])
    assert expected in outcome.err


def test_one_table_twice_is_refused(hiss: Hiss, tables: tuple[str, ...]) -> None:
    outcome = hiss("compare", *tables[:2], *tables[:2], "--target", "kind")
    assert outcome.code == 2
    assert "another of the tables is called so too" in outcome.err
