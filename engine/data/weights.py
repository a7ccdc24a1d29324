"""How much each training row counts in the loss: by its class, or by a column of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from hiss.data.arrays import Floats, Split
from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.errors import DataError, did_you_mean

ClassWeight = Literal["balanced"] | Mapping[str, float]
"""`balanced`, or a weight for some classes by name; the others have 1."""


def row_weights(split: Split, class_weight: ClassWeight | None) -> Floats | tuple[()]:
    """Return the weights of the training rows, shape (rows,); () where all count alike.

    Args:
        split: of the data set; its own weights are those of a column.
        class_weight: of the training; None where there are none.

    Raises:
        DataError: if a class has no such name, or the data set has no classes.
    """
    if split.w_train is not None:
        return split.w_train
    if class_weight is None:
        return ()
    weights = np.asarray(class_weights(split, class_weight), np.float32)
    return weights[split.y_train.astype(np.int64)]


def check_class_weight(data: Data, chosen: ClassWeight | None) -> None:
    """Check that the classes of a data set can be weighed, before anything is trained.

    Raises:
        DataError: if a class has no such name, or the data set has no classes.
    """
    if chosen is not None:
        class_weights(load(data), chosen)


def class_weights(split: Split, chosen: ClassWeight) -> tuple[float, ...]:
    """Return the weight of each class, in the order of their numbers.

    `balanced` is rows / (classes · rows of the class), over the classes that have training rows.

    Raises:
        DataError: if a class has no such name, or the data set has no classes.

    Source: scikit-learn's `compute_class_weight`; King and Zeng, 2001, "Logistic regression in
        rare events data".
    """
    if not split.classes:
        raise DataError(
            "training.class_weight: expected classes to weigh, received a quantity to predict.",
            "Leave it out; single rows are weighed by a column: --weight COLUMN.",
        )
    if chosen == "balanced":
        counts = np.bincount(split.y_train.astype(np.int64), minlength=len(split.classes))
        present = np.count_nonzero(counts)
        return tuple(len(split.y_train) / (present * each) if each else 1.0 for each in counts)
    assert isinstance(chosen, Mapping)
    for name in chosen:
        if name not in split.classes:
            nearest = did_you_mean(name, split.classes)
            raise DataError(f"training.class_weight: there is no class `{name}`.{nearest}")
    return tuple(float(chosen.get(name, 1.0)) for name in split.classes)
