"""Experiments for the user's own rows: a small network with noise and without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.datasets import load, read
from engine.heads import head_for, training_for
from engine.rows import Rows
from engine.spec import Data, Experiment, Keras, Plan

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
    head, stem = head_for(rows), stem_of(data)
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
