"""Trainings that end by themselves, by both engines."""

from __future__ import annotations

import threading
from functools import cache

import numpy as np
import pytest
from trainings import run

from hiss.experiment.notation import override
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, ArmStarted, Event
from hiss.studies.runner import run_study

(BASELINE,) = find("article/baseline")
STOPPING = override(
    BASELINE,
    [
        "data.test_size=30",
        "data.label_noise=0.2",
        "layers.0.units=20",
        'training.optimizer={class_name = "Adam", learning_rate = 0.1}',
        "training.epochs=60",
        "training.early_stopping={validation_size = 10, patience = 2, restore_best_weights = true}",
    ],
)


@cache
def stock() -> Arm:
    return run(STOPPING, engine="reference", repeats=2, seed=4)


def test_early_stopping_is_that_of_keras() -> None:
    fused, reference = run(STOPPING, repeats=2, seed=4), stock()
    counts = fused.curves.counts
    assert counts.tolist() == reference.curves.counts.tolist()
    assert counts[0] != counts[1]
    assert counts.max() < 60
    np.testing.assert_allclose(fused.curves.values, reference.curves.values, rtol=2e-3)
    for ours, theirs in zip(fused.replicates, reference.replicates, strict=True):
        assert ours.epochs == theirs.epochs
        assert ours.scores == pytest.approx(dict(theirs.scores), rel=2e-3)


def test_the_best_weights_are_those_that_are_scored() -> None:
    rule = STOPPING.training.early_stopping
    assert rule is not None
    last = rule.model_copy(update={"restore_best_weights": False})
    training = STOPPING.training.model_copy(update={"early_stopping": last})
    best, kept = run(STOPPING), run(STOPPING.model_copy(update={"training": training}))
    np.testing.assert_array_equal(best.curves.values, kept.curves.values)
    end = kept.curves.series("val_loss")[-1]
    assert kept.replicates[0].scores["test_loss"] == pytest.approx(end, rel=1e-5)
    then = kept.curves.series("val_loss")[-1 - rule.patience]
    assert best.replicates[0].scores["test_loss"] == pytest.approx(then, rel=1e-5)


class StopAfter(threading.Event):
    """Is set once the first replicate has trained so many epochs."""

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self.epochs = epochs
        self.curves: Curves | None = None

    def listen(self, event: Event) -> None:
        if isinstance(event, ArmStarted):
            self.curves = event.curves

    def is_set(self) -> bool:
        return self.curves is not None and int(self.curves.counts[0]) >= self.epochs


@pytest.mark.slow
def test_a_stop_keeps_the_best_weights_in_stock_fit_too() -> None:
    ended = stock().replicates[0]
    patient = override(STOPPING, ["training.early_stopping.patience=50"])
    stop = StopAfter(ended.epochs)
    study = Study(arms=(patient,), engine="reference", seed=4)
    (stopped,) = run_study(study, stop.listen, stop).arms[0].replicates
    assert (stopped.status, stopped.epochs) == ("stopped", ended.epochs)
    assert stopped.scores == ended.scores
    best = STOPPING.training.early_stopping.patience + 1  # type: ignore[union-attr]
    soon = StopAfter(ended.epochs - best + 1)
    (early,) = run_study(study, soon.listen, soon).arms[0].replicates
    assert early.scores == ended.scores, "the epoch that ended with the stop is looked at"
