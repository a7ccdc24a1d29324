"""The part of a stand-alone script that splits the rows, by the splitters of scikit-learn."""

from __future__ import annotations

from hiss.data.arrays import Dataset
from hiss.data.division import group_counts
from hiss.data.spec import Data
from hiss.data.splitting import splitter_of
from hiss.scripts.python_text import call, keywords


def split_imports(data: Data, whole: Dataset) -> list[str]:
    """Return the import lines that splitting the rows needs."""
    if whole.test_rows is not None or (data.split_by == "ordered" and not data.draws_folds):
        return []
    return [f"from sklearn.model_selection import {_function(data, whole)}"]


def split_lines(data: Data, whole: Dataset, frame: bool, grouped: bool = False) -> list[str]:
    """Return the lines that make training rows and test rows of `x` and `y`.

    Args:
        data: how rows are split.
        whole: the rows.
        frame: whether `x` is a data frame.
        grouped: whether the groups of the training rows are wanted too.
    """
    if whole.test_rows is not None:
        end = f"-{whole.test_rows}"
        weights = [f"w_train = w[:{end}]"] if whole.weights is not None else []
        pairs = (f"{name}_train, {name}_test = {name}[:{end}], {name}[{end}:]" for name in "xy")
        return [*pairs, *weights]
    if data.split_by == "ordered" and not data.draws_folds:
        return _ordered(data, whole.weights is not None)
    if data.split_by in ("random", "stratified", "shuffled") and not data.draws_folds:
        return [_shuffled(data, bool(whole.classes), whole.weights is not None)]
    rows = "x.iloc" if frame else "x"
    return [
        *_indices(data, whole),
        f"x_train, x_test = {rows}[train], {rows}[test]",
        "y_train, y_test = y[train], y[test]",
        *(["w_train = w[train]"] if whole.weights is not None else []),
        *(["g_train = groups[train]"] if grouped else []),
    ]


def _function(data: Data, whole: Dataset) -> str:
    if data.draws_folds:
        return splitter_of(whole, data, 0)[0]
    return "GroupShuffleSplit" if data.split_by == "group" else "train_test_split"


def _state(data: Data) -> int:
    return int(data.arguments.get("random_state", 0))


def _indices(data: Data, whole: Dataset) -> list[str]:
    """Return the lines that take the first split of a splitter."""
    groups = ", groups" if whole.groups is not None else ""
    y = "np.zeros(len(x))" if groups and data.cv else "y"
    if not data.draws_folds:
        train, test = group_counts(whole, data, _state(data))
        name = "GroupShuffleSplit"
        arguments = {"n_splits": 1, "train_size": train, "test_size": test}
        arguments["random_state"] = _state(data)
    else:
        name, arguments = splitter_of(whole, data, _state(data))
    made = "splitter = " + call(name, keywords(arguments), 15)
    return [made, f"train, test = next(splitter.split(x, {y}{groups}))"]


def _ordered(data: Data, weighted: bool) -> list[str]:
    lines = []
    if isinstance(data.train_size, float) or isinstance(data.test_size, float):
        lines.append("rows = len(x)")
    train, test = _count(data.train_size), _count(data.test_size)
    end = f"{train} + {test}" if test else ""
    return [
        *lines,
        f"x_train, x_test = x[:{train}], x[{train}:{end}]",
        f"y_train, y_test = y[:{train}], y[{train}:{end}]",
        *([f"w_train = w[:{train}]"] if weighted else []),
    ]


def _count(size: int | float | None) -> str:
    """Return the number of rows of a size, as the script computes it."""
    return f"int({size} * rows)" if isinstance(size, float) else str(size or "")


def _shuffled(data: Data, classes: bool, weighted: bool) -> str:
    sizes = {"train_size": data.train_size, "test_size": data.test_size}
    given = {name: size for name, size in sizes.items() if size is not None}
    rows = ["x", "y", "w"] if weighted else ["x", "y"]
    arguments = [*rows, *keywords({**given, "random_state": _state(data)})]
    if classes and data.split_by != "random":
        arguments.append("stratify=y")
    target = f"x_train, x_test, y_train, y_test{', w_train, _' if weighted else ''} = "
    return target + call("train_test_split", arguments, len(target) + 4)
