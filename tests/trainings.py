"""Short trainings of the built-in presets, shared by the tests that compare them."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
import tensorflow as tf

from hiss.data.seeds import Seeds
from hiss.data.splits import load
from hiss.experiment.notation import override
from hiss.experiment.spec import Experiment, Study
from hiss.library.presets import find, load_presets
from hiss.noise.registry import NOISE_LAYERS
from hiss.results.outcomes import Arm
from hiss.studies.runner import run_study

EPOCHS, TEST_ROWS, REPLICATES = 2, 30, 24
ROUNDING = 1e-5
"""float32 has 7 digits, of which the order of a sum over rows or units costs 1 or 2."""


def shortened(experiment: Experiment) -> Experiment:
    """Train a few epochs, and test on few enough rows for one batch of `evaluate`."""
    settings = (f"training.epochs={EPOCHS}", f"data.test_size={TEST_ROWS}")
    return override(experiment, settings)


PRESETS = sorted(map(shortened, load_presets().experiments), key=lambda each: str(each.layers))
"""All of them; the same networks are next to each other, so that they are compiled once."""


def presets(quick: tuple[str, ...]) -> list[Any]:
    """Return all as parameters of a test; those that are not `quick` are marked slow."""
    return [
        pytest.param(each, id=each.name, marks=() if each.name in quick else pytest.mark.slow)
        for each in PRESETS
    ]


def preset(name: str) -> Experiment:
    (found,) = find(name)
    return shortened(found)


def run(experiment: Experiment, **options: object) -> Arm:
    study = Study(arms=(experiment,), device="cpu", **options)
    (arm,) = run_study(study, lambda event: None, threading.Event()).arms
    return arm


def is_random(experiment: Experiment) -> bool:
    """Whether two trainings that start from the same weights differ."""
    training, rows = experiment.training, load(experiment.data).x_train
    return (
        any(layer.class_name in NOISE_LAYERS for layer in experiment.layers)
        or "GradientNoise" in str(training.optimizer)
        or experiment.data.label_noise > 0
        or training.early_stopping is not None
        or len(rows) > training.batch_size
    )


@cache
def fused(experiment: Experiment) -> tuple[Arm, ...]:
    """Train the replicate of study seed 1, and, where there is noise, others from its weights.

    The replicates of a study hold out the same rows for early stopping, so each of them is then a
    study of its own.
    """
    repeats = REPLICATES if is_random(experiment) else 1
    with same_weights():
        if experiment.training.early_stopping is None:
            return (run(experiment, repeats=repeats),)
        return tuple(run(experiment, seed=seed) for seed in range(1, repeats + 1))


@contextmanager
def same_weights() -> Iterator[None]:
    """Have every replicate start from the weights of the first."""
    drawn = Seeds.of

    def of(seeds: Seeds, role: str) -> int:
        noise = not role.startswith("weights/") or role.endswith("/wrapper")
        return drawn(seeds if noise else Seeds(1, 0), role)

    with patch.object(Seeds, "of", of):
        yield


@contextmanager
def without_graphs() -> Iterator[None]:
    """Let stock `fit` run without building graphs, which would take longer than a few epochs.

    TensorFlow warns that its data pipelines stay graphs; that is harmless here.
    """
    tf.config.run_functions_eagerly(True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Even though the `tf.config", UserWarning)
            yield
    finally:
        tf.config.run_functions_eagerly(False)


def agree(ours: Arm, theirs: Arm, tolerance: float) -> None:
    """Assert that the first replicates have the same curves and scores."""
    assert ours.curves.metrics == theirs.curves.metrics
    close = {"rtol": tolerance, "atol": tolerance}
    np.testing.assert_allclose(ours.curves.values[0], theirs.curves.values[0], **close)
    scores, expected = (dict(arm.replicates[0].scores) for arm in (ours, theirs))
    assert scores == pytest.approx(expected, rel=tolerance, abs=tolerance, nan_ok=True)
