"""What would make scores better than they are is named, and nothing else is."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from hiss.data.tables.proposal import propose
from hiss.data.tables.selection import TableSelection

RNG = np.random.default_rng(3)
ROWS = 160
Y = RNG.integers(0, 2, ROWS)
A, B = np.round(RNG.normal(size=(2, ROWS)), 3)
BUNDLED = Path(str(files("sklearn.datasets") / "data"))


def traps(path: Path, target: str = "y", **columns: object) -> list[str]:
    """The traps of a table, each as it is printed."""
    rows = zip(*columns.values(), strict=True)  # type: ignore[call-overload]
    path.write_text("\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]))
    found = propose(TableSelection(path=path, target=target)).traps
    return [f"{text} {hint}" for text, hint in found]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (range(ROWS), "counts the rows: it may only number or name the rows."),
        (1001 + 3 * np.arange(ROWS), "changes by 3 in each row"),
        (np.arange(ROWS)[::-1], "counts the rows"),
        (np.cumsum(RNG.random(ROWS)), "only rises from row to row"),
        (np.repeat(np.arange(40), 4), "--drop who. If it names groups of rows: --group who."),
        (RNG.permutation(ROWS) + 5000, "has 160 different whole numbers in 160 rows"),
        (RNG.choice(90_000, ROWS, replace=False), "different whole numbers in 160 rows"),
    ],
)
def test_a_column_that_names_the_rows_is_a_trap(file: Path, column: object, message: str) -> None:
    (found,) = traps(file, who=column, a=A, y=Y)
    assert found.startswith("`who` ")
    assert message in found


def test_a_time_may_be_kept_by_a_split_in_order(file: Path) -> None:
    (found,) = traps(file, t=range(ROWS), a=A, y=B)
    assert "in the order of time: --split ordered." in found


def test_amounts_of_money_are_no_names_of_rows(file: Path) -> None:
    income = np.round(RNG.normal(60_000, 20_000, ROWS)).astype(int)
    assert traps(file, income=income, a=A, y=Y) == []
    (found,) = traps(file, patient_id=income, a=A, y=Y)
    assert found.startswith("`patient_id` has")


@pytest.mark.parametrize(
    ("column", "y"),
    [
        (np.where(Y, "no", "yes"), Y),
        (Y * 3, np.where(Y, "ill", "well")),
        (Y + RNG.uniform(0, 0.9, ROWS), Y),
        (np.digitize(A, [-0.5, 0.5]) + RNG.uniform(0, 0.9, ROWS), np.digitize(A, [-0.5, 0.5])),
        (B * 2 + 7, B),
    ],
)
def test_a_column_that_alone_predicts_the_target_is_a_trap(
    file: Path, column: object, y: object
) -> None:
    (found,) = [text for text in traps(file, paid=column, b=RNG.normal(size=ROWS), y=y)]
    assert found.startswith("`paid` alone predicts `y`: it may be a result of it.")
    assert "--drop paid" in found


def test_rows_that_stand_twice_are_a_trap(file: Path) -> None:
    a, b, y = (np.repeat(each[:40], 4) for each in (A, B, Y))
    (found,) = traps(file, a=RNG.permutation(a) * 0 + a, b=b, y=y)
    assert found.startswith("120 of 160 rows repeat another row: the same row may train and test.")
    assert "--duplicates drop" in found


def test_rows_that_are_equal_by_chance_are_none(file: Path) -> None:
    few = RNG.integers(0, 3, (2, ROWS))
    assert traps(file, a=few[0], b=few[1], y=Y) == []


def test_large_and_small_classes_are_a_trap(file: Path) -> None:
    rare = np.where(np.arange(ROWS) % 20 == 0, "fraud", "fine")
    (found,) = traps(file, a=A, b=B, y=rare)
    assert found.startswith("95.0% of the rows are `fine`: always guessing it has accuracy 0.950.")
    small = np.where(np.arange(ROWS) < 3, "rare", np.where(Y, "u", "v"))
    (found,) = traps(file, a=A, b=B, y=small)
    assert found.startswith("class `rare` of `y` has 3 rows: few to split.")


def test_a_sign_for_missing_values_is_asked_about(file: Path) -> None:
    pressure = np.where(np.arange(ROWS) % 9 == 0, -999, np.round(RNG.normal(120, 9, ROWS), 1))
    (found,) = traps(file, pressure=pressure, a=A, y=Y)
    assert found.startswith("`pressure` is -999 in 18 rows, far from its other values.")
    assert "--na-values=-999" in found
    assert traps(file, price=np.linspace(-999, 999, ROWS)[RNG.permutation(ROWS)], a=A, y=Y) == []


def test_a_second_target_is_a_trap(file: Path) -> None:
    (found,) = traps(file, a=A, outcome=B, y=Y)
    assert found.startswith("`outcome` is called like a target")


@pytest.mark.parametrize("name", ["iris", "wine_data", "breast_cancer"])
def test_tables_of_measurements_hold_no_traps(name: str) -> None:
    assert propose(TableSelection(path=BUNDLED / f"{name}.csv", target="target")).traps == ()


def test_what_has_been_done_about_a_trap_is_not_advised_again(tmp_path: Path) -> None:
    series, twice = tmp_path / "series.csv", tmp_path / "twice.csv"
    series.write_text("t,a,y\n" + "\n".join(f"{n},{A[n]},{B[n]}" for n in range(40)))
    twice.write_text("a,b,y\n" + "\n".join(f"{A[n]},{B[n]},{Y[n]}\n" * 2 for n in range(40)))
    for ordered in (False, True):
        found = propose(TableSelection(path=series, target="y"), ordered).traps
        assert any("--split ordered" in hint for _, hint in found) is not ordered
    for duplicates in ("keep", "group"):
        selection = TableSelection(path=twice, target="y", duplicates=duplicates)
        assert bool(propose(selection).traps) is (duplicates == "keep")
