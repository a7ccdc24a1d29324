"""How far the noise-free training score runs ahead of the test score, and the weights' norms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hiss.statistics import summarize
from hiss.views.measured import Measured, has_classes, scores_of

if TYPE_CHECKING:
    from hiss.views.networks import Networks


MOST_ROWS = 1_000
"""Training rows and test rows that are used at most."""


@dataclass(frozen=True, slots=True)
class Memorisation:
    """Scores by epoch, all with the noise off."""

    metric: str
    """`accuracy` or `rmse`."""
    epochs: tuple[int, ...]
    train: NDArray[np.float64]
    """Shape (replicates, epochs)."""
    test: NDArray[np.float64]
    """Shape (replicates, epochs)."""
    best_epoch: Measured
    """The recorded epoch with the best test score of each replicate."""
    lost: Measured
    """How much worse the last test score is than the best one, at least 0."""

    @property
    def gap(self) -> NDArray[np.float64]:
        """By how much training rows score better: shape (replicates, epochs)."""
        ahead = self.train - self.test
        return np.asarray(-ahead if self.metric == "rmse" else ahead)

    @property
    def last_gap(self) -> NDArray[np.float64]:
        """The gap at the end of training, by replicate."""
        return self.gap[:, -1]

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""
        return {
            "metric": self.metric,
            "epochs": list(self.epochs),
            "train": _by_epoch(self.train),
            "test": _by_epoch(self.test),
            "gap": _by_epoch(self.gap),
            "best_epoch": self.best_epoch.as_json(),
            "lost_after_best": self.lost.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Norms:
    """Frobenius norm of each layer's weights by epoch: context, not a reason.

    Source: Neyshabur et al., 2017, "Exploring generalization in deep learning", arXiv:1706.08947,
    on how little norms alone explain.
    """

    epochs: tuple[int, ...]
    layers: tuple[str, ...]
    """Paths of the variables with two axes or more; that of a kernel is its layer's."""
    values: NDArray[np.float64]
    """Shape (layers, replicates, epochs)."""

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""
        pairs = zip(self.layers, self.values, strict=True)
        return {
            "epochs": list(self.epochs),
            "layers": {name: _by_epoch(values) for name, values in pairs},
        }


def memorisation_of(networks: Networks) -> Memorisation:
    """Measure the noise-free scores of an arm's replicates at every recorded epoch."""
    train, test = networks.train_rows(), networks.test_rows(MOST_ROWS)
    train = train[0][:, :MOST_ROWS], train[1][:, :MOST_ROWS]
    moments = range(len(networks.epochs))
    by_rows = [
        np.stack([scores_of(networks.outputs(x, at), y, networks.task) for at in moments], axis=1)
        for x, y in (train, test)
    ]
    classes = has_classes(networks.task)
    quality = by_rows[1] if classes else -by_rows[1]
    best = quality.argmax(axis=1)
    lost = np.take_along_axis(quality, best[:, None], 1)[:, 0] - quality[:, -1]
    return Memorisation(
        metric="accuracy" if classes else "rmse",
        epochs=networks.epochs,
        train=by_rows[0],
        test=by_rows[1],
        best_epoch=Measured.of(np.array(networks.epochs, float)[best]),
        lost=Measured.of(lost),
    )


def norms_of(networks: Networks) -> Norms:
    """Return the norms of an arm's weights."""
    network = networks.program.network
    pairs = zip(network.trainable_variables, networks.snapshots.trainable, strict=True)
    paths = ((each.path.removeprefix(f"{network.name}/"), values) for each, values in pairs)
    kernels = [(path.removesuffix("/kernel"), values) for path, values in paths if values.ndim >= 4]
    return Norms(
        epochs=networks.epochs,
        layers=tuple(name for name, _ in kernels),
        values=np.stack([_norm(values).T for _, values in kernels])
        if kernels
        else np.zeros((0, len(networks.replicates), len(networks.epochs))),
    )


def _norm(values: NDArray[Any]) -> NDArray[np.float64]:
    flat = values.astype(float).reshape(*values.shape[:2], -1)
    return np.asarray(np.linalg.norm(flat, axis=-1))


def _by_epoch(values: NDArray[np.float64]) -> dict[str, Any]:
    each = [summarize(column) for column in values.T]
    return {"mean": [one.mean for one in each], "sd": [one.sd for one in each]}
