"""The test score under noise that is added to the test rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hiss.statistics import summarize
from hiss.views.measured import has_classes, scores_of

if TYPE_CHECKING:
    from hiss.views.networks import Networks


STRENGTHS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
"""SD of the noise in units of each feature's SD on the training rows."""
STRONG = 0.5
"""The strength that stands for all where there is room for one."""
DRAWS = 10
"""Noisy copies of every test row."""
MOST_ROWS = 500
"""Test rows that are used at most."""
SEED = 202_203_012
"""Of the noise, which is the same for every arm, replicate and strength but for its scale."""


@dataclass(frozen=True, slots=True)
class Robustness:
    """Test scores by strength of the noise.

    Source: Hendrycks and Dietterich, 2019, "Benchmarking neural network robustness to common
    corruptions and perturbations", arXiv:1903.12261; here with Gaussian noise only.
    """

    stddev: tuple[float, ...]
    """In units of each feature's SD on the training rows."""
    metric: str
    """`test_accuracy`, or `test_rmse` of quantities."""
    scores: NDArray[np.float64]
    """Shape (replicates, strengths)."""

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean over the replicates, by strength."""
        return np.asarray(self.scores.mean(axis=0))

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""
        each = [summarize(column) for column in self.scores.T]
        return {
            "stddev": list(self.stddev),
            "unit": "SD of each feature",
            self.metric: {
                "per_replicate": self.scores.tolist(),
                "mean": [one.mean for one in each],
                "sd": [one.sd for one in each],
                "ci95": [None if one.ci95 is None else list(one.ci95) for one in each],
            },
        }


def robustness_of(networks: Networks, snapshot: int = -1, draws: int = DRAWS) -> Robustness:
    """Measure the test scores of an arm's replicates under noise at the input.

    Args:
        networks: of an arm.
        snapshot: index of the snapshot.
        draws: noisy copies of every test row.
    """
    columns = [score_under_noise(networks, each, snapshot, draws) for each in STRENGTHS]
    metric = "test_accuracy" if has_classes(networks.task) else "test_rmse"
    return Robustness(STRENGTHS, metric, np.stack(columns, axis=1))


def score_under_noise(
    networks: Networks, strength: float, snapshot: int = -1, draws: int = DRAWS
) -> NDArray[np.float64]:
    """Return the test score of each replicate under noise of a strength: shape (replicates,)."""
    x, y = networks.test_rows(MOST_ROWS)
    noise = np.random.default_rng(SEED).normal(size=(DRAWS, *x.shape[1:])).astype(np.float32)
    sd = np.stack([each.x_train.std(axis=0) for each in networks.splits])
    copies = noise[: draws if strength else 1]
    noisy = x[:, None] + np.float32(strength) * sd[:, None, None] * copies
    flat = noisy.reshape(len(x), -1, *x.shape[2:])
    outputs = networks.outputs(flat, snapshot)
    outputs = outputs.reshape(len(x), len(copies), x.shape[1], -1)
    return np.asarray(scores_of(outputs, y[:, None], networks.task).mean(axis=1))
