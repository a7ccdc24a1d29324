"""The noise is sound: known answers of the generator, and the moments, tails and independence."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
import tensorflow as tf

from hiss.noise import random as noise

MILLION = (1000, 1000)
ONES = 0xFFFFFFFF
PI = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)


@tf.function(jit_compile=True)
def compiled_normal(stream):
    return noise.normal(stream, MILLION)


def normal(*stream: int) -> np.ndarray:
    return compiled_normal(tf.constant(stream, tf.uint32)).numpy().ravel().astype(np.float64)


@pytest.mark.parametrize(
    ("rounds", "counter", "key", "answer"),
    [
        (13, (0, 0), (0, 0), (0x9D1C5EC6, 0x8BD50731)),
        (13, (ONES, ONES), (ONES, ONES), (0xFD36D048, 0x2D17272C)),
        (13, PI[:2], PI[2:], (0xBA3E4725, 0xF27D669E)),
        (20, (0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        (20, (ONES, ONES), (ONES, ONES), (0x1CB996FC, 0xBB002BE7)),
        (20, PI[:2], PI[2:], (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_the_generator_gives_the_authors_known_answers(rounds, counter, key, answer):
    words = (tf.constant([word], tf.uint32) for word in (*counter, *key))
    assert tuple(int(word[0]) for word in noise._threefry(*words, rounds)) == answer


def test_the_bits_of_a_stream_are_those_of_the_generator_with_thirteen_rounds():
    zeros = noise.random_bits(tf.zeros(3, tf.uint32), 1)
    assert int(zeros[0]) == 0x9D1C5EC6


def test_the_evenly_drawn_values_lie_symmetrically_within_one():
    bits = tf.constant([0x80000000, 0x7FFFFFFF, 0xFFFFFFFF, 0x00000000], tf.uint32)
    drawn = noise._symmetric(bits).numpy()
    assert drawn.tolist() == [2.0**-24 - 1, 1 - 2.0**-24, -(2.0**-24), 2.0**-24]


def test_the_bits_under_xla_are_those_without_it():
    stream = tf.constant([7, 0, 5], tf.uint32)
    plain = noise.random_bits(stream, 1000).numpy()
    compiled = tf.function(lambda s: noise.random_bits(s, 1000), jit_compile=True)(stream)
    np.testing.assert_array_equal(compiled.numpy(), plain)


def test_two_normals_are_the_point_that_box_and_muller_give():
    generator = np.random.default_rng(1)
    edges = [0, 1, 2, 255, 256, 2**31 - 1, 2**31, 2**31 + 256, 2**32 - 256, ONES]
    words = np.concatenate([edges, generator.integers(0, 2**32, 20_000)]).astype(np.uint32)
    pairs = words[:, None], np.concatenate([edges, words[:200]]).astype(np.uint32)[None]
    first, second = (word.ravel() for word in np.broadcast_arrays(*pairs))
    found = noise._normals(tf.constant(first), tf.constant(second))
    radius = np.sqrt(-2.0 * np.log(noise._uniform(tf.constant(first)).numpy().astype(np.float64)))
    angle = np.pi * second.view(np.int32) * 2.0**-32
    side = np.where(second & 1, -1.0, 1.0)
    np.testing.assert_allclose(found[0], side * radius * np.cos(angle), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found[1], radius * np.sin(angle), rtol=1e-5, atol=1e-12)
    assert np.max(np.abs(found)) < 5.9


@pytest.mark.parametrize("shape", [(1,), (2,), (33,), (4, 3), (5, 3), (1, 7), (3, 2, 2)], ids=str)
def test_the_first_rows_are_the_first_halves_of_the_pairs(shape):
    stream = tf.constant([7, 0, 5], tf.uint32)
    half, others = -(-shape[0] // 2), int(np.prod(shape[1:]))
    pairs = [each.numpy() for each in noise._normals(*noise._words(stream, half * others))]
    expected = np.concatenate(pairs)[: shape[0] * others].reshape(shape)
    np.testing.assert_array_equal(noise.normal(stream, shape), expected)


def test_the_number_of_rows_may_be_a_tensor():
    stream = tf.constant([7, 0, 5], tf.uint32)

    @tf.function(input_signature=[tf.TensorSpec([None, 3])])
    def drawn(like):
        return noise.normal(stream, (tf.shape(like)[0], 3), tf.constant(1.0))

    np.testing.assert_array_equal(drawn(tf.zeros((5, 3))), noise.normal(stream, (5, 3)))


@pytest.mark.parametrize(
    ("draw", "left"), [(noise.normal, 0), (noise.laplace, 0), (noise.uniform, 1)]
)
def test_nothing_is_drawn_where_the_strength_is_zero(draw, left):
    stream = tf.constant([7, 0, 5], tf.uint32)
    compiled = tf.function(lambda strength: draw(stream, (5, 3), strength), jit_compile=True)
    assert np.all(compiled(tf.constant(0.0)) == left)
    np.testing.assert_allclose(compiled(tf.constant(0.1)), draw(stream, (5, 3)), rtol=1e-5)
    with noise.always_draw():
        np.testing.assert_array_equal(draw(stream, (5, 3), tf.constant(0.0)), draw(stream, (5, 3)))


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
    for lag in (1, 2, 500, 1000, len(sample) // 2):
        first, second = sample[:-lag], sample[lag:]
        assert abs(np.corrcoef(first, second)[0, 1]) < 4.5e-3
        assert abs(np.corrcoef(first**2, second**2)[0, 1]) < 4.5e-3


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
    sample = noise._symmetric(noise.random_bits(tf.constant([8, 0, 0], tf.uint32), 10_000)).numpy()
    assert np.all(sample.astype(float) * 2**24 % 2 == 1)


def test_a_permutation_holds_every_row_once_and_changes_each_epoch():
    stream = tf.constant([9, 0, 0], tf.uint32)
    first = noise.permutation(stream, 100).numpy()
    second = noise.permutation(noise.advanced(stream), 100).numpy()
    assert sorted(first) == list(range(100))
    assert list(first) != list(second)


def test_a_stream_advances_by_one_step_and_keeps_its_key():
    assert noise.advanced(tf.constant([9, 4, 7], tf.uint32)).numpy().tolist() == [9, 4, 8]
