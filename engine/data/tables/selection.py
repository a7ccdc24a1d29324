"""Which columns of a table are learnt from, and what is predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hiss.errors import DataError

KnownTask = Literal["classification", "regression", "reconstruct"]
"""What is predicted: a target that holds classes or a quantity, or the features themselves."""
PredictionTask = Literal["guess", "classification", "regression", "reconstruct"]
"""What is stated to be predicted; `guess` decides by the target's values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSelection:
    """A table's file, the columns to learn from, and the column to predict.

    Raises:
        DataError: if a column is named twice, or in two roles that exclude each other.
    """

    path: Path
    """Of a CSV, NPZ or Parquet file."""
    target: str | None = None
    """Name of the column to predict, or to leave out of a reconstruction. None proposes one, but
    leaves nothing out of a reconstruction."""
    features: tuple[str, ...] = ()
    """Names of the columns to learn from; empty for all others."""
    drop: tuple[str, ...] = ()
    """Names of columns to leave out."""
    one_hot: tuple[str, ...] = ()
    """Names of features that hold categories: each value becomes a column of 0 and 1."""
    predict: PredictionTask = "guess"
    weight: str | None = None
    """Name of the column that holds how much each training row counts; it is no feature."""

    def __post_init__(self) -> None:
        """Check the names against each other; whether the file has them shows when it is read."""
        if self.target in (*self.features, *self.drop, *self.one_hot):
            raise DataError(
                f"{self.path}: column `{self.target}` is the target; it cannot be a feature too."
            )
        if self.weight is not None and self.weight in (self.target, *self.features, *self.drop):
            raise DataError(
                f"{self.path}: column `{self.weight}` weighs the rows; it has no other role."
            )
        for names in (self.features, self.drop, self.one_hot):
            if len(set(names)) < len(names):
                raise DataError(f"{self.path}: a column is named twice: {', '.join(names)}.")
        for name in self.one_hot:
            if name in self.drop or (self.features and name not in self.features):
                raise DataError(f"{self.path}: column `{name}` is one-hot, but not a feature.")

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> TableSelection:
        """Return the selection that a preset's `[data] name = "table"` describes."""
        return cls(
            path=Path(arguments["path"]),
            target=arguments.get("target") or None,
            features=tuple(arguments.get("features", ())),
            drop=tuple(arguments.get("drop", ())),
            one_hot=tuple(arguments.get("one_hot", ())),
            predict=arguments.get("predict", "guess"),
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
            "predict": "" if self.predict == "guess" else self.predict,
            "weight": self.weight or "",
        }
        return {key: value for key, value in given.items() if value}
