"""Rows as their source gives them, before they are split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
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
