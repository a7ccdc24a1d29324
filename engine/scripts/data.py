"""The part of a stand-alone script that makes, splits and shapes the data set."""

from __future__ import annotations

from hiss.data.sources import SOURCES
from hiss.data.spec import Data
from hiss.data.splits import load_dataset
from hiss.scripts.preparation import is_frame, prepare
from hiss.scripts.python_text import call, function, keywords
from hiss.scripts.splitting import split_imports, split_lines
from hiss.scripts.tables import selected_of, table_imports, table_readers, table_rows

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
GENERATORS = {"noisy_sine": NOISY_SINE, "two_frequencies": TWO_FREQUENCIES}
"""The generators that scikit-learn does not have, as in `hiss.data.datasets`."""
STANDARDIZE = (
    "mean, sd = x_train.mean(axis=0), x_train.std(axis=0)",
    "sd[sd == 0] = 1",
    "x_train, x_test = (x_train - mean) / sd, (x_test - mean) / sd",
)


def data_imports(data: Data) -> list[str]:
    """Return the import lines that the data set needs."""
    if data.name == "table":
        lines = table_imports(data)
    elif data.name in GENERATORS:
        lines = ["import numpy as np"]
    else:
        lines = [f"from sklearn.datasets import {data.name}"]
    return [*lines, *split_imports(data, load_dataset(data))]


def data_functions(data: Data, training_rows: str) -> list[str]:
    """Return the functions that make or read the data set and split it.

    Args:
        data: the data set.
        training_rows: the arrays of the training rows that are returned: `x_train, y_train`.
    """
    grouped = "g_train" in training_rows
    whole = load_dataset(data)
    if data.name == "table":
        selected = selected_of(data)
        before, made = table_readers(data), table_rows(selected)
        body = [*made, *split_lines(data, whole, is_frame(selected), grouped), *prepare(selected)]
    else:
        before = [GENERATORS[data.name]] if data.name in GENERATORS else []
        made = [f"x, y = {call(data.name, _source_arguments(data), 11)}"]
        body = [*made, *split_lines(data, whole, frame=False)]
    if data.standardize:
        body += STANDARDIZE
    if data.shape is not None:
        shape = ", ".join(map(str, (-1, *data.shape)))
        body.append(f"x_train, x_test = x_train.reshape({shape}), x_test.reshape({shape})")
    if data.reconstructs:
        body.append("y_train, y_test = (x.reshape(len(x), -1) for x in (x_train, x_test))")
    body.append(f"return ({training_rows}), (x_test, y_test)")
    loader = function("load_data", "Return the rows that train and the rows that test.", body)
    return [*before, loader]


def _source_arguments(data: Data) -> list[str]:
    """Return the arguments of the call that makes the data set; a generator's include a seed."""
    source = SOURCES[data.name]
    if source.kind == "table":
        return ["return_X_y=True"]
    seed = source.argument("random_state", data.arguments)
    return keywords({**data.arguments, "random_state": seed})
