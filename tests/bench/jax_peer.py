"""The article's experiments as an expert would write them by hand in JAX.

One `jit` over a `scan` of epochs, `vmap` over replicates, Adam by hand; each epoch reports train
and test loss and accuracy, as hiss does. Prints one JSON object:

    python tests/bench/jax_peer.py hidden-before --replicates 30 --epochs 1000
"""

from __future__ import annotations

import argparse
import json
import time
from functools import partial

import jax
import jax.numpy as jnp
from sklearn.datasets import make_circles

UNITS = 500
NOISE = {
    "baseline": (0.0, 0.0, 0.0),
    "input-noise": (0.01, 0.0, 0.0),
    "hidden-before": (0.0, 0.1, 0.0),
    "hidden-after": (0.0, 0.0, 0.1),
}
"""Preset → standard deviations at the input, before and after the activation."""


def rows():
    x, y = make_circles(n_samples=100, noise=0.1, random_state=1)
    x, y = jnp.asarray(x, jnp.float32), jnp.asarray(y, jnp.float32)
    return x[:30], y[:30], x[30:], y[30:]


def start(key):
    first, second = jax.random.split(key)
    limits = (6.0 / (2 + UNITS)) ** 0.5, (6.0 / (UNITS + 1)) ** 0.5
    return {
        "w1": jax.random.uniform(first, (2, UNITS), minval=-limits[0], maxval=limits[0]),
        "b1": jnp.zeros(UNITS),
        "w2": jax.random.uniform(second, (UNITS, 1), minval=-limits[1], maxval=limits[1]),
        "b2": jnp.zeros(1),
    }


def logits(weights, x, key, stddevs):
    """Return the logits; a site without noise costs nothing, as in code for one experiment."""

    def noisy(values, stddev, site):
        if key is None or stddev == 0.0:
            return values
        return values + stddev * jax.random.normal(jax.random.fold_in(key, site), values.shape)

    hidden = noisy(x, stddevs[0], 0) @ weights["w1"] + weights["b1"]
    hidden = noisy(jax.nn.relu(noisy(hidden, stddevs[1], 1)), stddevs[2], 2)
    return (hidden @ weights["w2"] + weights["b2"])[:, 0]


def scores(logit, y):
    loss = jnp.mean(jnp.maximum(logit, 0) - logit * y + jnp.log1p(jnp.exp(-jnp.abs(logit))))
    return loss, jnp.mean((logit > 0) == (y > 0.5))


def adam(weights, moments, gradients, step, rate=1e-3, b1=0.9, b2=0.999, epsilon=1e-7):
    first = jax.tree.map(lambda m, g: m + (1 - b1) * (g - m), moments[0], gradients)
    second = jax.tree.map(lambda v, g: v + (1 - b2) * (g * g - v), moments[1], gradients)
    alpha = rate * jnp.sqrt(1 - b2**step) / (1 - b1**step)
    moved = jax.tree.map(
        lambda w, m, v: w - alpha * m / (jnp.sqrt(v) + epsilon), weights, first, second
    )
    return moved, (first, second)


@partial(jax.jit, static_argnames=("stddevs", "epochs"))
def train(keys, stddevs, epochs):
    x, y, x_test, y_test = rows()

    def one(key):
        weights = start(key)
        zeros = jax.tree.map(jnp.zeros_like, weights)

        def epoch(carry, step):
            weights, moments = carry

            def loss(weights):
                logit = logits(weights, x, jax.random.fold_in(key, step), stddevs)
                return scores(logit, y)

            (value, accuracy), gradients = jax.value_and_grad(loss, has_aux=True)(weights)
            weights, moments = adam(weights, moments, gradients, step + 1.0)
            test = scores(logits(weights, x_test, None, stddevs), y_test)
            return (weights, moments), jnp.stack([value, accuracy, *test])

        return jax.lax.scan(epoch, (weights, (zeros, zeros)), jnp.arange(epochs))[1]

    return jax.vmap(one)(keys)


def seconds(stddevs, replicates, epochs):
    keys = jax.random.split(jax.random.key(1), replicates)
    began = time.perf_counter()
    train(keys, stddevs, epochs).block_until_ready()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset", choices=NOISE)
    parser.add_argument("--replicates", type=int, default=30)
    parser.add_argument("--epochs", type=int, default=1000)
    chosen = parser.parse_args()
    arguments = NOISE[chosen.preset], chosen.replicates, chosen.epochs
    first = seconds(*arguments)
    again = min(seconds(*arguments) for _ in range(3))
    each = again / chosen.replicates / chosen.epochs * 1e6
    print(json.dumps({"compile_seconds": first - again, "microseconds": each}))


if __name__ == "__main__":
    main()
