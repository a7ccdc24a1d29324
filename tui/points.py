"""How rows of data are laid out in a scatter plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.preview import Preview

Limits = tuple[float, float]


def groups(preview: Preview) -> NDArray[np.intp]:
    """The group of every row: its class, or the third that its target lies in."""
    if preview.classes:
        return preview.targets.astype(np.intp)
    if preview.axes[1] == "target":
        return np.zeros(len(preview.targets), np.intp)
    return np.digitize(preview.targets, np.quantile(preview.targets, [1 / 3, 2 / 3]))


def limits(preview: Preview, width: int, height: int) -> tuple[Limits, Limits]:
    """Limits that keep circles round, cells being twice as high as wide; but for a target axis."""
    low, high = preview.points.min(axis=0), preview.points.max(axis=0)
    middle, half = (low + high) / 2, np.maximum(high - low, 1e-9) / 2
    if preview.axes[1] != "target":
        cells = np.array([max(1, width - 1), max(1, 2 * (height - 1))])
        half = (half / cells).max() * cells
    left, bottom = (middle - half).tolist()
    right, top = (middle + half).tolist()
    return (left, right), (bottom, top)
