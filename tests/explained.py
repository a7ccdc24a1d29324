"""A scripted explanation: rings that are rough without noise and smooth with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from hiss.data.arrays import Split
from hiss.experiment.spec import Study
from hiss.studies.search import Search
from hiss.views.along import Along
from hiss.views.calibration import calibration_of
from hiss.views.explanation import ExplainedArm, Explanation
from hiss.views.frames import Frame, FramedArm, LiveArm
from hiss.views.margins import QUANTILES, Margins
from hiss.views.measured import Measured
from hiss.views.memorisation import Memorisation, Norms
from hiss.views.paired import PairedChange, correlate
from hiss.views.plane import Plane, plane_of
from hiss.views.regions import Regions
from hiss.views.robustness import STRENGTHS, Robustness
from hiss.views.signal import Histogram, Signal

EPOCHS = (0, 1000, 2000, 3000, 4000)


def scripted_explanation(study: Study, search: Search | None = None) -> Explanation:
    """Return an explanation whose first arm is the baseline of the others."""
    arms = tuple(_arm(one.name, number, study.repeats) for number, one in enumerate(study.arms))
    changes = tuple(_change(arm, arms[0]) for arm in arms[1:])
    if search is None:
        return Explanation(arms, changes)
    placed = tuple(replace(arm, place=at) for arm, at in zip(arms, search.places, strict=True))
    sites = tuple(axis.site.name for axis in search.axes)
    return Explanation(placed, changes, sites, search.symbols)


def scripted_frame(study: Study, share: float, names: Collection[str]) -> Frame:
    """Return some arms at an earlier moment: smaller rings, and smaller numbers."""
    numbers = {one.name: number for number, one in enumerate(study.arms) if one.name in names}
    return Frame(share, {name: _framed(number, name, share) for name, number in numbers.items()})


def _framed(number: int, name: str, share: float) -> FramedArm:
    arm = _arm(name, number, 3)
    return FramedArm(
        round(4000 * share),
        _regions(number, 3, share),
        replicates=(0, 1, 2),
        score=_spread(0.5 + 0.3 * share, 3),
        jacobian=_spread(5 + 10 * share, 3),
        robustness=arm.robustness,
        calibration=arm.calibration,
    )


def scripted_live(number: int) -> LiveArm:
    """Return the regions of an arm that trains."""
    return LiveArm(number, FramedArm(700, _regions(number, 3, 0.2)))


def _plane() -> Plane:
    angle = np.tile(np.linspace(0, 2 * np.pi, 15, endpoint=False), 2)
    radius = np.repeat([1.0, 0.7], 15)
    x = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1).astype(np.float32)
    y = np.repeat([0, 1], 15).astype(np.float32)
    return plane_of(Split(x, y, x, y, "binary", ("outer", "inner"), ("x1", "x2")))


def _regions(number: int, repeats: int, share: float = 1.0) -> Regions:
    plane = _plane()
    x, y = np.meshgrid(plane.x, plane.y)
    rough = 0.25 * share * (number == 0) * np.sin(6 * np.arctan2(y, x))
    inside = 0.85 - np.hypot(x, y) + rough
    values = 1 / (1 + np.exp(-12 * inside * (0.2 + share)))
    values = np.rint(values * repeats) / repeats
    calls = (values > 0.5).astype(np.int64)
    return Regions(
        plane=plane,
        share=values,
        calls=calls,
        fragments=_spread(3.0 - 0.5 * number, repeats),
        disagreement=0.15 / (1 + number),
        binary=True,
        excess_risk=_spread(0.05, repeats),
    )


def _spread(mean: float, repeats: int) -> Measured:
    return Measured.of(mean * (1 + 0.1 * np.sin(np.arange(repeats))))


def _table(repeats: int, means: np.ndarray) -> np.ndarray:
    return means * (1 + 0.03 * np.cos(np.arange(repeats)))[:, None]


def _arm(name: str, number: int, repeats: int) -> ExplainedArm:
    random = np.random.default_rng(number)
    targets = random.integers(0, 2, (repeats, 70)).astype(float)
    outputs = np.clip(targets * 0.5 + 0.25 + random.normal(0, 0.2, targets.shape), 0.01, 0.99)
    epochs = np.array(EPOCHS, float)
    noisy = "noise" in name or "hidden" in name
    edges = np.linspace(-1, 1, 5)
    histogram = Histogram(edges, np.full(4, 0.25), np.full(4, 0.25))
    signal = Signal(f"layer_{number}", "GaussianNoise", EPOCHS,
                    _table(repeats, 1 + epochs / 1000), histogram, None, None)  # fmt: skip
    quantiles = np.array(QUANTILES) * 4 - 1
    reach = 0.2 if noisy else 0.0
    return ExplainedArm(
        name,
        "binary",
        tuple(range(repeats)),
        regions=_regions(number, repeats),
        jacobian=_spread(20.0 - 4 * number, repeats),
        robustness=Robustness(STRENGTHS, "test_accuracy",
                              _table(repeats, 0.8 - 0.2 * np.array(STRENGTHS))),
        calibration=calibration_of(outputs[..., None], targets),
        margins=Margins(_table(repeats, quantiles), _table(repeats, quantiles),
                        _spread(reach, repeats)),
        noise=(signal,) if noisy else None,
        memorisation=Memorisation("accuracy", EPOCHS, _table(repeats, 0.5 + epochs / 8000),
                                  _table(repeats, 0.5 + epochs / 16000), _spread(3000, repeats),
                                  _spread(0.02, repeats)),
        weights=Norms(EPOCHS, ("dense/kernel",), _table(repeats, 2 + epochs / 1000)[None]),
        along=_along(repeats),
        score=_spread(0.75 + 0.02 * number, repeats),
        metric="test_accuracy",
        reasons={} if noisy else {"noise": "no layer of this network adds noise"},
    )  # fmt: skip


def _along(repeats: int) -> dict[str, Along]:
    table = _table(repeats, 1 + np.array(EPOCHS, float) / 1000)
    names = {
        "jacobian": "Jacobian norm",
        "robustness": "test score with noise of 0.5 SD",
        "calibration": "expected calibration error",
    }
    return {view: Along(name, EPOCHS, table) for view, name in names.items()}


def _change(arm: ExplainedArm, base: ExplainedArm) -> PairedChange:
    assert arm.jacobian is not None and base.jacobian is not None
    pairs = list(zip(arm.jacobian.values, base.jacobian.values, strict=True))
    jacobian = tuple(one - other for one, other in pairs)
    score = tuple(0.04 + 0.01 * np.cos(3.0 * number) for number in range(len(pairs)))
    return PairedChange(arm.name, base.name, "test_accuracy", arm.replicates, jacobian,
                        tuple(one / other - 1 for one, other in pairs), score,
                        *correlate(jacobian, score))  # fmt: skip
