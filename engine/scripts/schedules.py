"""Noise that changes over training, in a stand-alone script."""

from __future__ import annotations

from math import ceil

from hiss.data.splits import hold_out, load
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras
from hiss.noise import schedules
from hiss.noise.kind import LayerNoise
from hiss.noise.registry import NOISE_LAYERS

SCHEDULED = '''\
class Scheduled(layers.Layer):
    """Noise whose strength changes over training."""

    def __init__(self, strength, schedule, steps, seed=None, **kwargs):
        """Take a `strength`, and its factor as a function of progress from 0 to 1."""
        super().__init__(**kwargs)
        self.strength = strength
        self.schedule = schedule
        self.steps = steps
        self.step = self.add_weight(
            dtype="float32", initializer="zeros", trainable=False, autocast=False
        )
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        """Add the noise of this step."""
        if not training:
            return inputs
        strength = self.strength * self.schedule(self.step / self.steps)
        self.step.assign_add(1)
        noisy = self.noisy(keras.ops.cast(inputs, "float32"), strength)
        return keras.ops.cast(noisy, self.compute_dtype)'''
"""The base class of every noise with a schedule, whose kind has the subclass or its body."""


def is_scheduled(layer: Keras) -> bool:
    """Return whether a layer is noise that changes over training."""
    kind, given = NOISE_LAYERS.get(layer.class_name), layer.arguments
    return bool(kind and given.get("schedule") and given.get(kind.strength))


def scheduled_classes(experiment: Experiment) -> list[str]:
    """Return the classes of the layers whose noise changes over training, base classes first."""
    names = [stock_layer(layer).class_name for layer in experiment.layers if is_scheduled(layer)]
    needed = [text for name in names for text in (SCHEDULED, *_scheduled(NOISE_LAYERS[name]))]
    return list(dict.fromkeys(needed))


def _scheduled(kind: LayerNoise) -> tuple[str, ...]:
    if not kind.body:
        return kind.scheduled
    return (f"class Scheduled{kind.name}(Scheduled):\n{kind.body}",)


def stock_layer(layer: Keras) -> Keras:
    """Return a layer without its schedule, as a kind that a script has if it is scheduled."""
    given = {key: value for key, value in layer.arguments.items() if key != "schedule"}
    simplify = NOISE_LAYERS[layer.class_name].in_terms_of if is_scheduled(layer) else None
    table = simplify(given) if simplify else {"class_name": layer.class_name, **given}
    return Keras.model_validate(table)


def schedule_arguments(experiment: Experiment, layer: Keras) -> list[str]:
    """Return the arguments of a `Scheduled` layer that its schedule determines."""
    schedule = schedules.get(layer.arguments["schedule"])
    assert schedule is not None
    return [f"schedule=lambda t: {schedule.formula()}", f"steps={_steps(experiment)}"]


def _steps(experiment: Experiment) -> str:
    """Return the number of steps of a training as an expression."""
    training = experiment.training
    stopping = training.early_stopping
    held_out = stopping.validation_size if stopping else None
    rest, _ = hold_out(load(experiment.data), held_out, seed=0)
    steps = ceil(len(rest.x_train) / training.batch_size)
    return "EPOCHS" if steps == 1 else f"{steps} * EPOCHS"
