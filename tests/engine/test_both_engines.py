"""The fused engine against stock Keras: the same rows, noise, steps and scores."""

from __future__ import annotations

import numpy as np
import pytest
from trainings import PRESETS, fused, run, without_graphs

from engine.notation import parse
from engine.results import Arm
from engine.spec import Experiment

ROUNDING = 1e-5
"""float32 has 7 digits, of which the order of a sum over rows or units costs 1 or 2."""

WITHOUT_PRESET = parse(
    """
title = "Mini-batches, and every noise that can be in one network"

[data]
name = "load_digits"
train_size = 60
test_size = 30
random_state = 1
shuffle = true
standardize = true
shape = [8, 8]
label_noise = 0.2

[[layers]]
class_name = "SpatialDropout1D"
rate = 0.3
schedule = "linear"

[[layers]]
class_name = "Flatten"

[[layers]]
class_name = "WeightNoise"
stddev = 0.1
schedule = {class_name = "Step", config = {at = 0.4, factor = 0.3}}
layer = {class_name = "Dense", config = {units = 20, activation = "selu"}}

[[layers]]
class_name = "AlphaDropout"
rate = 0.1

[[layers]]
class_name = "GaussianNoise"
stddev = 0.2
schedule = "cosine"

[[layers]]
class_name = "Dropout"
rate = 0.2
schedule = {class_name = "WarmUp"}

[[layers]]
class_name = "GaussianDropout"
rate = 0.2

[[layers]]
class_name = "Dense"
units = 10
activation = "softmax"

[training]
epochs = 6
batch_size = 16
optimizer = {class_name = "GradientNoise", eta = 0.01}
loss = {class_name = "CategoricalCrossentropy", label_smoothing = 0.1}
""",
    "text",
    "test/one",
)


def agree(ours: Arm, theirs: Arm, tolerance: float) -> None:
    """See that the first replicates have the same curves and scores."""
    assert ours.curves.metrics == theirs.curves.metrics
    close = {"rtol": tolerance, "atol": tolerance}
    np.testing.assert_allclose(ours.curves.values[0], theirs.curves.values[0], **close)
    scores, expected = (dict(arm.replicates[0].scores) for arm in (ours, theirs))
    assert scores == pytest.approx(expected, rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("experiment", PRESETS, ids=lambda each: each.name)
def test_both_engines_train_a_preset_alike(experiment: Experiment) -> None:
    with without_graphs():
        reference = run(experiment, engine="reference")
    agree(fused(experiment)[0], reference, ROUNDING)


def test_both_engines_train_alike_over_many_steps_by_graphs() -> None:
    agree(run(WITHOUT_PRESET), run(WITHOUT_PRESET, engine="reference"), 20 * ROUNDING)
