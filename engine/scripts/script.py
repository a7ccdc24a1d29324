"""An experiment as a stand-alone Keras script, to be read and changed without hiss."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import Any

from hiss.data.arrays import Split, Task
from hiss.data.sources import SOURCES
from hiss.data.splits import TEST_ROWS, load
from hiss.experiment.diagram import noise_table
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras
from hiss.keras_names.lookup import as_float, words
from hiss.scripts.data import data_functions, data_imports
from hiss.scripts.noise import (
    definitions,
    is_defined,
    mixing_layer,
    needs_layers,
    needs_numpy,
    optimizer,
    preparations,
    validation,
)
from hiss.scripts.python_text import WIDTH, call, docstring, function, literal, stacked
from hiss.scripts.schedules import is_scheduled, schedule_arguments, stock_layer
from hiss.scripts.scoring import scoring
from hiss.scripts.tables import table_constant
from hiss.scripts.user_model import model_functions, model_imports
from hiss.scripts.weights import fit_arguments, holds_out_groups, training_rows

MODULES = {
    "layers": "layers",
    "optimizers": "keras.optimizers",
    "schedules": "keras.optimizers.schedules",
    "losses": "keras.losses",
    "initializers": "keras.initializers",
    "regularizers": "keras.regularizers",
    "constraints": "keras.constraints",
}
"""The module of each kind of Keras object, as a script names it."""
STANDARD = {"import runpy", "import sys"}
"""Imports from Python's standard library, which are a block of their own."""
CLASSIFICATION = ("binary", "multiclass")
RMSE = "keras.metrics.RootMeanSquaredError()"


def script(experiment: Experiment, seed: int, metric: str | None = None) -> str:
    """Return an experiment as a Python script that needs Keras and scikit-learn only.

    Args:
        experiment: with a network of Keras layers, or with the user's model, which is made once and
            which the script imports.
        seed: of `keras.utils.set_random_seed`. The script's numbers differ from those of hiss,
            which seeds each layer separately, but have the same distribution; `exact_script` has
            hiss's own.
        metric: a further test score to print, as `--metric` takes it.

    Raises:
        EngineError: if the user's model cannot be made, or the data set cannot.
    """
    split = load(experiment.data)
    constants = f"SEED = {seed}\nEPOCHS = {experiment.training.epochs}"
    if experiment.data.name == "table":
        constants += f"\n{table_constant(experiment.data)}"
    if experiment.model is not None:
        constants += f"\nMODEL = {literal(str(experiment.model.file))}"
    imports, scored = scoring(metric, split.task)
    top = "\n\n".join((_docstring(experiment), _imports(experiment, imports), constants))
    functions = (
        *definitions(experiment),
        *data_functions(experiment.data, training_rows(experiment)),
        *_network(experiment, split),
    )
    main = "\n".join((_main(experiment, split.task), *scored))
    return "\n\n\n".join((top, *functions, main)) + "\n"


def _docstring(experiment: Experiment) -> str:
    summary = f"{experiment.title.rstrip('.')}."
    source = f"The experiment {experiment.name} of hiss, in stock Keras."
    described = (fill(text, WIDTH) for text in (experiment.description, source, _rows(experiment)))
    return docstring((summary, *described))


def _rows(experiment: Experiment) -> str:
    """Return a sentence about the rows, and about how those of a study in task mode differ."""
    if SOURCES[experiment.data.name].kind == "table":
        others = "splits the table again for each repeat, so that its scores vary more"
    else:
        others = f"draws other training rows for each repeat and tests on {TEST_ROWS:,} others"
    rows = "The rows are those of hiss's article mode: one split, the same for every seed."
    exact = "`hiss show --exact` prints a script of hiss's own numbers."
    return f"{rows} A study in task mode {others}. {exact}"


