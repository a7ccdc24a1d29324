"""Random numbers that are a pure function of (seed, site, step).

Threefry-2x32 with 13 rounds (Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3")
turns a counter and a key into two words of 32 random bits; 13 are the fewest rounds for which its
authors publish known answers. Two words give two values of a distribution: normals by Box and
Muller, 1958, "A note on the generation of random normal deviates". Every pair depends on its own
counter alone, without a branch or a library call on the way, so that XLA draws them in one
vectorised loop. docs/speed.md says what a number costs and how the streams were tried.
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

ROUNDS = 13
ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA
SINE = (-71.479697, 81.396059, -41.338967, 6.2831795)
"""sin(2πt)/t as a polynomial in t², where |t| ≤ ¼: a minimax fit, to a relative 1e-6."""
COSINE = (56.210354, -85.236125, 64.93442, -19.73917, 0.99999996)
"""cos(2πt) as a polynomial in t², where |t| ≤ ¼: a minimax fit, to 4e-8."""
LOGARITHM = (
    *(0.12210827, -0.18782678, 0.20454776, -0.24896798, 0.33316028, -0.50001401, 1.0000008),
)
"""log(1 + m)/m as a polynomial in m, where 1 + m is in [√½, √2]."""

VECTOR = 16
"""Pairs are drawn in multiples of it: XLA would compute an odd number of them one by one."""

Pair: TypeAlias = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""Two words of random bits → two values, float32; all of the same shape."""

_ALWAYS = ContextVar("always", default=False)


def random_bits(stream: Tensor, size: int | Tensor) -> Tensor:
    """Draw independent random bits.

    Args:
        stream: uint32, shape (3,): two words of key, and the step.
        size: how many values.

    Returns:
        uint32, shape (size,).
    """
    return _words(stream, size)[0]


def uniform(stream: Tensor, shape: Shape, strength: Tensor | None = None) -> Tensor:
    """Draw float32 values in (0, 1]: odd multiples of 2⁻²⁵, so never 0; the largest round to 1.

    As `normal`, but with ones where the `strength` is 0.
    """
    return _draw(_each(_uniform), stream, shape, strength, otherwise=1.0)


def normal(stream: Tensor, shape: Shape, strength: Tensor | None = None) -> Tensor:
    """Draw float32 normals of mean 0 and SD 1; their absolute values are at most 5.9.

    Args:
        stream: as of `random_bits`.
        shape: at least one size, rows first.
        strength: of the noise, a scalar: nothing is drawn and all values are 0 where it is 0.
    """
    return _draw(_normals, stream, shape, strength)


def laplace(stream: Tensor, shape: Shape, strength: Tensor | None = None) -> Tensor:
    """Draw float32 values of a Laplace distribution of mean 0 and SD 1, at most 11.8 from 0.

    They are -sign(x) · log(1 - |x|) / √2 for an x evenly from (-1, 1). As `normal` otherwise.
    """
    return _draw(_each(_laplace), stream, shape, strength)


def permutation(stream: Tensor, size: int) -> Tensor:
    """Draw a permutation of `size` rows: int32, shape (size,)."""
    return tf.argsort(_signed(random_bits(stream, size)), stable=True)


@contextlib.contextmanager
def always_draw() -> Iterator[None]:
    """Draw whatever the strength is within this context: stacked replicates cannot branch."""
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


def _draw(
    pair: Pair, stream: Tensor, shape: Shape, strength: Tensor | None, otherwise: float = 0.0
) -> Tensor:
    """Draw values of a shape, the first halves of all pairs before the second ones.

    A pair is one complex number here, because XLA on a CPU would draw the bits of two arrays
    twice.
    """
    rows, *others = shape
    half = (rows + 1) // 2
    count = half * math.prod(others)
    size = -(-count // VECTOR) * VECTOR

    def drawn() -> Tensor:
        return tf.complex(*pair(*_words(stream, size)))

    def constant() -> Tensor:
        return tf.fill([size], tf.constant(complex(otherwise, otherwise), tf.complex64))

    pairs = tf.reshape(_unless_zero(strength, drawn, constant)[:count], [half, *others])
    return tf.concat([tf.math.real(pairs), tf.math.imag(pairs)[: rows - half]], 0)


def _unless_zero(
    strength: Tensor | None, draw: Callable[[], Tensor], otherwise: Callable[[], Tensor]
) -> Tensor:
    """Return what to draw, or the other where there is a strength and it is 0.

    The branch also prevents XLA on a CPU from drawing the same numbers again in every loop that
    reads them.
    """
    if strength is None or _ALWAYS.get():
        return draw()
    return tf.cond(strength > 0, draw, otherwise)


def _each(value: Callable[[Tensor], Tensor]) -> Pair:
    """Return what makes a value of each of two words."""
    return lambda first, second: (value(first), value(second))


def _normals(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Return the coordinates of a point that is normal in the plane, by its radius and angle.

    The last bit of the second word tells on which side the point lies, the others its angle there.
    """
    radius = tf.sqrt(-2.0 * _logarithm(_uniform(first)))
    bits = _signed(second)
    t = tf.cast(bits, tf.float32) * 2.0**-33
    sine, cosine = t * _polynomial(SINE, t * t), _polynomial(COSINE, t * t)
    side = tf.bitwise.left_shift(bits, 31)
    cosine = tf.bitcast(tf.bitwise.bitwise_xor(tf.bitcast(cosine, tf.int32), side), tf.float32)
    return radius * cosine, radius * sine


def _laplace(word: Tensor) -> Tensor:
    x = _symmetric(word)
    return -math.sqrt(0.5) * tf.sign(x) * _logarithm(1.0 - tf.abs(x))


def _uniform(word: Tensor) -> Tensor:
    return 0.5 + 0.5 * _symmetric(word)


def _symmetric(word: Tensor) -> Tensor:
    """Return a float32 in (-1, 1) for random bits, symmetric about 0, which itself never is."""
    return (tf.cast(tf.bitwise.right_shift(_signed(word), 8), tf.float32) + 0.5) * 2.0**-23


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


def _words(stream: Tensor, size: int | Tensor) -> tuple[Tensor, Tensor]:
    """Return the two words of each of `size` counters: uint32, shape (size,)."""
    first, second, step = tf.unstack(stream, num=3)
    counters = tf.cast(tf.range(size), tf.uint32)
    return _threefry(counters, tf.fill([size], step), first, second, ROUNDS)


def _threefry(
    x0: Tensor, x1: Tensor, key0: Tensor, key1: Tensor, rounds: int
) -> tuple[Tensor, Tensor]:
    """Return the two words that Threefry-2x32 makes of each counter (x0, x1)."""
    xor = tf.bitwise.bitwise_xor
    keys = (key0, key1, xor(xor(key0, key1), _word(PARITY)))
    x0, x1 = x0 + key0, x1 + key1
    for number in range(1, rounds + 1):
        block, place = divmod(number - 1, 4)
        x0 = x0 + x1
        x1 = xor(_rotate(x1, ROTATIONS[block % 2][place]), x0)
        if place == 3:
            x0 = x0 + keys[(block + 1) % 3]
            x1 = x1 + (keys[(block + 2) % 3] + _word(block + 1))
    return x0, x1


def _rotate(word: Tensor, places: int) -> Tensor:
    left = tf.bitwise.left_shift(word, _word(places))
    return tf.bitwise.bitwise_or(left, tf.bitwise.right_shift(word, _word(32 - places)))


def _word(value: int) -> Tensor:
    return tf.constant(value, tf.uint32)
