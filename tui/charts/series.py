"""A line over any axis, with its band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Series:
    """A line with its band."""

    name: str
    place: int
    """Number of its arm in the session."""
    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64] | None = None
    faint: bool = False
