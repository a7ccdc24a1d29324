"""A data set as arrays: whole, split, and as one replicate trains on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sklearn.compose import ColumnTransformer

    from hiss.noise.random import Tensor

Task = Literal["binary", "multiclass", "regression", "reconstruction"]
"""What is predicted: one of two classes or of several, a quantity, or the features themselves."""
Floats: TypeAlias = "NDArray[np.float32]"
FloatsOrTensor: TypeAlias = "Floats | Tensor"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A whole data set in the order of its source, before it is split."""

    x: NDArray[Any]
    """Features, shape (rows, features) or (rows, steps, features); numbers of any dtype, NaN where
    one is missing that `prepare` fills."""
    y: NDArray[Any]
    """Shape (rows,): class numbers from 0, or the target of a regression. Where the features
    are to be reconstructed, shape (rows, values); a split has them as they are prepared."""
    features: tuple[str, ...]
    """Names of the features, in the order of the last axis of `x`."""
    classes: tuple[str, ...] = ()
    """Names of the classes in the order of their numbers; empty where there are none."""
    weights: NDArray[Any] | None = None
    """Shape (rows,): how much each row counts in the training loss; None if all count alike."""
    groups: NDArray[Any] | None = None
    """Shape (rows,): numbers of groups that must not be divided; None where there are none."""
    test_rows: int | None = None
    """How many of the last rows are the test rows; None where the source does not say so."""
    prepare: Callable[[], ColumnTransformer] | None = None
    """Makes a transformer of `x`, to be fitted on the training rows; None where `x` is ready.
    `features` are the names of what it makes."""

    @property
    def task(self) -> Task:
        """What is to be predicted."""
        if self.y.ndim > 1:
            return "reconstruction"
        match len(self.classes):
            case 0:
                return "regression"
            case 2:
                return "binary"
            case _:
                return "multiclass"


@dataclass(frozen=True, slots=True)
class Split:
    """A data set split into training rows and test rows, features shaped and scaled."""

    x_train: Floats
    """Shape (training rows, *features)."""
    y_train: Floats
    """Shape (training rows,): class numbers from 0, or the target. In a reconstruction, shape
    (training rows, values): the prepared features, flattened."""
    x_test: Floats
    """Shape (test rows, *features)."""
    y_test: Floats
    """Shape (test rows,), or (test rows, values)."""
    task: Task
    classes: tuple[str, ...]
    """Names of the classes in the order of their numbers; empty where there are none."""
    features: tuple[str, ...]
    w_train: Floats | None = None
    """Shape (training rows,): how much each counts in the loss; None if all count alike."""
    g_train: NDArray[Any] | None = None
    """Shape (training rows,): numbers of groups that must not be divided; None without groups."""
    largest_group: int = 1
    """Rows of the largest group of the whole data set."""


class HeldOut(NamedTuple):
    """Rows held out for early stopping; no rows where there is no early stopping."""

    x: Floats
    """Shape (held-out rows, *features)."""
    y: Floats
    """Shape (held-out rows,)."""


class ReplicateArrays(NamedTuple):
    """What one replicate is trained and validated on, as float32.

    Replicates that train side by side on a GPU have a leading axis of replicates.
    """

    x: FloatsOrTensor
    """Shape (training rows, *features)."""
    y: FloatsOrTensor
    """Shape (training rows, 1), or (training rows, values) in a reconstruction."""
    x_val: FloatsOrTensor
    """Shape (validation rows, *features): the test rows that the curves follow."""
    y_val: FloatsOrTensor
    """Shape (validation rows, 1)."""
    x_held: FloatsOrTensor
    """Shape (held-out rows, *features): for early stopping; no rows where there is none."""
    y_held: FloatsOrTensor
    """Shape (held-out rows, 1)."""
    weights: FloatsOrTensor | tuple[()] = ()
    """Shape (training rows,): Keras' `sample_weight`; () where all rows count alike."""
