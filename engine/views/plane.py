"""The plane in which networks of any number of features are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiss.data.arrays import Floats, Split
from hiss.errors import DataError, did_you_mean

CELLS = 64
"""Cells along each axis of the grid."""
MARGIN = 0.15
"""How far the grid reaches beyond the rows, as a share of their range."""


@dataclass(frozen=True, slots=True)
class Plane:
    """A grid of rows, and where the data lies in its plane."""

    axes: tuple[str, ...]
    """What its axes are: two features, one, or two principal components."""
    x: NDArray[np.float64]
    """Centres of the cells along the first axis, ascending."""
    y: NDArray[np.float64]
    """Along the second axis; one 0 where there is a single feature."""
    rows: Floats
    """Rows of features at the centres, y by y: shape (len(y) · len(x), *features)."""
    train: NDArray[np.float64]
    """Coordinates of the training rows: shape (rows, 2)."""
    targets: NDArray[np.float64]
    """Of the training rows: shape (rows,)."""

    @property
    def shape(self) -> tuple[int, int]:
        """Cells along y and along x."""
        return len(self.y), len(self.x)


def plane_of(split: Split, columns: Sequence[str] = (), cells: int = CELLS) -> Plane:
    """Return the plane of a data set.

    One or two features are their own plane. More are seen in the plane of two chosen columns, the
    others at their mean, or in that of the two leading principal components of the training rows,
    which are standardized for it.

    Args:
        split: training rows and test rows.
        columns: names of two features; empty for the components.
        cells: along each axis.

    Raises:
        DataError: if a column is no feature, or there are not two.
    """
    flat = split.x_train.reshape(len(split.x_train), -1).astype(float)
    whole = np.concatenate([flat, split.x_test.reshape(len(split.x_test), -1)])
    centre, directions, axes = _directions(flat, split.features, columns)
    whole_at, train_at = (_coordinates(each, centre, directions) for each in (whole, flat))
    x = _ticks(whole_at[:, 0], cells)
    if len(directions) < 2:
        y, train_at = np.zeros(1), np.pad(train_at, ((0, 0), (0, 1)))
    else:
        y = _ticks(whole_at[:, 1], cells)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)[:, : len(directions)]
    rows = (centre + grid @ directions).astype(np.float32)
    return Plane(
        axes=axes,
        x=x,
        y=y,
        rows=rows.reshape(-1, *split.x_train.shape[1:]),
        train=train_at,
        targets=split.y_train.astype(float),
    )


def _directions(
    flat: NDArray[np.float64], features: Sequence[str], columns: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...]]:
    """Return a point of the plane, the directions of its axes in feature units, and their names."""
    width = flat.shape[1]
    if columns:
        places = [_place(name, features, width) for name in columns]
        if len(places) != 2 or places[0] == places[1]:
            raise DataError(f"columns: expected two features, received {', '.join(columns)}.")
        centre = np.asarray(flat.mean(axis=0), np.float64)
        centre[places] = 0
        return centre, np.eye(width)[places], tuple(columns)
    if width <= 2:
        return np.zeros(width), np.eye(width), tuple(features[:width])
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(flat)
    components = PCA(2, random_state=0).fit(scaler.transform(flat)).components_
    axes = ("1st principal component", "2nd principal component")
    return np.asarray(scaler.mean_), np.asarray(components * scaler.scale_), axes


def _coordinates(
    flat: NDArray[Any], centre: NDArray[np.float64], directions: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Project rows onto the plane: shape (rows, axes)."""
    found = np.linalg.lstsq(directions.T, (flat - centre).T, rcond=None)[0]
    return np.asarray(found.T, np.float64)


def _ticks(values: NDArray[np.float64], cells: int) -> NDArray[np.float64]:
    low, high = float(values.min()), float(values.max())
    reach = MARGIN * (high - low) or 1.0
    edges = np.linspace(low - reach, high + reach, cells + 1)
    return np.asarray((edges[1:] + edges[:-1]) / 2)


def _place(name: str, features: Sequence[str], width: int) -> int:
    if name not in features or len(features) != width:
        raise DataError(f"columns: {name} is no feature.{did_you_mean(name, features)}")
    return list(features).index(name)
