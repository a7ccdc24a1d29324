"""The part of a stand-alone script that makes, splits and shapes the rows."""

from __future__ import annotations

from hiss.data.sources import SOURCES
from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.scripts.python_text import call, function, keywords
from hiss.scripts.tables import table_imports, table_reader, table_rows

NOISY_SINE = '''\
def noisy_sine(n_samples=100, noise=0.0, cycles=2.0, random_state=0):
    """Draw y = sin(pi * cycles * x) plus normal noise at uniform x in [-1, 1]."""
    generator = np.random.default_rng(random_state)
    x = generator.uniform(-1, 1, (n_samples, 1))
    y = np.sin(np.pi * cycles * x[:, 0]) + generator.normal(0, noise, n_samples)
    return x, y'''
TWO_FREQUENCIES = '''\
def two_frequencies(
    n_samples=100,
    n_steps=32,
    frequencies=(3, 5),
    amplitude=1.0,
    noise=0.0,
    random_state=0,
):
    """Draw sines of unknown phase in white noise; the class is their frequency."""
    generator = np.random.default_rng(random_state)
    y = generator.integers(0, 2, n_samples)
    phase = generator.uniform(0, 2 * np.pi, (n_samples, 1))
    turns = np.arange(n_steps) / n_steps * np.asarray(frequencies)[y][:, None]
    x = amplitude * np.sin(2 * np.pi * turns + phase)
    x += generator.normal(0, noise, x.shape)
    return x[:, :, None], y'''
OWN_SOURCES = {"noisy_sine": NOISY_SINE, "two_frequencies": TWO_FREQUENCIES}
"""The generators that scikit-learn does not have, as `engine.sources` has them."""
STANDARDIZE = (
    "mean, sd = x_train.mean(axis=0), x_train.std(axis=0)",
    "sd[sd == 0] = 1",
    "x_train, x_test = (x_train - mean) / sd, (x_test - mean) / sd",
)


def data_imports(data: Data) -> list[str]:
    """The import lines that the rows need."""
    if data.name == "table":
        lines = table_imports(data)
    elif data.name in OWN_SOURCES:
        lines = ["import numpy as np"]
    else:
        lines = [f"from sklearn.datasets import {data.name}"]
    if data.shuffle:
        lines.append("from sklearn.model_selection import train_test_split")
    return lines


def data_functions(data: Data) -> list[str]:
    """The functions that make or read the rows and split them."""
    table = data.name == "table"
    made = [f"x, y = {call(data.name, _source_arguments(data), 11)}"]
    body = [*(table_rows(data) if table else made), *_split(data)]
    if data.standardize:
        body += STANDARDIZE
    if data.shape is not None:
        shape = ", ".join(map(str, (-1, *data.shape)))
        body.append(f"x_train, x_test = x_train.reshape({shape}), x_test.reshape({shape})")
    body.append("return (x_train, y_train), (x_test, y_test)")
    loader = function("load_data", "Return the rows that train and the rows that test.", body)
    if table:
        return [table_reader(data), loader]
    return [OWN_SOURCES[data.name], loader] if data.name in OWN_SOURCES else [loader]


def _source_arguments(data: Data) -> list[str]:
    """The arguments of the call that makes the rows; a seed is always among them."""
    source = SOURCES[data.name]
    if source.kind == "table":
        return ["return_X_y=True"]
    seed = source.argument("random_state", data.arguments)
    return keywords({**data.arguments, "random_state": seed})


def _split(data: Data) -> list[str]:
    if data.shuffle:
        return [_shuffled_split(data)]
    lines = []
    if isinstance(data.train_size, float) or isinstance(data.test_size, float):
        lines.append("rows = len(x)")
    train, test = _count(data.train_size), _count(data.test_size)
    end = f"{train} + {test}" if test else ""
    return [
        *lines,
        f"x_train, x_test = x[:{train}], x[{train}:{end}]",
        f"y_train, y_test = y[:{train}], y[{train}:{end}]",
    ]


def _count(size: int | float | None) -> str:
    """How many rows a size stands for, as the script works it out."""
    return f"int({size} * rows)" if isinstance(size, float) else str(size or "")


def _shuffled_split(data: Data) -> str:
    sizes = {"train_size": data.train_size, "test_size": data.test_size}
    given = {name: size for name, size in sizes.items() if size is not None}
    seed = data.arguments.get("random_state", 0)
    arguments = ["x", "y", *keywords({**given, "random_state": seed})]
    if load(data).task != "regression":
        arguments.append("stratify=y")
    target = "x_train, x_test, y_train, y_test = "
    return target + call("train_test_split", arguments, len(target) + 4)
