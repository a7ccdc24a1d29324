"""Networks of convolutions, trained by operations for a CPU: as stock Keras trains them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from trainings import ROUNDING, agree, run, without_graphs

from hiss.experiment.notation import parse
from hiss.experiment.spec import Experiment
from hiss.experiment.user_model import UserModel, parse_insertion
from hiss.library.adaptation import with_user_model
from hiss.training import cpu_operations

HEAD = """
title = "Convolutions"
data = {name = "load_digits", train_size = 40, test_size = 30, random_state = 1, shuffle = true, \
shape = [8, 8, 1]}
[training]
epochs = 3
batch_size = 16
optimizer = "sgd"
loss = "sparse_categorical_crossentropy"
"""
LAYERS = """
Rescaling: scale = 0.0625
Conv2D: filters = 8, kernel_size = 3, activation = "relu", padding = "same"
SpatialDropout2D: rate = 0.1
MaxPooling2D: pool_size = 3, strides = 2, padding = "same"
SeparableConv2D: filters = 12, kernel_size = 2
GaussianNoise: stddev = 0.1
Conv2D: filters = 12, kernel_size = 3, groups = 3, padding = "same"
BatchNormalization:
Conv2DTranspose: filters = 4, kernel_size = 3, strides = 2
AveragePooling2D: pool_size = 2
DepthwiseConv2D: kernel_size = 2, depth_multiplier = 2
Flatten:
Dense: units = 10, activation = "softmax"
"""
MODEL = """
import keras


class Block(keras.layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.filters = filters
        self.convolution = keras.layers.Conv2D(filters, 3, padding="same")

    def build(self, shape):
        self.convolution.build(shape)
        self.kernel = self.add_weight(shape=(3, 3, self.filters, self.filters))

    def call(self, x):
        x = keras.ops.relu(self.convolution(x))
        return keras.ops.max_pool(keras.ops.conv(x, self.kernel, padding="same"), 2)


class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [Block(4), Block(8)]
        self.scale = keras.layers.Rescaling(0.0625)
        self.flatten = keras.layers.Flatten()
        self.out = keras.layers.Dense(10, activation="softmax")

    def call(self, x):
        x = self.scale(x)
        for block in self.blocks:
            x = block(x)
        return self.out(self.flatten(x))


def build():
    return Network()
"""


def network(policy: str = "float32") -> Experiment:
    """Return a network of every operation; TensorFlow alone computes groups in float32 only."""
    text = LAYERS if policy == "float32" else LAYERS.replace("groups = 3, ", "")
    layers = [line.split(":", 1) for line in text.strip().splitlines()]
    tables = [
        f'[[layers]]\nclass_name = "{name}"\ndtype = "{policy}"\n' + given.replace(", ", "\n")
        for name, given in layers
    ]
    return parse("\n".join([HEAD, *tables]), "text", "test/convolutions")


def of_user(tmp_path: Path) -> Experiment:
    (tmp_path / "network.py").write_text(MODEL)
    reference = f"{tmp_path / 'network.py'}:build"
    model = UserModel(reference=reference, noise=(parse_insertion("flatten:after:0.1"),))
    return with_user_model(network(), model)[1]


def calls() -> Any:
    """Count the calls of each operation that are not left to Keras."""
    counts: dict[str, int] = {}

    def counted(name: str, operation: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            found = operation(*arguments, **named)
            counts[name] = counts.get(name, 0) + (found is not None)
            return found

        return call

    operations = {name: counted(name, each) for name, each in cpu_operations.OPERATIONS.items()}
    return patch.dict(cpu_operations.OPERATIONS, operations), counts


@pytest.mark.slow
def test_both_engines_train_convolutions_alike() -> None:
    patched, counts = calls()
    with patched:
        ours = run(network(), repeats=1)
    with without_graphs():
        theirs = run(network(), repeats=1, engine="reference")
    assert counts.keys() == cpu_operations.OPERATIONS.keys()
    agree(ours, theirs, 10 * ROUNDING)


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
def test_both_engines_train_convolutions_of_other_policies_alike(policy: str) -> None:
    ours = run(network(policy), repeats=1)
    with without_graphs():
        theirs = run(network(policy), repeats=1, engine="reference")
    assert not ours.replicates[0].reason
    tolerance = 1e-4 if policy == "float64" else 0.05
    for name in ("loss", "val_loss"):
        pair = (arm.curves.series(name, 0) for arm in (ours, theirs))
        np.testing.assert_allclose(*pair, rtol=tolerance, atol=tolerance)


@pytest.mark.slow
def test_convolutions_within_a_users_layers_are_computed_so_too(tmp_path: Path) -> None:
    experiment = of_user(tmp_path)
    patched, counts = calls()
    with patched:
        ours = run(experiment, repeats=1)
    with without_graphs():
        theirs = run(experiment, repeats=1, engine="reference")
    assert "fused" in ours.engine_note
    assert counts["conv"] >= 4
    assert counts["max_pool"] >= 2
    agree(ours, theirs, 10 * ROUNDING)


@pytest.mark.slow
def test_convolutions_repeat_bit_for_bit_and_whatever_trains_beside_them() -> None:
    first, again, alone = (run(network(), repeats=count) for count in (3, 3, 1))
    assert np.array_equal(first.curves.values, again.curves.values)
    assert np.array_equal(first.curves.values[:1], alone.curves.values)
