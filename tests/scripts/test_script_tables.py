"""Scripts that prepare and split a table by scikit-learn have exactly the rows of hiss."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.tables.selection import TableSelection
from hiss.experiment.notation import override
from hiss.library.templates import experiments_for, table_data
from hiss.scripts.script import script

PATIENTS = np.repeat(np.arange(30), 4)
CHOSEN: dict[str, Any] = {"target": "y", "one_hot": ("sex",), "ordinal": ("stage",)}
GROUPED: dict[str, Any] = {**CHOSEN, "group": "patient"}
UNGROUPED: dict[str, Any] = {**CHOSEN, "drop": ("patient",)}
STRATEGIES = ("drop-rows", "median", "mean", "most-frequent", "indicator")


def rows(seed: int, count: int) -> list[str]:
    """Lines of a table in which a value in twenty is missing, in numbers, text and target."""
    draw = np.random.default_rng(seed)
    columns: list[Any] = [
        PATIENTS[:count],
        draw.choice(["f", "m"], count),
        draw.choice([2, 3, 10], count),
        *draw.normal(size=(3, count)).round(3),
        draw.integers(0, 2, count),
    ]
    cells = np.column_stack([each.astype(object) for each in columns])
    cells[:, 1:][draw.random((count, 6)) < 0.05] = ""
    return [",".join(map(str, line)) for line in cells]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables")
    header, first = "patient,sex,stage,lab a,lab b,lab c,y", rows(1, 120)
    (path / "a.csv").write_text("\n".join([header, *first, *first[:9]]), encoding="utf-8")
    (path / "b.csv").write_text("\n".join([header, *rows(2, 40)]), encoding="utf-8")
    x, y = np.random.default_rng(3).normal(size=(40, 3)), np.arange(40) % 2
    x[::7] = np.nan
    np.savez(path / "c.npz", x_train=x[:28], y_train=y[:28], x_test=x[28:], y_test=y[28:])
    return path


def same_rows(data: Data) -> str:
    """See that a script's arrays are those of hiss, bit for bit, and return the script."""
    text = script(experiments_for(data)[1], seed=1)
    scope: dict[str, Any] = {}
    exec(text.partition("keras.utils.set_random_seed")[0], scope)
    (x_train, y_train), (x_test, y_test) = scope["load_data"]()
    split = load(data)
    for theirs, ours in (
        (x_train, split.x_train),
        (y_train, split.y_train),
        (x_test, split.x_test),
        (y_test, split.y_test),
    ):
        np.testing.assert_array_equal(np.asarray(theirs).astype(np.float32), ours)
    return text


@pytest.mark.parametrize("missing", STRATEGIES)
def test_a_script_fills_gaps_as_hiss_does(folder: Path, missing: Any) -> None:
    text = same_rows(
        table_data(TableSelection(path=folder / "a.csv", missing=missing, **UNGROUPED))
    )
    assert "ColumnTransformer([" in text
    assert "train_test_split(" in text


SPLITS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "group": (GROUPED, {}, "GroupShuffleSplit("),
    "group folds": (GROUPED, {"cv": "5x2"}, "StratifiedGroupKFold("),
    "folds": (UNGROUPED, {"cv": "5x2"}, "StratifiedKFold("),
    "plain folds": (UNGROUPED, {"cv": "2x3", "split": "random"}, " KFold("),
    "random": (UNGROUPED, {"split": "random"}, "train_test_split("),
    "ordered": (UNGROUPED, {"split": "ordered"}, "x_train, x_test = x[:int("),
    "equal rows": ({**UNGROUPED, "duplicates": "group"}, {}, ", dropna=False).ngroup()"),
    "no repeats": ({**UNGROUPED, "duplicates": "drop"}, {}, "drop_duplicates("),
}


@pytest.mark.parametrize(("chosen", "more", "line"), SPLITS.values(), ids=SPLITS)
def test_a_script_splits_as_hiss_does(
    folder: Path, chosen: dict[str, Any], more: dict[str, Any], line: str
) -> None:
    selection = TableSelection(path=folder / "a.csv", missing="median", **chosen)
    assert line in same_rows(table_data(selection, **more))


