"""The same rows in every dialect that people write, and what is said about each."""

from __future__ import annotations

import gzip
import lzma
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.tables import limits
from hiss.data.tables.files import Columns, read_columns, read_file
from hiss.data.tables.proposal import propose
from hiss.data.tables.reading import Reading
from hiss.data.tables.selection import TableSelection
from hiss.errors import DataError

Rows = list[list[object]]
TABLES = ("iris", "wine", "breast_cancer", "digits", "diabetes", "linnerud")


@cache
def table(name: str) -> tuple[list[str], Rows]:
    """Names and rows of one of scikit-learn's tables: numbers, and the classes as words."""
    bunch = getattr(datasets, f"load_{name}")()
    names = [str(each) for each in bunch.feature_names]
    y = bunch.target if bunch.target.ndim == 1 else bunch.target[:, 0]
    if "target_names" in bunch and name != "linnerud":
        y = [f"class {bunch.target_names[each]}" for each in y]
    rows = [[*map(float, x), each] for x, each in zip(bunch.data[:300], y, strict=False)]
    return [*names, "größe"], rows


def lines(names: Sequence[str] | None, rows: Rows, delimiter: str, write: Callable[[object], str],
          end: str = "") -> str:  # fmt: skip
    text = [delimiter.join(names) + end] if names else []
    return "\n".join([*text, *(delimiter.join(map(write, row)) + end for row in rows)]) + "\n"


def plain(value: object) -> str:
    return value if isinstance(value, str) else repr(float(value))  # type: ignore[arg-type]


def comma(value: object) -> str:
    return plain(value) if isinstance(value, str) else plain(value).replace(".", ",")


def dollars(value: object) -> str:
    if isinstance(value, str):
        return value
    return f"{'-' if value < 0 else ''}${abs(float(value)):,}"  # type: ignore[arg-type, operator]


def write(path: Path, dialect: str, names: list[str], rows: Rows) -> Path:
    """Write a table in a dialect; its path."""
    match dialect:
        case "commas":
            text = lines(names, rows, ",", plain).encode()
        case "semicolons, decimal commas, Latin-1":
            text = lines(names, rows, ";", comma).encode("latin-1")
        case "tabs, UTF-16":
            text = lines(names, rows, "\t", plain).encode("utf-16")
        case "bars, thousands, $, gz":
            path = path.with_suffix(".csv.gz")
            text = gzip.compress(lines(names, rows, "|", dollars).encode())
        case "no header":
            path = path.with_suffix(".data")
            text = lines(None, rows, ",", plain).encode()
        case _:
            numbered: Rows = [[f'"{n}"', *row] for n, row in enumerate(rows, 1)]
            body = lines(['""', *names], numbered, ",", plain, ",")
            text = f"# Written by R\n#\n{body}".encode()
    path.write_bytes(text)
    return path


DIALECTS = (
    "commas",
    "semicolons, decimal commas, Latin-1",
    "tabs, UTF-16",
    "bars, thousands, $, gz",
    "no header",
    "comments, names of rows, trailing delimiters",
)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_the_same_in_every_dialect(tmp_path: Path, name: str, dialect: str) -> None:
    names, rows = table(name)
    columns = read_columns(write(tmp_path / "table.csv", dialect, names, rows))
    headless = [f"col{place}" for place in range(1, len(names) + 1)]
    assert list(columns) == (headless if dialect == "no header" else names)
    for column, values in zip(columns.values(), zip(*rows, strict=True), strict=True):
        assert column.tolist() == list(values)


def columns_of(path: Path, text: str | bytes, **stated: object) -> Columns:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_columns(path, Reading(**stated))  # type: ignore[arg-type]


