from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import OneHotEncoder

from hiss.data.arrays import Dataset, Split
from hiss.data.replicate_data import ReplicateData
from hiss.data.spec import Data
from hiss.data.splits import load, load_dataset
from hiss.data.tables.proposal import propose
from hiss.data.tables.rows import read_table
from hiss.data.tables.selection import TableSelection
from hiss.errors import EngineError
from hiss.library.adaptation import adapt_to_table
from hiss.library.presets import find
from hiss.library.templates import experiments_for, table_data

ROWS = """\
age,town,size,cost,sick
20,Ulm,m,1,no
,Bonn,s,2,no
40,,l,3,no
50,Bonn,m,n/a,yes
60,Bonn,m,5,yes
70,Ulm,l,6,yes
80,Ulm,s,7,
90,Bonn,s,8,no
30,Ulm,m,9,yes
35,Ulm,m,10,no
45,Bonn,l,11,yes
55,Bonn,l,12,no
20,Ulm,m,1,no
"""
"""Gaps in rows 2 to 4, no target in row 7, and row 13 repeats row 1."""
CHOSEN = {"one_hot": ("town",), "ordinal": ("size",), "target": "sick"}
NUMBERS: dict[str, Any] = {"drop": ("town", "size"), "one_hot": (), "ordinal": ()}


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    path = tmp_path / "clinic.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def select(path: Path, **more: Any) -> TableSelection:
    return TableSelection(path=path, **{**CHOSEN, **more})


def prepared(path: Path, train: int = 8, **more: Any) -> Split:
    """The rows in order, the first of them to train."""
    arguments = select(path, **more).to_arguments()
    return load(Data(name="table", train_size=train, **arguments))


def complaint(path: Path, **more: Any) -> str:
    with pytest.raises(EngineError) as caught:
        read_table(select(path, **more))
    return f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("missing", "age", "cost"),
    [
        ("median", 50, 5),
        ("mean", (20 + 40 + 50 + 60 + 70 + 90 + 30) / 7, (1 + 2 + 3 + 5 + 6 + 8 + 9) / 7),
        ("most-frequent", 20, 1),
    ],
)
def test_gaps_are_filled_by_what_the_training_rows_say(
    clinic: Path, missing: str, age: float, cost: float
) -> None:
    split = prepared(clinic, missing=missing)
    assert split.features == ("age", "town=Bonn", "town=Ulm", "size", "cost")
    assert split.x_train.shape == (8, 5)
    assert split.x_train[1].tolist() == pytest.approx(
        [age if missing != "median" else 50, 1, 0, 2, 2]
    )
    assert split.x_train[2].tolist() == [40, 1, 0, 0, 3]
    assert split.x_train[3, 4] == pytest.approx(cost)


def test_test_rows_are_filled_by_the_training_rows_too(clinic: Path) -> None:
    lines = ROWS.splitlines()
    clinic.write_text("\n".join([lines[0], *lines[3:], *lines[1:3]]), encoding="utf-8")
    split = prepared(
        clinic, train=6, missing="median", one_hot=(), drop=("town", "size"), ordinal=()
    )
    assert np.median(split.x_train[:, 0]) == split.x_test[-1, 0] == 55


def test_indicator_marks_what_it_fills(clinic: Path) -> None:
    split = prepared(clinic, missing="indicator")
    marks = ("age is missing", "town is missing", "cost is missing")
    assert split.features == ("age", "town=Bonn", "town=Ulm", "size", "cost", *marks)
    assert split.x_train[:4, 5:].tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert not split.x_test[:, 5:].any()


def test_rows_with_gaps_are_left_out_on_request(clinic: Path) -> None:
    text = complaint(clinic, missing="drop-rows")
    assert "expected at least 10 rows, received 9 of 13: the others are left out." in text
    clinic.write_text(f"{ROWS}25,Ulm,s,4,no\n", encoding="utf-8")
    dataset = read_table(select(clinic, missing="drop-rows"))
    assert dataset.x[:, 0].tolist() == [20, 60, 70, 90, 30, 35, 45, 55, 20, 25]
    assert len(dataset.y) == 10


