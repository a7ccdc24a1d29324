"""Random numbers that are a pure function of (seed, site, step).

Threefry-2x32 with 20 rounds (Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3")
turns a counter and a key into 32 random bits, and the inverse of the normal distribution turns
24 of them into a normal. Every number depends on its own counter alone, without a branch or a
library call on the way, so that XLA draws them in one vectorised loop, an order of magnitude
faster on a CPU than `tf.random.stateless_normal` there.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf

Tensor: TypeAlias = "tf.Tensor"
"""A TensorFlow tensor, symbolic or not."""
Shape: TypeAlias = tuple[Any, ...]
"""Sizes, of which the number of rows may be a tensor."""

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA
NORMAL = (
    *(-0.031868409, 0.035487372, 0.064407237, -0.11387019, 0.053338267, -0.0033246689),
    *(-0.05021904, 0.17478804, -0.45771667, 1.9953893, 3.7638459),
)
"""√2·erfinv(x)/x as a polynomial in w/8 - 1, where w = -log(1 - x²) is in [0, 16]."""
LOGARITHM = (
    *(0.12210827, -0.18782678, 0.20454776, -0.24896798, 0.33316028, -0.50001401, 1.0000008),
)
"""log(1 + m)/m as a polynomial in m, where 1 + m is in [√½, √2]."""

_ALWAYS = ContextVar("always", default=False)


def random_bits(stream: Tensor, size: int | Tensor) -> Tensor:
    """Draw independent random bits.

    Args:
        stream: uint32, shape (3,): two words of key, and the step.
        size: how many values.

    Returns:
        uint32, shape (size,).
    """
    first, second, step = tf.unstack(stream, num=3)
    counters = tf.cast(tf.range(size), tf.uint32)
    return _threefry(counters, tf.fill([size], step), first, second)


def uniform(stream: Tensor, shape: Shape) -> Tensor:
    """Draw float32 values in (0, 1]: odd multiples of 2⁻²⁵, so never 0; the largest round to 1."""
    return 0.5 + 0.5 * _symmetric(stream, shape)


def normal(stream: Tensor, shape: Shape) -> Tensor:
    """Draw float32 normals of mean 0 and SD 1; their absolute values are at most 5.4."""
    return inverse_normal(_symmetric(stream, shape))


def laplace(stream: Tensor, shape: Shape) -> Tensor:
    """Draw float32 values of a Laplace distribution of mean 0 and SD 1, at most 11.8 from 0.

    They are -sign(x) · log(1 - |x|) / √2 for an x evenly from (-1, 1).
    """
    x = _symmetric(stream, shape)
    return -math.sqrt(0.5) * tf.sign(x) * _logarithm(1.0 - tf.abs(x))


def permutation(stream: Tensor, size: int) -> Tensor:
    """Draw a permutation of `size` rows: int32, shape (size,)."""
    return tf.argsort(_signed(random_bits(stream, size)), stable=True)


def inverse_normal(x: Tensor) -> Tensor:
    """Return √2·erfinv(x) for float32 |x| ≤ 1 - 2⁻²⁴, to a relative error below 1e-5.

    Both polynomials are minimax fits.
    Source: Giles, 2010, "Approximating the erfinv function", for w.
    """
    w = -_logarithm((1.0 - x) * (1.0 + x))
    return x * _polynomial(NORMAL, w * 0.125 - 1.0)


def unless_zero(
    strength: Tensor, draw: Callable[[], Tensor], otherwise: Callable[[], Tensor]
) -> Tensor:
    """Return the result of `draw` where the `strength` is above 0, else that of `otherwise`.

    The branch also prevents XLA on a CPU from drawing the same numbers again in every loop that
    reads them.
    """
    return draw() if _ALWAYS.get() else tf.cond(strength > 0, draw, otherwise)


@contextlib.contextmanager
def always_draw() -> Iterator[None]:
    """Make `unless_zero` always draw within this context: stacked replicates cannot branch."""
    token = _ALWAYS.set(True)
    try:
        yield
    finally:
        _ALWAYS.reset(token)


def widened(dtype: Any) -> Any:
    """Return the dtype that noise on values of a `dtype` is computed in: float32 or float64."""
    return tf.float64 if tf.as_dtype(dtype) == tf.float64 else tf.float32


def add_widened(values: Tensor, noise: Tensor) -> Tensor:
    """Return `values` plus float32 `noise` in the dtype of the values, rounded after the sum."""
    wide = widened(values.dtype)
    return tf.cast(tf.cast(values, wide) + tf.cast(noise, wide), values.dtype)


def advanced(stream: Tensor) -> Tensor:
    """Return a stream at its next step."""
    return stream + tf.constant([0, 0, 1], tf.uint32)


def _symmetric(stream: Tensor, shape: Shape) -> Tensor:
    """Draw float32 values in (-1, 1), symmetric about 0, which itself is never drawn."""
    bits = _signed(random_bits(stream, math.prod(shape)))
    odd = tf.cast(tf.bitwise.right_shift(bits, 8), tf.float32) + 0.5
    return tf.reshape(odd * 2.0**-23, shape)


def _signed(bits: Tensor) -> Tensor:
    return tf.bitcast(bits, tf.int32)


def _logarithm(x: Tensor) -> Tensor:
    """Return log(x) for positive normal float32 x, by its exponent and a polynomial."""
    bits = tf.bitcast(x, tf.int32)
    exponent = tf.bitwise.right_shift(bits - _bits(math.sqrt(0.5)), 23)
    m = tf.bitcast(bits - tf.bitwise.left_shift(exponent, 23), tf.float32) - 1.0
    return m * _polynomial(LOGARITHM, m) + tf.cast(exponent, tf.float32) * math.log(2.0)


def _polynomial(coefficients: tuple[float, ...], x: Tensor) -> Tensor:
    """Evaluate a polynomial by Horner's rule, the highest power first."""
    first, *others = coefficients
    return functools.reduce(lambda sum_, coefficient: sum_ * x + coefficient, others, first)


def _bits(value: float) -> int:
    return int(np.float32(value).view(np.int32))


def _threefry(x0: Tensor, x1: Tensor, key0: Tensor, key1: Tensor) -> Tensor:
    """Return the first word that Threefry-2x32 makes of each counter (x0, x1)."""
    xor = tf.bitwise.bitwise_xor
    keys = (key0, key1, xor(xor(key0, key1), _word(PARITY)))
    x0, x1 = x0 + key0, x1 + key1
    for block in range(5):
        for places in ROTATIONS[block % 2]:
            x0 = x0 + x1
            x1 = xor(_rotate(x1, places), x0)
        x0 = x0 + keys[(block + 1) % 3]
        x1 = x1 + keys[(block + 2) % 3] + _word(block + 1)
    return x0


def _rotate(word: Tensor, places: int) -> Tensor:
    left = tf.bitwise.left_shift(word, _word(places))
    return tf.bitwise.bitwise_or(left, tf.bitwise.right_shift(word, _word(32 - places)))


def _word(value: int) -> Tensor:
    return tf.constant(value, tf.uint32)
