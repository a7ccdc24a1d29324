"""One number for each replicate, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.statistics import Summary, summarize


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement of every replicate of an arm."""

    values: tuple[float, ...]
    """By replicate, in the order of the arm's networks."""
    test_to_train: float = 0.0
    """n_test / n_train where every replicate splits one table differently, else 0."""

    @classmethod
    def of(cls, values: NDArray[np.floating[Any]], test_to_train: float = 0.0) -> Measured:
        """Return measurements of shape (replicates,)."""
        return cls(tuple(map(float, values)), test_to_train)

    @property
    def summary(self) -> Summary:
        """Mean, SD and 95 % confidence interval of the mean."""
        return summarize(self.values, test_to_train=self.test_to_train)

    def as_json(self) -> dict[str, Any]:
        """Return the values and their summary."""
        found = self.summary
        return {
            "per_replicate": list(self.values),
            "mean": found.mean,
            "sd": found.sd,
            "ci95": None if found.ci95 is None else list(found.ci95),
        }


def has_classes(task: str) -> bool:
    """Return whether a task predicts classes, not quantities."""
    return task in ("binary", "multiclass")


def scores_of(
    outputs: NDArray[np.floating[Any]], targets: NDArray[np.float64], task: str
) -> NDArray[np.float64]:
    """Return the accuracy of predictions, or their RMSE where they are quantities.

    Args:
        outputs: shape (…, rows, outputs).
        targets: shape (…, rows): class numbers, or quantities; (…, rows, outputs) of a
            reconstruction.
        task: what the targets hold.

    Returns:
        Shape (…,).
    """
    if task == "regression":
        return np.asarray(np.sqrt(np.mean((outputs[..., 0] - targets) ** 2, axis=-1)))
    if task == "reconstruction":
        return np.asarray(np.sqrt(np.mean((outputs - targets) ** 2, axis=(-2, -1))))
    return np.asarray(np.mean(classes_of(outputs) == targets, axis=-1))


def classes_of(outputs: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Return the class that probabilities call: shape (…, rows) of (…, rows, outputs)."""
    if outputs.shape[-1] == 1:
        return (outputs[..., 0] > 0.5).astype(np.int64)
    return np.asarray(outputs.argmax(axis=-1), np.int64)
