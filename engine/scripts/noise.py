"""The noise and the controls that Keras has no layers for, in a stand-alone script."""

from __future__ import annotations

from typing import Any

from hiss.data.splits import load
from hiss.experiment.spec import Experiment
from hiss.experiment.training import EarlyStopping, Keras
from hiss.keras_names.lookup import words
from hiss.noise.gradients import GRADIENT_NOISE
from hiss.noise.labels import LABEL_NOISE
from hiss.noise.registry import NOISE_LAYERS, noise_of
from hiss.scripts.python_text import call, keywords
from hiss.scripts.schedules import is_scheduled, scheduled_classes
from hiss.scripts.weights import class_weight_lines, has_row_weights, is_balanced


def is_defined(class_name: str) -> bool:
    """Return whether a script itself defines a class, for Keras has none of that name."""
    kind = noise_of(class_name)
    return kind is not None and bool(kind.definition)


def definitions(experiment: Experiment) -> list[str]:
    """Return the classes and functions that an experiment needs beyond Keras."""
    plain = [layer.class_name for layer in experiment.layers if not is_scheduled(layer)]
    plain += [each.class_name for each in experiment.model.noise] if experiment.model else []
    names = dict.fromkeys(name for name in plain if is_defined(name))
    found = [NOISE_LAYERS[name].definition for name in names]
    found += scheduled_classes(experiment)
    if _has_gradient_noise(experiment.training.optimizer):
        parent = _inner(experiment)["class_name"]
        found.append(GRADIENT_NOISE.definition.format(parent=parent))
    return [*found, *([LABEL_NOISE.definition] if experiment.data.label_noise else [])]


def optimizer(experiment: Experiment) -> str | Keras:
    """Return the optimizer of the script; one with noise takes the arguments of its parent."""
    chosen = experiment.training.optimizer
    if isinstance(chosen, str) or not _has_gradient_noise(chosen):
        return chosen
    own = {key: value for key, value in chosen.arguments.items() if key in ("eta", "gamma")}
    table = {"class_name": chosen.class_name, **own, **_inner(experiment)["config"]}
    return Keras.model_validate(table)


def preparations(experiment: Experiment) -> list[str]:
    """Return the lines that prepare the rows: wrong labels, one-hot targets, rows held out."""
    lines, training = [], experiment.training
    if experiment.data.label_noise:
        arguments = f"y_train, {experiment.data.label_noise}, {_classes(experiment)}"
        lines.append(f"y_train = flip_labels({arguments})")
    if training.loss_name.lower().startswith("categorical"):
        arguments = f"y, {_classes(experiment)}"
        made = f"(keras.utils.to_categorical({arguments}) for y in (y_train, y_test))"
        lines.append(f"y_train, y_test = {made}")
    if training.early_stopping is not None:
        size = training.early_stopping.validation_size
        count = f"round({size} * len(x_train))" if isinstance(size, float) else size
        order = "np.random.default_rng(SEED).permutation(len(x_train))"
        if experiment.data.keeps_order:
            order = "np.arange(len(x_train))[::-1]"
        kept = "x_train, y_train" + (", w_train" if has_row_weights(experiment) else "")
        lines += [
            f"held = {order}[:{count}]",
            "x_held, y_held = x_train[held], y_train[held]",
            f"{kept} = (np.delete(each, held, axis=0) for each in ({kept}))",
        ]
    return [*lines, *class_weight_lines(experiment)]


def validation(stopping: EarlyStopping | None) -> list[str]:
    """Return the arguments of `fit` that concern validation and early stopping."""
    if stopping is None:
        return ["validation_data=(x_test, y_test)"]
    rule: dict[str, Any] = stopping.model_dump(exclude={"validation_size"}, exclude_defaults=True)
    arguments = keywords({**rule, "monitor": f"val_{stopping.monitor}"})
    made = call("keras.callbacks.EarlyStopping", arguments, 15)
    return ["validation_data=(x_held, y_held)", f"callbacks=[{made}]"]


def needs_layers(experiment: Experiment) -> bool:
    """Return whether a script names any layer of Keras."""
    return bool(experiment.layers or (experiment.model and experiment.model.noise))


def needs_numpy(experiment: Experiment) -> bool:
    """Return whether any of these lines calls numpy."""
    training = experiment.training
    return bool(experiment.data.label_noise or training.early_stopping) or is_balanced(experiment)


def _classes(experiment: Experiment) -> int:
    return len(load(experiment.data).classes)


def _has_gradient_noise(chosen: str | Keras) -> bool:
    return isinstance(chosen, Keras) and chosen.class_name == GRADIENT_NOISE.name


def _inner(experiment: Experiment) -> dict[str, Any]:
    """Return the optimizer that one with noise wraps, in Keras' notation."""
    chosen = experiment.training.optimizer
    inner = chosen.arguments.get("optimizer", "adam") if isinstance(chosen, Keras) else chosen
    if isinstance(inner, str):
        by_name = {name.lower(): name for name in words()["optimizers"]}
        return {"class_name": by_name[inner.lower()], "config": {}}
    return {"config": {}, **inner}
