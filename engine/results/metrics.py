"""The metrics that hiss measures: their names, their aliases and what their numbers mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.data.arrays import Task

SHARE = (0.0, 1.0)
ROWS = {"train": "train", "test": "test", "val": "test"}
"""Beginnings of names, and the rows that they mean: Keras' `val_` are the test rows here."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What the numbers of a metric mean."""

    name: str
    """As it ends the names of scores: `roc_auc` in `test_roc_auc`."""
    words: str
    lower_is_better: bool = False
    bounds: tuple[float, float] | None = None
    """The least and the largest value; None where one of them is infinite."""
    has_scale: bool = True
    """Whether 0.01 is as much in every study; not so in the unit of the data or of the loss."""
    in_points: bool = False
    """Whether differences are written in percentage points."""
    aliases: tuple[str, ...] = ()
    """Other names in scikit-learn and Keras, as `_plain` leaves them."""

    @property
    def keys(self) -> tuple[str, ...]:
        """All names, as `_plain` leaves them."""
        return (_plain(self.name), *self.aliases)


def _plain(name: str) -> str:
    """Reduce a name to small letters and digits, without `neg_` and `_score`: `NegMAE` is `mae`."""
    letters = re.sub(r"[^a-z0-9]", "", name.lower())
    return letters.removeprefix("neg").removesuffix("score")


_ALL = (
    Metric("loss", "loss", True, has_scale=False),
    Metric(
        "accuracy", "accuracy", False, SHARE, in_points=True,
        aliases=("acc", "binaryaccuracy", "categoricalaccuracy", "sparsecategoricalaccuracy"),
    ),
    Metric("brier", "Brier score", True, (0.0, 2.0), aliases=("brierloss", "brierscoreloss")),
    Metric(
        "balanced_accuracy", "balanced accuracy", False, SHARE, in_points=True,
    ),
    Metric("f1", "F1", False, SHARE, aliases=("f1macro", "f1binary")),
    Metric("roc_auc", "ROC-AUC", False, SHARE, aliases=("auc", "rocaucovr")),
    Metric(
        "pr_auc", "PR-AUC", False, SHARE,
        aliases=("averageprecision", "aucpr", "prc", "ap", "averageprecisionmacro"),
    ),
    Metric(
        "log_loss", "log loss", True, has_scale=False,
        aliases=(
            *("binarycrossentropy", "categoricalcrossentropy", "sparsecategoricalcrossentropy"),
            "crossentropy",
        ),
    ),
    Metric("mcc", "MCC", False, (-1.0, 1.0), aliases=("matthewscorrcoef",)),
    Metric("rmse", "RMSE", True, has_scale=False, aliases=("rootmeansquarederror",)),
    Metric("mae", "MAE", True, has_scale=False, aliases=("meanabsoluteerror",)),
    Metric("r2", "R²"),
    Metric("mse", "MSE", True, has_scale=False, aliases=("meansquarederror",)),
    Metric("mape", "MAPE", True, aliases=("meanabsolutepercentageerror",)),
)  # fmt: skip
METRICS: Mapping[str, Metric] = {each.name: each for each in _ALL}
_BY_KEY = {key: each for each in _ALL for key in each.keys}
_CLASSES = (
    *("accuracy", "loss", "brier", "balanced_accuracy", "f1", "roc_auc", "pr_auc"),
    *("log_loss", "mcc"),
)
_QUANTITY = ("rmse", "loss", "mae", "r2", "mse", "mape")
MEASURED: Mapping[Task, tuple[str, ...]] = {
    "binary": _CLASSES,
    "multiclass": _CLASSES,
    "regression": _QUANTITY,
    "reconstruction": ("rmse", "loss", "mae", "r2", "mse"),
}
"""The metrics of each task, the usual one first."""

LATER = ("balanced_accuracy", "f1", "roc_auc", "pr_auc", "log_loss", "mcc", "mse", "mape")
"""Metrics that studies kept by an earlier hiss lack."""


def metric_of(score: str) -> Metric:
    """Return the metric of a score: `roc_auc` for `test_roc_auc`.

    A name that hiss does not know is a score without bounds that is better when higher.
    """
    found = [each for each in _ALL if score == each.name or score.endswith(f"_{each.name}")]
    return max(found, key=lambda each: len(each.name), default=Metric(score, score))


def score_named(name: str) -> str:
    """Return the score that a user names: `test_pr_auc` for `average_precision`.

    The test rows are meant where neither train nor test is said. `brier` stays what it is, and so
    does a name that is not known.
    """
    first, _, rest = name.partition("_")
    rows, rest = (ROWS[first], rest) if first in ROWS and rest else ("test", name)
    found = _BY_KEY.get(_plain(rest))
    return name if found is None or name == "brier" else f"{rows}_{found.name}"


def in_words(score: str) -> str:
    """Return a score's name in words: `test_rmse` is "test RMSE", `brier` is "Brier score"."""
    metric = metric_of(score)
    before = score.removesuffix(metric.name).replace("_", " ")
    return f"{before}{metric.words.replace('_', ' ')}"
