"""The noises beyond Keras' own: each measured against the distribution that it is to have."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray
from scipy import stats

from hiss.errors import EngineError
from hiss.experiment.training import Keras as Table
from hiss.network.build import make_layer
from hiss.noise import random as numbers
from hiss.noise.gradients import GRADIENT_NOISE
from hiss.noise.kind import Mixing
from hiss.noise.layers import layer_class
from hiss.noise.registry import NOISE_LAYERS

Array = NDArray[np.floating[Any]]
OWN = [name for name, kind in NOISE_LAYERS.items() if not (kind.is_of_keras or kind.wraps_layer)]
SHAPES = {"TimeCorrelatedNoise": (2000, 6, 3), "Cutout": (2000, 8, 6, 2), "MixUp": (50, 40)}
SD = 0.3


def make(name: str, strength: float = SD, seed: int | None = 5, **options: Any) -> Any:
    kind = layer_class(name)
    assert kind is not None
    return kind(**{kind.kind.strength: strength}, seed=seed, **options)


def values_of(name: str) -> Array:
    """Normals around 20, so that none is 0 and all features have another SD."""
    shape = SHAPES.get(name, (2000, 10))
    normal = np.random.default_rng(1).normal(0, 1, shape)
    return (20 + normal * np.linspace(1, 3, shape[-1])).astype(np.float32)


def noisy(layer: Any, values: Array) -> Array:
    return np.asarray(layer(values, training=True), np.float64)


def added(layer: Any, *shape: int) -> Array:
    return noisy(layer, np.zeros(shape, np.float32))


def fits(sample: Array, distribution: Any) -> bool:
    return bool(stats.kstest(sample.ravel(), distribution.cdf).pvalue > 1e-3)


WIDTH = SD * np.sqrt(12)
ADDED = {
    "UniformNoise": stats.uniform(-WIDTH / 2, WIDTH),
    "LaplaceNoise": stats.laplace(scale=SD / np.sqrt(2)),
    "TimeCorrelatedNoise": stats.norm(scale=SD),
    "FeatureCorrelatedNoise": stats.norm(scale=SD),
}


@pytest.mark.parametrize(("name", "distribution"), ADDED.items())
def test_an_added_noise_has_its_distribution_mean_and_sd(name: str, distribution: Any) -> None:
    correlation = {"correlation": 0.0} if "Correlated" in name else {}
    noise = added(make(name, **correlation), 5000, 10, 4)
    assert fits(noise, distribution)
    assert noise.mean() == pytest.approx(0, abs=3e-3)
    assert noise.std() == pytest.approx(SD, rel=0.01)
    doubled = added(make(name, 2 * SD, **correlation), 5000, 10, 4)
    np.testing.assert_allclose(doubled, 2 * noise, rtol=1e-5)


def test_laplace_numbers_are_sound_to_their_tails() -> None:
    drawn = np.asarray(numbers.laplace(tf.constant([8, 0, 0], tf.uint32), (400_000,)), np.float64)
    assert fits(drawn, stats.laplace(scale=np.sqrt(0.5)))
    assert drawn.std() == pytest.approx(1, abs=5e-3)
    assert abs(stats.skew(drawn)) < 0.05
    assert stats.kurtosis(drawn) == pytest.approx(3, abs=0.2)
    assert np.mean(np.abs(drawn) > 3) == pytest.approx(np.exp(-3 * np.sqrt(2)), rel=0.05)


def test_no_laplace_number_is_infinite(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = tf.constant([2.0**-24 - 1, -(2.0**-24), 2.0**-24, 1 - 2.0**-24])
    monkeypatch.setattr(numbers, "_symmetric", lambda word: ends)
    drawn = np.asarray(numbers._laplace(tf.zeros(4, tf.uint32)))
    far = 24 * np.log(2) / np.sqrt(2)
    np.testing.assert_allclose(drawn, [-far, -4.21e-8, 4.21e-8, far], rtol=1e-2)


def test_featurewise_noise_is_a_multiple_of_each_features_sd_in_the_batch() -> None:
    deviations = np.array([0.01, 1, 50])
    values = np.random.default_rng(1).normal([-5, 0, 900], deviations, (4000, 5, 3))
    layer = make("FeaturewiseNoise", dtype="float64")
    noise = noisy(layer, values) - values
    scaled = noise / values.std(axis=(0, 1))
    assert fits(scaled, stats.norm(scale=SD))
    np.testing.assert_allclose(scaled.std(axis=(0, 1)), SD, rtol=0.02)
    single = np.ones((1, 3), np.float32)
    np.testing.assert_array_equal(noisy(make("FeaturewiseNoise"), single), single)


def test_gradients_take_the_sd_of_a_feature_for_a_constant() -> None:
    values = tf.constant(values_of("FeaturewiseNoise"))
    with tf.GradientTape() as tape:
        tape.watch(values)
        total = tf.reduce_sum(make("FeaturewiseNoise")(values, training=True))
    np.testing.assert_array_equal(tape.gradient(total, values), np.ones(values.shape))


@pytest.mark.parametrize("correlation", [None, 0.0, 0.5, -0.7, 1.0])
def test_noise_over_time_is_a_stationary_ar_1_process(correlation: float | None) -> None:
    given = {} if correlation is None else {"correlation": correlation}
    noise = added(make("TimeCorrelatedNoise", **given), 20_000, 5, 2)
    rho = 0.9 if correlation is None else correlation
    steps = np.arange(5)
    expected = np.float_power(rho, np.abs(steps[:, None] - steps))
    for feature in range(2):
        found = np.cov(noise[:, :, feature].T) / SD**2
        np.testing.assert_allclose(found, expected, atol=0.04)
    between = np.corrcoef(noise[:, :, 0].T, noise[:, :, 1].T)[:5, 5:]
    assert np.abs(between).max() < 0.03


@pytest.mark.parametrize("correlation", [None, 0.0, 0.2, 1.0])
def test_noise_over_features_shares_a_part(correlation: float | None) -> None:
    given = {} if correlation is None else {"correlation": correlation}
    noise = added(make("FeatureCorrelatedNoise", **given), 20_000, 2, 3)
    rho = 0.5 if correlation is None else correlation
    for step in range(2):
        found = np.cov(noise[:, step].T) / SD**2
        np.testing.assert_allclose(found, np.where(np.eye(3), 1, rho), atol=0.04)
    between = np.corrcoef(noise[:, 0].T, noise[:, 1].T)[:3, 3:]
    assert np.abs(between).max() < 0.03


def test_masking_sets_its_share_to_0_and_leaves_the_others() -> None:
    values = values_of("MaskingNoise")
    found = noisy(make("MaskingNoise"), values)
    masked = found == 0
    assert masked.mean() == pytest.approx(SD, abs=0.015)
    np.testing.assert_array_equal(found[~masked], values[~masked])
    np.testing.assert_allclose(masked.mean(axis=0), SD, atol=0.05)


@pytest.mark.parametrize(("given", "low", "high"), [({}, 0, 1), ({"low": -2, "high": 3}, -2, 3)])
def test_salt_and_pepper_are_equally_frequent(given: Any, low: float, high: float) -> None:
    values = np.random.default_rng(1).normal(20, 1, (4000, 50)).astype(np.float32)
    found = noisy(make("SaltAndPepperNoise", **given), values)
    for end in (low, high):
        assert np.mean(found == end) == pytest.approx(SD / 2, abs=0.005)
    kept = (found != low) & (found != high)
    np.testing.assert_array_equal(found[kept], values[kept])
    weaker = noisy(make("SaltAndPepperNoise", SD / 3, **given), values)
    replaced = weaker != values
    np.testing.assert_array_equal(weaker[replaced], found[replaced])


def share_covered(side: int, length: int) -> Array:
    """How often each place of a side is covered by an interval around any place."""
    covered = np.zeros(side)
    for center in range(side):
        first = center - length // 2
        covered[max(first, 0) : first + length] += 1
    return covered / side


@pytest.mark.parametrize(("size", "length"), [(0.3, 2), (0.5, 3), (0.7, 4), (1.0, 6)])
def test_a_square_of_each_image_is_covered_wherever_its_center_is(size: float, length: int) -> None:
    ones = np.ones((6000, 6, 8, 2), np.float32)
    covered = noisy(make("Cutout", size), ones) == 0
    expected = np.outer(share_covered(6, length), share_covered(8, length))
    np.testing.assert_allclose(covered[..., 0].mean(axis=0), expected, atol=0.03)
    np.testing.assert_array_equal(covered[..., 0], covered[..., 1])
    for rows in (covered.any(axis=(2, 3)), covered.any(axis=(1, 3))):
        starts = rows & ~np.roll(rows, 1, axis=1)
        assert rows.any(axis=1).all()
        assert rows.sum(axis=1).max() == length
        assert (starts[:, 1:].sum(axis=1) + rows[:, 0] == 1).all()


def test_an_interval_of_each_sequence_is_covered() -> None:
    values = values_of("TimeCorrelatedNoise")
    found = noisy(make("Cutout", 0.5), values)
    covered = found == 0
    np.testing.assert_allclose(covered[..., 0].mean(axis=0), share_covered(6, 3), atol=0.04)
    np.testing.assert_array_equal(covered.min(axis=2), covered.max(axis=2))
    np.testing.assert_array_equal(found[~covered], values[~covered])


def test_a_center_drawn_at_the_very_end_is_the_last_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "uniform", lambda stream, shape, strength: tf.ones(shape))
    covered = noisy(make("Cutout", 0.5), np.ones((1, 6, 1), np.float32))[0, :, 0] == 0
    assert covered.tolist() == [False] * 4 + [True] * 2


@pytest.mark.parametrize("name", ["Cutout", "TimeCorrelatedNoise"])
def test_a_noise_over_places_refuses_rows_without_them(name: str) -> None:
    with pytest.raises(ValueError, match=r"expected (min_)?ndim=3, found ndim=2"):
        make(name)(keras.KerasTensor((None, 4)))


def test_stochastic_depth_drops_whole_rows_and_keeps_the_mean() -> None:
    found = noisy(make("StochasticDepth"), np.ones((20_000, 2, 3), np.float32))
    rows = found[:, 0, 0]
    assert np.mean(rows == 0) == pytest.approx(SD, abs=0.01)
    np.testing.assert_array_equal(found, np.broadcast_to(rows[:, None, None], found.shape))
    np.testing.assert_allclose(np.unique(rows), [0, 1 / 0.7], rtol=1e-6)


STEPS = 4000
KOLMOGOROV = 1.95 / np.sqrt(STEPS)
"""What the largest difference of a distribution exceeds once in a thousand samples."""


def mixings(alpha: float) -> tuple[Array, Array]:
    """The share and the order of many steps on the identity matrix, which shows the mixtures."""
    layer, unit = make("MixUp", alpha), tf.eye(6)

    def step(_: Any) -> Any:
        mixed = layer(unit, training=True)
        return mixed, layer.mixing.share, layer.mixing.order

    types = (tf.float32, tf.float32, tf.int32)
    many = tf.function(lambda: tf.map_fn(step, tf.range(STEPS), fn_output_signature=types))
    layer.build(unit.shape)
    mixed, shares, orders = (np.asarray(each) for each in many())
    of_others = (1 - shares[:, None, None]) * np.eye(6)[orders]
    np.testing.assert_allclose(mixed, shares[:, None, None] * np.eye(6) + of_others, atol=1e-6)
    return shares, orders


@pytest.mark.parametrize("alpha", [0.2, 1.0, 5.0])
def test_mixup_mixes_each_row_with_another_by_a_share_from_a_beta_distribution(
    alpha: float,
) -> None:
    shares, orders = mixings(alpha)
    beta = stats.beta(alpha, alpha)
    assert shares.min() >= 0.5
    below = np.linspace(0.5, 0.999, 500)  # beyond, float32 shares of a small alpha tie at 1
    found = np.searchsorted(np.sort(shares), below) / STEPS
    assert np.abs(found - (2 * beta.cdf(below) - 1)).max() < KOLMOGOROV
    assert abs(np.corrcoef(shares[:-1], shares[1:])[0, 1]) < 0.07
    np.testing.assert_array_equal(np.sort(orders), np.tile(np.arange(6), (STEPS, 1)))
    pairs = np.array([np.bincount(column, minlength=6) for column in orders.T]) / STEPS
    np.testing.assert_allclose(pairs, 1 / 6, atol=0.03)
    by_place = [shares[orders[:, place] == 0] for place in range(6)]
    assert stats.kruskal(*by_place).pvalue > 1e-3


def test_a_mixing_is_known_after_a_noisy_call_alone() -> None:
    layer, values = make("MixUp"), values_of("MixUp")
    layer(values, training=True)
    assert isinstance(layer.mixing, Mixing)
    layer(values)
    assert layer.mixing is None


@pytest.mark.parametrize("name", OWN)
def test_noise_of_other_steps_seeds_and_rows_is_independent(name: str) -> None:
    values = values_of(name)
    layer, other = make(name), make(name, seed=6)
    first, second = (noisy(layer, values) - values for _ in range(2))
    elsewhere = noisy(other, values) - values
    bound = 5 / np.sqrt(len(values))
    for another in (second, elsewhere, np.roll(first, 1, axis=0)):
        assert not np.array_equal(another, first)
        if name != "MixUp":  # of which rows are mixed with each other
            for one, two in zip(columns(first), columns(another), strict=True):
                assert abs(np.corrcoef(one, two)[0, 1]) < bound


def columns(noise: Array) -> list[Array]:
    """The values at each place of a row, of those places where there is noise."""
    flat = noise.reshape(len(noise), -1)
    return [column for column in flat.T if column.std() > 0][:12]


def test_layers_without_a_seed_draw_other_numbers() -> None:
    first, second = (added(make("UniformNoise", seed=None), 50) for _ in range(2))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("name", OWN)
def test_a_schedule_turns_a_noise_off(name: str) -> None:
    values, layer = values_of(name), make(name, schedule="step")
    layer.build(values.shape)
    layer.steps.assign(2)
    assert not np.array_equal(noisy(layer, values), values)
    np.testing.assert_allclose(noisy(layer, values), values, rtol=1e-6)


@pytest.mark.parametrize("name", OWN)
def test_at_strength_0_nothing_changes_where_replicates_are_stacked(name: str) -> None:
    values = values_of(name)
    with numbers.always_draw():
        np.testing.assert_allclose(noisy(make(name, 0.0), values), values, rtol=1e-6)


@pytest.mark.parametrize("name", OWN)
def test_a_first_grid_begins_at_0_and_is_accepted(name: str) -> None:
    kind = NOISE_LAYERS[name]
    assert not (kind.is_of_keras or GRADIENT_NOISE.is_of_keras)
    assert kind.grid[0] == 0
    assert list(kind.grid) == sorted(set(kind.grid))
    for strength in (*kind.grid, kind.start):
        make(name, strength)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("MaskingNoise", {"rate": 1.0}, "at least 0 and below 1"),
        ("SaltAndPepperNoise", {"rate": -0.1}, "at least 0 and below 1"),
        ("UniformNoise", {"stddev": -0.1}, "at least 0"),
        ("LaplaceNoise", {"stddev": -0.1}, "at least 0"),
        ("FeaturewiseNoise", {"relative_stddev": -0.1}, "at least 0"),
        ("TimeCorrelatedNoise", {"stddev": -0.1}, "at least 0"),
        ("TimeCorrelatedNoise", {"stddev": 0.1, "correlation": 1.1}, "from -1 to 1"),
        ("TimeCorrelatedNoise", {"stddev": 0.1, "correlation": -1.1}, "from -1 to 1"),
        ("FeatureCorrelatedNoise", {"stddev": -0.1}, "at least 0"),
        ("FeatureCorrelatedNoise", {"stddev": 0.1, "correlation": -0.1}, "from 0 to 1"),
        ("SaltAndPepperNoise", {"rate": 0.1, "low": "black"}, "`low`: a number"),
        ("UniformNoise", {}, "`stddev`: a number of at least 0. Received: stddev=None"),
        ("MixUp", {"alpha": -0.1}, "at least 0"),
        ("Cutout", {"relative_size": 1.1}, "from 0 to 1"),
        ("StochasticDepth", {"rate": 1.0}, "at least 0 and below 1"),
    ],
)
def test_an_argument_that_cannot_be_is_refused(
    name: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(EngineError, match=said):
        make_layer(Table(class_name=name, **arguments), "layers.0")
