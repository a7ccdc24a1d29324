"""Data sets that are read: those that come with scikit-learn, and your own tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from engine.rows import Rows

Prediction = Literal["guess", "classification", "regression"]


def load_iris() -> Rows:
    """Read Fisher's irises: 150 flowers of 3 species, 4 lengths each."""
    return _bundle("load_iris")


def load_wine() -> Rows:
    """Read 178 wines of 3 growers, 13 chemical measurements each."""
    return _bundle("load_wine")


def load_breast_cancer() -> Rows:
    """Read 569 biopsies, malignant or benign, 30 measurements each."""
    return _bundle("load_breast_cancer")


def load_digits() -> Rows:
    """Read 1,797 handwritten digits of 8×8 pixels, from 0 to 16."""
    return _bundle("load_digits")


def load_diabetes() -> Rows:
    """Read 442 patients: 10 measurements and the progression of their diabetes in a year."""
    return _bundle("load_diabetes")


def table(
    path: str,
    target: str,
    features: Sequence[str] = (),
    predict: Prediction = "guess",
    drop: Sequence[str] = (),
    one_hot: Sequence[str] = (),
) -> Rows:
    """Read your own rows from a CSV, NPZ or Parquet file with named columns."""
    from engine.table import read_table

    return read_table(path, target, features, predict, drop, one_hot)


def _bundle(function: str) -> Rows:
    from sklearn import datasets

    bunch = getattr(datasets, function)()
    features = tuple(str(name) for name in bunch.feature_names)
    classes = tuple(str(name) for name in getattr(bunch, "target_names", ()))
    return Rows(bunch.data, bunch.target, features, classes)
