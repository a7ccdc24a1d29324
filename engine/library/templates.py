"""New experiments on the user's table: a small network without noise and with it."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hiss.data.arrays import Dataset
from hiss.data.spec import Data, Mode
from hiss.data.split_spec import SplitKind
from hiss.data.splits import load, load_dataset
from hiss.data.tables.content import PACKINGS
from hiss.data.tables.rows import select
from hiss.data.tables.selection import TableSelection
from hiss.errors import DataError
from hiss.experiment.spec import Experiment, Plan
from hiss.experiment.training import Keras, Training
from hiss.library.output_layers import OutputLayers, output_layers_for
from hiss.validation import describe as describe_problems

GROUP = "data"
"""Group of the experiments that are made for tables."""
UNITS = 100
STDDEV = 0.5
"""Of the noise before the activation, where standardized features make sums of SD about 1."""
TRAIN_SIZE = 0.8
STEPS = 4_000
"""Training steps, which take seconds."""


def table_data(
    selection: TableSelection,
    train_size: int | float | None = None,
    *,
    split: SplitKind | None = None,
    cv: str | None = None,
    **others: Any,
) -> Data:
    """Return the data of an experiment on a table, with features standardized.

    Rows are shuffled before they are split, unless the table or the caller says otherwise.

    Args:
        selection: of the table's columns, with a target.
        train_size: a count, or a fraction in (0, 1); 0.8 by default.
        split: how rows are split.
        cv: cross-validation: `5x2`.
        **others: further keys of a preset's `[data]`, in place of the usual ones.

    Raises:
        DataError: if the file cannot be read, or arguments contradict each other or its own split.
    """
    given = _has_test_rows(selection)
    if train_size is not None and (given or cv):
        reason = "the file says which rows test" if given else "cv divides the rows itself"
        raise DataError(f"train_size: {reason}.", "Leave train_size out.")
    sized = {} if given or cv else {"train_size": train_size or TRAIN_SIZE}
    grouped = selection.group is not None or selection.duplicates == "group"
    shuffled = not (given or cv or split or grouped)
    keys = {
        "name": "table",
        **selection.to_arguments(),
        **sized,
        **({"shuffle": True} if shuffled else {}),
        "split": split,
        "cv": cv,
        "random_state": 1,
        "standardize": True,
        **others,
    }
    try:
        return Data.model_validate(keys)
    except ValidationError as error:
        lines = describe_problems(error, {"": tuple(Data.model_fields)})
        raise DataError("\n".join(lines)) from error


def mode_for(data: Data, dataset: Dataset) -> Mode:
    """Return `task`, in which repeats differ by their splits, where the rows allow it."""
    fixed = data.split_by == "ordered" and not data.draws_folds
    return "article" if fixed or dataset.test_rows is not None else "task"


def experiments_for(data: Data) -> tuple[Experiment, Experiment]:
    """Return a network with one hidden layer for a table, without noise and with it.

    A reconstruction has noise on its inputs and half as many hidden units as features: a denoising
    autoencoder.

    They are named like presets: `data/iris-baseline` and `data/iris` for `iris.csv`.

    Raises:
        DataError: if the table cannot be trained on.
    """
    dataset = load_dataset(data)
    outputs, stem = output_layers_for(dataset), stem_of(data)
    name = f"{GROUP}/{stem}"
    baseline = f"{name}-baseline"
    noise = {"class_name": "GaussianNoise", "stddev": STDDEV}
    relu = {"class_name": "Activation", "activation": "relu"}
    if dataset.task == "reconstruction":
        units = min(UNITS, max(1, len(dataset.features) // 2))
        hidden = {"class_name": "Dense", "units": units}
        title, noisy = "noise on the input", (noise, hidden, relu)
    else:
        hidden = {"class_name": "Dense", "units": UNITS}
        title, noisy = "noise before the activation", (hidden, noise, relu)
    training = _training(outputs, _training_rows(data))

    def arm(name: str, title: str, partner: str | None, *hidden_layers: object) -> Experiment:
        return Experiment(
            name=name,
            title=f"{stem}, {title}",
            description=describe(data, dataset),
            study=Plan(mode=mode_for(data, dataset), partner=partner),
            data=data,
            layers=(*map(Keras.model_validate, hidden_layers), *outputs.layers),
            training=training,
        )

    return (
        arm(baseline, "no noise", None, hidden, relu),
        arm(name, title, baseline, *noisy),
    )


def describe(data: Data, dataset: Dataset) -> str:
    """Return a table in a line: `iris.csv: 150 rows, 4 features → species (3 classes); 120 …`."""
    rows, features = len(dataset.x), len(dataset.features)
    return (
        f"{Path(data.arguments['path']).name}: {rows:,} rows, {features} features "
        f"→ {_predicted(data, dataset)}; {_training_rows(data):,} rows train"
    )


def _predicted(data: Data, dataset: Dataset) -> str:
    if dataset.task == "reconstruction":
        return "themselves"
    kind = f"{len(dataset.classes)} classes" if dataset.classes else "a quantity"
    return f"{data.arguments['target']} ({kind})"


def stem_of(data: Data) -> str:
    """Return the name of a table's experiments: its file's name without the suffixes."""
    return _stem(Path(str(data.arguments["path"])))


def _stem(path: Path) -> str:
    return Path(path.stem).stem if path.suffix.lower() in PACKINGS else path.stem


def table_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the names of tables: their files' without suffixes, with the folder where two agree.

    Raises:
        DataError: if two are called alike nonetheless.
    """
    stems = [_stem(path) for path in paths]
    names = tuple(
        stem if stems.count(stem) == 1 else f"{path.absolute().parent.name}/{stem}"
        for stem, path in zip(stems, paths, strict=True)
    )
    twice = [path for path, name in zip(paths, names, strict=True) if names.count(name) > 1]
    if twice:
        raise DataError(
            f"{twice[0]}: another of the tables is called so too.", "Name each once, or rename one."
        )
    return names


def _training(outputs: OutputLayers, rows: int) -> Training:
    """Return a training of about 4,000 steps, but of 20 to 1,000 epochs, on a number of rows.

    Batches have Keras' 32 rows, or more where there are very many rows.
    """
    batch_size = 32 if rows <= 2_000 else 256
    epochs = max(20, min(1_000, _one_digit(STEPS / -(-rows // batch_size))))
    return Training(
        optimizer=outputs.optimizer, loss=outputs.loss, epochs=epochs, batch_size=batch_size
    )


def _has_test_rows(selection: TableSelection) -> bool:
    """Return whether a table says itself which rows test."""
    if selection.path.suffix.lower() != ".npz":
        return selection.test_path is not None
    return select(selection).test_rows is not None


def _training_rows(data: Data) -> int:
    return len(load(data).x_train)


def _one_digit(value: float) -> int:
    """Round down to one significant digit."""
    power = 10 ** floor(log10(value))
    return int(value // power * power)
