"""Noise that changes over training, as a stand-alone script has it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, pi
from typing import Any

from engine.datasets import load
from engine.errors import EngineError
from engine.holding_out import hold_out
from engine.python_text import call
from engine.spec import Experiment, Keras

SCHEDULED_NOISE = '''\
class ScheduledNoise(layers.Layer):
    """Adds Gaussian noise whose strength changes over training."""

    def __init__(self, stddev, schedule, steps, **kwargs):
        """Take a factor of `stddev` by progress, from 0 to 1 in so many `steps`."""
        super().__init__(**kwargs)
        self.stddev = stddev
        self.schedule = schedule
        self.steps = steps
        self.seed_generator = keras.random.SeedGenerator()

    def build(self, input_shape):
        """Count the steps."""
        self.step = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        """Add the noise of this step."""
        if not training:
            return inputs
        stddev = self.stddev * self.schedule(self.step / self.steps)
        self.step.assign_add(1)
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        return inputs + stddev * keras.random.normal(shape, seed=seed)'''


def is_scheduled(layer: Keras) -> bool:
    """Whether a layer's noise changes over training."""
    return bool(layer.arguments.get("schedule"))


def scheduled_layer(experiment: Experiment, layer: Keras) -> str:
    """Write the making of a layer whose noise changes over training.

    Raises:
        EngineError: if it is another noise than Gaussian.
    """
    if layer.class_name != "GaussianNoise":
        raise EngineError(
            f"A script of a {layer.class_name} with a schedule cannot be written: "
            "the noise of Keras' own layers stays the same over training.",
            "Take GaussianNoise, or an experiment without the schedule.",
        )
    stddev, factor = repr(layer.arguments["stddev"]), _factor(layer.arguments["schedule"])
    return call("ScheduledNoise", [stddev, f"lambda t: {factor}", _steps(experiment)], column=12)


def _factor(schedule: str | Mapping[str, Any]) -> str:
    """Write a schedule of `engine.schedules`, with its defaults, as a formula of progress t."""
    given = {} if isinstance(schedule, str) else schedule.get("config", {})
    name = schedule if isinstance(schedule, str) else schedule["class_name"]
    start, end = given.get("start", 1.0), given.get("end", 0.0)
    match name.lower().replace("_", ""):
        case "linear":
            return f"{start} + {end - start} * t"
        case "cosine":
            return f"{end} + {start - end} * (0.5 + 0.5 * keras.ops.cos({pi} * t))"
        case "warmup":
            return f"keras.ops.minimum(t / {given.get('until', 0.1)}, 1.0)"
        case "step":
            at, factor = given.get("at", 0.5), given.get("factor", 0.0)
            return f"keras.ops.where(t < {at}, 1.0, {factor})"
        case _:
            return "1.0"


def _steps(experiment: Experiment) -> str:
    """Write how many steps a training takes."""
    training = experiment.training
    rest, _ = hold_out(load(experiment.data), training.early_stopping, seed=0)
    steps = ceil(len(rest.x_train) / training.batch_size)
    return "EPOCHS" if steps == 1 else f"{steps} * EPOCHS"
