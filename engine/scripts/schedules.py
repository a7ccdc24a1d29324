"""Noise that changes over training, as a stand-alone script has it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, pi
from typing import Any

from hiss.data.splits import hold_out, load
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras

SCHEDULED = '''\
class Scheduled(layers.Layer):
    """Noise whose strength changes over training."""

    def __init__(self, strength, schedule, steps, seed=None, **kwargs):
        """Take a factor of `strength` by progress, from 0 to 1 in so many `steps`."""
        super().__init__(**kwargs)
        self.strength = strength
        self.schedule = schedule
        self.steps = steps
        self.step = self.add_weight(initializer="zeros", trainable=False)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        """Put on the noise of this step."""
        if not training:
            return inputs
        strength = self.strength * self.schedule(self.step / self.steps)
        self.step.assign_add(1)
        return self.noisy(inputs, strength)'''
GAUSSIAN_NOISE = '''\
class ScheduledGaussianNoise(Scheduled):
    """Adds Gaussian noise."""

    def noisy(self, inputs, stddev):
        """Add the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        return inputs + stddev * keras.random.normal(shape, seed=seed)'''
GAUSSIAN_DROPOUT = '''\
class ScheduledGaussianDropout(Scheduled):
    """Multiplies with Gaussian noise."""

    def noisy(self, inputs, rate):
        """Multiply with the noise."""
        shape, seed = keras.ops.shape(inputs), self.seed_generator
        stddev = (rate / (1 - rate)) ** 0.5
        return inputs * (1 + stddev * keras.random.normal(shape, seed=seed))'''
DROPOUT = '''\
class ScheduledDropout(Scheduled):
    """Drops values, along the axes where `noise_shape` is 1 all together."""

    def __init__(self, *args, noise_shape=None, **kwargs):
        """Take a `noise_shape` as Dropout does."""
        super().__init__(*args, **kwargs)
        self.noise_shape = noise_shape

    def noisy(self, inputs, rate):
        """Drop values, and scale the others up."""
        return keras.ops.where(self.kept(inputs, rate), inputs / (1 - rate), 0.0)

    def kept(self, inputs, rate):
        """Draw which values are kept."""
        sizes, seed = keras.ops.shape(inputs), self.seed_generator
        given = self.noise_shape or [None] * len(sizes)
        shape = [size if n is None else n for n, size in zip(given, sizes)]
        return keras.random.uniform(shape, seed=seed) >= rate'''
ALPHA_DROPOUT = '''\
class ScheduledAlphaDropout(ScheduledDropout):
    """Drops values to the lowest of selu, and keeps mean and variance."""

    def noisy(self, inputs, rate):
        """Drop values, then scale and shift all."""
        lowest = -1.75809934
        scale = ((1 - rate) * (1 + rate * lowest**2)) ** -0.5
        dropped = keras.ops.where(self.kept(inputs, rate), inputs, lowest)
        return scale * (dropped - rate * lowest)'''
KERNEL_NOISE = '''\
    def noisy(self, inputs, stddev):
        """Apply the layer with noise on its kernels."""
        values = [self.value(each, stddev) for each in self.layer.trainable_variables]
        others = self.layer.non_trainable_variables
        outputs, _ = self.layer.stateless_call(values, others, inputs)
        return outputs

    def value(self, weight, stddev):
        """Give the value of a weight, with noise if it is a kernel."""
        if not weight.name.endswith("kernel"):
            return weight.value
        normal = keras.random.normal(weight.shape, seed=self.seed_generator)
        return weight + stddev * normal'''
WEIGHT_NOISE = f'''\
class ScheduledWeightNoise(Scheduled):
    """Adds Gaussian noise to the kernels of a layer, afresh at each training step."""

    def __init__(self, layer, stddev, **kwargs):
        """Wrap a layer."""
        super().__init__(stddev, **kwargs)
        self.layer = layer

    def build(self, input_shape):
        """Build the layer."""
        self.layer.build(input_shape)

    def call(self, inputs, training=False):
        """Apply the layer."""
        return super().call(inputs, training) if training else self.layer(inputs)

