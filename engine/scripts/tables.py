"""The part of a stand-alone script that reads the user's own table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hiss.data.spec import Data
from hiss.data.tables.checks import is_numeric
from hiss.data.tables.files import Columns
from hiss.data.tables.rows import choose, columns_of, prediction
from hiss.data.tables.text import delimiter_of, header_of
from hiss.scripts.python_text import function, literal, stacked

NPZ = """\
columns = {}
with np.load(TABLE) as file:
    for name in file.files:
        array = file[name]
        if array.ndim == 1:
            columns[name] = array
        else:
            columns |= {f"{name}{n}": each for n, each in enumerate(array.T, 1)}
return columns"""
CSV = """\
with open(TABLE, encoding="utf-8-sig", newline="") as file:
    lines = [line for line in csv.reader(file{delimiter}) if line]
{header}, *rows = [[value.strip() for value in line] for line in lines]
return dict(zip({names}, np.array(rows).T))"""
PARQUET = """\
columns = parquet.read_table(TABLE).to_pydict()
return {name: np.array(values) for name, values in columns.items()}"""


def table_imports(data: Data) -> list[str]:
    """The import lines that reading the table needs."""
    match _path(data).suffix.lower():
        case ".npz":
            return ["import numpy as np"]
        case ".parquet":
            return ["import numpy as np", "from pyarrow import parquet"]
        case _:
            return ["import csv", "import numpy as np"]


def table_constant(data: Data) -> str:
    """The line that says where the table is."""
    return f"TABLE = {literal(str(_path(data)))}"


def table_reader(data: Data) -> str:
    """The function that reads the file into columns by name."""
    path = _path(data)
    match path.suffix.lower():
        case ".npz":
            body = NPZ
        case ".parquet":
            body = PARQUET
        case _:
            body = _csv(path)
    return function("read_table", "Return the columns of the table by name.", [body])


def table_rows(data: Data) -> list[str]:
    """The lines that make features and targets of the columns."""
    given, columns = data.arguments, columns_of(_path(data))
    one_hot = given.get("one_hot", ())
    names = choose(
        _path(data),
        columns,
        given["target"],
        given.get("features", ()),
        given.get("drop", ()),
        one_hot,
    )
    return ["columns = read_table()", *_features(columns, names, one_hot), _target(data, columns)]


def _csv(path: Path) -> str:
    delimiter, names = delimiter_of(path), list(columns_of(path))
    named = header_of(path) == names
    return CSV.format(
        delimiter="" if delimiter == "," else f", delimiter={literal(delimiter)}",
        header="header" if named else "_",
        names="header" if named else _names(names),
    )


def _names(names: Sequence[str]) -> str:
    """Write names in lines that are not too long."""
    whole = f"[{', '.join(map(literal, names))}]"
    return whole if len(whole) <= 50 else stacked("[", list(map(literal, names)), "]")


def _features(columns: Columns, names: Sequence[str], one_hot: Sequence[str]) -> list[str]:
    if not one_hot:
        stack = "x = np.column_stack([columns[name].astype(float) for name in features])"
        return [f"features = {_names(names)}", stack]
    items = []
    for name in names:
        values = _values(name, columns)
        if name in one_hot:
            items.append(f"*({values} == value for value in np.unique({values}))")
        else:
            items.append(f"columns[{literal(name)}].astype(float)")
    return [stacked("x = np.column_stack([", items, "])")]


def _target(data: Data, columns: Columns) -> str:
    target, asked = data.arguments["target"], data.arguments.get("predict", "guess")
    if prediction(columns[target], asked) == "regression":
        return f"y = columns[{literal(target)}].astype(float)"
    return f"_, y = np.unique({_values(target, columns)}, return_inverse=True)"


def _values(name: str, columns: Columns) -> str:
    number = ".astype(float)" if is_numeric(columns[name]) else ""
    return f"columns[{literal(name)}]{number}"


def _path(data: Data) -> Path:
    return Path(data.arguments["path"]).expanduser()
