"""What each replicate's network decides in every cell of a plane, and how far they agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.splits import TEST_ROWS, load
from hiss.data.theory import bayes_accuracy
from hiss.views.measured import Measured, classes_of, scores_of
from hiss.views.plane import Plane

if TYPE_CHECKING:
    from hiss.views.networks import Networks


@dataclass(frozen=True, slots=True)
class Regions:
    """The decision regions of an arm's replicates.

    Source: Somepalli et al., 2022, "Can neural nets learn the same model twice? Investigating
    reproducibility and double descent from the decision boundary perspective", arXiv:2203.08124.
    """

    plane: Plane
    share: NDArray[np.float64]
    """Share of replicates that call class 1, or of three classes and more the most frequent call:
    shape (len(y), len(x)), in [0, 1]. The boundary is where the share of class 1 is 0.5."""
    calls: NDArray[np.int64]
    """The class that most replicates call: shaped likewise."""
    fragments: Measured
    """Connected regions of each replicate's map; cells are connected by their sides."""
    disagreement: float | None
    """Probability that two replicates call different classes, averaged over the cells; None of a
    single one."""
    binary: bool
    """Whether there are two classes."""
    excess_risk: Measured | None
    """Bayes accuracy minus accuracy on 10,000 fresh rows; None where Bayes' is not known."""

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""
        return {
            "axes": list(self.plane.axes),
            "grid": {"x": self.plane.x.tolist(), "y": self.plane.y.tolist()},
            "share": self.share.tolist(),
            "calls": self.calls.tolist(),
            "fragments": self.fragments.as_json(),
            "disagreement": self.disagreement,
            "excess_risk": self.excess_risk and self.excess_risk.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Surface:
    """The predictions of a regression in every cell of a plane."""

    plane: Plane
    mean: NDArray[np.float64]
    """Mean prediction of the replicates: shape (len(y), len(x)), in the target's unit."""
    sd: NDArray[np.float64] | None
    """Their SD: shaped likewise; None of a single one."""

    @property
    def disagreement(self) -> float | None:
        """SD of the predictions of different replicates, averaged over the cells."""
        return None if self.sd is None else float(self.sd.mean())

    def as_json(self) -> dict[str, Any]:
        """Return the view as plain values."""
        return {
            "axes": list(self.plane.axes),
            "grid": {"x": self.plane.x.tolist(), "y": self.plane.y.tolist()},
            "mean": self.mean.tolist(),
            "sd": None if self.sd is None else self.sd.tolist(),
            "disagreement": self.disagreement,
        }


def regions_of(
    networks: Networks, plane: Plane, snapshot: int = -1, *, risk: bool = True
) -> Regions:
    """Return the decision regions of an arm at one of its snapshots.

    Args:
        networks: of a classification.
        plane: where to look.
        snapshot: index of the snapshot.
        risk: whether the excess risk is measured, on 10,000 rows.
    """
    calls = classes_of(networks.outputs(plane.rows, snapshot)).reshape(-1, *plane.shape)
    counts = np.stack([(calls == each).sum(0) for each in range(max(2, int(calls.max()) + 1))])
    shares = counts / len(calls)
    most = np.asarray(counts.argmax(0), np.int64)
    binary = networks.task == "binary"
    return Regions(
        plane=plane,
        share=shares[1] if binary else shares.max(0),
        calls=most,
        fragments=Measured(tuple(float(fragments(each)) for each in calls)),
        disagreement=_disagreement(counts),
        binary=binary,
        excess_risk=_excess_risk(networks, snapshot) if risk else None,
    )


def surface_of(networks: Networks, plane: Plane, snapshot: int = -1) -> Surface:
    """Return the predictions of a regression at one of its snapshots."""
    found = networks.outputs(plane.rows, snapshot)[..., 0].astype(float)
    found = found.reshape(-1, *plane.shape)
    sd = found.std(axis=0, ddof=1) if len(found) > 1 else None
    return Surface(plane, found.mean(axis=0), sd)


def fragments(calls: NDArray[np.int64]) -> int:
    """Return the number of connected regions of a map of classes.

    Args:
        calls: the class in each cell, shape (rows, columns).
    """
    from scipy.ndimage import label

    return sum(int(label(calls == each)[1]) for each in np.unique(calls))


def _disagreement(counts: NDArray[np.int64]) -> float | None:
    """Return the share of pairs of replicates that differ, averaged over the cells."""
    total = int(counts[:, 0, 0].sum())
    if total < 2:
        return None
    alike = (counts * (counts - 1)).sum(0) / (total * (total - 1))
    return float(1 - alike.mean())


def _excess_risk(networks: Networks, snapshot: int) -> Measured | None:
    data = networks.data.data
    best = bayes_accuracy(data)
    if best is None or data.standardize:
        return None
    rows = load(data, mode="task")
    assert len(rows.x_test) == TEST_ROWS
    outputs = networks.outputs(rows.x_test, snapshot)
    return Measured.of(best - scores_of(outputs, rows.y_test.astype(float), networks.task))
