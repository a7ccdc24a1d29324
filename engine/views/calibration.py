"""Whether probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.views.measured import Measured

BINS = 10
"""Bins of equal width of the confidence."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the confidence of an arm's replicates is from how often they are right.

    Confidence is the probability of the class that is called. With few test rows a perfectly
    calibrated network has an expected calibration error above 0 too.

    Source: Guo et al., 2017, "On calibration of modern neural networks", arXiv:1706.04599; Murphy,
    1973, "A new vector partition of the probability score", for the parts of the Brier score.
    """

    rows: int
    """Test rows of each replicate."""
    edges: tuple[float, ...]
    """Of the bins: `BINS` + 1."""
    counts: tuple[int, ...]
    """Rows in each bin, of all replicates."""
    confidence: tuple[float, ...]
    """Mean confidence in each bin; NaN in an empty one."""
    accuracy: tuple[float, ...]
    """Share of rows called rightly in each bin; NaN in an empty one."""
    ece: Measured
    """Expected calibration error of each replicate, in [0, 1]."""
    reliability: Measured
    """Part of the Brier score that is due to miscalibration; smaller is better."""
    resolution: Measured
    """Part by which telling rows apart lowers it; larger is better."""
    uncertainty: Measured
    """Brier score of the class shares of the test rows; Brier ≈ reliability − resolution +
    uncertainty, up to the spread within bins."""

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""
        return {
            "rows": self.rows,
            "bins": {
                "edges": list(self.edges),
                "counts": list(self.counts),
                "confidence": list(self.confidence),
                "accuracy": list(self.accuracy),
            },
            "ece": self.ece.as_json(),
            "brier": {
                "reliability": self.reliability.as_json(),
                "resolution": self.resolution.as_json(),
                "uncertainty": self.uncertainty.as_json(),
            },
        }


def calibration_of(
    outputs: NDArray[np.floating[Any]], targets: NDArray[np.float64], test_to_train: float = 0.0
) -> Calibration:
    """Measure the calibration of the predictions of every replicate.

    Args:
        outputs: probabilities, shape (replicates, rows, outputs); one output is that of class 1.
        targets: class numbers, shape (replicates, rows).
        test_to_train: of the replicates, as in `statistics.summarize`.
    """
    p = _of_each_class(outputs.astype(float))
    confidence, right = p.max(-1), p.argmax(-1) == targets
    edges = np.linspace(0, 1, BINS + 1)
    place = _bins(confidence, BINS)
    ece = [_ece(*row) for row in zip(confidence, right, place, strict=True)]
    parts = np.array([_murphy(*row) for row in zip(p, targets, strict=True)])
    counts = np.bincount(place.ravel(), minlength=BINS)
    with np.errstate(invalid="ignore"):
        means = [
            np.bincount(place.ravel(), each.ravel().astype(float), BINS) / counts
            for each in (confidence, right)
        ]
    return Calibration(
        rows=p.shape[1],
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
        confidence=tuple(means[0].tolist()),
        accuracy=tuple(means[1].tolist()),
        ece=Measured(tuple(ece), test_to_train),
        reliability=Measured.of(parts[:, 0], test_to_train),
        resolution=Measured.of(parts[:, 1], test_to_train),
        uncertainty=Measured.of(parts[:, 2], test_to_train),
    )


def _of_each_class(outputs: NDArray[np.float64]) -> NDArray[np.float64]:
    return outputs if outputs.shape[-1] > 1 else np.concatenate([1 - outputs, outputs], axis=-1)


def _bins(values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    return np.clip((values * count).astype(np.int64), 0, count - 1)


def _ece(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], place: NDArray[np.int64]
) -> float:
    """Return Σ (rows in bin / rows) · |accuracy − mean confidence| over the bins."""
    gaps = np.bincount(place, right.astype(float) - confidence, BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def _murphy(p: NDArray[np.float64], targets: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return reliability, resolution and uncertainty, as sums over the classes.

    Of two classes it is the score of class 1 alone, as the Brier score is.
    """
    found = np.zeros(3)
    for number in range(p.shape[1]) if p.shape[1] > 2 else (1,):
        happened = (targets == number).astype(float)
        place = _bins(p[:, number], BINS)
        counts = np.bincount(place, minlength=BINS)
        used = counts > 0
        forecast = np.bincount(place, p[:, number], BINS)[used] / counts[used]
        observed = np.bincount(place, happened, BINS)[used] / counts[used]
        share, base = counts[used] / len(p), happened.mean()
        found += (
            (share * (forecast - observed) ** 2).sum(),
            (share * (observed - base) ** 2).sum(),
            base * (1 - base),
        )
    return float(found[0]), float(found[1]), float(found[2])
