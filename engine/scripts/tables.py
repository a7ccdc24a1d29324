"""The part of a stand-alone script that reads the user's own table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hiss.data.spec import Data
from hiss.data.tables.checks import SelectedColumns, is_numeric
from hiss.data.tables.rows import columns_of, select
from hiss.data.tables.selection import TableSelection
from hiss.data.tables.text import delimiter_of, header_of
from hiss.files import expanded
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
    """Return the import lines that reading the table needs."""
    match _path(data).suffix.lower():
        case ".npz":
            return ["import numpy as np"]
        case ".parquet":
            return ["import numpy as np", "from pyarrow import parquet"]
        case _:
            return ["import csv", "import numpy as np"]


def table_constant(data: Data) -> str:
    """Return the line that holds the table's path."""
    return f"TABLE = {literal(str(_path(data)))}"


def table_reader(data: Data) -> str:
    """Return the function that reads the file into columns by name."""
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
    """Return the lines that make features and target from the columns."""
    selected = select(TableSelection.from_arguments(data.arguments))
    name = selected.selection.weight
    weights = [f"w = columns[{literal(name)}].astype(float)"] if name else []
    return ["columns = read_table()", *_features(selected), _target(selected), *weights]


def _csv(path: Path) -> str:
    delimiter, names = delimiter_of(path), list(columns_of(path))
    named = header_of(path) == names
    return CSV.format(
        delimiter="" if delimiter == "," else f", delimiter={literal(delimiter)}",
        header="header" if named else "_",
        names="header" if named else _names(names),
    )


def _names(names: Sequence[str]) -> str:
    """Return a list of names, broken into lines where it is long."""
    whole = f"[{', '.join(map(literal, names))}]"
    return whole if len(whole) <= 50 else stacked("[", list(map(literal, names)), "]")


def _features(selected: SelectedColumns) -> list[str]:
    one_hot = selected.selection.one_hot
    if not one_hot:
        stack = "x = np.column_stack([columns[name].astype(float) for name in features])"
        return [f"features = {_names(list(selected.features))}", stack]
    items = []
    for name, column in selected.features.items():
        if name in one_hot:
            values = _values(name, column)
            items.append(f"*({values} == value for value in np.unique({values}))")
        else:
            items.append(f"columns[{literal(name)}].astype(float)")
    return [stacked("x = np.column_stack([", items, "])")]


def _target(selected: SelectedColumns) -> str:
    if selected.task == "reconstruct":
        return "y = x"
    if selected.task == "regression":
        return f"y = columns[{literal(selected.target)}].astype(float)"
    return f"_, y = np.unique({_values(selected.target, selected.y)}, return_inverse=True)"


def _values(name: str, column: NDArray[Any]) -> str:
    number = ".astype(float)" if is_numeric(column) else ""
    return f"columns[{literal(name)}]{number}"


def _path(data: Data) -> Path:
    return expanded(data.arguments["path"])
