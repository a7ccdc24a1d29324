"""Short trainings of the built-in presets, shared by the tests that compare them."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from engine.notation import override
from engine.presets import find, load_presets
from engine.results import Arm
from engine.runner import run_study
from engine.spec import Experiment, Study

EPOCHS, TEST_ROWS, REPLICATES = 2, 30, 24
BOUND = 8.0
"""Standard errors that no mean of two values is from that of `REPLICATES` others by chance.

Student's t with 24 degrees of freedom is that far out once in 30 million times.
"""


def shortened(experiment: Experiment) -> Experiment:
    """Train a few epochs, and test on so few rows that they are one batch of `evaluate`."""
    settings = (f"training.epochs={EPOCHS}", f"data.test_size={TEST_ROWS}")
    return override(experiment, settings)


PRESETS = tuple(map(shortened, load_presets().experiments))


def preset(name: str) -> Experiment:
    (found,) = find(name)
    return shortened(found)


def run(experiment: Experiment, **options: object) -> Arm:
    study = Study(arms=(experiment,), device="cpu", **options)
    (arm,) = run_study(study, lambda event: None, threading.Event()).arms
    return arm


@cache
def fused(experiment: Experiment) -> tuple[Arm, ...]:
    """Train `REPLICATES` replicates, the first of them that of study seed 1.

    The replicates of a study hold out the same rows, the scripts of an experiment do not.
    """
    if experiment.training.early_stopping is None:
        return (run(experiment, repeats=REPLICATES),)
    return tuple(run(experiment, seed=seed) for seed in range(1, REPLICATES + 1))


@contextmanager
def without_graphs() -> Iterator[None]:
    """Have stock `fit` build no graphs, which takes longer than a few epochs without.

    TensorFlow warns that its data pipelines stay graphs, which is no matter here.
    """
    tf.config.run_functions_eagerly(True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Even though the `tf.config", UserWarning)
            yield
    finally:
        tf.config.run_functions_eagerly(False)


def distance(few: ArrayLike, many: ArrayLike) -> float:
    """How far the means of two samples lie apart, in standard errors of their difference."""
    samples = [np.asarray(sample, float) for sample in (few, many)]
    sizes = np.array([len(sample) for sample in samples])
    apart = abs(float(np.mean(samples[0]) - np.mean(samples[1])))
    squares = sum(float(np.sum((sample - np.mean(sample)) ** 2)) for sample in samples)
    error = np.sqrt(squares / (sizes.sum() - 2) * np.sum(1 / sizes))
    return float(apart / error) if apart else 0.0