def test_rows_without_a_target_are_left_out_by_every_strategy_and_said(clinic: Path) -> None:
    assert "values are missing in `sick` (1), first in row 8" in complaint(clinic)
    assert len(read_table(select(clinic, missing="mean")).y) == 12
    notes = propose(select(clinic, missing="mean")).notes
    assert "1 of 13 rows have no `sick` and are left out." in notes


def test_repeated_rows_are_left_out_on_request(clinic: Path) -> None:
    dataset = read_table(select(clinic, missing="mean", duplicates="drop"))
    assert len(dataset.y) == 11
    notes = propose(select(clinic, missing="mean", duplicates="drop")).notes
    assert "1 of 13 rows repeat an earlier one and are left out." in notes


def test_equal_rows_stand_on_one_side_of_each_split_on_request(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    draw = np.random.default_rng(2)
    rows = [f"{value:.3f},{n % 2}" for n, value in enumerate(draw.normal(size=20))]
    path.write_text("\n".join(["a,y", *rows, *rows, *rows[:9]]), encoding="utf-8")
    selection = TableSelection(path=path, target="y", duplicates="group")
    notes = propose(selection).notes
    assert notes == ("29 of 49 rows repeat an earlier one and stand on its side of each split.",)
    replicates = ReplicateData(table_data(selection), "task", 1)
    for number in range(4):
        split = replicates.split(number)
        assert not {*map(bytes, split.x_train)} & {*map(bytes, split.x_test)}
        assert len(split.x_test) >= 8


def test_the_refusal_says_what_each_strategy_costs_and_proposes_one(clinic: Path) -> None:
    text = complaint(clinic)
    assert "values are missing in `age` (1), `town` (1), `cost` (1), first in row 3." in text
    assert "--missing median is proposed: drop-rows leaves out 3 of 13 rows (23.1%)" in text
    assert "fill 3 values in 3 columns" in text


def test_few_rows_are_proposed_to_be_left_out_and_text_to_be_filled(tmp_path: Path) -> None:
    rare, text = tmp_path / "rare.csv", tmp_path / "text.csv"
    rare.write_text("\n".join(["a,b,y", ",1,0", *(f"{n},{n % 7},{n % 2}" for n in range(40))]))
    text.write_text("\n".join(["a,b,y", *(f"{'pq '[n % 3]},{n % 7},{n % 2}" for n in range(40))]))
    chosen: dict[str, Any] = {"target": "y", "ordinal": ()}
    assert "--missing drop-rows is proposed" in complaint(rare, **chosen, one_hot=())
    assert "--missing most-frequent is proposed" in complaint(text, **chosen, one_hot=("a",))


def test_the_cost_is_said_where_a_strategy_is_used(clinic: Path) -> None:
    (gaps,) = [note for note in propose(select(clinic, missing="median")).notes if "fill" in note]
    assert gaps == (
        "3 values in 3 columns are missing: filled by the median of the training rows; "
        "categories by their most frequent value."
    )
    notes = propose(select(clinic, missing="drop-rows")).notes
    assert "drop-rows leaves out 3 of 12 rows (25.0%) for their missing values." in notes


def test_categories_are_those_of_the_whole_table_whatever_trains(clinic: Path) -> None:
    lines = ROWS.splitlines()
    rare = [*lines[:9], *(line.replace("Bonn", "Rom").replace(",l,", ",xl,") for line in lines[9:])]
    clinic.write_text("\n".join(rare), encoding="utf-8")
    split = prepared(clinic, missing="median", train=7)
    assert split.features == ("age", "town=Bonn", "town=Rom", "town=Ulm", "size", "cost")
    assert not split.x_train[:, 2].any()
    assert split.x_test[:, 2].sum() == 2
    assert split.x_test[:, 4].max() == 3


def test_one_hot_alone_is_what_scikit_learn_makes(clinic: Path) -> None:
    lines = [line for line in ROWS.splitlines() if ",," not in line and "n/a" not in line]
    full = [line for line in lines if not line.startswith(",") and not line.endswith(",")]
    full.append("25,Ulm,s,4,no")
    clinic.write_text("\n".join(full), encoding="utf-8")
    split = prepared(clinic, train=5, ordinal=(), drop=("size",))
    towns = np.array([line.split(",")[1] for line in full[1:]], dtype=object)[:, None]
    expected = OneHotEncoder(sparse_output=False).fit_transform(towns)
    np.testing.assert_array_equal(np.vstack([split.x_train, split.x_test])[:, 1:3], expected)


def test_the_order_of_categories_is_said(clinic: Path) -> None:
    notes = propose(select(clinic, missing="median")).notes
    assert "`size` is numbered from 0 to 2 in the order of the alphabet: l, m, s." in notes
    clinic.write_text(ROWS.replace(",s,", ",2,").replace(",m,", ",10,").replace(",l,", ",3,"))
    notes = propose(select(clinic, missing="median")).notes
    assert "`size` is numbered from 0 to 2 in the order of its numbers: 2, 3, 10." in notes
    assert prepared(clinic, missing="median").x_train[0, 3] == 2


def test_many_categories_are_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = (f"t{n % 25},{n},{n % 2}" for n in range(100))
    path.write_text("\n".join(["town,cost,y", *rows]))
    selection = TableSelection(path=path, target="y", one_hot=("town",), drop=("cost",))
    assert "`town` becomes 25 columns of 0 and 1" in propose(selection).notes[0]


def test_a_table_that_needs_nothing_is_not_touched() -> None:
    whole = load_dataset(Data(name="load_iris", train_size=9))
    assert (whole.prepare, whole.groups, whole.test_rows) == (None, None, None)


def test_the_fill_of_each_repeat_is_that_of_its_own_training_rows(clinic: Path) -> None:
    arguments = select(
        clinic, missing="mean", drop=("town", "size", "cost"), one_hot=(), ordinal=()
    )
    data = Data(name="table", train_size=8, shuffle=True, **arguments.to_arguments())
    replicates = ReplicateData(data, "task", 1)
    fills = set()
    for number in range(8):
        x = np.concatenate([replicates.split(number).x_train, replicates.split(number).x_test])
        known = {20, 40, 50, 60, 70, 90, 30, 35, 45, 55}
        fills |= {float(value) for value in x[:, 0] if value not in known}
    assert len(fills) > 1


def halves(folder: Path, **second: str) -> tuple[Path, Path]:
    """Two files of 12 rows with the columns a, b and y; the second can be changed."""
    first, other = folder / "first.csv", folder / "second.csv"
    rows = [f"{n},{n * n},{n % 2}" for n in range(12)]
    first.write_text("\n".join(["a,b,y", *rows]), encoding="utf-8")
    header = second.get("header", "a,b,y")
    other.write_text("\n".join([header, *rows[:5]]), encoding="utf-8")
    return first, other


def test_a_file_of_its_own_has_the_test_rows(tmp_path: Path) -> None:
    first, second = halves(tmp_path)
    data = table_data(TableSelection(path=first, target="y", test_path=second))
    split = load(data.model_copy(update={"standardize": False}))
    assert split.x_test.tolist() == [[n, n * n] for n in range(5)]
    assert len(split.x_train) == 12
    assert experiments_for(data)[0].study.mode == "article"
    with pytest.raises(EngineError, match="the test rows are given"):
        ReplicateData(data, "task", 1)


def test_columns_that_the_test_file_lacks_are_named(tmp_path: Path) -> None:
    first, second = halves(tmp_path, header="a,c,y")
    with pytest.raises(EngineError) as caught:
        read_table(TableSelection(path=first, target="y", test_path=second))
    assert "the columns of first.csv, but there is no `b`; only there are `c`." in str(caught.value)


def test_columns_that_only_the_test_file_has_are_said_to_be_ignored(tmp_path: Path) -> None:
    first, second = halves(tmp_path)
    second.write_text("b,when,y,a,who\n1,5,0,1,x\n2,6,1,4,y\n", encoding="utf-8")
    selection = TableSelection(path=first, target="y", test_path=second)
    assert "`when`, `who` are only in second.csv and ignored." in propose(selection).notes
    assert read_table(selection).features == ("a", "b")


def test_a_test_file_that_changes_is_read_again(tmp_path: Path) -> None:
    first, second = halves(tmp_path)
    selection = TableSelection(path=first, target="y", test_path=second)
    assert read_table(selection).test_rows == 5
    second.write_text(first.read_text(), encoding="utf-8")
    assert read_table(selection).test_rows == 12


def test_test_rows_that_are_left_out_are_not_counted(tmp_path: Path) -> None:
    first, second = halves(tmp_path)
    second.write_text("a,b,y\n1,2,0\n,2,1\n3,4,1\n", encoding="utf-8")
    chosen = TableSelection(path=first, target="y", test_path=second, missing="drop-rows")
    assert read_table(chosen).test_rows == 2


def packed(path: Path, **arrays: Any) -> Dataset:
    np.savez(path, **arrays)
    return read_table(TableSelection(path=path, target="y"))


def test_an_npz_file_divides_its_rows_itself(tmp_path: Path) -> None:
    x, y = np.arange(60.0).reshape(30, 2), np.arange(30) % 2
    path = tmp_path / "a.npz"
    dataset = packed(path, x_train=x[:20], y_train=y[:20], x_test=x[20:], y_test=y[20:])
    assert (dataset.features, dataset.test_rows) == (("x1", "x2"), 10)
    np.testing.assert_array_equal(dataset.x, x)
    data = table_data(TableSelection(path=path, target="y"))
    assert (data.train_size, data.shuffle) == (None, False)
    assert len(load(data).x_test) == 10
    with pytest.raises(EngineError, match="says which rows test"):
        load(data.model_copy(update={"train_size": 0.5}))
    with pytest.raises(EngineError, match="the file says which rows test"):
        table_data(TableSelection(path=path, target="y"), 0.5)


def test_an_npz_file_with_one_pair_too_few_is_read_as_it_is(tmp_path: Path) -> None:
    x, y = np.arange(20.0) ** 2, np.arange(20) % 2
    dataset = packed(tmp_path / "a.npz", x_train=x, x_test=x, y=y)
    assert (dataset.features, dataset.test_rows) == (("x_train", "x_test"), None)


def test_an_npz_files_test_rows_have_the_shape_of_its_training_rows(tmp_path: Path) -> None:
    x, y = np.ones((9, 2)), np.arange(9)
    with pytest.raises(EngineError, match=r"x_test to have the shape of those of x_train"):
        packed(tmp_path / "a.npz", x_train=x, x_test=x[:, :1], y_train=y, y_test=y)


def test_a_group_without_a_name_is_refused(clinic: Path) -> None:
    chosen: dict[str, Any] = {"one_hot": (), "drop": ("cost",), "missing": "mean"}
    assert "names no group in 1 of 12 rows" in complaint(clinic, **chosen, group="town")
    clinic.write_text(ROWS.replace("Ulm", "Bonn").replace(",,l", ",Bonn,l"), encoding="utf-8")
    assert "column `town` is one group" in complaint(clinic, **chosen, group="town")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"group": "sick"}, "`sick` is the target"),
        ({"ordinal": ("size", "town")}, "named twice: town, size, town"),
        ({"ordinal": ("size",), "drop": ("size",)}, "`size` is ordinal, but not a feature"),
        ({"one_hot": ("town",), "group": "town"}, "`town` is one-hot, but not a feature"),
        ({"group": "id", "duplicates": "group"}, "either a column of groups or groups of equal"),
    ],
)
def test_a_prepared_column_has_one_role(more: dict[str, Any], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        select(Path("a.csv"), **more)


def test_a_preset_knows_every_way_to_prepare() -> None:
    whole = select(
        Path("a.csv"), missing="indicator", duplicates="drop", group="id", test_path=Path("b.csv")
    )
    assert TableSelection.from_arguments(whole.to_arguments()) == whole
    with pytest.raises(ValueError, match="missing: expected one of refuse, drop-rows, median"):
        Data(name="table", train_size=9, path="a.csv", target="y", missing="mode")


def test_a_network_is_adapted_to_the_features_that_the_preparation_makes(clinic: Path) -> None:
    (cnn,) = find("patterns/cnn")
    data = table_data(select(clinic, missing="indicator"))
    assert "8 features" in experiments_for(data)[0].description
    with pytest.raises(EngineError, match=r"clinic\.csv has 8 features"):
        adapt_to_table(cnn, data)
