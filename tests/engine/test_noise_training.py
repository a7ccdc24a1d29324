"""Real trainings with every noise and control, by both engines, each as short as it can be."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import keras
import numpy as np
import pytest

from engine.curves import Curves
from engine.events import ArmStarted, Event
from engine.notation import override, parse
from engine.results import Result
from engine.runner import run_study
from engine.spec import Experiment, Study

CIRCLES = 'name = "make_circles"\nnoise = 0.1\nrandom_state = 1\ntrain_size = 30'
DIGITS = 'name = "load_digits"\ntrain_size = 60\ntest_size = 40\nrandom_state = 1\nshuffle = true'
DENSE = 'class_name = "Dense"\nunits = 20\nactivation = "relu"'
SIGMOID = 'class_name = "Dense"\nunits = 1\nactivation = "sigmoid"'
SOFTMAX = 'class_name = "Dense"\nunits = 10\nactivation = "softmax"'
BINARY = 'loss = "binary_crossentropy"'


def experiment(data: str, layers: Sequence[str], training: str, epochs: int = 6) -> Experiment:
    tables = "".join(f"[[layers]]\n{layer}\n" for layer in layers)
    text = f'title = "t"\n[data]\n{data}\n{tables}[training]\nepochs = {epochs}\n{training}'
    return parse(text, "text", "test/one")


def run(arm: Experiment, **options: object) -> Result:
    return run_study(Study(arms=(arm,), **options), lambda event: None, threading.Event())


def histories(result: Result) -> np.ndarray:
    return result.arms[0].curves.values


NOISES = experiment(
    CIRCLES,
    [
        'class_name = "WeightNoise"\nstddev = 0.1\n'
        'layer = {class_name = "Dense", config = {units = 20, activation = "selu"}}',
        'class_name = "AlphaDropout"\nrate = 0.1',
        'class_name = "GaussianNoise"\nstddev = 0.2\nschedule = "cosine"',
        'class_name = "Dropout"\nrate = 0.2\nschedule = {class_name = "WarmUp"}',
        'class_name = "GaussianDropout"\nrate = 0.2',
        SIGMOID,
    ],
    f"{BINARY}\nbatch_size = 10",
)
IMAGES = experiment(
    f"{DIGITS}\nshape = [8, 8, 1]\nlabel_noise = 0.2",
    [
        'class_name = "Conv2D"\nfilters = 4\nkernel_size = 3\nactivation = "relu"',
        'class_name = "SpatialDropout2D"\nrate = 0.3',
        'class_name = "Reshape"\ntarget_shape = [36, 4]',
        'class_name = "SpatialDropout1D"\nrate = 0.3',
        'class_name = "Flatten"',
        SOFTMAX,
    ],
    'loss = {class_name = "CategoricalCrossentropy", label_smoothing = 0.1}',
)
PENALTY = experiment(
    CIRCLES,
    [f'{DENSE}\nkernel_regularizer = {{class_name = "L2", config = {{l2 = 0.01}}}}', SIGMOID],
    'loss = {class_name = "BinaryCrossentropy", label_smoothing = 0.2}',
)


@pytest.mark.parametrize("arm", [NOISES, IMAGES, PENALTY], ids=["noises", "images", "penalty"])
def test_both_engines_train_alike(arm: Experiment) -> None:
    fused, reference = run(arm), run(arm, engine="reference")
    np.testing.assert_allclose(histories(fused), histories(reference), rtol=1e-4)
    ours, theirs = (each.arms[0].replicates[0].scores for each in (fused, reference))
    assert ours == pytest.approx(dict(theirs), rel=1e-4)


def test_a_penalty_and_smoothing_are_in_the_loss() -> None:
    plain = experiment(CIRCLES, [DENSE, SIGMOID], BINARY, 1)
    loss = PENALTY.training.model_copy(update={"epochs": 1})
    smooth = plain.model_copy(update={"training": loss})
    penalised = PENALTY.model_copy(update={"training": plain.training})
    base, smoother, larger = (histories(run(each))[0, 0, 0] for each in (plain, smooth, penalised))
    assert smoother != pytest.approx(base, rel=1e-3)
    assert larger > base + 0.01


STOPPING = experiment(
    f"{CIRCLES}\nlabel_noise = 0.2",
    [DENSE, SIGMOID],
    f'{BINARY}\noptimizer = {{class_name = "Adam", learning_rate = 0.1}}\n'
    "early_stopping = {validation_size = 10, patience = 2, restore_best_weights = true}",
    60,
)


def test_early_stopping_is_that_of_keras() -> None:
    fused, reference = (
        run(STOPPING, repeats=2, seed=4, engine=engine) for engine in ("fused", "reference")
    )
    counts = fused.arms[0].curves.counts
    assert counts.tolist() == reference.arms[0].curves.counts.tolist()
    assert counts[0] > counts[1]
    assert counts.max() < 60
    np.testing.assert_allclose(histories(fused), histories(reference), rtol=2e-3)
    for ours, theirs in zip(fused.arms[0].replicates, reference.arms[0].replicates, strict=True):
        assert ours.epochs == theirs.epochs
        assert ours.scores == pytest.approx(dict(theirs.scores), rel=2e-3)


def test_the_best_weights_are_those_that_are_scored() -> None:
    rule = STOPPING.training.early_stopping
    assert rule is not None
    last = rule.model_copy(update={"restore_best_weights": False})
    training = STOPPING.training.model_copy(update={"early_stopping": last})
    best, kept = run(STOPPING), run(STOPPING.model_copy(update={"training": training}))
    np.testing.assert_array_equal(histories(best), histories(kept))
    curves = kept.arms[0].curves
    end = curves.series("val_loss")[-1]
    assert kept.arms[0].replicates[0].scores["test_loss"] == pytest.approx(end, rel=1e-5)
    then = curves.series("val_loss")[-1 - rule.patience]
    assert best.arms[0].replicates[0].scores["test_loss"] == pytest.approx(then, rel=1e-5)


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


def test_a_stop_keeps_the_best_weights_in_stock_fit_too() -> None:
    ended = run(STOPPING, engine="reference").arms[0].replicates[0]
    patient = override(STOPPING, ["training.early_stopping.patience=50"])
    stop = StopAfter(ended.epochs)
    study = Study(arms=(patient,), engine="reference")
    (stopped,) = run_study(study, stop.listen, stop).arms[0].replicates
    assert (stopped.status, stopped.epochs) == ("stopped", ended.epochs)
    assert stopped.scores == ended.scores
    best = STOPPING.training.early_stopping.patience + 1  # type: ignore[union-attr]
    soon = StopAfter(ended.epochs - best + 1)
    (early,) = run_study(study, soon.listen, soon).arms[0].replicates
    assert early.scores == ended.scores, "the epoch that ended with the stop is looked at"


def test_smoothed_targets_of_many_classes_are_one_hot() -> None:
    from engine.metrics import loss_per_row

    targets = np.array([[2.0], [0.0]], np.float32)
    predictions = np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]], np.float32)
    stock = keras.losses.CategoricalCrossentropy(label_smoothing=0.3)
    expected = stock(np.eye(3)[[2, 0]], predictions)
    chosen = IMAGES.training.loss.model_copy(update={"label_smoothing": 0.3})  # type: ignore[union-attr]
    assert np.mean(loss_per_row(chosen)(targets, predictions)) == pytest.approx(float(expected))
