"""What hiss knows of one kind of noise, as one frozen value.

It imports neither Keras nor TensorFlow nor numpy: the editor, `hiss list` and sweeps use it too.
The mathematics is a function that imports what it needs when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from hiss.keras_names.schemas import OF_EVERY_LAYER, SEED, Schema

if TYPE_CHECKING:
    from hiss.noise.random import Shape, Tensor

STRENGTHS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
"""A first grid: about three points a decade, and no noise as a point of its own."""
RATES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)
"""A first grid of the share of units that are dropped."""
SHARES = (0.0, 0.03, 0.1, 0.2, 0.3)
"""A first grid of the share of labels that are wrong, or smoothed away."""
VARIANCES = (0.0, 0.0001, 0.001, 0.01, 0.1, 1.0)
"""A first grid of a variance: a point a decade."""


@dataclass(frozen=True)
class Mixing:
    """How the rows of a batch are mixed at one step."""

    share: Tensor
    """How much of the mixture is the row itself, a scalar in [½, 1]."""
    order: Tensor
    """The row that each one is mixed with, int32 of shape (rows,)."""

    def of(self, values: Tensor) -> Tensor:
        """Return share · values + (1 - share) · values[order]; rows come first."""
        return self.between(values, self.others(values))

    def others(self, values: Tensor) -> Tensor:
        """Return what each row is mixed with."""
        import tensorflow as tf

        return tf.gather(values, self.order)

    def between(self, own: Tensor, other: Tensor) -> Tensor:
        """Return share · own + (1 - share) · other."""
        import tensorflow as tf

        share = tf.cast(self.share, own.dtype)
        return share * own + (1.0 - share) * other


class Draws(Protocol):
    """The random numbers of a noise layer at the current training step, and sizes of tensors."""

    def shape_of(self, inputs: Tensor) -> Shape:
        """Return the shape of `inputs`, static where it is known."""

    def normal(self, strength: Tensor, shape: Shape) -> Tensor:
        """Draw normals of mean 0 and SD 1 in the dtype of `strength`; zeros where it is 0."""

    def laplace(self, strength: Tensor, shape: Shape) -> Tensor:
        """Draw Laplace values of mean 0 and SD 1 as the dtype of `strength`; zeros at 0."""

    def uniform(self, strength: Tensor, shape: Shape) -> Tensor:
        """Draw values evenly from (0, 1] in the dtype of `strength`; ones where it is 0."""

    def keep(self, rate: Tensor, shape: Shape) -> Tensor:
        """Draw 1.0 with probability 1 - `rate`, else 0.0."""

    def mixed(self, inputs: Tensor, mixing: Mixing) -> Tensor:
        """Return the inputs with rows mixed, and have their targets mixed likewise."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NoiseKind:
    """A kind of noise: what it is called, what arguments it takes and how it is swept."""

    name: str
    """The class that a preset names, or the key of the noise."""
    strength: str
    """The argument that is the strength of the noise; 0 turns it off."""
    arguments: Mapping[str, Schema]
    """What each argument accepts, the strength among them, in the order of the editor."""
    grid: tuple[float, ...] = STRENGTHS
    """The strengths that a sweep tries first, ascending from 0."""
    definition: str = ""
    """What defines it in a stand-alone script; empty where Keras has a class of that name."""

    @property
    def is_of_keras(self) -> bool:
        """Whether Keras has a class of that name which does the same."""
        return not self.definition

    @property
    def accepts(self) -> Schema:
        """The JSON schema of the strength."""
        return self.arguments[self.strength]

    @property
    def constructor(self) -> Schema:
        """The arguments and which of them are required, as `keras_names.lookup` has them."""
        return {"arguments": self.arguments, "required": []}


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerNoise(NoiseKind):
    """A noise that is a layer of the network.

    Every such layer also takes a `seed` and a `schedule`. All arguments but the strength and a
    wrapped `layer` may be left out, and are None then.
    """

    apply: Callable[..., Tensor]
    """The mathematics: (draws, inputs, strength, **other arguments) → noisy outputs.

    `draws` are `Draws`, `inputs` are float32, or float64 where a layer computes in it, with rows
    first; `strength` is a scalar tensor of their dtype that a schedule has already scaled. At a
    strength of 0 the outputs have to be those without noise.
    """
    start: float
    """The strength of a new layer in the editor."""
    dimensions: int | None = None
    """How many dimensions the inputs must have, rows included; None for any number."""
    least_dimensions: int | None = None
    """How many they must have at least; None for any number."""
    mixes_rows: bool = False
    """Whether it mixes the rows of a batch, by `Draws.mixed`; the targets are then mixed too."""
    body: str = ""
    """The body of its class in a stand-alone script, with a schedule or without: a docstring and
    a method `noisy(inputs, strength)`. It takes the place of `definition` and `scheduled`."""
    scheduled: tuple[str, ...] = ()
    """The classes that a stand-alone script needs for noise that follows a schedule.

    The last is a subclass of `Scheduled` by the name `Scheduled<name>`, with a method
    `noisy(inputs, strength)`; its own base classes come before it.
    """
    in_terms_of: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    """The table (`class_name` and arguments) of an equal layer of another kind.

    Where it is given, a script with a schedule uses the classes of that kind.
    """

    @property
    def is_of_keras(self) -> bool:
        """Whether Keras has a class of that name which does the same."""
        return not (self.definition or self.body)

    @property
    def wraps_layer(self) -> bool:
        """Whether it is noise within a layer that it wraps, and not on what passes through it."""
        return "layer" in self.arguments

    @property
    def constructor(self) -> Schema:
        """The arguments and which of them are required, as `keras_names.lookup` has them."""
        common = {"seed": SEED, "schedule": {"$ref": "#/$defs/noise_schedules"}}
        required = ("layer", self.strength) if self.wraps_layer else (self.strength,)
        return {
            "arguments": {**self.arguments, **common, **OF_EVERY_LAYER},
            "required": list(required),
        }
