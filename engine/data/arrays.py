"""Rows as their source gives them, before they are split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Task = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a data set, in the order in which its source gives them."""

    x: NDArray[Any]
    """Features, shape (rows, features) or (rows, steps, features)."""
    y: NDArray[Any]
    """Class numbers from 0, or the target."""
    features: tuple[str, ...]
    classes: tuple[str, ...] = ()
    """Names of the classes in the order of their numbers; empty for regression."""

    @property
    def task(self) -> Task:
        """What there is to predict."""
        match len(self.classes):
            case 0:
                return "regression"
            case 2:
                return "binary"
            case _:
                return "multiclass"


Floats: TypeAlias = "NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Split:
    """What one replicate trains and tests on."""

    x_train: Floats
    y_train: Floats
    """Shape (rows,): class numbers from 0, or the target."""
    x_test: Floats
    y_test: Floats
    task: Task
    classes: tuple[str, ...]
    """Names of the classes in the order of their numbers; empty for regression."""
    features: tuple[str, ...]


class HeldOut(NamedTuple):
    """The rows that early stopping looks at; none where there is no early stopping."""

    x: Floats
    y: Floats


class ReplicateArrays(NamedTuple):
    """What one replicate is trained and validated on."""

    x: Any
    y: Any
    x_val: Any
    y_val: Any
    x_held: Any
    """Rows that early stopping looks at; none where there is no early stopping."""
    y_held: Any
