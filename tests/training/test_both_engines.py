"""The fused engine against stock Keras: the same rows, noise, steps and scores."""

from __future__ import annotations

import pytest
from trainings import ROUNDING, agree, run

from hiss.experiment.notation import parse

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


@pytest.mark.slow
def test_both_engines_train_alike_over_many_steps_by_graphs() -> None:
    agree(run(WITHOUT_PRESET), run(WITHOUT_PRESET, engine="reference"), 20 * ROUNDING)
