"""The part of a stand-alone script that reads the user's own table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hiss.data.spec import Data
from hiss.data.tables.checks import SelectedColumns, is_numeric
from hiss.data.tables.files import contents_of
from hiss.data.tables.npz import split_stems
from hiss.data.tables.rows import select
from hiss.data.tables.selection import TableSelection
from hiss.files import expanded
from hiss.scripts.preparation import frame_imports, frame_rows, is_frame
from hiss.scripts.python_text import function, literal, names_list
from hiss.scripts.text_tables import reading_lines

NPZ = """\
columns = {{}}
with np.load(TABLE) as file:
    arrays = {arrays}
for name, array in arrays.items():
    if array.ndim == 1:
        columns[name] = array
    else:
        columns |= {{f"{{name}}{{n}}": each for n, each in enumerate(array.T, 1)}}
return columns"""
WHOLE = "dict(file)"
DIVIDED = """\
{{
        stem: np.concatenate([file[f"{{stem}}_train"], file[f"{{stem}}_test"]])
        for stem in {stems}
    }}"""
PARQUET = """\
columns = parquet.read_table(TABLE).to_pydict()
return {name: np.array(values) for name, values in columns.items()}"""


def table_imports(data: Data) -> list[str]:
    """Return the import lines that reading and preparing the table needs."""
    selected = selected_of(data)
    framed = frame_imports(selected) if is_frame(selected) else []
    return [*(line for path in _paths(data) for line in _reader_imports(path)), *framed]


def table_constant(data: Data) -> str:
    """Return the lines that hold the paths of the table and of its test rows."""
    lines = zip(("TABLE", "TEST_TABLE"), _paths(data), strict=False)
    return "\n".join(f"{name} = {literal(str(path))}" for name, path in lines)


def selected_of(data: Data) -> SelectedColumns:
    """Return the columns of a table as they are in its files."""
    return select(TableSelection.from_arguments(data.arguments))


def table_readers(data: Data) -> list[str]:
    """Return the functions that read the table, and its test rows if they have a file."""
    copies = (data.model_copy(update={"path": str(path)}) for path in _paths(data))
    first, *others = map(table_reader, copies)
    named = (text.replace("def read_table", "def read_test_table") for text in others)
    return [first, *(re.sub(r"\bTABLE\b", "TEST_TABLE", text) for text in named)]


def _reader_imports(path: Path) -> list[str]:
    match path.suffix.lower():
        case ".npz":
            return ["import numpy as np"]
        case ".parquet":
            return ["import numpy as np", "from pyarrow import parquet"]
        case _:
            return ["import numpy as np", "import pandas as pd"]


def table_reader(data: Data) -> str:
    """Return the function that reads the file into columns by name."""
    path = expanded(data.arguments["path"])
    match path.suffix.lower():
        case ".npz":
            stems = split_stems(path)
            arrays = DIVIDED.format(stems=literal(tuple(stems))) if stems else WHOLE
            body = [NPZ.format(arrays=arrays)]
        case ".parquet":
            body = [PARQUET]
        case _:
            selection = TableSelection.from_arguments(data.arguments)
            contents = contents_of(path, selection.reading)
            assert contents.text is not None
            body = reading_lines(path, contents.sheet, contents.text, select(selection))
    return function("read_table", "Return the columns of the table by name.", body)


def table_rows(selected: SelectedColumns) -> list[str]:
    """Return the lines that make features and target from the columns."""
    if is_frame(selected):
        return frame_rows(selected)
    name = selected.selection.weight
    weights = [f"w = columns[{literal(name)}].astype(float)"] if name else []
    groups = [] if selected.group is None else [
        f"groups = {_values(str(selected.selection.group), selected.group)}"
    ]  # fmt: skip
    return ["columns = read_table()", *_features(selected), _target(selected), *groups, *weights]


def _features(selected: SelectedColumns) -> list[str]:
    stack = "x = np.column_stack([columns[name].astype(float) for name in features])"
    return [f"features = {names_list(list(selected.features))}", stack]


def _target(selected: SelectedColumns) -> str:
    if selected.task == "reconstruct":
        return "y = x"
    if selected.task == "regression":
        return f"y = columns[{literal(selected.target)}].astype(float)"
    return f"_, y = np.unique({_values(selected.target, selected.y)}, return_inverse=True)"


def _values(name: str, column: NDArray[Any]) -> str:
    number = ".astype(float)" if is_numeric(column) else ""
    return f"columns[{literal(name)}]{number}"


def _paths(data: Data) -> list[Path]:
    """Return the file of the table, and that of its test rows if there is one."""
    keys = ("path", "test_path")
    return [expanded(data.arguments[key]) for key in keys if data.arguments.get(key)]
