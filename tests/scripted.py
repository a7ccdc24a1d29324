"""An engine without TensorFlow: its studies end as a test specifies."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from hiss.experiment.spec import Experiment, Study
from hiss.results.curves import Curves
from hiss.results.outcomes import (
    Arm,
    ArmEnded,
    ArmStarted,
    BackendLoaded,
    Fingerprint,
    Listener,
    Replicate,
    Result,
    StudyEnded,
)
from hiss.store.album import Album
from hiss.store.blocks import Block, BlockKey
from hiss.store.keeper import Keeper

FINGERPRINT = Fingerprint("0.1.0", "3.12.0", "2.21.0", "3.15.1", "a CPU × 2", "cpu")
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")


def experiment(name: str = "article/baseline", epochs: int = 4, **changes: object) -> Experiment:
    fields = {
        "name": name,
        "title": name.title(),
        "published": {"train_accuracy": 1.0, "test_accuracy": 0.757},
        "data": {"name": "make_circles", "n_samples": 100, "noise": 0.1, "train_size": 30},
        "layers": [{"class_name": "Dense", "units": 1, "activation": "sigmoid"}],
        "training": {"epochs": epochs},
    }
    return Experiment.model_validate({**fields, **changes})


def replicate(number: int = 0, test: float = 0.75, train: float = 1.0) -> Replicate:
    scores = {
        "train_accuracy": train,
        "test_accuracy": test,
        "train_loss": 0.01,
        "test_loss": 0.9,
    }
    return Replicate(number, "finished", 4, scores, test + 0.1, 3, 0.5)


def failed(number: int = 0) -> Replicate:
    return Replicate(number, "failed", 2, {}, math.nan, 0, 0.1, "loss is NaN at epoch 3")


def regression(number: int = 0, rmse: float = 0.25) -> Replicate:
    scores = {"train_rmse": 0.1, "test_rmse": rmse, "test_r2": 0.5, "train_loss": 0.01}
    return Replicate(number, "finished", 4, {**scores, "test_loss": 0.06}, math.nan, 0, 0.5)


def arm(*replicates: Replicate, of: Experiment | None = None) -> Arm:
    of = of or experiment()
    curves = Curves(METRICS, len(replicates), of.training.epochs)
    for one in replicates:
        curves.extend(one.replicate, np.full((one.epochs, len(METRICS)), 0.5, np.float32))
    return Arm(of, replicates, curves)


def result(*arms: Arm) -> Result:
    study = Study(arms=tuple(arm.experiment for arm in arms), repeats=len(arms[0].replicates) or 1)
    return Result(study, arms, FINGERPRINT, 1.5)


@dataclass
class ScriptedEngine:
    """Runs studies by calling `outcome` where an engine would train."""

    outcome: Callable[[int], Replicate] = replicate
    outcome_of: Callable[[Experiment, int], Replicate] | None = None
    """Replaces `outcome` where arms differ."""
    study: Study | None = None
    studies: list[Study] = field(default_factory=list)
    trained: list[str] = field(default_factory=list)
    """Names of the arms that were trained: those not found in the store."""
    before: Callable[[threading.Event], None] = lambda stop: None
    during: Callable[[threading.Event], None] = lambda stop: None

    def run_study(
        self,
        study: Study,
        listen: Listener,
        stop: threading.Event,
        keeper: Keeper | None = None,
        album: Album | None = None,
    ) -> Result:
        self.study = study
        self.studies.append(study)
        self.before(stop)
        listen(BackendLoaded(FINGERPRINT))
        numbers = itertools.takewhile(lambda _: not stop.is_set(), range(len(study.arms)))
        arms = tuple(self._arm(number, study, listen, stop, keeper) for number in numbers)
        ended = Result(study, arms, FINGERPRINT, 1.5)
        listen(StudyEnded(ended))
        return ended

    def _arm(
        self,
        number: int,
        study: Study,
        listen: Listener,
        stop: threading.Event,
        keeper: Keeper | None,
    ) -> Arm:
        of = study.arms[number]
        key = BlockKey.of(study, of, range(study.repeats))
        kept = keeper.block(key) if keeper else None
        outcome = partial(self.outcome_of, of) if self.outcome_of else self.outcome
        made = arm(*(kept.replicates if kept else map(outcome, range(study.repeats))), of=of)
        listen(ArmStarted(number, made.curves))
        self.during(stop)
        if kept is None:
            self.trained.append(of.name)
            if keeper is not None:
                keeper.keep(Block.of(key, made.replicates, made.curves, "rows", FINGERPRINT, ""))
        listen(ArmEnded(number, made))
        return made
