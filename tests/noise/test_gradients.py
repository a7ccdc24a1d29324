from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from trainings import run

from hiss.data.replicate_data import ReplicateData
from hiss.experiment.notation import override
from hiss.library.presets import find
from hiss.network.optimizers import pure
from hiss.noise.optimizer import GradientNoise
from hiss.training.program_cache import structure

(BASELINE,) = find("article/baseline")
NOISY = override(
    BASELINE,
    [
        "layers.0.units=20",
        "training.epochs=6",
        "training.batch_size=10",
        'training.optimizer={class_name = "GradientNoise", eta = 0.3, optimizer = "adam"}',
    ],
)


def moves(optimizer: GradientNoise, steps: int) -> np.ndarray:
    """What plain descent at a learning rate of 1 does to weights whose gradient is 0."""
    weights, zeros = keras.Variable(np.zeros((200, 100), np.float32)), tf.zeros((200, 100))
    before, found = np.zeros((200, 100)), []
    for _ in range(steps):
        optimizer.apply([zeros], [weights])
        found.append(np.asarray(weights) - before)
        before = np.asarray(weights)
    return np.array(found)


def test_the_noise_has_the_annealed_variance() -> None:
    made = moves(GradientNoise(keras.optimizers.SGD(1.0), eta=0.3, seed=5), 5)
    variances = 0.3 / (1 + np.arange(5)) ** 0.55
    np.testing.assert_allclose(made.var(axis=(1, 2)), variances, rtol=0.03)
    np.testing.assert_allclose(made.mean(axis=(1, 2)), 0, atol=0.02)
    assert abs(np.corrcoef(made[0].ravel(), made[1].ravel())[0, 1]) < 0.03


def test_without_strength_it_is_the_wrapped_optimizer() -> None:
    assert not moves(GradientNoise("adam", eta=0.0, seed=5), 2).any()


def test_it_is_saved_and_made_again() -> None:
    optimizer = GradientNoise({"class_name": "SGD", "config": {"momentum": 0.9}}, eta=0.3)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.inner.momentum == 0.9
    assert again.get_config() == optimizer.get_config()


def test_as_a_pure_function_it_takes_the_same_steps() -> None:
    optimizer = GradientNoise(keras.optimizers.SGD(1.0), eta=0.3, seed=5)
    weights, zeros = keras.Variable(np.zeros((200, 100), np.float32)), tf.zeros((200, 100))
    stateless = pure(optimizer)
    stateless.build([weights])
    state = [tf.constant(variable) for variable in stateless.variables]
    values, state = stateless.stateless_apply(state, [zeros], [weights.value])
    values, state = stateless.stateless_apply(state, [zeros], values)
    np.testing.assert_allclose(values[0], moves(optimizer, 2).sum(axis=0), rtol=1e-5, atol=1e-6)


def test_it_moves_the_training_and_every_replicate_otherwise() -> None:
    quiet = override(NOISY, ["training.optimizer.eta=0.0"])
    noisy, silent = (run(each, repeats=2).curves.values for each in (NOISY, quiet))
    assert np.abs(noisy[0] - silent[0]).max() > 1e-3
    assert not np.array_equal(noisy[0] - silent[0], noisy[1] - silent[1])


def test_all_strengths_share_one_program() -> None:
    stronger = override(NOISY, ["training.optimizer.eta=1.0"])
    samples = ReplicateData(NOISY.data, "article", 1)
    assert structure(NOISY, samples) == structure(stronger, samples)
    other = override(NOISY, ["training.optimizer.gamma=0.1"])
    assert structure(NOISY, samples) != structure(other, samples)


def test_it_starts_with_the_values_of_the_paper_and_a_seed_of_its_own() -> None:
    given = GradientNoise().get_config()
    assert (given["eta"], given["gamma"]) == (0.01, 0.55)
    first, second = (moves(GradientNoise("sgd", gamma=0.0), 1) for _ in range(2))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(("eta", "gamma"), [(-1.0, 0.55), (0.1, -1.0)])
def test_a_negative_variance_is_refused(eta: float, gamma: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        GradientNoise("adam", eta=eta, gamma=gamma)
