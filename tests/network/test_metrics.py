from __future__ import annotations

import keras
import numpy as np
import pytest

from hiss.experiment.training import Keras
from hiss.network.metrics import loss_per_row


def test_smoothed_targets_of_many_classes_are_one_hot() -> None:
    targets = np.array([[2.0], [0.0]], np.float32)
    predictions = np.array([[0.1, 0.2, 0.7], [0.5, 0.3, 0.2]], np.float32)
    stock = keras.losses.CategoricalCrossentropy(label_smoothing=0.3)
    expected = stock(np.eye(3)[[2, 0]], predictions)
    smooth = Keras(class_name="CategoricalCrossentropy", label_smoothing=0.3)
    losses = loss_per_row(smooth)(targets, predictions)
    assert np.mean(losses) == pytest.approx(float(expected))
