from __future__ import annotations

import os
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.tables import files as table_files
from hiss.data.tables import limits
from hiss.data.tables.proposal import propose
from hiss.data.tables.rows import read_table
from hiss.data.tables.selection import TableSelection
from hiss.errors import DataError

ROWS = 12


def csv_of(**columns: object) -> str:
    """A table of 12 rows; a column is given as a list or as one value for all rows."""
    full = [each if isinstance(each, list) else [each] * ROWS for each in columns.values()]
    lines = [",".join(map(str, line)) for line in zip(*full, strict=True)]
    return "\n".join([",".join(columns), *lines])


AGE = [20.0 + row for row in range(ROWS)]
SICK = ["yes", "no"] * (ROWS // 2)
COST = [100.5 + row**2 for row in range(ROWS)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def data(path: Path, target: str = "sick", **more: object) -> Data:
    return Data(name="table", path=str(path), target=target, train_size=6, **more)


def complaint(path: Path, text: str | None = None, **more: object) -> str:
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load(data(path, **more))  # type: ignore[arg-type]
    return f"{caught.value.message} {caught.value.hint}"


def test_text_in_the_target_makes_sorted_classes(file: Path) -> None:
    file.write_text(csv_of(age=AGE, sick=SICK), encoding="utf-8")
    split = load(data(file))
    assert split.classes == ("no", "yes")
    assert split.features == ("age",)
    assert split.task == "binary"
    np.testing.assert_array_equal(split.y_train, [1, 0, 1, 0, 1, 0])
    np.testing.assert_array_equal(split.x_train[:, 0], AGE[:6])


def test_few_whole_numbers_are_classes_and_quantities_are_not(file: Path) -> None:
    file.write_text(csv_of(age=AGE, grade=[1, 2, 10] * 4, cost=COST), encoding="utf-8")
    assert load(data(file, "grade")).classes == ("1", "2", "10")
    assert load(data(file, "cost")).task == "regression"


def test_the_guess_can_be_overruled(file: Path) -> None:
    file.write_text(csv_of(age=AGE, grade=[1, 2, 10] * 4), encoding="utf-8")
    assert load(data(file, "grade", predict="regression")).task == "regression"


def test_the_iris_file_of_scikit_learn_is_read_as_it_stands() -> None:
    path = Path(str(files("sklearn.datasets") / "data" / "iris.csv"))
    split = load(data(path, "target", shuffle=True))
    assert split.classes == ("0", "1", "2")
    assert split.features == ("x1", "x2", "x3", "x4")
    assert "counts and class names" in propose(TableSelection(path=path)).notes[0]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_found(file: Path, delimiter: str) -> None:
    text = csv_of(age=AGE, sick=SICK).replace(",", delimiter)
    file.write_text(text, encoding="utf-8-sig")
    assert load(data(file)).features == ("age",)


def test_an_npz_file_gives_its_arrays(tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    np.savez(path, x=np.column_stack([AGE, COST]), sick=np.array(SICK))
    split = load(data(path))
    assert split.features == ("x1", "x2")
    assert split.classes == ("no", "yes")


def test_an_npz_file_with_code_in_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    np.savez(path, x=np.array([{}], dtype=object))
    assert "x: expected numbers or text, received object" in complaint(path)


def test_missing_values_are_counted_and_placed(file: Path) -> None:
    text = csv_of(age=[*AGE[:4], "", "NA", *AGE[6:]], sick=SICK)
    assert "values are missing in `age` (2), first in row 6." in complaint(file, text)


def test_a_missing_target_is_found_too(file: Path) -> None:
    text = csv_of(age=AGE, sick=["", *SICK[1:]])
    assert "values are missing in `sick` (1), first in row 2." in complaint(file, text)


def test_a_column_of_text_is_named_with_what_to_do(file: Path) -> None:
    said = complaint(file, csv_of(age=AGE, town=["Ulm", "Bonn"] * 6, sick=SICK))
    assert "column `town` holds text in 12 of 12 rows, first 'Ulm' in row 2" in said
    assert "--one-hot COLUMN" in said
    assert "--drop COLUMN" in said


def test_a_stray_word_among_numbers_is_found(file: Path) -> None:
    text = csv_of(age=[*AGE[:7], "old", *AGE[8:]], sick=SICK)
    assert "holds text in 1 of 12 rows, first 'old' in row 9" in complaint(file, text)


def test_a_stray_word_among_decimal_commas_is_found(file: Path) -> None:
    ages = [f"{age:.0f},5" for age in AGE]
    lines = ["age;sick", *map(";".join, zip([*ages[:-1], "old"], SICK, strict=True))]
    said = complaint(file, "\n".join(lines))
    assert "holds text in 1 of 12 rows, first 'old' in row 13" in said


def test_text_columns_are_left_out_only_when_asked(file: Path) -> None:
    text = csv_of(age=AGE, town=["Ulm", "Bonn"] * 6, sick=SICK)
    file.write_text(text, encoding="utf-8")
    assert load(data(file, features=["age"])).features == ("age",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (csv_of(age=AGE, site=3, sick=SICK), "column `site` is 3 in every row"),
        (csv_of(age=AGE, sick="yes"), "column `sick` is yes in every row"),
        (csv_of(age=[*AGE[:3], "inf", *AGE[4:]], sick=SICK), "holds infinite values"),
        (csv_of(age=[1e300, *AGE[1:]], sick=SICK), "overflow when standardized, in row 2."),
        (csv_of(age=[1e300, *AGE[1:6]] * 2, sick=SICK), "standardized, in 2 rows: 2, 8."),
        (csv_of(age=AGE, sick=[f"p{row}" for row in range(ROWS)]), "12 classes in 12 rows"),
        (csv_of(age=AGE, sic=SICK), "there is no column `sick`. Did you mean `sic`?"),
        (csv_of(sick=SICK), "expected a column to learn from"),
        ("age,sick\n1,yes\n2,no\n", "expected at least 10 rows, received 2"),
        ("age,sick\n", "expected a line of column names and rows below it"),
        ("", "expected a line of column names and rows below it"),
        ("1,2\n3,4\n", "there is no column `sick`. Known: col1, col2"),
        ("age,age\n3,4\n", "two columns are called `age`"),
        ("age,sick\n3,4\n1,2,3\n", "row 3: expected 2 values, received 3"),
        ('age,sick\n3,"4\n', "this is not CSV"),
        ("My patients\n\nage,sick\n3,4\n", "a name for each of 2 columns in the first row"),
        ("age,sick\n3,\0\n", "received a NUL byte in line 2"),
        ("a\033[31mge,sick\n3,4\n", r"a column is called 'a\x1b[31mge'"),
        ("age:sick\n20:yes\n21:no\n", "for any other character: --delimiter."),
        ("age sick\n20 yes\n21 no\n", "expected at least 10 rows, received 2"),
        (csv_of(age=[f"{row}_0" for row in range(ROWS)], sick=SICK), "holds text in 12 of 12 rows"),
    ],
)
def test_a_table_that_cannot_be_trained_on_is_explained(
    file: Path, text: str, message: str
) -> None:
    assert message in complaint(file, text)


def test_everything_that_is_wrong_is_said_at_once(file: Path) -> None:
    text = csv_of(age=["", *AGE[1:]], town=["Ulm", "Bonn"] * 6, site=3, sick=SICK)
    said = complaint(file, text)
    assert "missing in `age` (1)" in said
    assert "`town` holds text" in said
    assert "`site` is 3 in every row" in said


def test_too_many_classes_may_be_a_quantity(file: Path) -> None:
    lines = ["age,sick", *(f"{row / 7},{row % 1000}" for row in range(5000))]
    file.write_text("\n".join(lines), encoding="utf-8")
    assert load(data(file)).task == "regression"
    said = complaint(file, predict="classification")
    assert "1000 classes in 5000 rows" in said
    assert "--task regression" in said


def test_a_thousand_texts_are_not_classes(file: Path) -> None:
    lines = ["age,sick", *(f"{row / 7},name{row % 1000}" for row in range(5000))]
    assert "1000 classes in 5000 rows" in complaint(file, "\n".join(lines))


def test_categories_become_columns_of_0_and_1(file: Path) -> None:
    text = csv_of(age=AGE, town=["Ulm", "Bonn"] * 6, sick=SICK)
    file.write_text(text, encoding="utf-8")
    split = load(data(file, one_hot=["town"]))
    assert split.features == ("age", "town=Bonn", "town=Ulm")
    np.testing.assert_array_equal(split.x_train[:2, 1:], [[0, 1], [1, 0]])


def test_a_name_in_each_row_cannot_be_one_hot(file: Path) -> None:
    text = csv_of(age=AGE, who=[f"p{row}" for row in range(ROWS)], sick=SICK)
    assert "too many to be one-hot" in complaint(file, text, one_hot=["who"])


def test_columns_are_dropped_by_name(file: Path) -> None:
    file.write_text(csv_of(age=AGE, town="Ulm", cost=COST, sick=SICK), encoding="utf-8")
    assert load(data(file, drop=["town"])).features == ("age", "cost")
    assert "no column `twon`. Did you mean `town`?" in complaint(file, drop=["twon"])
    assert "expected a column to learn from" in complaint(file, drop=["age", "town", "cost"])


def test_a_column_without_a_name_is_called_by_its_place(file: Path) -> None:
    file.write_text(csv_of(age=AGE, cost=COST, sick=SICK).replace("cost", "", 1))
    assert load(data(file)).features == ("age", "column 2")


def test_text_cannot_be_a_quantity(file: Path) -> None:
    text = csv_of(age=AGE, sick=SICK)
    assert "column `sick` holds text" in complaint(file, text, predict="regression")


def test_a_rare_class_is_written_as_in_the_file(file: Path) -> None:
    text = csv_of(age=AGE, sick=[3, *[0, 1] * 5, 1])
    assert "received one of `3`" in complaint(file, text)


def test_a_class_of_one_row_cannot_be_split(file: Path) -> None:
    text = csv_of(age=AGE, sick=["rarely", *SICK[1:]])
    assert "two rows or more of each class, received one of `rarely`" in complaint(
        file, text, shuffle=True
    )


def test_what_is_no_text_is_not_taken_for_another_encoding(file: Path) -> None:
    file.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert "this is not a text file" in complaint(file)


def test_a_pipe_is_not_waited_for(file: Path) -> None:
    os.mkfifo(file)
    assert "this is not a regular file" in complaint(file)


def test_a_packed_file_of_numbers_is_to_be_unpacked(tmp_path: Path) -> None:
    assert "Unpack it" in complaint(tmp_path / "table.parquet.gz")


def test_a_name_in_two_lines_is_one_name(file: Path) -> None:
    file.write_text(csv_of(age=AGE, sick=SICK).replace("age", '"age\n(years)"'), encoding="utf-8")
    assert load(data(file)).features == ("age (years)",)


def test_of_many_columns_the_first_are_named(file: Path) -> None:
    many = {f"x{place}": ["Ulm", ""] * 6 for place in range(30)}
    said = complaint(file, csv_of(**many, sick=SICK))
    assert "`x11` (6) and 18 more, first in row 3" in said
    assert "and 19 more of this kind" in said
    assert "x12" not in said


def test_a_missing_file_is_named(file: Path) -> None:
    assert "table.csv: No such file" in complaint(file)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    assert "expected a file ending in .csv" in complaint(tmp_path / "table.ods")


def test_a_directory_is_not_a_table(file: Path) -> None:
    file.mkdir()
    assert "this is a directory" in complaint(file)


def test_a_huge_file_is_refused_without_reading_it(file: Path) -> None:
    with file.open("wb") as handle:
        handle.truncate(limits.MOST_BYTES + 10**6)
    assert "expected at most 100 MB, received 101 MB" in complaint(file)


def test_a_packed_file_is_measured_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    np.savez_compressed(path, x=np.zeros(limits.MOST_BYTES // 8 + 10**6))
    assert path.stat().st_size < 10**6
    assert "expected at most 100 MB, received 108 MB" in complaint(path)


def test_rows_are_numbered_as_in_their_file(tmp_path: Path) -> None:
    lines = [f"{age},{sick}" for age, sick in zip([*AGE[:3], "old", *AGE[4:]], SICK, strict=True)]
    named, nameless = tmp_path / "named.csv", tmp_path / "nameless.csv"
    named.write_text("\n".join(["col1,col2", *lines]))
    nameless.write_text("\n".join(lines))
    for path, row in ((named, "row 5"), (nameless, "row 4")):
        assert f"first 'old' in {row}; exp" in complaint(path, target="col2", features=["col1"])
    good = tmp_path / "good.csv"
    good.write_text(named.read_text().replace("old", "7"))
    selection = TableSelection(path=good, target="col2", test_path=named)
    with pytest.raises(DataError, match=r"first 'old' in row 5 of named\.csv"):
        read_table(selection)


def test_too_many_values_are_counted(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "MOST_VALUES", 20)
    said = complaint(file, csv_of(age=AGE, sick=SICK))
    assert "expected at most 20 values, received more than 10 rows of 2" in said


def test_a_parquet_file_is_read_by_pyarrow(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    table = pyarrow.table({"age": AGE, "cost": [None, *COST[1:]], "sick": SICK})
    parquet.write_table(table, path)
    assert load(data(path, features=["age"])).classes == ("no", "yes")
    assert "values are missing in `cost` (1), first in row 1" in complaint(path)
    path.write_bytes(b"PAR1 and then nothing")
    assert "this is not a Parquet file" in complaint(path)


def test_a_file_that_only_is_called_npz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.npz"
    path.write_text("x,target", encoding="utf-8")
    assert "this is not an NPZ file" in complaint(path)


def test_without_pyarrow_parquet_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "hiss.data.tables.parquet", raising=False)
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PAR1")
    assert 'pip install "hiss[tables]"' in complaint(path)


def test_a_changed_file_is_read_again(file: Path) -> None:
    file.write_text(csv_of(age=AGE, sick=SICK), encoding="utf-8")
    assert load(data(file)).x_train[0, 0] == 20
    file.write_text(csv_of(age=[30, *AGE[1:]], sick=SICK), encoding="utf-8")
    assert load(data(file)).x_train[0, 0] == 30


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"path": "a.csv"}, "target is missing"),
        ({"path": "a.csv", "target": 3}, "target: expected text, received 3"),
        ({"path": "a.csv", "target": "y", "predict": "clases"}, "predict: expected one of guess"),
        ({"path": "a.csv", "target": "y", "features": "a"}, "features: expected a list of texts"),
    ],
)
def test_a_tables_arguments_are_checked(more: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Data(name="table", train_size=6, **more)  # type: ignore[arg-type]


def test_a_text_of_a_parquet_file_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    long = ["a" * 100_000, "b" * 100_000]
    parquet.write_table(pyarrow.table({"x": AGE, "y": [*long * 5, None, "c"]}), path)
    column = table_files.read_columns(path)["y"]
    assert column.tolist() == [*long * 5, "", "c"]
    assert len({id(each) for each in column}) == 4


def test_a_parquet_file_is_measured_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.parquet"
    monkeypatch.setattr(limits, "MOST_BYTES", 2_000_000)
    table = pyarrow.table({"x": np.zeros(400_000), "y": np.zeros(400_000)})
    parquet.write_table(table, path, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 100_000
    assert "expected at most 2 MB, received 6 MB" in complaint(path)
