"""How far rows are from the decision boundary, in logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hiss.views.measured import Measured, classes_of

if TYPE_CHECKING:
    from hiss.views.networks import Networks


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
PASSES = 20
"""Noisy passes that try whether the noise of training changes a row's class."""
MOST_ROWS = 500
"""Training rows and test rows that are used at most."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Distances from the boundary: the logit of the right class minus the largest other one.

    A negative margin is a wrong call.

    Source: Jiang et al., 2018, "Predicting the generalization gap in deep networks with margin
    distributions", arXiv:1810.00113; there normalised by the gradient, here as it is.
    """

    train: NDArray[np.float64]
    """Quantiles over the training rows: shape (replicates, `QUANTILES`)."""
    test: NDArray[np.float64]
    """Over the test rows."""
    reach: Measured | None
    """Share of the training rows whose class at least one of 20 passes with the noise of training
    changes; 0 in a network without noise, None where the noise mixes rows."""

    @property
    def middle(self) -> NDArray[np.float64]:
        """Median margin of the test rows, by replicate."""
        return self.test[:, QUANTILES.index(0.5)]

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""

        def quantiles(values: NDArray[np.float64]) -> dict[str, Any]:
            each = (Measured.of(column).as_json() for column in values.T)
            return {f"{level:g}": one for level, one in zip(QUANTILES, each, strict=True)}

        return {
            "unit": "logits",
            "train_quantiles": quantiles(self.train),
            "test_quantiles": quantiles(self.test),
            "within_reach_of_noise": self.reach and {"passes": PASSES, **self.reach.as_json()},
        }


def margins_of(networks: Networks, snapshot: int = -1) -> Margins:
    """Measure the margins of an arm's replicates, of a classification."""
    train, train_targets = networks.train_rows()
    train, train_targets = train[:, :MOST_ROWS], train_targets[:, :MOST_ROWS]
    test, test_targets = networks.test_rows(MOST_ROWS)
    return Margins(
        train=_quantiles(margin(networks.logits(train, snapshot), train_targets)),
        test=_quantiles(margin(networks.logits(test, snapshot), test_targets)),
        reach=None if networks.mixes_rows else _reach(networks, train, snapshot),
    )


def margin(logits: NDArray[np.floating[Any]], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance in logits of each row from the decision boundary.

    Args:
        logits: shape (…, rows, outputs); one output is the logit of class 1 against class 0.
        targets: class numbers, shape (…, rows).
    """
    wide = logits.astype(float)
    if wide.shape[-1] == 1:
        return np.asarray(np.where(targets == 1, wide[..., 0], -wide[..., 0]))
    right = targets.astype(np.int64)[..., None]
    own = np.take_along_axis(wide, right, -1)[..., 0]
    others = wide.copy()
    np.put_along_axis(others, right, -np.inf, -1)
    return np.asarray(own - others.max(-1))


def _reach(networks: Networks, train: NDArray[np.float32], snapshot: int) -> Measured:
    noisy = classes_of(networks.noisy_outputs(train, PASSES, snapshot))
    clean = classes_of(networks.outputs(train, snapshot))
    return Measured.of((noisy != clean[:, None]).any(axis=1).mean(axis=-1))


def _quantiles(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.quantile(values, QUANTILES, axis=-1).T)
