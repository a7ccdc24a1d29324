"""A scripted explanation: rings that are rough without noise and smooth with it."""

from __future__ import annotations

import numpy as np

from hiss.data.arrays import Split
from hiss.experiment.spec import Study
from hiss.views.calibration import calibration_of
from hiss.views.explanation import ExplainedArm, Explanation, Frame, FramedArm, LiveArm
from hiss.views.margins import QUANTILES, Margins
from hiss.views.measured import Measured
from hiss.views.memorisation import Memorisation, Norms
from hiss.views.paired import PairedChange, correlate
from hiss.views.plane import Plane, plane_of
from hiss.views.regions import Regions
from hiss.views.robustness import STRENGTHS, Robustness
from hiss.views.signal import Histogram, Signal

EPOCHS = (0, 1000, 2000, 3000, 4000)


def scripted_explanation(study: Study) -> Explanation:
    """Return an explanation whose first arm is the baseline of the others."""
    arms = tuple(_arm(one.name, number, study.repeats) for number, one in enumerate(study.arms))
    return Explanation(arms, tuple(_change(arm, arms[0]) for arm in arms[1:]))


def scripted_frame(study: Study, share: float) -> Frame:
    """Return the regions at an earlier moment: smaller rings."""
    epoch, numbers = round(4000 * share), range(len(study.arms))
    return Frame(share, tuple(FramedArm(epoch, _regions(each, 3, share)) for each in numbers))


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
        reasons={} if noisy else {"noise": "no layer of this network adds noise"},
    )  # fmt: skip


def _change(arm: ExplainedArm, base: ExplainedArm) -> PairedChange:
    assert arm.jacobian is not None and base.jacobian is not None
    pairs = list(zip(arm.jacobian.values, base.jacobian.values, strict=True))
    jacobian = tuple(one - other for one, other in pairs)
    score = tuple(0.04 + 0.01 * np.cos(3.0 * number) for number in range(len(pairs)))
    return PairedChange(arm.name, base.name, "test_accuracy", arm.replicates, jacobian,
                        tuple(one / other - 1 for one, other in pairs), score,
                        *correlate(jacobian, score))  # fmt: skip
