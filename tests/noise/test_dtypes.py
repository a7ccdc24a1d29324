"""Noise in layers of every dtype policy: computed in float32, and returned as Keras would."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from hiss.errors import EngineError
from hiss.experiment.training import Keras
from hiss.network.build import make_layer
from hiss.noise.layers import layer_class
from hiss.noise.optimizer import GradientNoise
from hiss.noise.registry import NOISE_LAYERS

POLICIES = ("float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16", "float64")
SHAPES = {
    "SpatialDropout1D": (6, 5, 4),
    "SpatialDropout2D": (6, 3, 3, 4),
    "TimeCorrelatedNoise": (6, 5, 4),
    "Cutout": (6, 8, 8, 2),
}
ONE_EACH = [name for name, kind in NOISE_LAYERS.items() if not kind.wraps_layer]
STRENGTH = 0.3


def make(name: str, policy: str, **options: Any) -> Any:
    kind = layer_class(name)
    assert kind is not None
    return kind(**{kind.kind.strength: STRENGTH}, seed=5, dtype=policy, **options)


def values_of(name: str) -> tf.Tensor:
    shape = SHAPES.get(name, (40, 50))
    return tf.constant(np.random.default_rng(1).normal(0.5, 1, shape), tf.float32)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", ONE_EACH)
@pytest.mark.parametrize("schedule", [None, "linear"])
def test_a_noise_has_the_dtype_of_keras_own_and_the_numbers_of_float32(
    name: str, policy: str, schedule: str | None
) -> None:
    values, layer = values_of(name), make(name, policy, schedule=schedule)
    alike = name if NOISE_LAYERS[name].is_of_keras else "GaussianNoise"
    stock = getattr(keras.layers, alike)(STRENGTH, dtype=policy)
    assert layer(values).dtype == stock(values).dtype
    with tf.GradientTape() as tape:
        tape.watch(values)
        noisy = layer(values, training=True)
    assert noisy.dtype == stock(values, training=True).dtype
    assert np.all(np.isfinite(tape.gradient(noisy, values)))
    rounded = tf.cast(tf.cast(values, layer.compute_dtype), tf.float32)
    expected = make(name, "float32", schedule=schedule)(rounded, training=True)
    close = {"rtol": 1e-6, "atol": 1e-6} if policy == "float64" else {"rtol": 0}
    np.testing.assert_allclose(
        tf.cast(noisy, tf.float64),
        tf.cast(tf.cast(expected, noisy.dtype), tf.float64),
        **close,
    )
    assert layer.strength.dtype == "float32"


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("outer", ["float32", "mixed_bfloat16", "float64"])
def test_noise_on_weights_is_added_before_they_are_rounded(policy: str, outer: str) -> None:
    inner = keras.layers.Dense(3, dtype=policy)
    layer, values = make("WeightNoise", outer, layer=inner), values_of("")
    with tf.GradientTape() as tape:
        outputs = layer(values, training=True)
    assert outputs.dtype == layer(values).dtype == inner(values).dtype
    gradients = tape.gradient(outputs, layer.trainable_variables)
    assert all(np.all(np.isfinite(tf.cast(each, tf.float32))) for each in gradients)

    exact = keras.layers.Dense(3)
    exact.build((None, 50))
    exact.set_weights([tf.cast(each, tf.float32).numpy() for each in inner.trainable_variables])
    twin = make("WeightNoise", "float32", layer=exact)
    rounding = {"float32": 1e-5, "float64": 1e-5}.get(policy, 0.02 if "bf" in policy else 0.003)
    if outer == "mixed_bfloat16":
        rounding = max(rounding, 0.02)  # of the inputs
    theirs = np.asarray(twin(values, training=True))
    error = np.abs(np.asarray(tf.cast(outputs, tf.float32)) - theirs)
    assert np.max(error) < rounding * np.max(np.abs(theirs))


def test_a_small_noise_on_bfloat16_weights_is_not_lost_in_the_sum() -> None:
    layer = make("WeightNoise", "mixed_bfloat16", layer=keras.layers.Dense(400, use_bias=False))
    layer.build((None, 1))
    layer.layer.kernel.assign(np.full((1, 400), 1.003))  # bfloat16 has 1.0 and 1.0078
    layer.strength.assign(0.0)
    assert np.all(np.asarray(layer(np.ones((1, 1)), training=True)) == 1.003)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_noise_on_gradients_is_added_in_float32(dtype: str) -> None:
    weights = keras.Variable(np.ones(20), dtype=dtype)
    noisy = GradientNoise("sgd", eta=0.01, seed=1)
    noisy.build([weights])
    exact = np.asarray(noisy._noisy([tf.ones(20)])[0])
    (received,) = noisy._noisy([tf.ones(20, dtype)])
    assert received.dtype == dtype
    rounding = {"bfloat16": 1e-2, "float16": 1e-3}.get(dtype, 1e-6)
    np.testing.assert_allclose(tf.cast(received, tf.float32), exact, rtol=rounding)
    noisy.apply([tf.ones(20, dtype)], [weights])


@pytest.mark.parametrize("dtype", ["int32", "bool", "string", "int8_from_mixed_bfloat16", "half"])
def test_a_dtype_that_cannot_be_trained_is_refused(dtype: str) -> None:
    said = f"layers.0 .*dtype: expected one of float32, .*received '?\"?{dtype}"
    dense = {"class_name": "Dense", "units": 3, "dtype": dtype}
    inner = {"class_name": "Dense", "config": {"units": 3, "dtype": dtype}}
    for table in (dense, {"class_name": "WeightNoise", "stddev": 0.1, "layer": inner}):
        with pytest.raises(EngineError, match=said):
            make_layer(Keras.model_validate(table), "layers.0")
    make_layer(Keras.model_validate({"class_name": "Hashing", "num_bins": 3, "dtype": "int32"}), "")
