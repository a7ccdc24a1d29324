"""The last layers of a network and the loss that fit what is to be predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from pathlib import Path

import numpy as np

from hiss.data.arrays import Rows
from hiss.data.spec import Data
from hiss.data.splits import load, read
from hiss.data.tables.selection import Prediction
from hiss.errors import DataError
from hiss.experiment.spec import Experiment, Plan
from hiss.experiment.training import Keras, Training

SMALLEST, LARGEST = 1e-6, 1e9
"""Standard deviations of a target beyond which float32 loses the squares of gradients."""
ADAM_EPSILON = 1e-7
"""Keras' own."""


@dataclass(frozen=True, slots=True)
class OutputLayers:
    """What a network ends with."""

    layers: tuple[Keras, ...]
    """A Dense layer, and for a quantity its unit and origin."""
    loss: str
    optimizer: str | Keras = "adam"


def output_layers_for(rows: Rows) -> OutputLayers:
    """Return the head for the target of some rows.

    Raises:
        DataError: if the target's unit is too large or too small to compute with.
    """
    match rows.task:
        case "binary":
            return OutputLayers((_dense(1, "sigmoid"),), "binary_crossentropy")
        case "multiclass":
            units = len(rows.classes)
            return OutputLayers((_dense(units, "softmax"),), "sparse_categorical_crossentropy")
        case "regression":
            return _quantity(rows)


def training_for(head: OutputLayers, rows: int) -> Training:
    """Return a training on so many rows that takes seconds: some 4,000 steps, 1,000 epochs at most.

    Batches are Keras' 32 rows, or larger where there are very many.
    """
    batch_size = 32 if rows <= 2_000 else 256
    steps = -(-rows // batch_size)
    epochs = max(20, min(1_000, _rounded(4_000 / steps)))
    return Training(optimizer=head.optimizer, loss=head.loss, epochs=epochs, batch_size=batch_size)


def _quantity(rows: Rows) -> OutputLayers:
    """Leave the scaling to a last layer, so that errors are in the target's own unit."""
    scale, offset = float(np.std(rows.y)), float(np.mean(rows.y))
    if not SMALLEST <= scale <= LARGEST:
        raise DataError(
            f"The target's standard deviation is {scale:g}; expected {SMALLEST:g} to {LARGEST:g}.",
            "Give it in another unit.",
        )
    rescaling = {"class_name": "Rescaling", "scale": _short(scale), "offset": _short(offset)}
    layers = (_dense(1), Keras.model_validate(rescaling))
    return OutputLayers(layers, "mean_squared_error", _adam(scale))


def _adam(scale: float) -> str | Keras:
    """Keep Adam's epsilon small beside gradients, which grow with the square of the unit."""
    epsilon = ADAM_EPSILON * min(1.0, scale**2)
    if epsilon == ADAM_EPSILON:
        return "adam"
    return Keras.model_validate({"class_name": "Adam", "epsilon": epsilon})


def _dense(units: int, activation: str | None = None) -> Keras:
    named = {} if activation is None else {"activation": activation}
    return Keras.model_validate({"class_name": "Dense", "units": units, **named})


def _short(value: float) -> float:
    """Round to three digits: enough for a unit."""
    return float(f"{value:.3g}")


def _rounded(value: float) -> int:
    """Round down to one digit."""
    power = 10 ** floor(log10(value))
    return int(value // power * power)


UNITS = 100
STDDEV = 0.5
"""Of the noise before the activation, where standardized features make sums of SD about 1."""
TRAIN_SIZE = 0.8


def table_data(
    path: Path,
    target: str,
    *,
    features: Sequence[str] = (),
    drop: Sequence[str] = (),
    one_hot: Sequence[str] = (),
    predict: str = "guess",
    train_size: int | float | None = None,
) -> Data:
    """Return the data of an experiment on a table: shuffled, with features standardized."""
    given = {
        "features": list(features),
        "drop": list(drop),
        "one_hot": list(one_hot),
        "predict": "" if predict == "guess" else predict,
    }
    return Data.model_validate(
        {
            "name": "table",
            "path": str(path),
            "target": target,
            **{key: value for key, value in given.items() if value},
            "train_size": TRAIN_SIZE if train_size is None else train_size,
            "shuffle": True,
            "random_state": 1,
            "standardize": True,
        }
    )


def experiments_for(data: Data) -> tuple[Experiment, Experiment]:
    """Return a network with one hidden layer, without noise and with it, for a table.

    Raises:
        DataError: if the table cannot be trained on.
    """
    rows = read(data)
    head, stem = output_layers_for(rows), stem_of(data)
    hidden = {"class_name": "Dense", "units": UNITS}
    noise = {"class_name": "GaussianNoise", "stddev": STDDEV}
    relu = {"class_name": "Activation", "activation": "relu"}
    training = training_for(head, trained_rows(data))

    def arm(name: str, title: str, partner: str | None, *hidden_layers: object) -> Experiment:
        return Experiment(
            name=f"{stem}/{name}",
            title=f"{stem}, {title}",
            description=describe(data, rows),
            study=Plan(mode="task", partner=partner),
            data=data,
            layers=(*map(Keras.model_validate, hidden_layers), *head.layers),
            training=training,
        )

    return (
        arm("plain", "no noise", None, hidden, relu),
        arm("noise", "noise before the activation", f"{stem}/plain", hidden, noise, relu),
    )


def describe(data: Data, rows: Rows) -> str:
    """Say what a table holds: `150 rows, 4 features → species: 3 classes; 120 rows train`."""
    kinds = f"{len(rows.classes)} classes" if rows.classes else "a quantity"
    train = trained_rows(data)
    return (
        f"{Path(data.arguments['path']).name}: {len(rows.x):,} rows, {rows.x.shape[1]} features "
        f"→ {data.arguments['target']} ({kinds}); {train:,} rows train"
    )


def stem_of(data: Data) -> str:
    """Return what experiments on a table are called: its file's name without the ending."""
    return Path(str(data.arguments["path"])).stem


def trained_rows(data: Data) -> int:
    """Count the rows that train."""
    return len(load(data).x_train)


def experiment_for(
    path: Path,
    target: str,
    *,
    features: Sequence[str] = (),
    drop: Sequence[str] = (),
    one_hot: Sequence[str] = (),
    predict: Prediction = "guess",
    train_size: int | float | None = None,
) -> tuple[Experiment, Experiment]:
    """Return a small network for a table, without noise and with it.

    Raises:
        DataError: if the table cannot be trained on.
    """
    return experiments_for(
        table_data(
            path,
            target,
            features=features,
            drop=drop,
            one_hot=one_hot,
            predict=predict,
            train_size=train_size,
        )
    )
