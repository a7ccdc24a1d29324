"""The noise is sound: known answers of the generator, and the moments, tails and independence."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf

from hiss.noise import random as noise

MILLION = (1000, 1000)


@tf.function(jit_compile=True)
def compiled_normal(stream):
    return noise.normal(stream, MILLION)


def normal(*stream: int) -> np.ndarray:
    return compiled_normal(tf.constant(stream, tf.uint32)).numpy().ravel().astype(np.float64)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0), (0, 0), "0x6b200159"),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), "0x1cb996fc"),
        ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), "0xc4923a9c"),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_the_generator_gives_the_authors_known_answers(counter, key, answer):
    words = (tf.constant([word], tf.uint32) for word in (*counter, *key))
    assert hex(int(noise._threefry(*words)[0])) == answer


def test_the_bits_of_a_stream_are_those_of_the_generator():
    zeros = noise.random_bits(tf.zeros(3, tf.uint32), 1)
    assert hex(int(zeros[0])) == "0x6b200159"


def test_the_evenly_drawn_values_lie_symmetrically_within_one(monkeypatch):
    bits = tf.constant([0x80000000, 0x7FFFFFFF, 0xFFFFFFFF, 0x00000000], tf.uint32)
    monkeypatch.setattr(noise, "random_bits", lambda stream, size: bits)
    drawn = noise._symmetric(tf.zeros(3, tf.uint32), (4,)).numpy()
    assert drawn.tolist() == [2.0**-24 - 1, 1 - 2.0**-24, -(2.0**-24), 2.0**-24]


def test_the_bits_under_xla_are_those_without_it():
    stream = tf.constant([7, 0, 5], tf.uint32)
    plain = noise.random_bits(stream, 1000).numpy()
    compiled = tf.function(lambda s: noise.random_bits(s, 1000), jit_compile=True)(stream)
    np.testing.assert_array_equal(compiled.numpy(), plain)


def test_the_inverse_normal_is_exact_to_five_digits_wherever_it_is_used():
    odd = 2.0 * np.arange(2**15, dtype=np.float64) + 1.0
    near_zero, near_one = odd * 2.0**-24, 1.0 - odd * 2.0**-24
    x = np.concatenate([near_zero, np.linspace(0.01, 0.99, 9999), near_one]).astype(np.float32)
    exact = np.sqrt(2.0) * scipy.special.erfinv(x.astype(np.float64))
    np.testing.assert_allclose(noise.inverse_normal(tf.constant(x)), exact, rtol=1e-5)
    np.testing.assert_allclose(noise.inverse_normal(tf.constant(-x)), -exact, rtol=1e-5)


def test_a_million_numbers_have_the_moments_of_a_normal():
    sample = normal(1, 0, 0)
    assert abs(sample.mean()) < 4e-3
    assert sample.std() == pytest.approx(1.0, abs=3e-3)
    assert abs(scipy.stats.skew(sample)) < 0.01
    assert abs(scipy.stats.kurtosis(sample)) < 0.02
    assert scipy.stats.kstest(sample, "norm").pvalue > 1e-3


@pytest.mark.parametrize("bound", [2.0, 3.0, 4.0])
def test_the_tails_are_as_heavy_as_they_should_be(bound):
    expected = 2.0 * scipy.stats.norm.sf(bound) * 4e6
    sample = np.concatenate([normal(2, 0, step) for step in range(4)])
    assert np.sum(np.abs(sample) > bound) == pytest.approx(expected, abs=4.5 * np.sqrt(expected))


@pytest.mark.parametrize("other", [(3, 0, 1), (4, 0, 0), (3, 1, 0)], ids=["step", "seed", "word"])
def test_neighbouring_streams_are_uncorrelated(other):
    first, second = normal(3, 0, 0), normal(*other)
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.5e-3
    assert abs(np.corrcoef(first**2, second**2)[0, 1]) < 4.5e-3


def test_neighbouring_numbers_are_uncorrelated():
    sample = normal(5, 0, 0)
    for lag in (1, 2, 500, 1000):
        assert abs(np.corrcoef(sample[:-lag], sample[lag:])[0, 1]) < 4.5e-3


def test_one_unit_is_independent_from_step_to_step():
    series = np.array([noise.normal(tf.constant([6, 0, s], tf.uint32), (64,)) for s in range(400)])
    lagged = [np.corrcoef(series[:-1, unit], series[1:, unit])[0, 1] for unit in range(64)]
    assert np.mean(lagged) == pytest.approx(0.0, abs=0.03)
    assert np.std(lagged) == pytest.approx(1 / np.sqrt(400), rel=0.35)


def test_uniform_numbers_fill_the_open_interval_evenly():
    sample = noise.uniform(tf.constant([8, 0, 0], tf.uint32), (200_000,)).numpy()
    assert sample.min() > 0.0
    assert sample.max() < 1.0
    assert scipy.stats.kstest(sample, "uniform").pvalue > 1e-3


def test_symmetric_numbers_are_odd_multiples_of_the_same_step():
    sample = noise._symmetric(tf.constant([8, 0, 0], tf.uint32), (10_000,)).numpy()
    assert np.all(sample.astype(float) * 2**24 % 2 == 1)


def test_a_permutation_holds_every_row_once_and_changes_each_epoch():
    stream = tf.constant([9, 0, 0], tf.uint32)
    first = noise.permutation(stream, 100).numpy()
    second = noise.permutation(noise.advanced(stream), 100).numpy()
    assert sorted(first) == list(range(100))
    assert list(first) != list(second)
