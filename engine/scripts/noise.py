"""The noise and the controls that Keras has no layers for, in a stand-alone script."""

from __future__ import annotations

from typing import Any

from hiss.data.splits import load
from hiss.experiment.spec import Experiment
from hiss.experiment.training import EarlyStopping, Keras
from hiss.keras_names.lookup import words
from hiss.noise.gradients import GRADIENT_NOISE
from hiss.noise.kind import LayerNoise
from hiss.noise.labels import LABEL_NOISE
from hiss.noise.registry import NOISE_LAYERS, noise_of
from hiss.scripts.python_text import call, keywords
from hiss.scripts.schedules import is_scheduled, scheduled_classes
from hiss.scripts.weights import (
    class_weight_lines,
    has_row_weights,
    holds_out_groups,
    is_balanced,
)

NOISE = '''\
class Noise(layers.Layer):
    """Noise in training, and the inputs themselves in evaluation."""

    def __init__(self, strength, seed=None, **kwargs):
        """Take a `strength`."""
        super().__init__(**kwargs)
        self.strength = strength
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        """Add the noise of this step."""
        if not training:
            return inputs
        noisy = self.noisy(keras.ops.cast(inputs, "float32"), self.strength)
        return keras.ops.cast(noisy, self.compute_dtype)'''
"""The base class of a noise whose kind has the body of its class."""
MIXED_TARGETS = '''\
class MixedTargets(keras.losses.Loss):
    """A loss of targets that are mixed as the rows are."""

    def __init__(self, loss, mix_up):
        """Take a loss, and the layer that mixes the rows."""
        super().__init__()
        self.loss = keras.losses.get(loss)
        self.mix_up = mix_up

    def call(self, y_true, y_pred):
        """Return the loss of each row."""
        per_row = getattr(self.loss, "call", self.loss)
        if self.mix_up.mixing is None:
            return per_row(y_true, y_pred)
        share, order = self.mix_up.mixing
        others = keras.ops.take(y_true, order, axis=0)
        {mixture}'''
"""The loss where a layer mixes rows, as in `hiss.network.mixing`."""
MIXED_QUANTITIES = "return per_row(share * y_true + (1 - share) * others, y_pred)"
MIXED_CLASSES = "return share * per_row(y_true, y_pred) + (1 - share) * per_row(others, y_pred)"


def is_defined(class_name: str) -> bool:
    """Return whether a script itself defines a class, for Keras has none of that name."""
    kind = noise_of(class_name)
    return kind is not None and not kind.is_of_keras


def definitions(experiment: Experiment) -> list[str]:
    """Return the classes and functions that an experiment needs beyond Keras."""
    plain = [layer.class_name for layer in experiment.layers if not is_scheduled(layer)]
    plain += [each.class_name for each in experiment.model.noise] if experiment.model else []
    names = dict.fromkeys(name for name in plain if is_defined(name))
    found = list(dict.fromkeys(text for name in names for text in _plain(NOISE_LAYERS[name])))
    found += scheduled_classes(experiment)
    if mixing_layer(experiment) is not None:
        task = load(experiment.data).task
        mixture = MIXED_QUANTITIES if task == "regression" else MIXED_CLASSES
        found.append(MIXED_TARGETS.format(mixture=mixture))
    if _has_gradient_noise(experiment.training.optimizer):
        parent = _inner(experiment)["class_name"]
        found.append(GRADIENT_NOISE.definition.format(parent=parent))
    return [*found, *([LABEL_NOISE.definition] if experiment.data.label_noise else [])]


def mixing_layer(experiment: Experiment) -> int | None:
    """Return the number of the layer that mixes rows; None if there is none."""
    kinds = ((n, NOISE_LAYERS.get(layer.class_name)) for n, layer in enumerate(experiment.layers))
    return next((n for n, kind in kinds if kind is not None and kind.mixes_rows), None)


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
        kept = "x_train, y_train" + (", w_train" if has_row_weights(experiment) else "")
        lines += [
            *_held_out(experiment, training.early_stopping.validation_size),
            "x_held, y_held = x_train[held], y_train[held]",
            f"{kept} = (np.delete(each, held, axis=0) for each in ({kept}))",
        ]
    return [*lines, *class_weight_lines(experiment)]


def _held_out(experiment: Experiment, size: int | float) -> list[str]:
    """Return the lines that choose rows to hold out; whole groups where there are groups."""
    if holds_out_groups(experiment):
        share = size if isinstance(size, float) else f"{size} / len(x_train)"
        splitter = f"GroupShuffleSplit(1, test_size={share}, random_state=SEED)"
        return [
            f"splitter = {splitter}",
            "_, held = next(splitter.split(x_train, groups=g_train))",
        ]
    count = f"round({size} * len(x_train))" if isinstance(size, float) else size
    order = "np.random.default_rng(SEED).permutation(len(x_train))"
    if experiment.data.keeps_order:
        order = "np.arange(len(x_train))[::-1]"
    return [f"held = {order}[:{count}]"]


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


def _plain(kind: LayerNoise) -> tuple[str, ...]:
    """Return the classes of a noise without a schedule."""
    return (NOISE, f"class {kind.name}(Noise):\n{kind.body}") if kind.body else (kind.definition,)


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
