"""What a GPU trains: the same as the CPU up to rounding, and the same bits each time."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import tensorflow as tf

from hiss.experiment.spec import Study
from hiss.library.presets import find, override
from hiss.studies.runner import run_study

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not tf.config.list_physical_devices("GPU"), reason="there is no GPU"),
]
EPOCHS = 5


def curves(name, device, repeats=3):
    (experiment,) = find(name)
    experiment = override(experiment, [f"training.epochs={EPOCHS}"])
    study = Study(arms=(experiment,), repeats=repeats, device=device)
    result = run_study(study, lambda _: None, threading.Event())
    assert result.fingerprint.device == device
    return result.arms[0].curves.values


@pytest.mark.parametrize(
    "name", ["article/hidden-before", "patterns/cnn", "patterns/rnn", "noise/gradients"]
)
def test_a_gpu_trains_as_the_cpu_does(name):
    found, expected = curves(name, "gpu:0"), curves(name, "cpu")
    np.testing.assert_allclose(
        found, expected, rtol=2e-2, atol=1e-2
    )  # products in TF32, and one row of 100


def test_a_study_on_a_gpu_gives_the_same_bits_again():
    np.testing.assert_array_equal(
        curves("article/hidden-before", "gpu:0"), curves("article/hidden-before", "gpu:0")
    )
