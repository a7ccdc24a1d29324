"""What a replicate has reached once it is trained: its scores on all training and all test rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from hiss.data.arrays import Floats, Split
from hiss.data.replicate_data import column
from hiss.network.metrics import metrics_for
from hiss.results.metrics import MEASURED
from hiss.statistics.predictions import classification_scores, regression_scores
from hiss.training.callback import TrainingCallback
from hiss.training.compiling import Compiled
from hiss.training.epochs import State
from hiss.training.program import Program
from hiss.training.reference import ROWS_AT_ONCE

Scores = dict[str, float]
Measured = tuple[Scores, Floats]
"""The scores on some rows by Keras' means over rows, and the predictions, shape (rows, outputs)."""
Measure = Callable[[Split], tuple[Measured, Measured]]
"""Split → what is measured on its training rows and on its test rows, with the noise off."""


def scores_of(measure: Measure, split: Split) -> Scores:
    """Measure the scores of a replicate and name them by their rows."""
    train, test = measure(split)
    named = _named("train", train, split.y_train, split) | _named("test", test, split.y_test, split)
    if "test_brier" in named:
        named["brier"] = named["test_brier"]
    return named


def best_of(callback: TrainingCallback, number: int, rows: int) -> tuple[float, int]:
    """Return the largest accuracy of any epoch on `rows` test rows, and the first such epoch."""
    if "val_accuracy" not in callback.curves.metrics or not callback.curves.counts[number]:
        return float("nan"), 0
    accuracy = callback.curves.series("val_accuracy", number)
    return _exact(float(np.max(accuracy)), rows), int(np.argmax(accuracy)) + 1


def measure_fused(program: Program, state: State) -> Measure:
    """Return what measures a replicate that the fused engine has trained."""

    def measure(split: Split) -> tuple[Measured, Measured]:
        found = scorer(program, state, split)(state, *map(tf.constant, _rows(split)))
        train, test = (
            (dict(zip(program.columns, values.numpy().tolist(), strict=False)), predicted.numpy())
            for values, predicted in found
        )
        return train, test

    return measure


def measure_reference(network: Any) -> Measure:
    """Return what measures a replicate that stock `fit` has trained."""

    def evaluate(x: Floats, y: Floats) -> Measured:
        scores: Scores = network.evaluate(x, column(y), verbose=0, return_dict=True)
        return scores, _predicted(network, x)

    return lambda split: (
        evaluate(split.x_train, split.y_train),
        evaluate(split.x_test, split.y_test),
    )


def scorer(program: Program, state: State, split: Split) -> Compiled:
    """Return (state, *rows) → (metrics, predictions) of training rows and of test rows.

    It is traced once for arrays of a shape, which takes a tenth of a second or more.
    """
    rows = _rows(split)
    key = (tf.constant(0).device, *(each.shape for each in rows))
    if key not in program.scorers:
        traced = tf.function(program.scores, autograph=False)
        program.scorers[key] = traced.get_concrete_function(state, *map(tf.constant, rows))
    return program.scorers[key]


def _rows(split: Split) -> tuple[Floats, ...]:
    return split.x_train, column(split.y_train), split.x_test, column(split.y_test)


def _predicted(network: Any, x: Floats) -> Floats:
    """Predict some rows at a time, with the noise off; `predict` would build a graph for it."""
    parts = (x[start : start + ROWS_AT_ONCE] for start in range(0, len(x), ROWS_AT_ONCE))
    return np.concatenate([np.asarray(network(part, training=False), np.float32) for part in parts])


def _named(rows: str, measured: Measured, targets: Floats, split: Split) -> Scores:
    scores, predictions = measured
    exact = {
        name: _exact(value, len(targets)) if name == "accuracy" else value
        for name, value in scores.items()
    }
    further = _further(targets, predictions, split)
    return {f"{rows}_{name}": float(value) for name, value in {**exact, **further}.items()}


def _further(targets: Floats, predictions: Floats, split: Split) -> Scores:
    """Return the metrics of a task that are no means over rows, and so have no curves."""
    if split.classes:
        found = classification_scores(targets.astype(np.int64), predictions)
    else:
        found = regression_scores(column(targets), predictions)
    measured = {metric.name for metric in metrics_for(split.task)}
    return {name: found[name] for name in MEASURED[split.task] if name in found.keys() - measured}


def _exact(accuracy: float, rows: int) -> float:
    """Return an accuracy in float32 as its whole number of rows divided by all, in float64.

    Differences of float32 fractions that should tie do not, which every permutation test notices.
    """
    return round(accuracy * rows) / rows if math.isfinite(accuracy) else accuracy