def test_a_script_holds_out_the_last_rows_of_a_series(folder: Path) -> None:
    selection = TableSelection(path=folder / "a.csv", missing="median", **UNGROUPED)
    _, noisy = experiments_for(table_data(selection, split="ordered"))
    stopping = "training.early_stopping={validation_size = 7, patience = 3}"
    text = script(override(noisy, [stopping]), seed=1)
    assert "held = np.arange(len(x_train))[::-1][:7]" in text


def test_a_script_holds_out_whole_groups(folder: Path) -> None:
    selection = TableSelection(path=folder / "a.csv", missing="mean", **GROUPED)
    _, noisy = experiments_for(table_data(selection))
    for size in ("0.3", "24"):
        stopping = f"training.early_stopping={{validation_size = {size}, patience = 3}}"
        text = script(override(noisy, [stopping]), seed=1)
        scope: dict[str, Any] = {}
        exec(text.partition("keras.utils.set_random_seed")[0], scope)
        (scope["x_train"], _, groups), _ = scope["load_data"]()
        scope["g_train"], scope["SEED"] = groups, 1
        exec("\n".join(re.findall(r"^(?:splitter|_, held) = .+", text, re.M)), scope)
        held = set(groups[scope["held"]])
        assert held and held.isdisjoint(np.delete(groups, scope["held"]))
        assert 12 <= len(scope["held"]) <= 40


def test_a_script_takes_the_first_split_of_a_splitter(folder: Path) -> None:
    selection = TableSelection(path=folder / "a.csv", missing="mean", **GROUPED)
    splitter = {"class_name": "GroupKFold", "config": {"n_splits": 4}}
    data = table_data(selection).model_dump() | {"split": splitter, "train_size": None}
    assert "splitter = GroupKFold(n_splits=4)" in same_rows(Data.model_validate(data))


def test_a_script_has_the_test_rows_that_are_given(folder: Path) -> None:
    paths = {"path": folder / "a.csv", "test_path": folder / "b.csv"}
    text = same_rows(table_data(TableSelection(**paths, missing="indicator", **UNGROUPED)))
    assert "TEST_TABLE" in text
    npz = TableSelection(path=folder / "c.npz", target="y", missing="median")
    assert 'file[f"{stem}_test"]' in same_rows(table_data(npz))


def test_a_script_fills_what_a_parquet_file_leaves_out(folder: Path) -> None:
    columns = {
        "town": pyarrow.array(["Ulm", None, "Bonn", "Ulm"] * 5),
        "age": pyarrow.array([1.0, 2.5, None, 4.0] * 4 + [3.0] * 4),
        "y": pyarrow.array([0, 1] * 10),
    }
    parquet.write_table(pyarrow.table(columns), folder / "d.parquet")
    chosen = TableSelection(
        path=folder / "d.parquet", target="y", one_hot=("town",), missing="mean"
    )
    assert "make_pipeline(" in same_rows(table_data(chosen))


def test_prepared_scripts_are_tidy(folder: Path) -> None:
    paths = {"path": folder / "a.csv", "test_path": folder / "b.csv"}
    selections = (
        (TableSelection(**paths, missing="indicator", duplicates="drop", **UNGROUPED), {}),
        (TableSelection(path=folder / "a.csv", missing="median", **GROUPED), {"cv": "5x2"}),
        (TableSelection(path=folder / "c.npz", target="y", missing="median"), {}),
    )
    for selection, more in selections:
        text = script(experiments_for(table_data(selection, **more))[1], seed=1)
        checked = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", "--select=E,F,I,D", "-"],
            input=re.sub(r'^(\w*TABLE) = ".+"', r'\1 = "t.csv"', text, flags=re.M),
            text=True,
            capture_output=True,
        )
        assert checked.returncode == 0, checked.stdout
