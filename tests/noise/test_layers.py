"""Each noise layer, by measuring what it does to values that are known."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.training import Keras as Table
from hiss.keras_names.checks import check_class
from hiss.library.presets import find
from hiss.network.build import build_network, make_layer
from hiss.network.start import initial_values
from hiss.noise import schedules
from hiss.noise.layers import layer_class
from hiss.noise.registry import GRADIENT_NOISE, LAYERS, NOISE_LAYERS, noise_of
from hiss.noise.weights import noisy_weights

SHAPES = {
    "SpatialDropout1D": (500, 8, 40),
    "SpatialDropout2D": (500, 4, 4, 40),
    "TimeCorrelatedNoise": (500, 8, 40),
    "Cutout": (500, 8, 8, 2),
}
STRENGTH = 0.3
ONE_EACH = [name for name, kind in NOISE_LAYERS.items() if not kind.wraps_layer]
OF_KERAS = [name for name in ONE_EACH if NOISE_LAYERS[name].is_of_keras]


def make(name: str, strength: float = STRENGTH, **options: Any) -> Any:
    kind = layer_class(name)
    assert kind is not None
    return kind(**{kind.kind.strength: strength}, seed=5, **options)


def values_of(name: str) -> np.ndarray:
    """Values of mean 0.5 and SD 1, as many as make an error of 0.02 in their SD unlikely."""
    shape = SHAPES.get(name, (4000, 50))
    return np.random.default_rng(1).normal(0.5, 1, shape).astype(np.float32)


def zeros_of(values: np.ndarray) -> float:
    return float(np.mean(values == 0))


@pytest.mark.parametrize("name", OF_KERAS)
def test_a_noise_has_the_distribution_of_keras_own(name: str) -> None:
    values = values_of(name)
    stock = getattr(keras.layers, name)(STRENGTH, seed=3)
    ours, theirs = (np.asarray(layer(values, training=True)) for layer in (make(name), stock))
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.03)
    assert ours.std() == pytest.approx(theirs.std(), abs=0.03)
    assert zeros_of(ours) == pytest.approx(zeros_of(theirs), abs=0.02)
    quantiles = np.linspace(0.02, 0.98, 25)
    np.testing.assert_allclose(
        np.quantile(ours, quantiles), np.quantile(theirs, quantiles), atol=0.06
    )


@pytest.mark.parametrize("name", ["Dropout", "SpatialDropout1D", "SpatialDropout2D"])
def test_dropout_zeroes_its_share_and_keeps_the_mean(name: str) -> None:
    ones = np.ones_like(values_of(name))
    dropped = np.asarray(make(name)(ones, training=True))
    assert zeros_of(dropped) == pytest.approx(STRENGTH, abs=0.02)
    assert np.unique(dropped.round(5)).tolist() == [0, pytest.approx(1 / 0.7, abs=1e-5)]


def test_spatial_dropout_drops_whole_maps() -> None:
    for name in ("SpatialDropout1D", "SpatialDropout2D"):
        dropped = np.asarray(make(name)(np.ones_like(values_of(name)), training=True))
        inner = tuple(range(1, dropped.ndim - 1))
        assert np.all(dropped.max(axis=inner) == dropped.min(axis=inner))


def test_dropout_along_a_noise_shape_falls_together() -> None:
    dropped = np.asarray(make("Dropout", noise_shape=[None, 1])(np.ones((50, 9)), training=True))
    assert np.all(dropped.max(axis=1) == dropped.min(axis=1))
    assert 0 < zeros_of(dropped) < 1


def test_gaussian_dropout_multiplies_with_the_sd_of_dropout() -> None:
    noisy = np.asarray(make("GaussianDropout")(np.full((1000, 50), 2.0), training=True))
    assert noisy.mean() == pytest.approx(2, abs=0.03)
    assert noisy.std() == pytest.approx(2 * np.sqrt(0.3 / 0.7), rel=0.02)


def test_alpha_dropout_keeps_mean_0_and_variance_1() -> None:
    normal = np.random.default_rng(1).normal(size=(2000, 100)).astype(np.float32)
    kept = np.asarray(make("AlphaDropout")(keras.ops.selu(normal), training=True))
    assert kept.mean() == pytest.approx(0, abs=0.01)
    assert kept.std() == pytest.approx(1, abs=0.01)
    assert np.mean(kept == kept.min()) == pytest.approx(STRENGTH, abs=0.01)


@pytest.mark.parametrize("name", ONE_EACH)
def test_a_noise_is_silent_in_evaluation_and_at_strength_0(name: str) -> None:
    values = values_of(name)
    np.testing.assert_array_equal(make(name)(values), values)
    np.testing.assert_allclose(make(name, 0.0)(values, training=True), values, rtol=1e-6)


@pytest.mark.parametrize("name", ONE_EACH)
def test_each_step_is_drawn_afresh_and_follows_from_the_seed(name: str) -> None:
    values, layer, again = values_of(name)[:20], make(name), make(name)
    first, second = (np.asarray(layer(values, training=True)) for _ in range(2))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, again(values, training=True))
    np.testing.assert_array_equal(second, again(values, training=True))


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_a_rate_is_a_share_below_1(rate: float) -> None:
    with pytest.raises(EngineError, match="below 1"):
        make_layer(Table(class_name="Dropout", rate=rate), "layers.0")


@pytest.mark.parametrize("name", ONE_EACH)
def test_a_noise_layer_is_saved_and_made_again(name: str) -> None:
    layer = make(name, schedule={"class_name": "Linear", "config": {"end": 0.5}})
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()


def factors(schedule: Any, steps: int) -> np.ndarray:
    """The SD of the noise of each of `steps` steps, as a share of its strength."""
    layer = make("GaussianNoise", 0.5, schedule=schedule)
    layer.build((None, 20_000))
    layer.steps.assign(steps)
    zeros = np.zeros((1, 20_000), np.float32)
    return np.array([np.std(layer(zeros, training=True)) / 0.5 for _ in range(steps)])


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [1, 1, 1, 1]),
        ("linear", [1, 0.75, 0.5, 0.25]),
        ("cosine", [1, 0.8536, 0.5, 0.1464]),
        ("step", [1, 1, 0, 0]),
        ({"class_name": "WarmUp", "config": {"until": 0.5}}, [0, 0.5, 1, 1]),
        ({"class_name": "Linear", "config": {"start": 0.2, "end": 1.0}}, [0.2, 0.4, 0.6, 0.8]),
        ({"class_name": "Cosine", "config": {"end": 0.5}}, [1, 0.9268, 0.75, 0.5732]),
        ({"class_name": "Step", "config": {"at": 0.25, "factor": 0.1}}, [1, 0.1, 0.1, 0.1]),
    ],
)
def test_a_schedule_scales_the_noise_by_how_far_training_is(
    schedule: Any, expected: list[float]
) -> None:
    np.testing.assert_allclose(factors(schedule, 4), expected, rtol=0.03)


def test_an_unknown_schedule_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(EngineError, match="step, warm_up"):
        make_layer(Table(class_name="GaussianNoise", stddev=0.1, schedule="sine"), "layers.0")


@pytest.mark.parametrize(("until", "problems"), [(0, 1), (0.1, 0), (1, 0), (1.5, 1)])
def test_a_warm_up_ends_within_training(until: float, problems: int) -> None:
    assert len(check_class("noise_schedules", "WarmUp", {"until": until})) == problems
    assert schedules.get("warm_up") == schedules.WarmUp(until=0.1)


def test_a_missing_argument_that_keras_looks_up_is_named() -> None:
    with pytest.raises(EngineError, match="layer is missing"):
        make_layer(Table(class_name="TimeDistributed"), "layers.0")


DENSE = {"class_name": "Dense", "config": {"units": 400}}


def weight_noise(stddev: float, layer: Any = DENSE) -> Any:
    table = Table(class_name="WeightNoise", stddev=stddev, seed=5, layer=layer)
    return make_layer(table, "layers.0")


def test_weight_noise_is_on_the_kernel_afresh_at_each_step() -> None:
    layer, unit = weight_noise(0.2), np.eye(50, dtype=np.float32)
    plain = np.asarray(layer(unit))
    np.testing.assert_array_equal(plain, layer.layer.kernel)
    first, second = (np.asarray(layer(unit, training=True)) - plain for _ in range(2))
    assert first.mean() == pytest.approx(0, abs=0.01)
    assert first.std() == pytest.approx(0.2, rel=0.02)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.05
    np.testing.assert_array_equal(layer(unit), plain)


def test_weight_noise_leaves_the_bias_alone_and_is_one_draw_for_all_rows() -> None:
    layer = weight_noise(0.2)
    np.testing.assert_array_equal(layer(np.zeros((3, 50)), training=True), np.zeros((3, 400)))
    rows = np.asarray(layer(np.ones((3, 50)), training=True))
    np.testing.assert_array_equal(rows[0], rows[1])


def test_weight_noise_reaches_both_kernels_of_a_recurrent_layer() -> None:
    layer = weight_noise(0.1, {"class_name": "LSTM", "config": {"units": 4}})
    layer.build((None, 5, 3))
    noisy = noisy_weights(layer, layer.strength.value, layer.layer)
    moved = [not np.allclose(a, b) for a, b in zip(noisy, layer.trainable_variables, strict=True)]
    assert moved == [True, True, False]


def test_weight_noise_needs_a_kernel() -> None:
    layer = weight_noise(0.1, {"class_name": "Flatten", "config": {}})
    with pytest.raises(ValueError, match="with a kernel"):
        layer.build((None, 5))


def test_a_network_with_weight_noise_starts_from_the_weights_of_one_without() -> None:
    (plain,) = find("article/baseline")
    first = {"class_name": "Dense", "config": plain.layers[0].arguments}
    wrapped = Table(class_name="WeightNoise", stddev=0.1, layer=first)
    noisy = plain.model_copy(update={"layers": (wrapped, *plain.layers[1:])})
    seeds = Seeds(1, 0)
    (of_plain,), (of_noisy,) = (
        initial_values(each, build_network(each, (2,), seeds), [seeds]) for each in (plain, noisy)
    )
    for one, other in zip(of_plain.trainable, of_noisy.trainable, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_class_is_known_by_the_noise_that_it_adds() -> None:
    assert [noise_of(kind.name) for kind in LAYERS] == list(LAYERS)
    assert noise_of(GRADIENT_NOISE.name) is GRADIENT_NOISE
    assert noise_of("Dense") is None