{KERNEL_NOISE}'''
CLASSES = {
    "AlphaDropout": (DROPOUT, ALPHA_DROPOUT),
    "Dropout": (DROPOUT,),
    "GaussianDropout": (GAUSSIAN_DROPOUT,),
    "GaussianNoise": (GAUSSIAN_NOISE,),
    "WeightNoise": (WEIGHT_NOISE,),
}
"""What a script needs for a layer's noise to change; it calls it `Scheduled` and the name."""


def is_scheduled(layer: Keras) -> bool:
    """Whether there is noise that changes over training."""
    given = layer.arguments
    return bool(given.get("schedule") and given.get("stddev", given.get("rate")))


def scheduled_classes(experiment: Experiment) -> list[str]:
    """Write the classes of the layers whose noise changes over training."""
    kinds = [_kind(layer) for layer in experiment.layers if is_scheduled(layer)]
    classes = [SCHEDULED] if kinds else []
    return list(dict.fromkeys([*classes, *(each for kind in kinds for each in CLASSES[kind])]))


def stock_layer(layer: Keras) -> Keras:
    """Give the layer of Keras that has the noise without the schedule."""
    kind = layer.class_name
    given = {key: value for key, value in layer.arguments.items() if key != "schedule"}
    if is_scheduled(layer) and kind != _kind(layer):
        kind = _kind(layer)
        given["noise_shape"] = _feature_maps(layer.class_name, given.pop("data_format", None))
    return Keras(class_name=kind, **given)


def schedule_arguments(experiment: Experiment, layer: Keras) -> list[str]:
    """Write what `Scheduled` takes."""
    factor, steps = _factor(layer.arguments["schedule"]), _steps(experiment)
    return [f"schedule=lambda t: {factor}", f"steps={steps}"]


def _kind(layer: Keras) -> str:
    """Name the class that stands for a layer: a spatial dropout is one of whole feature maps."""
    return layer.class_name.removeprefix("Spatial").removesuffix("1D").removesuffix("2D")


def _feature_maps(class_name: str, data_format: str | None) -> tuple[int | None, ...]:
    """Give the `noise_shape` that makes the values of a feature map fall together."""
    axes = (1,) * int(class_name[-2])
    return (None, None, *axes) if data_format == "channels_first" else (None, *axes, None)


def _factor(schedule: str | Mapping[str, Any]) -> str:
    """Write a schedule of `engine.schedules`, with its defaults, as a formula of progress t."""
    given = {} if isinstance(schedule, str) else schedule.get("config", {})
    name = schedule if isinstance(schedule, str) else schedule["class_name"]
    start, end = given.get("start", 1.0), given.get("end", 0.0)
    match name.lower().replace("_", ""):
        case "linear":
            return _between(end, start, "(1 - t)")
        case "cosine":
            return _between(end, start, f"(0.5 + 0.5 * keras.ops.cos({pi:.8f} * t))")
        case "warmup":
            return f"keras.ops.minimum(t / {given.get('until', 0.1)}, 1.0)"
        case "step":
            at, factor = given.get("at", 0.5), given.get("factor", 0.0)
            return f"keras.ops.where(t < {at}, 1.0, {factor})"
        case _:
            return "1.0"


def _between(end: float, start: float, share: str) -> str:
    """Write the value that is `end` where `share` is 0, and `start` where it is 1."""
    part = share if start - end == 1 else f"{start - end:.12g} * {share}"
    return f"{end} + {part}" if end else part


def _steps(experiment: Experiment) -> str:
    """Write how many steps a training takes."""
    training = experiment.training
    stopping = training.early_stopping
    held_out = stopping.validation_size if stopping else None
    rest, _ = hold_out(load(experiment.data), held_out, seed=0)
    steps = ceil(len(rest.x_train) / training.batch_size)
    return "EPOCHS" if steps == 1 else f"{steps} * EPOCHS"