def said(path: Path, text: str | bytes, target: str = "y", **stated: object) -> str:
    """The line of how a file was read."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    reading = Reading(**stated)  # type: ignore[arg-type]
    return " ".join(propose(TableSelection(path=path, target=target, reading=reading)).notes)


def refused(path: Path, text: str | bytes, **stated: object) -> str:
    with pytest.raises(DataError) as caught:
        columns_of(path, text, **stated)
    return f"{caught.value.message} {caught.value.hint}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def table_of(*rows: str, names: str = "a;b;y", times: int = 6) -> str:
    return "\n".join([names, *(rows * times)]) + "\n"


READ = [
    ("a,y\n1,x\n2,z\n", ["a", 1, 2], ""),
    ('a,y\n"60,025","$1,204.50"\n"7",$3\n', ["a", 60025, 7], "commas between thousands, $ in `y`"),
    ('a,y\n"60,025",1\n"1,000",2\n', ["a", 60025, 1000], "commas between thousands"),
    ("a;y\n60,025;1,5\n7,125;2,25\n", ["a", 60.025, 7.125], "semicolons, decimal commas"),
    ("a;y\n60,025;1.5\n7,125;2.25\n", ["a", 60025, 7125], "semicolons, commas between thousands"),
    ("a;y\n1.234,5;1.500\n2,25;2.500\n", ["y", 1500, 2500], "decimal commas, dots between"),
    ("a\ty\n1.500\t1\n2.500\t2\n", ["a", 1.5, 2.5], "tabs"),
    ("a|y\n1'234.5|1\n2|2\n", ["a", 1234.5, 2], "bars, apostrophes between thousands"),
    ("a|y\n1 234,5|1\n2|2\n", ["a", 1234.5, 2], "bars, decimal commas, spaces between thousands"),
    ("a|y\n45 %|1\n7%|2\n", ["a", 45, 7], "bars, % in `a`"),
    ("a|y\n-€5|1\n€ 1,234.50|2\n", ["a", -5, 1234.5], "€ in `a`"),
    ("a|y\n−5.5|1\n2|2\n", ["a", -5.5, 2], "bars"),
    ("a  y\n1   2\n 3 4\n", ["a", 1, 3], "spaces between values"),
    ("sep=;\na;y\n1;2\n3;4\n", ["a", 1, 3], "semicolons, 1 line above left out"),
    ("# made by us\n\na,y\n1,2\n3,4\n", ["a", 1, 3], "2 lines above left out"),
    ("% a comment\na,y\n1,2\n% another\n3,4\n", ["a", 1, 3], "1 line above left out"),
    ("# a,y\n1.5,2\n3,4\n", ["a", 1.5, 3], "names in the comment: `a` … `y`"),
    ("1.5,2\n3,4\n", ["col1", 1.5, 3], "no header: `col1` … `col2`"),
    ("u,v\nw,u\nu,v\nw,v\nu,u\n", ["col2", "v", "u", "v", "v", "u"], "no header"),
    ("1.5,?,u\n3,4,u\n5,6,v\n", ["col1", 1.5, 3, 5], "no header"),
    ("0,1,2,y\n5,6,7,u\n8,9,9,v\n", ["2", 7, 9], ""),
    ("2019,2020,2021\n5,6,7\n8,9,9\n", ["2020", 6, 9], ""),
    ("a y\n1 5 6\n2 7 8\n", ["a", 5, 7], "names of rows left out"),
    (",a,y\n0,5,6\n1,7,8\n", ["a", 5, 7], "names of rows left out"),
    (",a,y\nu,5,6\nu,7,8\n", ["column 1", "u", "u"], ""),
    ("a,y,\n1,2,\n3,4,\n", ["a", 1, 3], "a delimiter at the end of each row"),
    ("a,y\n1,2,\n3,4,\n", ["y", 2, 4], "a delimiter at the end of each row"),
    ("a,n,y\n1,,2\n3,NA,4\n", ["y", 2, 4], "`n` is empty: left out"),
    ("n,a,y\nnan,1,2\nnan,3,4\n", ["y", 2, 4], "`n` is empty: left out"),
    (',a,y,\n"u",1,2,\n"v",3,4,\n', ["a", 1, 3], "names of rows left out, a delimiter at the end"),
    ("a,y\n?,2\n3,4\n", ["a", None, 3], ""),
    ("a,y\nNA,2\nNULL,4\n7,5\n", ["a", None, None, 7], ""),
    ('a,"two\nlines",y\n1,2,"x\nz"\n', ["two lines", 2], ""),
    ("a,y\rNA,2\r3,4\r", ["a", None, 3], ""),
    ("a,y\n1,NA\n2,u\n", ["y", "", "u"], ""),
]


@pytest.mark.parametrize(("text", "expected", "words"), READ)
def test_a_form_is_read_and_said(file: Path, text: str, expected: list[object], words: str) -> None:
    contents = read_file(_written(file, text), Reading())
    name, *values = expected
    column = contents.columns[str(name)].tolist()
    assert [None if each != each else each for each in column] == values
    assert words in ", ".join(contents.read_as)
    assert words or not contents.read_as


def _written(path: Path, text: str) -> Path:
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "stated", "expected"),
    [
        ("a;y\n1,234;1\n2,500;2\n", {"thousands": ","}, [1234, 2500]),
        ("a;y\n1,234;1\n2,500;2\n", {"decimal": ","}, [1.234, 2.5]),
        ("a;y\n1.234;1\n2.500;2\n", {"thousands": "."}, [1234, 2500]),
        ("a:y\n1:1\n2:2\n", {"delimiter": ":"}, [1, 2]),
        ("a\ty\n1\t1\n2\t2\n", {"delimiter": "tab"}, [1, 2]),
        ("a,y\n1,1\n2,2\n", {"na_values": ("2",)}, [1, None]),
        ("a,y\n1,1 ;one\n2,2\n", {"comment": ";", "delimiter": ","}, [1, 2]),
        ("1,2,3\n4,5,6\n", {"header": False}, [1, 4]),
    ],
)
def test_what_is_stated_overrules_what_the_file_shows(
    file: Path, text: str, stated: dict[str, object], expected: list[object]
) -> None:
    column = next(iter(columns_of(file, text, **stated).values())).tolist()
    assert [None if each != each else each for each in column][: len(expected)] == expected


def test_an_encoding_can_be_stated(file: Path) -> None:
    text = "größe,y\n1,ж\n2,ß\n".replace("ß", "ss").encode("iso8859-5", "replace")
    assert columns_of(file, text, encoding="iso8859-5")["y"].tolist() == ["ж", "ss"]
    assert "this is not ascii text" in refused(file, "é,y\n1,2\n", encoding="ascii")


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("latin-1", "Latin-1"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
    ],
)
def test_an_encoding_is_recognised(file: Path, encoding: str, words: str) -> None:
    text = "Größe,Länge,y\n" + "1.5,2,männlich\n2.5,3,weiblich\n" * 10
    assert words in said(file, text.encode(encoding))
    assert list(read_columns(file)) == ["Größe", "Länge", "y"]
    assert read_columns(file)["y"][0] == "männlich"


@pytest.mark.parametrize(
    ("encoding", "names", "town"),
    [
        ("cp1250", "imię,płeć,y", "Łódź"),
        ("iso8859-2", "imię,miasto,y", "Zgierz pod Łęczycą"),
        ("cp1250", "jméno,věk,y", "Žďár, město kůň".replace(",", "")),
        ("cp1250", "név,kor,y", "Győr fűtő"),
        ("cp1250", "ime,kuća,y", "Đakovo šuma"),
        ("cp1252", "Größe,Straße,y", "Köln €"),
        ("cp1252", "prénom,âge,y", "Besançon sur œuvre où"),
        ("cp1250", "imię,d’Artagnan,y", "Łódź"),
        ("cp1252", "l’été,l’âge,y", "Orléans"),
        ("cp1252", "año,niño,y", "¿Málaga?"),
        ("cp1252", "ação,mãe,y", "São José põe"),
        ("cp1252", "höjd,år,y", "Malmö på Öland"),
        ("cp1252", "µg/m³,25 °C,y", "km² ±5"),
        ("cp1252", "Größe,señor,y", "façade Ångström"),
    ],
)
def test_central_european_letters_are_told_from_western_ones(
    file: Path, encoding: str, names: str, town: str
) -> None:
    found = columns_of(file, f"{names}\n1.5,2,{town}\n2.5,3,b\n".encode(encoding))
    assert list(found) == names.split(",")
    assert found["y"][0] == town


def test_other_alphabets_are_recognised(file: Path) -> None:
    text = "пол,возраст,город\n" + "мужской,30,Москва\nженский,31,Казань\n" * 20
    assert list(columns_of(file, text.encode("cp1251"))) == ["пол", "возраст", "город"]


@pytest.mark.parametrize("packing", ["gz", "xz", "zip"])
def test_a_packed_table_is_read_and_measured_unpacked(
    tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, text = tmp_path / f"table.csv.{packing}", b"a,y\n" + b"1,2\n" * 1000
    if packing == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("table.csv", text)
            file.writestr("__MACOSX/._table.csv", "x")
    else:
        path.write_bytes((gzip if packing == "gz" else lzma).compress(text))
    assert read_columns(path)["a"].sum() == 1000
    monkeypatch.setattr(limits, "MOST_BYTES", 2000)
    with pytest.raises(DataError, match="unpacked, received more"):
        read_columns(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match="this cannot be unpacked"):
        read_columns(path)


def test_of_several_packed_files_none_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "tables.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.csv", "x,y\n1,2\n")
        file.writestr("b.csv", "x,y\n1,2\n")
    with pytest.raises(DataError, match=r"expected one file in it, received a\.csv, b\.csv"):
        read_columns(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a;y\n1,234;1\n2,500;2\n", "1,234 may be 1234 or 1.234, and nothing else"),
        ("a;y\n1,234;1\n2,500;2\n", "--thousands , if it is 1234; --decimal , if it is 1.234"),
        ("a;b;y\n1,234;1,5;1\n2,500;1.5;2\n", "column `a`: 1,234 may be"),
        ("p1,5.5\np2,6.5\np3,7.5\n", "the first row may hold names or values: p1, 5.5."),
        ("p1,5.5\np2,6.5\np3,7.5\n", "If it holds names: --header. If it holds values: --no-"),
        ("a,y\n1,2\n3\n", "row 3: expected 2 values, received 1"),
        ("a,y\n1,2\n3,4,5\n", "row 3: expected 2 values, received 3"),
        ("a,y\n" + "1,2\n" * 900 + "3,4,5\n", "row 902: expected 2 values, received 3"),
        ("# only\n# comments\n", "received an empty file"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked(file: Path, text: str, message: str) -> None:
    assert message in refused(file, text)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"decimal": ";"}, "decimal: expected `.` or `,`, received ';'"),
        ({"decimal": ",", "thousands": ","}, "another sign than the decimals'"),
        ({"delimiter": "ab"}, "delimiter: expected one character"),
        ({"encoding": "utf-99"}, "encoding: expected utf-8"),
        ({"comment": "//"}, "comment: expected one character"),
    ],
)
def test_what_is_stated_is_checked(stated: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Reading(**stated)  # type: ignore[arg-type]


def test_yes_and_no_are_1_and_0_as_features_and_classes_as_a_target(file: Path) -> None:
    rows = ["True,yes,5,Y,no", "False,no,6,N,yes", "true,,7,Y,no"] * 4
    file.write_text("\n".join(["smoker,insured,age,old,ill", *rows]))
    chosen = {"path": str(file), "target": "ill", "drop": ["insured"]}
    split = load(Data(name="table", train_size=6, **chosen))
    assert split.classes == ("no", "yes")
    np.testing.assert_array_equal(split.x_train[:3], [[1, 5, 1], [0, 6, 0], [1, 7, 1]])
    looks = propose(TableSelection(path=file, target="ill"))
    assert looks.notes == ("read as: yes/no is 1/0 in `smoker`, `insured`, `old`",)
    assert ["`insured` (4)" in text for text, _ in looks.problems] == [True]


def test_words_that_are_one_hot_stay_words(file: Path) -> None:
    file.write_text("\n".join(["a,b,y", *["yes,1,0", "no,2,1"] * 6]))
    split = load(Data(name="table", train_size=6, path=str(file), target="y", one_hot=["a"]))
    assert split.features == ("a=no", "a=yes", "b")


def test_excel_is_read_by_sheet(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    first = pd.DataFrame({"age": [1.5, 2], "well": [True, False], "y": ["u", None]})
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        first.to_excel(book, sheet_name="People", index=False)
        pd.DataFrame({"b": [5, 6]}).to_excel(book, sheet_name="More", index=False)
    contents = read_file(path, Reading())
    assert contents.read_as == ("sheet `People`",)
    assert contents.columns["age"].tolist() == [1.5, 2]
    assert contents.columns["y"].tolist() == ["u", ""]
    assert contents.columns["well"].tolist() == ["True", "False"]
    for sheet in ("More", "2"):
        assert read_columns(path, Reading(sheet=sheet))["b"].tolist() == [5, 6]
    with pytest.raises(DataError, match=r"there is no sheet `Mor`\. Did you mean `More`"):
        read_columns(path, Reading(sheet="Mor"))
    path.write_bytes(b"PK")
    with pytest.raises(DataError, match="this is not an Excel file"):
        read_columns(path)
