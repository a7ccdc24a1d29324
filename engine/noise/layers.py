"""The Keras layers of all kinds of noise that the registry holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from inspect import getdoc
from typing import Any, ClassVar, Self

import keras
import tensorflow as tf

from hiss.keras_names.schemas import fits, phrase
from hiss.noise import random, schedules
from hiss.noise.kind import LayerNoise, Mixing
from hiss.noise.random import Shape, Tensor, widened
from hiss.noise.registry import NOISE_LAYERS
from hiss.noise.weights import is_kernel

PACKAGE = "hiss"
"""The package under which Keras finds the classes when a layer is loaded."""


_REACHED: ContextVar[dict[int, Tensor] | None] = ContextVar("reached", default=None)


@contextmanager
def reached_by_noise() -> Iterator[dict[int, Tensor]]:
    """Return a context that takes down what reaches each noise layer, by the layer's `id`.

    It works in any model: one whose layers are called in code has no graph to look it up in.
    """
    taken: dict[int, Tensor] = {}
    token = _REACHED.set(taken)
    try:
        yield taken
    finally:
        _REACHED.reset(token)


class NoiseLayer(keras.layers.Layer):  # type: ignore[misc]
    """A layer that does nothing in evaluation and is random in training.

    Its strength is a variable, so that one compiled program serves a whole grid of strengths, and
    its numbers are a pure function of (`seed`, step): the same whatever else the network holds.
    """

    kind: ClassVar[LayerNoise]
    mixing: Mixing | None = None
    """How the last call mixed the rows; None after a call without noise."""

    def __init__(self, *, seed: int | None = None, schedule: Any = None, **arguments: Any) -> None:
        """Make a layer.

        Args:
            seed: of the random numbers; None chooses one.
            schedule: how the strength changes over training, in any notation of `schedules.get`.
            arguments: those of the `kind`, and Keras' `name`, `dtype` and `trainable`.

        Raises:
            ValueError: if the kind does not accept an argument, or there is no such schedule.
        """
        own = {name: arguments.pop(name, None) for name in self.kind.arguments if name != "layer"}
        for name, value in own.items():
            accepted, left_out = self.kind.arguments[name], value is None
            if not (fits(accepted, value) or (left_out and name != self.kind.strength)):
                raise ValueError(f"Expected `{name}`: {phrase(accepted)}. Received: {name}={value}")
        super().__init__(**arguments)
        self.peak = own.pop(self.kind.strength)
        self.seed = seed
        self.schedule = schedules.get(schedule)
        self.others = tuple((name, _untracked(value)) for name, value in own.items())
        self.supports_masking = True
        if self.kind.dimensions is not None or self.kind.least_dimensions is not None:
            self.input_spec = keras.layers.InputSpec(
                ndim=self.kind.dimensions, min_ndim=self.kind.least_dimensions
            )

    def build(self, input_shape: Shape) -> None:
        """Create the variables that the noise depends on."""
        self.strength = self._add_scalar(self.kind.strength, self.peak)
        self.stream = _add_stream(self, self.seed)
        if self.schedule is not None:
            self.steps = self._add_scalar("steps", 1.0)
        self.built = True

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return noisy `inputs` when `training`, and advance the stream by one step."""
        self.mixing = None
        if (reached := _REACHED.get()) is not None:
            reached[id(self)] = inputs
        if not training:
            return inputs
        noisy = self.noisy(inputs, self.current())
        self.stream.assign(random.advanced(self.stream.value))
        return noisy

    def noisy(self, inputs: Tensor, strength: Tensor) -> Tensor:
        """Return `inputs` with noise of this `strength`, a scalar, in the compute dtype.

        Within, nothing is less precise than float32: bfloat16 would lose much of a small noise.
        """
        wide = widened(inputs.dtype)
        inputs, strength = tf.cast(inputs, wide), tf.cast(strength, wide)
        noisy = self.kind.apply(self, inputs, strength, **self._given())
        return tf.cast(noisy, self.compute_dtype)

    def current(self) -> Tensor:
        """Return the strength at this step, scaled by the schedule."""
        if self.schedule is None:
            return self.strength.value
        step = tf.cast(self.stream.value[2], tf.float32)
        return self.strength.value * self.schedule(step / self.steps.value)

    def shape_of(self, inputs: Tensor) -> Shape:
        """Return the shape of `inputs`, static where it is known."""
        shape: Shape = keras.ops.shape(inputs)
        return shape

    def normal(self, strength: Tensor, shape: Shape) -> Tensor:
        """Draw normals of mean 0 and SD 1 in the dtype of `strength`; zeros where it is 0."""
        return self._draw(random.normal, strength, shape)

    def laplace(self, strength: Tensor, shape: Shape) -> Tensor:
        """Draw Laplace values of mean 0 and SD 1 as the dtype of `strength`; zeros at 0."""
        return self._draw(random.laplace, strength, shape)

    def uniform(self, strength: Tensor, shape: Shape) -> Tensor:
        """Draw values evenly from (0, 1] in the dtype of `strength`; ones where it is 0."""
        return self._draw(random.uniform, strength, shape)

    def keep(self, rate: Tensor, shape: Shape) -> Tensor:
        """Draw 1.0 with probability 1 - `rate`, else 0.0."""
        return tf.cast(self.uniform(rate, shape) >= rate, rate.dtype)

    def mixed(self, inputs: Tensor, mixing: Mixing) -> Tensor:
        """Return the inputs with rows mixed, and keep how for the loss."""
        self.mixing = mixing
        return mixing.of(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        own = {self.kind.strength: self.peak, "seed": self.seed}
        schedule = keras.saving.serialize_keras_object(self.schedule)
        return {**super().get_config(), **own, "schedule": schedule, **self._given()}

    def _given(self) -> dict[str, Any]:
        """Return the arguments of the kind, where they are not None."""
        return {name: value for name, value in self.others if value is not None}

    def _draw(
        self,
        distribution: Callable[[Tensor, Shape, Tensor], Tensor],
        strength: Tensor,
        shape: Shape,
    ) -> Tensor:
        return tf.cast(distribution(self.stream.value, shape, strength), strength.dtype)

    def _add_scalar(self, name: str, value: float) -> Any:
        return self.add_weight(
            name=name,
            shape=(),
            dtype="float32",
            initializer=keras.initializers.Constant(value),
            trainable=False,
            autocast=False,
        )


class WrapperNoise(NoiseLayer):
    """Noise on the kernels of the `layer` that it wraps."""

    def __init__(self, layer: Any, **arguments: Any) -> None:
        """Wrap a layer.

        Raises:
            ValueError: as for any noise, and if the layer has an activity regularizer, whose
                penalty would be lost.
        """
        if getattr(layer, "activity_regularizer", None) is not None:
            raise ValueError("Expected a `layer` without `activity_regularizer`.")
        super().__init__(**arguments)
        self.layer = layer

    def build(self, input_shape: Shape) -> None:
        """Build the wrapped layer first."""
        if not self.layer.built:
            self.layer.build(input_shape)
        if not any(map(is_kernel, self.layer.trainable_variables)):
            raise ValueError(f"Expected a `layer` with a kernel. Received: {self.layer.name}")
        super().build(input_shape)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Apply the wrapped layer, with noise when `training`."""
        return super().call(inputs, training) if training else self.layer(inputs)

    def noisy(self, inputs: Tensor, strength: Tensor) -> Tensor:
        """Apply the wrapped layer with noise."""
        return self.kind.apply(self, inputs, strength, layer=self.layer, **self._given())

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the output shape of the wrapped layer."""
        shape: Shape = self.layer.compute_output_shape(input_shape)
        return shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "layer": keras.layers.serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make the layer and the wrapped one."""
        return cls(**{**config, "layer": keras.layers.deserialize(config["layer"])})


def layer_class(class_name: str) -> type[NoiseLayer] | None:
    """Return hiss's layer of that name; None if it is not a noise."""
    kind = NOISE_LAYERS.get(class_name)
    return None if kind is None else _class_of(kind)


@cache
def _class_of(kind: LayerNoise) -> type[NoiseLayer]:
    """Make the Keras layer of a noise, once."""
    base = WrapperNoise if kind.wraps_layer else NoiseLayer
    made: type[NoiseLayer] = type(kind.name, (base,), {"kind": kind, "__doc__": getdoc(kind.apply)})
    registered: type[NoiseLayer] = keras.saving.register_keras_serializable(PACKAGE)(made)
    return registered


def _untracked(value: Any) -> Any:
    """Return lists as tuples, which Keras leaves as they are."""
    return tuple(value) if isinstance(value, list) else value


def _add_stream(layer: Any, seed: int | None) -> Any:
    """Add the state (uint32, shape (3,)) that the numbers of a layer are a function of."""
    words = [keras.random.SeedGenerator().state[0] if seed is None else seed, 0, 0]
    return layer.add_weight(
        name="stream",
        shape=(3,),
        dtype="uint32",
        initializer=lambda shape, dtype: keras.ops.convert_to_tensor(words, dtype),
        trainable=False,
        autocast=False,
    )


for _kind in NOISE_LAYERS.values():
    _class_of(_kind)
for _schedule in schedules.NAMES.values():
    keras.saving.register_keras_serializable(PACKAGE)(_schedule)
