"""How a table's columns become numbers: one `ColumnTransformer`, fitted on the training rows.

Each value of a category is its place among the values of the whole table, so that the features are
the same in every split; what fills missing values is learnt from the training rows alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from hiss.data.tables.checks import is_numeric, label, missing
from hiss.data.tables.files import Columns
from hiss.data.tables.selection import MissingValues, TableSelection

if TYPE_CHECKING:
    from sklearn.compose import ColumnTransformer

STRATEGIES: Mapping[MissingValues, str] = {
    "median": "median",
    "mean": "mean",
    "most-frequent": "most_frequent",
    "indicator": "median",
}
"""How `SimpleImputer` calls the ways to fill numbers."""
Kind = Literal["numbers", "one-hot", "ordinal"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column to learn from, and what becomes of it."""

    name: str
    kind: Kind
    values: tuple[Any, ...] = ()
    """The categories of the whole table: numbers in their order, or text in that of the alphabet;
    empty for numbers."""
    gaps: bool = False
    """Whether any of its values is missing."""

    @property
    def made(self) -> tuple[str, ...]:
        """Names of the features that it becomes."""
        if self.kind == "one-hot":
            return tuple(f"{self.name}={label(value)}" for value in self.values)
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Step:
    """A transformer of scikit-learn: its class name and the arguments of its constructor."""

    class_name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """Features that go through the same steps, one after the other; none passes them through."""

    name: str
    steps: tuple[Step, ...]
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is done to the features of a table before they are standardized."""

    features: tuple[Feature, ...]
    missing: MissingValues

    @classmethod
    def of(cls, selection: TableSelection, columns: Columns) -> Preparation:
        """Return the preparation of a selection's features.

        Args:
            selection: with its strategy for missing values, and the columns that hold categories.
            columns: the features, by name, without the rows that are left out.
        """
        kinds: dict[str, Kind] = dict.fromkeys(selection.one_hot, "one-hot")
        kinds |= dict.fromkeys(selection.ordinal, "ordinal")
        features = []
        for name, column in columns.items():
            gaps, kind = missing(column), kinds.get(name, "numbers")
            values = () if kind == "numbers" else _categories(column[~gaps])
            features.append(Feature(name, kind, values, bool(gaps.any())))
        return cls(tuple(features), selection.missing)

    @property
    def needed(self) -> bool:
        """Whether anything is to be done."""
        return any(one.gaps or one.kind != "numbers" for one in self.features)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features that the network sees, in their order."""
        made = (name for one in self.features for name in one.made)
        return (*made, *(f"{one.name} is missing" for one in self._marked))

    def blocks(self) -> tuple[Block, ...]:
        """Return neighbouring features of one kind as blocks, and then those that mark gaps."""
        blocks: list[Block] = []
        for kind, members in groupby(self.features, lambda one: one.kind):
            features = tuple(members)
            number = 1 + sum(each.name.startswith(kind) for each in blocks)
            name = kind if number == 1 else f"{kind} {number}"
            blocks.append(Block(name, self._steps(kind, features), features))
        if self._marked:
            indicator = Step("MissingIndicator", {"features": "all"})
            blocks.append(Block("missing", (indicator,), self._marked))
        return tuple(blocks)

    def matrix(self, columns: Columns) -> NDArray[np.float64]:
        """Return the features as numbers, shape (rows, features); NaN where one is missing.

        A category is its place among the values of the whole table.
        """
        return np.column_stack([_numbers(columns[one.name], one.values) for one in self.features])

    def transformer(self) -> ColumnTransformer:
        """Return the transformer of `matrix`'s rows, to be fitted on those that train."""
        from sklearn.compose import ColumnTransformer
        from sklearn.pipeline import make_pipeline

        places = {one.name: place for place, one in enumerate(self.features)}
        transformers = []
        for block in self.blocks():
            steps = [_made(step, block.features) for step in block.steps]
            one = "passthrough" if not steps else steps[0] if len(steps) == 1 else None
            columns = [places[each.name] for each in block.features]
            transformers.append((block.name, one or make_pipeline(*steps), columns))
        return ColumnTransformer(transformers)

    @property
    def _marked(self) -> tuple[Feature, ...]:
        """The features whose missing values are marked in a column of their own."""
        return tuple(one for one in self.features if one.gaps and self.missing == "indicator")

    def _steps(self, kind: Kind, features: tuple[Feature, ...]) -> tuple[Step, ...]:
        steps = []
        if any(one.gaps for one in features):
            strategy = STRATEGIES[self.missing] if kind == "numbers" else "most_frequent"
            filled = {"strategy": strategy, "keep_empty_features": True}
            steps.append(Step("SimpleImputer", filled))
        categories = [list(one.values) for one in features]
        if kind == "one-hot":
            steps.append(Step("OneHotEncoder", {"categories": categories, "sparse_output": False}))
        if kind == "ordinal":
            steps.append(Step("OrdinalEncoder", {"categories": categories}))
        return tuple(steps)


def numbers(column: NDArray[Any]) -> NDArray[np.float64]:
    """Return a column of numbers as floats, NaN where one is missing."""
    if column.dtype.kind != "O":
        return column.astype(float)
    return np.where(missing(column), "nan", column).astype(float)


def values_of(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column as floats where all that is there are numbers, else as it is."""
    return numbers(column) if is_numeric(column) else column


def _categories(present: NDArray[Any]) -> tuple[Any, ...]:
    return tuple(np.unique(values_of(present)).tolist())


def _numbers(column: NDArray[Any], categories: tuple[Any, ...]) -> NDArray[np.float64]:
    """Return numbers as they are, and categories as their places."""
    if not categories:
        return numbers(column)
    gaps = missing(column)
    found = np.full(len(column), np.nan)
    found[~gaps] = np.searchsorted(np.array(categories, dtype=object), values_of(column[~gaps]))
    return found


def _made(step: Step, features: tuple[Feature, ...]) -> Any:
    """Return a step as an object of scikit-learn, with places in place of categories."""
    from sklearn import impute, preprocessing

    arguments = dict(step.arguments)
    if "categories" in arguments:
        arguments["categories"] = [np.arange(float(len(one.values))) for one in features]
    module = impute if hasattr(impute, step.class_name) else preprocessing
    return getattr(module, step.class_name)(**arguments)
