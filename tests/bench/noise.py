"""What a random number costs within a compiled training, and whether the numbers are sound.

    python tests/bench/noise.py [--sound MILLIONS [--rounds ROUNDS]]

The first table has microseconds for one drawing of a shape, added to values of that shape, alone
and by two threads at once (per drawing). With `--sound`, streams of so many million words are
tried by chi-square tests, far more than the tests of the suite draw, and every p value is printed.
With fewer rounds of the generator the same tests say which of them they notice.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import scipy.stats

from hiss.training import backend

backend.load("cpu")

import tensorflow as tf  # noqa: E402

from hiss.noise import random  # noqa: E402

SHAPES = ((30, 500), (64, 128), (2001,))
CALLS, THREADS = 3000, 2
WORDS = 2**22
"""Drawn at once, of each of two."""
LEAST = 1e-4
"""A p value below it, of some dozens, says that something is wrong."""


def seconds(shape: tuple[int, ...], draw: Callable[..., tf.Tensor] | None) -> tuple[float, float]:
    """Return the best seconds for one drawing: alone, and by threads at once."""

    def body(step: tf.Tensor, values: tf.Tensor, stddev: tf.Tensor) -> tuple[tf.Tensor, ...]:
        stream = tf.stack([0, 1, step])
        noise = 1.0 if draw is None else draw(tf.cast(stream, tf.uint32), shape, stddev)
        return step + 1, values * 0.5 + stddev * noise, stddev

    @tf.function(jit_compile=True, autograph=False)
    def drawings(*state: tf.Tensor) -> tf.Tensor:
        return tf.while_loop(lambda step, *_: step < CALLS, body, state)[1]

    state = tf.constant(0), tf.random.stateless_normal(shape, [1, 2]), tf.constant(1.0)

    def took(threads: int) -> float:
        calls = [threading.Thread(target=drawings, args=state) for _ in range(threads)]
        began = time.perf_counter()
        for call in calls:
            call.start()
        for call in calls:
            call.join()
        return (time.perf_counter() - began) / CALLS / threads

    took(1)
    return min(took(1) for _ in range(9)), min(took(THREADS) for _ in range(9))


def costs() -> None:
    kinds = (None, random.uniform, random.normal, random.laplace)
    print(f"{'shape':>10} {'drawn':>10} {'alone, µs':>10} {'by two, µs':>11} {'ns a number':>12}")
    for shape in SHAPES:
        plain = 0.0
        for draw in kinds:
            alone, by_two = seconds(shape, draw)
            plain = plain if draw else by_two
            name = draw.__name__ if draw else "nothing"
            each = (by_two - plain) / np.prod(shape) * 1e9
            print(f"{shape!s:>10} {name:>10} {alone * 1e6:10.2f} {by_two * 1e6:11.2f} {each:12.2f}")


@tf.function(jit_compile=True, autograph=False)
def words(stream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return random._words(stream, WORDS)


@tf.function(jit_compile=True, autograph=False)
def normals(stream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return random._normals(*random._words(stream, WORDS))


def evenly(counts: np.ndarray) -> float:
    """Return the p value of cells that are equally likely."""
    return float(scipy.stats.chisquare(counts).pvalue)


def together(first: np.ndarray, second: np.ndarray, cells: int) -> np.ndarray:
    """Count pairs of cells."""
    return np.bincount(first.astype(np.int64) * cells + second, minlength=cells * cells)


def tried(millions: int) -> Iterator[tuple[str, float]]:
    """Yield a name and a p value of each test."""
    steps = max(2, millions * 1_000_000 // (2 * WORDS))
    counts: dict[str, np.ndarray | int] = {}

    def add(name: str, found: np.ndarray) -> None:
        counts[name] = counts.get(name, 0) + found

    edges = scipy.stats.norm.ppf(np.arange(1, 64) / 64)
    before: tuple[np.ndarray, ...] = ()
    powers = np.zeros(4)
    far = np.zeros(3)
    for step in range(steps):
        stream = tf.constant([3, 1, step], tf.uint32)
        first, second = (word.numpy() for word in words(stream))
        other_seed = words(tf.constant([4, 1, step], tf.uint32))[0].numpy()
        other_word = words(tf.constant([3, 2, step], tf.uint32))[0].numpy()
        for name, word in (("first", first), ("second", second)):
            for half, shift in (("high", 16), ("low", 0)):
                cells = np.bincount((word >> shift) & 0xFFFF, minlength=2**16)
                add(f"{half} 16 bits of the {name} word", cells)
            for shift in (24, 0):
                byte = (word >> shift) & 0xFF
                lag = together(byte[:-1], byte[1:], 256)
                add(f"bits {shift} to {shift + 7} of the {name} word and the next counter's", lag)
        for shift in (24, 0):
            byte, bits = (first >> shift) & 0xFF, f"bits {shift} to {shift + 7}"
            others = {"the second word": second, "the next seed": other_seed}
            for name, other in {**others, "the next layer": other_word}.items():
                add(f"{bits} and those of {name}", together(byte, (other >> shift) & 0xFF, 256))
            if before:
                last = (before[0] >> shift) & 0xFF
                add(f"{bits} and those of the next step", together(last, byte, 256))
        before = first, second
        x, y = (value.numpy().astype(np.float64) for value in normals(stream))
        cells = [np.searchsorted(edges, each) for each in (x, y)]
        add("two normals of a pair, 64 × 64 cells", together(*cells, 64))
        add("a normal and the next one", together(cells[0][:-1], cells[0][1:], 64))
        both = np.concatenate([x, y])
        powers += [np.sum(both**power) for power in (1, 2, 3, 4)]
        far += [np.sum(np.abs(both) > bound) for bound in (3, 4, 5)]
    for name, found in counts.items():
        yield name, evenly(found)
    n = 2 * WORDS * steps
    variances = 1, 2, 15, 96
    for power, total, mean, variance in zip(
        (1, 2, 3, 4), powers, (0, 1, 0, 3), variances, strict=True
    ):
        z = (total / n - mean) / np.sqrt(variance / n)
        yield f"mean of z^{power}", float(2 * scipy.stats.norm.sf(abs(z)))
    for bound, found in zip((3, 4, 5), far, strict=True):
        expected = 2 * scipy.stats.norm.sf(bound)
        yield f"|z| > {bound}", float(scipy.stats.binomtest(int(found), n, expected).pvalue)
    yield "avalanche", avalanche()


def avalanche(samples: int = 2**16) -> float:
    """Flip each of 128 bits of counter and key; return the least p value of 128 × 64 flips.

    Each bit of the two words should flip in half of the samples. The p value is multiplied by
    the number of them (Bonferroni).
    """
    draw = np.random.default_rng(1)
    given = draw.integers(0, 2**32, (4, samples), dtype=np.uint32)
    call = tf.function(lambda *given: random._threefry(*given, random.ROUNDS), jit_compile=True)
    plain = np.stack(call(*map(tf.constant, given)))
    least = 1.0
    for place in range(128):
        flipped = given.copy()
        flipped[place // 32] ^= np.uint32(1 << place % 32)
        changed = np.stack(call(*map(tf.constant, flipped))) ^ plain
        for bit in range(32):
            for count in np.sum((changed >> np.uint32(bit)) & 1, axis=1):
                z = (count - samples / 2) / np.sqrt(samples / 4)
                least = min(least, float(2 * scipy.stats.norm.sf(abs(z))))
    return min(1.0, least * 128 * 64)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sound", type=int, default=0, metavar="MILLIONS", help="words to try")
    parser.add_argument("--rounds", type=int, default=random.ROUNDS, help="of the generator")
    chosen = parser.parse_args()
    random.ROUNDS = chosen.rounds
    if not chosen.sound:
        costs()
        return 0
    found = list(tried(chosen.sound))
    for name, p in found:
        print(f"{p:8.4f}  {name}")
    return int(min(p for _, p in found) < LEAST)


if __name__ == "__main__":
    raise SystemExit(main())
