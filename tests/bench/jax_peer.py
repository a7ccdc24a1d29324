"""Presets as an expert would write them by hand in JAX.

One `jit` over a `scan` of epochs and batches, Adam by hand; each epoch reports what hiss does:
loss, accuracy and Brier score, or MAE, of training and of test rows. Replicates are stacked
by `vmap`, or trained on a thread for each core, whichever is faster. A convolution is `kh·kw`
shifted slices joined, and one product of matrices: on a CPU that is several times faster than
`conv_general_dilated`. Prints one JSON object:

    python tests/bench/jax_peer.py article/hidden-before --replicates 10 30 --seconds 2

of both ways for the most replicates, and of the better one for fewer; {"missing": …} with what of a
preset is not written here.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from hiss.data.splits import load
from hiss.experiment.spec import Experiment
from hiss.library.presets import find

Layer = Callable[..., Any]
"""(weights, x, key) → x; no key means that the noise is off."""
ACTIVATIONS: dict[str | None, Callable[..., Any]] = {
    None: lambda x: x,
    "linear": lambda x: x,
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "sigmoid": lambda x: x,  # at the end alone: the losses below take logits
    "softmax": lambda x: x,
}
ENDS = ("sigmoid", "softmax")
PROBE = 12
"""Epochs that tell how many take as long as wanted."""


class NoPeerError(Exception):
    """A preset with something in it that is not written here."""


def uniform(key, shape, fan_in, fan_out):
    limit = (6.0 / (fan_in + fan_out)) ** 0.5
    return jax.random.uniform(key, shape, minval=-limit, maxval=limit)


def dense(shape, units, activation=None):
    def start(key):
        return uniform(key, (shape[-1], units), shape[-1], units), jnp.zeros(units)

    def call(weights, x, key):
        return ACTIVATIONS[activation](x @ weights[0] + weights[1])

    return start, call


def conv2d(shape, filters, kernel_size, activation=None):
    (height, width), channels = kernel_size, shape[-1]
    places = height * width

    def start(key):
        size = (places * channels, filters)
        return uniform(key, size, places * channels, places * filters), jnp.zeros(filters)

    def call(weights, x, key):
        down, across = x.shape[1] - height + 1, x.shape[2] - width + 1
        patches = [x[:, i : i + down, j : j + across] for i in range(height) for j in range(width)]
        return ACTIVATIONS[activation](jnp.concatenate(patches, -1) @ weights[0] + weights[1])

    return start, call


def lstm(shape, units):
    def start(key):
        kernels = jax.random.split(key)
        orthogonal = jax.nn.initializers.orthogonal()(kernels[1], (units, 4 * units))
        bias = jnp.zeros(4 * units).at[units : 2 * units].set(1.0)
        return uniform(kernels[0], (shape[-1], 4 * units), shape[-1], 4 * units), orthogonal, bias

    def call(weights, x, key):
        kernel, recurrent, bias = weights
        inputs = jnp.swapaxes(x @ kernel + bias, 0, 1)

        def step(carry, given):
            h, c = carry
            i, f, g, o = jnp.split(given + h @ recurrent, 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), None

        zeros = jnp.zeros((x.shape[0], units))
        return jax.lax.scan(step, (zeros, zeros), inputs, unroll=inputs.shape[0])[0][0]

    return start, call


def max_pooling2d(shape):
    def call(weights, x, key):
        rows, down, across, channels = x.shape
        tiles = x[:, : down // 2 * 2, : across // 2 * 2]
        tiles = tiles.reshape(rows, down // 2, 2, across // 2, 2, channels)
        return tiles.max((2, 4))

    return None, call


def gaussian_noise(shape, stddev):
    def call(weights, x, key):
        return x if key is None else x + stddev * jax.random.normal(key, x.shape)

    return None, call


def dropout(shape, rate):
    def call(weights, x, key):
        if key is None:
            return x
        return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0.0)

    return None, call


LAYERS: dict[str, Callable[..., Any]] = {
    "Dense": dense,
    "Conv2D": conv2d,
    "LSTM": lstm,
    "MaxPooling2D": max_pooling2d,
    "GaussianNoise": gaussian_noise,
    "Dropout": dropout,
    "Flatten": lambda shape: (None, lambda _, x, key: x.reshape(x.shape[0], -1)),
    "Rescaling": lambda shape, scale, offset: (None, lambda _, x, key: x * scale + offset),
    "Activation": lambda shape, activation: (None, lambda _, x, key: ACTIVATIONS[activation](x)),
}


def binary(logits, y):
    z, y = logits[:, 0], y.reshape(len(y))
    loss = jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))
    return loss, (z > 0) == (y > 0.5), (jax.nn.sigmoid(z) - y) ** 2


def multiclass(logits, y):
    classes = y.reshape(len(y)).astype(jnp.int32)
    logs = jax.nn.log_softmax(logits)
    loss = -jnp.take_along_axis(logs, classes[:, None], 1)[:, 0]
    errors = jnp.exp(logs) - jax.nn.one_hot(classes, logits.shape[1])
    return loss, logits.argmax(1) == classes, jnp.sum(errors**2, 1)


def squared(outputs, y):
    error = outputs - y.reshape(len(y), -1)
    return jnp.mean(error**2, 1), jnp.mean(jnp.abs(error), 1)


LOSSES = {
    "binary_crossentropy": binary,
    "sparse_categorical_crossentropy": multiclass,
    "mean_squared_error": squared,
}


def network(arm: Experiment, shape: tuple[int, ...]) -> tuple[list[Any], list[Layer]]:
    """Return how each layer starts, None if it has no weights, and what it computes."""
    starts, calls, x = [], [], jnp.zeros((1, *shape))
    for layer in arm.layers:
        if layer.class_name not in LAYERS:
            raise NoPeerError(layer.class_name)
        if layer.arguments.get("activation") in ENDS and layer != arm.layers[-1]:
            raise NoPeerError(f"{layer.arguments['activation']} within the network")
        try:
            start, call = LAYERS[layer.class_name](x.shape, **layer.arguments)
        except (TypeError, KeyError) as error:
            raise NoPeerError(str(error)) from error
        x = call(start and start(jax.random.key(0)), x, None)
        starts.append(start)
        calls.append(call)
    return starts, calls


def rate_of(optimizer: Any) -> float:
    if isinstance(optimizer, str):
        name, arguments = optimizer, {}
    else:
        name, arguments = optimizer.class_name, dict(optimizer.arguments)
    rate = arguments.pop("learning_rate", 1e-3)
    if name.lower() != "adam" or arguments:
        raise NoPeerError(f"optimizer {optimizer}")
    return float(rate)


def adam(weights, moments, gradients, step, rate, b1=0.9, b2=0.999, epsilon=1e-7):
    first = jax.tree.map(lambda m, g: m + (1 - b1) * (g - m), moments[0], gradients)
    second = jax.tree.map(lambda v, g: v + (1 - b2) * (g * g - v), moments[1], gradients)
    alpha = rate * jnp.sqrt(1 - b2**step) / (1 - b1**step)
    moved = jax.tree.map(
        lambda w, m, v: w - alpha * m / (jnp.sqrt(v) + epsilon), weights, first, second
    )
    return moved, (first, second)


def trainer(arm: Experiment) -> Callable[[Any, int], Any]:
    """Return the training of one replicate, (key, epochs) → (epochs, losses and metrics).

    Raises:
        NoPeerError: if something in the preset is not written here.
    """
    training, split = arm.training, load(arm.data)
    if training.early_stopping or training.class_weight or arm.data.label_noise:
        raise NoPeerError("early stopping, weights or noise of labels")
    if training.loss not in LOSSES:
        raise NoPeerError(str(training.loss))
    loss, rate = LOSSES[training.loss], rate_of(training.optimizer)
    starts, calls = network(arm, split.x_train.shape[1:])
    arrays = split.x_train, split.y_train, split.x_test, split.y_test
    x, y, x_test, y_test = map(jnp.asarray, arrays)
    size = min(training.batch_size, len(x))
    batches, rest = divmod(len(x), size)

    def outputs(weights, x, key):
        for site, call in enumerate(calls):
            x = call(weights[site], x, None if key is None else jax.random.fold_in(key, site))
        return x

    def step(carry, given):
        weights, moments, count = carry
        key, rows = given

        def mean(weights):
            each = loss(outputs(weights, x[rows], key), y[rows])
            means = jnp.stack([jnp.mean(one) for one in each])
            return means[0], means

        (_, means), gradients = jax.value_and_grad(mean, has_aux=True)(weights)
        weights, moments = adam(weights, moments, gradients, count + 1.0, rate)
        return (weights, moments, count + 1.0), means

    def train(key, epochs):
        keys = jax.random.split(key, len(starts))
        weights = [start and start(each) for start, each in zip(starts, keys, strict=True)]
        zeros = jax.tree.map(jnp.zeros_like, weights)

        def epoch(carry, number):
            now = jax.random.fold_in(key, number)
            whole = batches == 1 and not rest
            order = jnp.arange(len(x)) if whole else jax.random.permutation(now, len(x))
            keys = jax.random.split(now, batches + 1)
            given = keys[:batches], order[: batches * size].reshape(batches, size)
            carry, found = jax.lax.scan(step, carry, given)
            sums = found.sum(0) * size
            if rest:
                carry, last = step(carry, (keys[-1], order[batches * size :]))
                sums += last * rest
            test = jnp.stack(
                [jnp.mean(one) for one in loss(outputs(carry[0], x_test, None), y_test)]
            )
            return carry, jnp.concatenate([sums / len(x), test])

        start = (weights, (zeros, zeros), jnp.float32(0))
        return jax.lax.scan(epoch, start, jnp.arange(epochs))[1]

    return train


def stacked(train: Any) -> Callable[[int, int], None]:
    """Return what trains replicates by `vmap`, by their number and that of epochs."""
    compiled = jax.jit(
        lambda keys, epochs: jax.vmap(partial(train, epochs=epochs))(keys), static_argnums=1
    )

    def run(replicates: int, epochs: int) -> None:
        compiled(jax.random.split(jax.random.key(1), replicates), epochs).block_until_ready()

    return run


def threaded(train: Any) -> Callable[[int, int], None]:
    """Return what trains replicates on a thread for each core."""
    compiled = jax.jit(train, static_argnums=1)
    pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))

    def run(replicates: int, epochs: int) -> None:
        keys = jax.random.split(jax.random.key(1), replicates)
        list(pool.map(lambda key: compiled(key, epochs).block_until_ready(), keys))

    return run


def seconds(run: Callable[[int, int], None], replicates: int, epochs: int) -> float:
    began = time.perf_counter()
    run(replicates, epochs)
    return time.perf_counter() - began


def measured(run: Callable[[int, int], None], replicates: int, wanted: float) -> dict[str, float]:
    """Measure the better of two trainings, each as long as wanted, compiling apart."""
    first = seconds(run, replicates, PROBE)
    each = seconds(run, replicates, PROBE) / PROBE
    epochs = max(PROBE, min(int(wanted / each), 20_000))
    seconds(run, replicates, epochs)  # compiles
    best = min(seconds(run, replicates, epochs) for _ in range(2))
    return {
        "compile_seconds": first - each * PROBE,
        "microseconds": best / replicates / epochs * 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset")
    parser.add_argument("--replicates", type=int, nargs="+", default=[30])
    parser.add_argument("--seconds", type=float, default=2)
    chosen = parser.parse_args()
    (arm,) = find(chosen.preset)
    try:
        train = trainer(arm)
    except NoPeerError as error:
        print(json.dumps({"missing": str(error)}))
        return
    found, ways = {}, [stacked, threaded]
    for count in sorted(chosen.replicates, reverse=True):
        figures = {way: measured(way(train), count, chosen.seconds / 2) for way in ways}
        found |= {f"{way.__name__}:{count}": each for way, each in figures.items()}
        ways = [min(ways, key=lambda way: figures[way]["microseconds"])]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
