"""Which columns of a table are learnt from, how they are prepared, and what is predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hiss.data.tables.reading import Reading
from hiss.errors import DataError

KnownTask = Literal["classification", "regression", "reconstruct"]
"""What is predicted: a target that holds classes or a quantity, or the features themselves."""
PredictionTask = Literal["guess", "classification", "regression", "reconstruct"]
"""What is stated to be predicted; `guess` decides by the target's values."""
MissingValues = Literal["refuse", "drop-rows", "median", "mean", "most-frequent", "indicator"]
"""What is done about missing values of the features.

`refuse` stops with an error, `drop-rows` leaves out the rows that have any. The others fill them by
a statistic of the training rows, text by its most frequent value; `indicator` fills by the median
and adds a column of 0 and 1 for each column with missing values. With all but `refuse`, rows
without a target are left out.
"""
DuplicateRows = Literal["keep", "drop", "group"]
"""What is done about rows that repeat an earlier one in every column.

`drop` leaves them out; `group` makes groups of equal rows, which no split divides.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSelection:
    """A table's file, the columns to learn from, and the column to predict.

    Raises:
        DataError: if a column is named twice, or in two roles that exclude each other.
    """

    path: Path
    """Of a text, NPZ, Parquet or Excel file."""
    target: str | None = None
    """Name of the column to predict, or to leave out of a reconstruction. None proposes one, but
    leaves nothing out of a reconstruction."""
    features: tuple[str, ...] = ()
    """Names of the columns to learn from; empty for all others."""
    drop: tuple[str, ...] = ()
    """Names of columns to leave out."""
    one_hot: tuple[str, ...] = ()
    """Names of features that hold categories: each value becomes a column of 0 and 1."""
    ordinal: tuple[str, ...] = ()
    """Names of features that hold ordered categories: each value becomes its place, from 0, in the
    order of numbers or of the alphabet."""
    predict: PredictionTask = "guess"
    missing: MissingValues = "refuse"
    duplicates: DuplicateRows = "keep"
    group: str | None = None
    """Name of a column that is no feature: rows with the same value are not divided by a split."""
    test_path: Path | None = None
    """Of a second file with the same columns, whose rows are the test rows."""
    reading: Reading = field(default_factory=Reading)
    """How the file is to be read, as far as that is stated."""
    weight: str | None = None
    """Name of the column that holds how much each training row counts; it is no feature."""

    def __post_init__(self) -> None:
        """Check the names against each other; whether the file has them shows when it is read."""
        taken = (*self.features, *self.drop, *self.one_hot, *self.ordinal, self.group)
        if self.target is not None and self.target in taken:
            raise DataError(
                f"{self.path}: column `{self.target}` is the target; it cannot be a feature "
                "or a group too."
            )
        if self.weight is not None and self.weight in (
            self.target,
            self.group,
            *self.features,
            *self.drop,
        ):
            raise DataError(
                f"{self.path}: column `{self.weight}` weighs the rows; it has no other role."
            )
        for names in (self.features, self.drop, (*self.one_hot, *self.ordinal)):
            if len(set(names)) < len(names):
                raise DataError(f"{self.path}: a column is named twice: {', '.join(names)}.")
        if self.group is not None and self.duplicates == "group":
            raise DataError(
                f"{self.path}: expected either a column of groups or groups of equal rows, "
                f"received both: group {self.group} and duplicates group."
            )
        for role, names in (("one-hot", self.one_hot), ("ordinal", self.ordinal)):
            for name in names:
                if self._is_no_feature(name):
                    raise DataError(f"{self.path}: column `{name}` is {role}, but not a feature.")

    def _is_no_feature(self, name: str) -> bool:
        left_out = name in self.drop or name == self.group
        return left_out or bool(self.features and name not in self.features)

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> TableSelection:
        """Return the selection that a preset's `[data] name = "table"` describes."""
        test_path = arguments.get("test_path")
        return cls(
            path=Path(arguments["path"]),
            target=arguments.get("target") or None,
            features=tuple(arguments.get("features", ())),
            drop=tuple(arguments.get("drop", ())),
            one_hot=tuple(arguments.get("one_hot", ())),
            ordinal=tuple(arguments.get("ordinal", ())),
            predict=arguments.get("predict", "guess"),
            missing=arguments.get("missing", "refuse"),
            duplicates=arguments.get("duplicates", "keep"),
            group=arguments.get("group") or None,
            test_path=Path(test_path) if test_path else None,
            reading=Reading.from_arguments(arguments),
            weight=arguments.get("weight") or None,
        )

    def to_arguments(self) -> dict[str, Any]:
        """Return the keys of a preset's `[data] name = "table"`, without those left at defaults."""
        given = {
            "path": str(self.path),
            "target": self.target,
            "features": list(self.features),
            "drop": list(self.drop),
            "one_hot": list(self.one_hot),
            "ordinal": list(self.ordinal),
            "predict": "" if self.predict == "guess" else self.predict,
            "missing": "" if self.missing == "refuse" else self.missing,
            "duplicates": "" if self.duplicates == "keep" else self.duplicates,
            "group": self.group,
            "test_path": self.test_path and str(self.test_path),
            "weight": self.weight or "",
        }
        stated = {key: value for key, value in given.items() if value}
        return stated | self.reading.to_arguments()
