"""How the strength of a noise changes over training: a factor by progress.

Progress runs from 0 at the first step to 1 after the last, whatever the number of epochs.
Each schedule is a Keras-serialisable value, named as Keras names things: `"cosine"`, or
`{class_name = "Cosine", config = {end = 0.1}}`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import keras
import tensorflow as tf


@dataclass(frozen=True)
class Schedule:
    """A factor in [0, 1] or beyond, by which the strength of a noise is multiplied."""

    def __call__(self, progress: Any) -> Any:
        """Give the factor at a `progress` in [0, 1], a scalar tensor."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Say how to make this schedule again."""
        return asdict(self)


@keras.saving.register_keras_serializable("hiss")
@dataclass(frozen=True)
class Constant(Schedule):
    """The same strength throughout."""

    def __call__(self, progress: Any) -> Any:
        """Give 1."""
        return tf.ones_like(progress)


@keras.saving.register_keras_serializable("hiss")
@dataclass(frozen=True)
class Linear(Schedule):
    """From `start` to `end` in a straight line."""

    start: float = 1.0
    end: float = 0.0

    def __call__(self, progress: Any) -> Any:
        """Interpolate."""
        return self.start + (self.end - self.start) * progress


@keras.saving.register_keras_serializable("hiss")
@dataclass(frozen=True)
class Cosine(Schedule):
    """From `start` to `end` along half a cosine: slowly, fast, slowly.

    Source: Loshchilov & Hutter, 2017, arXiv:1608.03983, there for the learning rate.
    """

    start: float = 1.0
    end: float = 0.0

    def __call__(self, progress: Any) -> Any:
        """Interpolate by half a cosine."""
        return self.end + (self.start - self.end) * (0.5 + 0.5 * tf.cos(math.pi * progress))


@keras.saving.register_keras_serializable("hiss")
@dataclass(frozen=True)
class WarmUp(Schedule):
    """From 0 in a straight line to 1 at the progress `until`, and 1 from there."""

    until: float = 0.1

    def __call__(self, progress: Any) -> Any:
        """Rise, then stay."""
        return tf.minimum(progress / self.until, 1.0)


@keras.saving.register_keras_serializable("hiss")
@dataclass(frozen=True)
class Step(Schedule):
    """1 up to the progress `at`, and `factor` from there."""

    at: float = 0.5
    factor: float = 0.0

    def __call__(self, progress: Any) -> Any:
        """Step once."""
        return tf.where(progress < self.at, 1.0, self.factor)


KINDS: dict[str, type[Schedule]] = {
    kind.__name__: kind for kind in (Constant, Cosine, Linear, Step, WarmUp)
}
NAMES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "cosine": Cosine,
    "linear": Linear,
    "step": Step,
    "warm_up": WarmUp,
}
"""The schedules by the names that stand for them with their defaults."""


def get(identifier: Any) -> Schedule | None:
    """Make the schedule that a name, a table in Keras' notation or a schedule stands for."""
    match identifier:
        case None | Schedule():
            return identifier
        case str() if identifier in NAMES:
            return NAMES[identifier]()
        case {"class_name": str(name)} if name in KINDS:
            return KINDS[name](**identifier.get("config", {}))
        case _:
            raise ValueError(f"Expected a schedule: {', '.join(NAMES)}. Received: {identifier}")
