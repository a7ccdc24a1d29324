"""Studies of made-up scores, to be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hiss.data.spec import Data, Mode
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.training import Keras, Training
from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, Fingerprint, Replicate, Result, Status
from hiss.studies.comparison import compare_all

FINGERPRINT = Fingerprint("", "", "", "", "", "")
DENSE = Keras(class_name="Dense", units=1)
NOISE = Keras(class_name="GaussianNoise", stddev=0.1)


def experiment(name: str, *layers: Keras, data: str = "make_circles") -> Experiment:
    return Experiment(
        name=name,
        title=name.split("/")[-1].replace("-", " ").capitalize(),
        data=Data(name=data, train_size=0.8, shuffle=data.startswith("load_")),
        layers=(*layers, DENSE),
        training=Training(epochs=1),
    )


def replicate(
    number: int, status: Status = "finished", reason: str = "", **scores: float
) -> Replicate:
    return Replicate(number, status, 1, scores, math.nan, 0, 0.0, reason)


def accuracies(values: Sequence[float]) -> list[Replicate]:
    return [replicate(number, test_accuracy=value) for number, value in enumerate(values)]


def study(
    *arms: tuple[Experiment, Sequence[Replicate]], repeats: int = 30, mode: Mode = "article"
) -> Result:
    ended = tuple(Arm(one, tuple(replicates), Curves((), 0, 0)) for one, replicates in arms)
    plan = Study(arms=tuple(one for one, _ in arms), repeats=repeats, mode=mode)
    return Result(plan, ended, FINGERPRINT, 0.0)


BASELINE = experiment("article/baseline")
HIDDEN = experiment("article/noise-before-the-activation", NOISE)
SCORES = np.random.default_rng(1).normal(0.77, 0.01, 30)
SPREAD = np.random.default_rng(2).normal(0, 0.01, 30)
SPREAD -= SPREAD.mean()


def hidden_against_baseline(lift: float, spread: float = 1.0, n: int = 30) -> Result:
    arm = (SCORES + lift + spread * SPREAD)[:n]
    return study((BASELINE, accuracies(SCORES[:n])), (HIDDEN, accuracies(arm)), repeats=n)


def sentence(result: Result) -> str:
    (found,) = compare_all(result)
    return found.sentence
