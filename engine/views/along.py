"""What one number of every network was at several epochs of its training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hiss.statistics import summarize
from hiss.views.calibration import calibration_of
from hiss.views.measured import has_classes
from hiss.views.robustness import STRONG, score_under_noise

if TYPE_CHECKING:
    from hiss.views.networks import Networks


MOMENTS = 26
"""Snapshots that are looked at at most: the first, the last and some between."""
MOST_ROWS = 500
"""Test rows over which the Jacobian norm is averaged at most."""
MOST_GRADIENTS = 5_000
"""Rows × outputs of the gradients that a norm takes at most, beyond ten rows: of a network with
many outputs it is averaged over fewer rows."""


@dataclass(frozen=True, slots=True)
class Along:
    """One number of every replicate of an arm, by epoch."""

    name: str
    """What it is: `Jacobian norm`."""
    epochs: tuple[int, ...]
    values: NDArray[np.float64]
    """Shape (replicates, epochs)."""

    def as_json(self) -> dict[str, Any]:
        """Return the values and their summary at every epoch."""
        each = [summarize(column) for column in self.values.T]
        return {
            "name": self.name,
            "epochs": list(self.epochs),
            "per_replicate": self.values.tolist(),
            "mean": [one.mean for one in each],
            "sd": [one.sd for one in each],
            "ci95": [None if one.ci95 is None else list(one.ci95) for one in each],
        }


def along_training(networks: Networks, view: str) -> Along | None:
    """Return the number of a view at some epochs; None where it has none that is cheap.

    Args:
        networks: of an arm.
        view: `jacobian`, whose number is the norm; `robustness`, the test score with noise of 0.5
            SD; `calibration`, the expected calibration error. Nothing else has one.
    """
    moments = moments_of(networks, MOMENTS)
    epochs = tuple(networks.epochs[at] for at in moments)
    match view:
        case "jacobian":
            name, values = "Jacobian norm", [mean_jacobian(networks, at) for at in moments]
        case "robustness":
            name = f"score with noise of {STRONG:g} SD"
            values = [score_under_noise(networks, STRONG, at) for at in moments]
        case "calibration" if has_classes(networks.task):
            x, y = networks.test_rows()
            name = "expected calibration error"
            found = (calibration_of(networks.outputs(x, at), y) for at in moments)
            values = [np.array(one.ece.values) for one in found]
        case _:
            return None
    return Along(name, epochs, np.stack(values, axis=1))


def moments_of(networks: Networks, most: int) -> list[int]:
    """Return the indices of at most `most` snapshots, evenly spaced, with both ends."""
    count = len(networks.epochs)
    even = np.linspace(0, count - 1, min(most, count)).round().astype(int)
    return [int(at) for at in np.unique(even)]


def mean_jacobian(networks: Networks, snapshot: int = -1) -> NDArray[np.float64]:
    """Return the mean Jacobian norm over at most 500 test rows: shape (replicates,)."""
    rows = max(10, MOST_GRADIENTS // networks.output_count)
    x, _ = networks.test_rows(min(MOST_ROWS, rows))
    return np.asarray(networks.jacobian_norms(x, snapshot).mean(axis=1))
