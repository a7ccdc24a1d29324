"""An explanation as JSON, and its views that are one number a replicate."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hiss.reports.export import finite
from hiss.statistics import Summary, summarize
from hiss.views.explanation import ExplainedArm, Explanation
from hiss.views.measured import Measured
from hiss.views.regions import Regions
from hiss.views.robustness import STRONG


class Measure(NamedTuple):
    """One view of an arm as one number a replicate."""

    name: str
    summary: Summary | None
    """None where the arm does not have the view."""
    decimals: int


UNDER_NOISE = f"Score with noise of {STRONG:g} SD"
DECIMALS = {
    "Jacobian norm": 2,
    "Connected regions": 1,
    "Excess risk": 3,
    "Calibration error": 3,
    "Test margin, logits": 2,
    "Within noise's reach": 3,
    "Signal/noise": 2,
    "Train − test score": 3,
    "Lost after the best": 3,
}
"""The rows of a table of numbers, and with how many decimals they are written."""


def numbers_of(arm: ExplainedArm) -> dict[str, NDArray[np.float64]]:
    """Return the views of an arm that are one number a replicate, by name, in a fixed order."""
    maps = arm.regions if isinstance(arm.regions, Regions) else None
    robustness, margins, gaps = arm.robustness, arm.margins, arm.memorisation
    strong = robustness.scores[:, robustness.stddev.index(STRONG)] if robustness else None
    found = {
        "Jacobian norm": _values(arm.jacobian),
        "Connected regions": _values(maps.fragments if maps else None),
        "Excess risk": _values(maps.excess_risk if maps else None),
        UNDER_NOISE: strong,
        "Calibration error": _values(arm.calibration.ece if arm.calibration else None),
        "Test margin, logits": margins.middle if margins else None,
        "Within noise's reach": _values(margins.reach if margins else None),
        "Signal/noise": _values(arm.noise[0].last if arm.noise else None),
        "Train − test score": gaps.last_gap if gaps else None,
        "Lost after the best": _values(gaps.lost if gaps else None),
    }
    return {name: values for name, values in found.items() if values is not None}


def _values(measured: Measured | None) -> NDArray[np.float64] | None:
    return None if measured is None else np.array(measured.values)


def measures(arm: ExplainedArm) -> tuple[Measure, ...]:
    """Return the views of an arm that are one number a replicate, always in the same order."""
    found = numbers_of(arm)
    return tuple(
        Measure(name, summarize(found[name]) if name in found else None, decimals)
        for name, decimals in DECIMALS.items()
    )


def to_json(explanation: Explanation) -> str:
    """Return an explanation as JSON, with null for NaN and infinities."""
    return json.dumps(finite(explanation.as_json()), ensure_ascii=False, indent=2) + "\n"
