"""The part of a stand-alone script that prepares the rows of a table by scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from numpy.typing import NDArray

from hiss.data.tables.checks import SelectedColumns, is_numeric, missing
from hiss.data.tables.preparation import Block, Preparation, Step
from hiss.scripts.python_text import call, keywords, literal, names_list, stacked

MODULES = {
    "SimpleImputer": "sklearn.impute",
    "MissingIndicator": "sklearn.impute",
    "OneHotEncoder": "sklearn.preprocessing",
    "OrdinalEncoder": "sklearn.preprocessing",
}


def preparation_of(selected: SelectedColumns) -> Preparation:
    """Return what is done to the selected features."""
    used = {name: column[selected.used] for name, column in selected.features.items()}
    return Preparation.of(selected.selection, used)


def is_frame(selected: SelectedColumns) -> bool:
    """Return whether a script handles the rows as a data frame: some are left out, or prepared."""
    chosen = selected.selection
    changed = selected.kept is not None or chosen.test_path is not None
    return changed or chosen.duplicates == "group" or preparation_of(selected).needed


def frame_imports(selected: SelectedColumns) -> list[str]:
    """Return the import lines that preparing the rows needs."""
    lines = ["import pandas as pd"]
    prepared = preparation_of(selected)
    if not prepared.needed:
        return lines
    lines.append("from sklearn.compose import ColumnTransformer")
    steps = [block.steps for block in prepared.blocks()]
    names = {step.class_name for each in steps for step in each}
    for module in {MODULES[name] for name in names}:
        found = sorted(name for name in names if MODULES[name] == module)
        lines.append(f"from {module} import {', '.join(found)}")
    if any(len(each) > 1 for each in steps):
        lines.append("from sklearn.pipeline import make_pipeline")
    return lines


def frame_rows(selected: SelectedColumns) -> list[str]:
    """Return the lines that make features and target, without the rows that hiss leaves out.

    Features with categories or missing values stay as they are, to be prepared after the split.
    """
    return [*_frame(selected), *_left_out(selected), *_features(selected)]


def prepare(selected: SelectedColumns) -> list[str]:
    """Return the lines that fit the transformer on the training rows and transform both."""
    prepared = preparation_of(selected)
    if not prepared.needed:
        return []
    blocks = [_block(block, selected) for block in prepared.blocks()]
    made = stacked("prepare = ColumnTransformer([", blocks, "])")
    fitted = "x_train, x_test = prepare.fit_transform(x_train), prepare.transform(x_test)"
    return [made, fitted]


def _frame(selected: SelectedColumns) -> Iterator[str]:
    """Yield the lines that read the table, with numbers as floats and NaN where one is missing."""
    if selected.selection.test_path is None:
        yield "table = pd.DataFrame(read_table())"
    else:
        yield "tables = [pd.DataFrame(read_table()), pd.DataFrame(read_test_table())]"
        yield "table = pd.concat(tables, ignore_index=True)"
    columns = _columns(selected)
    texts = {
        str(value)
        for column in columns.values()
        if column.dtype.kind == "O"
        for value in column[missing(column)]
    }
    if texts:
        none = [None] if selected.selection.path.suffix.lower() == ".parquet" else []
        yield f"table = table.mask(table.isin({names_list([*sorted(texts), *none])}))"
    yield f"features = {names_list(list(selected.features))}"
    numbers = [name for name, column in columns.items() if is_numeric(column)]
    learnt = [name for name in numbers if name in selected.features]
    others = [name for name in numbers if name not in selected.features]
    if numbers:
        more = f" + {names_list(others)}" if others else ""
        yield f"numbers = {_some(learnt, selected)}{more}"
        yield "table[numbers] = table[numbers].astype(float)"


def _left_out(selected: SelectedColumns) -> Iterator[str]:
    """Yield the lines that leave out rows."""
    chosen, columns = selected.selection, _columns(selected)
    needed = columns if chosen.missing == "drop-rows" else {selected.target} & columns.keys()
    gaps = [name for name in needed if missing(columns[name]).any()]
    if gaps:
        yield f"table = table.dropna(subset={names_list(gaps)})"
    if chosen.duplicates == "drop":
        others = [name for name in columns if name not in selected.features]
        yield f"table = table.drop_duplicates(features + {names_list(others)})"


def _features(selected: SelectedColumns) -> Iterator[str]:
    values = "" if preparation_of(selected).needed else ".to_numpy()"
    yield f"x = table[features]{values}"
    target = f"table[{literal(selected.target)}]"
    match selected.task:
        case "reconstruct":
            yield "y = x"
        case "regression":
            yield f"y = {target}.to_numpy()"
        case "classification":
            yield f"_, y = np.unique({target}, return_inverse=True)"
    if selected.weights is not None:
        yield f"w = table[{literal(str(selected.selection.weight))}].to_numpy()"
    if selected.group is not None:
        yield f"groups = table[{literal(str(selected.selection.group))}].to_numpy()"
    if selected.selection.duplicates == "group":
        keys = f"features + [{literal(selected.target)}]" if selected.target else "features"
        yield f"groups = table.groupby({keys}, dropna=False).ngroup().to_numpy()"


def _columns(selected: SelectedColumns) -> dict[str, NDArray[Any]]:
    """Return all columns that are used, by name."""
    chosen, columns = selected.selection, dict(selected.features)
    if selected.task != "reconstruct":
        columns[selected.target] = selected.y
    for name, column in ((chosen.group, selected.group), (chosen.weight, selected.weights)):
        if column is not None:
            columns[str(name)] = column
    return columns


def _some(names: Sequence[str], selected: SelectedColumns) -> str:
    """Return a list of features; of many, by those that are not in it if these are fewer."""
    others = [name for name in selected.features if name not in names]
    if not others:
        return "features"
    listed, rest = (
        names_list(names),
        f"[name for name in features if name not in {names_list(others)}]",
    )
    return rest if "\n" in listed and "\n" not in rest else listed


def _block(block: Block, selected: SelectedColumns) -> str:
    steps = list(map(_step, block.steps))
    made = literal("passthrough") if not steps else steps[0]
    if len(steps) > 1:
        made = call("make_pipeline", steps, 16)
    names = _some([one.name for one in block.features], selected)
    return call("", [literal(block.name), made, names], 8)


def _step(step: Step) -> str:
    arguments = dict(step.arguments)
    categories = arguments.pop("categories", None)
    texts = keywords(arguments)
    if categories is not None:
        texts.insert(0, f"categories=[{', '.join(map(names_list, categories))}]")
    return call(step.class_name, texts, 20)
