"""The noise and the controls beyond Keras' layers, as a stand-alone script has them."""

from __future__ import annotations

from typing import Any

from hiss.data.splits import load
from hiss.experiment.spec import Experiment
from hiss.experiment.training import EarlyStopping, Keras
from hiss.keras_names.lookup import words
from hiss.scripts.python_text import call, keywords
from hiss.scripts.schedules import KERNEL_NOISE, is_scheduled, scheduled_classes

WEIGHT_NOISE = f'''\
class WeightNoise(layers.Wrapper):
    """Adds Gaussian noise to the kernels of a layer, afresh at each training step."""

    def __init__(self, layer, stddev, seed=None, **kwargs):
        """Wrap a layer."""
        super().__init__(layer, **kwargs)
        self.stddev = stddev
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        """Apply the layer."""
        return self.noisy(inputs, self.stddev) if training else self.layer(inputs)

{KERNEL_NOISE}

    def get_config(self):
        """Say how to make this layer again."""
        return {{**super().get_config(), "stddev": self.stddev}}'''
GRADIENT_NOISE = '''\
class GradientNoise(keras.optimizers.{parent}):
    """Adds Gaussian noise of variance eta / (1 + t)^gamma to step t."""

    def __init__(self, eta=0.01, gamma=0.55, **kwargs):
        """Take the other arguments of the optimizer by name."""
        super().__init__(**kwargs)
        self.eta = eta
        self.gamma = gamma
        self.seed_generator = keras.random.SeedGenerator()

    def apply(self, grads, trainable_variables=None):
        """Apply the noisy gradients."""
        time = keras.ops.cast(self.iterations, "float32")
        stddev = (self.eta / (1 + time) ** self.gamma) ** 0.5
        seed = self.seed_generator
        noisy = [g + stddev * keras.random.normal(g.shape, seed=seed) for g in grads]
        super().apply(noisy, trainable_variables)'''
LABEL_NOISE = '''\
def flip_labels(y, share, n_classes):
    """Return labels of which a share is another class, at random."""
    generator = np.random.default_rng(SEED)
    flipped = generator.permutation(len(y))[: round(share * len(y))]
    noisy = y.copy()
    noisy[flipped] += generator.integers(1, n_classes, len(flipped))
    return noisy % n_classes'''


OWN = ("GradientNoise", "WeightNoise")
"""Classes that the script defines itself."""


def definitions(experiment: Experiment) -> list[str]:
    """Write the classes and functions that an experiment needs beyond Keras."""
    found = []
    same = [layer.class_name for layer in experiment.layers if not is_scheduled(layer)]
    if "WeightNoise" in same:
        found.append(WEIGHT_NOISE)
    found += scheduled_classes(experiment)
    if _has_gradient_noise(experiment.training.optimizer):
        found.append(GRADIENT_NOISE.format(parent=_inner(experiment)["class_name"]))
    return [*found, *([LABEL_NOISE] if experiment.data.label_noise else [])]


def optimizer(experiment: Experiment) -> str | Keras:
    """The optimizer as the script makes it: one with noise takes the arguments of its parent."""
    chosen = experiment.training.optimizer
    if isinstance(chosen, str) or not _has_gradient_noise(chosen):
        return chosen
    own = {key: value for key, value in chosen.arguments.items() if key in ("eta", "gamma")}
    table = {"class_name": chosen.class_name, **own, **_inner(experiment)["config"]}
    return Keras.model_validate(table)


def preparations(experiment: Experiment) -> list[str]:
    """Write what is done to the rows before training: wrong labels, rows held out, one-hot."""
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
        lines += [
            f"held = np.random.default_rng(SEED).permutation(len(x_train))[:{count}]",
            "x_held, y_held = x_train[held], y_train[held]",
            "x_train, y_train = (np.delete(each, held, axis=0) for each in (x_train, y_train))",
        ]
    return lines


def validation(stopping: EarlyStopping | None) -> list[str]:
    """Write the arguments of `fit` that follow other rows than those that train."""
    if stopping is None:
        return ["validation_data=(x_test, y_test)"]
    rule: dict[str, Any] = stopping.model_dump(exclude={"validation_size"}, exclude_defaults=True)
    arguments = keywords({**rule, "monitor": f"val_{stopping.monitor}"})
    made = call("keras.callbacks.EarlyStopping", arguments, 15)
    return ["validation_data=(x_held, y_held)", f"callbacks=[{made}]"]


def needs_numpy(experiment: Experiment) -> bool:
    """Whether any of these lines calls numpy."""
    return bool(experiment.data.label_noise or experiment.training.early_stopping)


def _classes(experiment: Experiment) -> int:
    return len(load(experiment.data).classes)


def _has_gradient_noise(chosen: str | Keras) -> bool:
    return isinstance(chosen, Keras) and chosen.class_name == "GradientNoise"


def _inner(experiment: Experiment) -> dict[str, Any]:
    """The optimizer that one with noise wraps, in Keras' notation."""
    chosen = experiment.training.optimizer
    inner = chosen.arguments.get("optimizer", "adam") if isinstance(chosen, Keras) else chosen
    if isinstance(inner, str):
        by_name = {name.lower(): name for name in words()["optimizers"]}
        return {"class_name": by_name[inner.lower()], "config": {}}
    return {"config": {}, **inner}