def _imports(experiment: Experiment, others: set[str]) -> str:
    lines = others | {"import keras", "from keras import layers", *data_imports(experiment.data)}
    lines |= {"import numpy as np"} if needs_numpy(experiment) else set()
    if holds_out_groups(experiment):
        lines |= {"from sklearn.model_selection import GroupShuffleSplit"}
    lines -= set() if needs_layers(experiment) else {"from keras import layers"}
    lines |= model_imports(experiment.model) if experiment.model else set()
    standard, others = lines & STANDARD, lines - STANDARD
    blocks = (sorted(standard), sorted(others, key=lambda line: (line.startswith("from"), line)))
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _network(experiment: Experiment, split: Split) -> list[str]:
    if experiment.model is None:
        return [_build_model(experiment, split)]
    compiled = call("model.compile", _compile_arguments(experiment, split.task))
    noise = [(each, _layer(experiment, noise_table(each))) for each in experiment.model.noise]
    return model_functions(experiment, noise, compiled)


def _build_model(experiment: Experiment, split: Split) -> str:
    shape = literal(split.x_train.shape[1:])
    items = [f"keras.Input({shape})", *(_layer(experiment, layer) for layer in experiment.layers)]
    body = [
        stacked("model = keras.Sequential([", items, "])"),
        call("model.compile", _compile_arguments(experiment, split.task)),
        "return model",
    ]
    return function("build_model", "Return the compiled network.", body)


def _compile_arguments(experiment: Experiment, task: Task) -> list[str]:
    training = experiment.training
    metric = literal("accuracy") if task in CLASSIFICATION else RMSE
    chosen = (optimizer(experiment), training.loss)
    made, loss = (_object(each) if isinstance(each, Keras) else literal(each) for each in chosen)
    if experiment.model is not None:  # what is the user's own, as the model was compiled with it
        made = "optimizer" if experiment.model.own_optimizer else made
        loss = "loss" if experiment.model.own_loss else loss
    mixing = mixing_layer(experiment)
    if mixing is not None:
        loss = call("MixedTargets", [loss, f"model.layers[{mixing}]"], column=13)
    return [f"optimizer={made}", f"loss={loss}", f"metrics=[{metric}]"]


def _main(experiment: Experiment, task: Task) -> str:
    train, test = ("Train", "Test") if task in CLASSIFICATION else ("Train RMSE", "Test RMSE")
    training = experiment.training
    prepared = "".join(f"{line}\n" for line in preparations(experiment))
    size = f"batch_size={training.batch_size}"
    weights = fit_arguments(experiment)
    others = [*validation(training.early_stopping), *weights, "epochs=EPOCHS", size, "verbose=0"]
    rows = training_rows(experiment)
    return f"""\
keras.utils.set_random_seed(SEED)
({rows}), (x_test, y_test) = load_data()
{prepared}model = build_model()
{stacked("model.fit(", ["x_train", "y_train", *others], ")")}
_, train_score = model.evaluate(x_train, y_train, verbose=0)
_, test_score = model.evaluate(x_test, y_test, verbose=0)
print("{train}: %.3f, {test}: %.3f" % (train_score, test_score))"""


def _layer(experiment: Experiment, layer: Keras) -> str:
    stock = stock_layer(layer)
    name, arguments = _construction(stock.class_name, stock.arguments)
    if not is_scheduled(layer):
        return call(name, arguments, column=12)
    scheduled = f"Scheduled{stock.class_name}"
    return call(scheduled, [*arguments, *schedule_arguments(experiment, layer)], column=12)


def _object(table: Keras) -> str:
    return call(*_construction(table.class_name, table.arguments), column=8)


def _construction(class_name: str, arguments: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the class of a Keras object and its arguments as code.

    The first required argument comes first, without its name.
    """
    kind = next(kind for kind in MODULES if class_name in words()[kind])
    name = class_name if is_defined(class_name) else f"{MODULES[kind]}.{class_name}"
    required = words()[kind][class_name]["required"][:1]
    values = {key: _value(as_float(key, value)) for key, value in arguments.items()}
    return name, [
        text if key in required else f"{key}={text}"
        for key, text in sorted(values.items(), key=lambda item: item[0] not in required)
    ]


def _value(value: Any) -> str:
    match value:
        case {"class_name": str(class_name)}:
            return call(*_construction(class_name, value.get("config", {})), column=16)
        case _:
            return literal(value)
