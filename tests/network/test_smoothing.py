"""How much labels are smoothed is an input of the program, and smooths as Keras does."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from trainings import agree, run

from hiss.experiment.notation import override
from hiss.experiment.replicates import replicate_data
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.training import Keras
from hiss.library.presets import find
from hiss.network.smoothing import smoothed_loss_per_row, smoothing_of
from hiss.training.program_cache import structure


def smoothed(preset: str, loss: str, amount: float) -> Experiment:
    (arm,) = find(preset)
    table = f'{{class_name = "{loss}", label_smoothing = {amount}}}'
    return override(arm, [f"training.loss={table}", "training.epochs=12"])


def key(experiment: Experiment) -> str:
    return structure(experiment, replicate_data(Study(arms=(experiment,)), experiment))


@pytest.mark.parametrize(
    ("preset", "loss"),
    [
        ("noise/label-smoothing", "BinaryCrossentropy"),
        pytest.param("classification/wine", "CategoricalCrossentropy", marks=pytest.mark.slow),
    ],
)
def test_all_amounts_share_one_program_and_train_as_in_keras(preset: str, loss: str) -> None:
    weak, strong = (smoothed(preset, loss, amount) for amount in (0.0, 0.3))
    assert key(weak) == key(strong)
    fused = [run(one, engine="fused") for one in (weak, strong)]
    agree(fused[1], run(strong, engine="reference"), 1e-4)
    losses = [arm.curves.series("loss", 0)[-1] for arm in fused]
    assert losses[1] - losses[0] > 0.01


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("BinaryCrossentropy", 1),
        ("BinaryFocalCrossentropy", 1),
        ("CategoricalCrossentropy", 3),
        ("CategoricalFocalCrossentropy", 3),
    ],
)
def test_every_loss_smooths_as_keras_own(name: str, outputs: int) -> None:
    generator = np.random.default_rng(1)
    labels = generator.integers(0, max(outputs, 2), (20, 1)).astype(np.float32)
    drawn = generator.uniform(0.05, 1, (20, outputs)).astype(np.float32)
    predictions = drawn / drawn.sum(1, keepdims=True) if outputs > 1 else drawn
    targets = np.eye(outputs, dtype=np.float32)[labels[:, 0].astype(int)] if outputs > 1 else labels
    table = Keras(class_name=name, label_smoothing=0.3)
    losses = smoothed_loss_per_row(table, smoothing_of(table))(labels, predictions)
    stock = getattr(keras.losses, name)(label_smoothing=0.3, reduction=None)
    np.testing.assert_allclose(losses, stock(targets, predictions), rtol=1e-5)


def test_a_loss_that_says_nothing_of_smoothing_has_no_amount() -> None:
    assert smoothing_of("binary_crossentropy") == ()
    assert smoothing_of(Keras(class_name="BinaryCrossentropy")) == ()
    plain = smoothed("noise/label-smoothing", "BinaryCrossentropy", 0.0)
    never = override(plain, ['training.loss="binary_crossentropy"'])
    assert key(plain) != key(never)
