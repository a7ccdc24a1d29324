"""How the strength of a noise changes over training: a factor that depends on progress.

Progress runs from 0 at the first step to 1 after the last, whatever the number of epochs.
A schedule is a Keras-serialisable value, named as Keras names things: `"cosine"`, or
`{class_name = "Cosine", config = {end = 0.1}}`. To add one, write its class and list it in `NAMES`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from hiss.keras_names.schemas import SHARE, Schema

if TYPE_CHECKING:
    from hiss.noise.random import Tensor

POSITIVE_SHARE: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}


@dataclass(frozen=True)
class Schedule(ABC):
    """A factor by which the strength of a noise is multiplied.

    What an argument accepts stands in its field's metadata, as a JSON schema.
    """

    @abstractmethod
    def __call__(self, progress: Tensor) -> Tensor:
        """Return the factor at a `progress` in [0, 1], both float32 scalars."""

    @abstractmethod
    def formula(self) -> str:
        """Return the factor as Python text for a script, an expression of the progress `t`."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return asdict(self)


@dataclass(frozen=True)
class Constant(Schedule):
    """The same strength throughout."""

    def __call__(self, progress: Tensor) -> Tensor:
        """Return 1."""
        import tensorflow as tf

        return tf.ones_like(progress)

    def formula(self) -> str:
        """Return the factor as Python text."""
        return "1.0"


@dataclass(frozen=True)
class Linear(Schedule):
    """From `start` to `end` in a straight line."""

    start: float = field(default=1.0, metadata=SHARE)
    end: float = field(default=0.0, metadata=SHARE)

    def __call__(self, progress: Tensor) -> Tensor:
        """Interpolate linearly."""
        return self.start + (self.end - self.start) * progress

    def formula(self) -> str:
        """Return the factor as Python text."""
        return _between(self.end, self.start, "(1 - t)")


@dataclass(frozen=True)
class Cosine(Schedule):
    """From `start` to `end` along half a cosine: slowly, fast, slowly.

    Source: Loshchilov & Hutter, 2017, arXiv:1608.03983, there for the learning rate.
    """

    start: float = field(default=1.0, metadata=SHARE)
    end: float = field(default=0.0, metadata=SHARE)

    def __call__(self, progress: Tensor) -> Tensor:
        """Interpolate by half a cosine."""
        import tensorflow as tf

        return self.end + (self.start - self.end) * (0.5 + 0.5 * tf.cos(math.pi * progress))

    def formula(self) -> str:
        """Return the factor as Python text."""
        return _between(self.end, self.start, f"(0.5 + 0.5 * keras.ops.cos({math.pi:.8f} * t))")


@dataclass(frozen=True)
class Step(Schedule):
    """1 up to the progress `at`, and `factor` from there."""

    at: float = field(default=0.5, metadata=SHARE)
    factor: float = field(default=0.0, metadata=SHARE)

    def __call__(self, progress: Tensor) -> Tensor:
        """Step once."""
        import tensorflow as tf

        return tf.where(progress < self.at, 1.0, self.factor)

    def formula(self) -> str:
        """Return the factor as Python text."""
        return f"keras.ops.where(t < {self.at}, 1.0, {self.factor})"


@dataclass(frozen=True)
class WarmUp(Schedule):
    """From 0 in a straight line to 1 at the progress `until`, and 1 from there."""

    until: float = field(default=0.1, metadata=POSITIVE_SHARE)

    def __call__(self, progress: Tensor) -> Tensor:
        """Rise, then stay."""
        import tensorflow as tf

        return tf.minimum(progress / self.until, 1.0)

    def formula(self) -> str:
        """Return the factor as Python text."""
        return f"keras.ops.minimum(t / {self.until}, 1.0)"


NAMES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "cosine": Cosine,
    "linear": Linear,
    "step": Step,
    "warm_up": WarmUp,
}
"""The schedules by the names that stand for them with their defaults."""


def get(identifier: Any) -> Schedule | None:
    """Return the schedule that a name, a table in Keras' notation or a schedule stands for.

    Raises:
        ValueError: if there is no such schedule.
    """
    match identifier:
        case None | Schedule():
            return identifier
        case str() if identifier in NAMES:
            return NAMES[identifier]()
        case {"class_name": str(name)} if name in (kinds := _by_class()):
            return kinds[name](**identifier.get("config", {}))
        case _:
            raise ValueError(f"Expected a schedule: {', '.join(NAMES)}. Received: {identifier}")


def constructor(schedule: type[Schedule]) -> Schema:
    """Return the arguments of a schedule, as `keras_names.lookup` has them."""
    return {
        "arguments": {each.name: dict(each.metadata) for each in fields(schedule)},
        "required": [],
    }


def _by_class() -> dict[str, type[Schedule]]:
    return {kind.__name__: kind for kind in NAMES.values()}


def _between(end: float, start: float, share: str) -> str:
    """Return an expression that is `end` where `share` is 0, and `start` where it is 1."""
    part = share if start - end == 1 else f"{start - end:.12g} * {share}"
    return f"{end} + {part}" if end else part
