"""Autoencoders: the features are the target, and the clean row is what noisy inputs should give."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import r2_score
from trainings import ROUNDING, agree, run, without_graphs

from hiss.data.preview import preview
from hiss.data.replicate_data import ReplicateData
from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.theory import bayes_accuracy, bayes_rmse
from hiss.errors import EngineError
from hiss.experiment.notation import override, parse
from hiss.experiment.spec import Experiment
from hiss.library.presets import find

TEXT = """
title = "A small denoising autoencoder"

[data]
name = "load_iris"
train_size = 60
shuffle = true
standardize = true
reconstruct = true

[[layers]]
class_name = "GaussianNoise"
stddev = 0.2

[[layers]]
class_name = "Dense"
units = 2

[[layers]]
class_name = "Dense"
units = 4

[training]
loss = "mean_squared_error"
epochs = 3
batch_size = 25
"""
IRIS = parse(TEXT, "text", "test/autoencoder")


def autoencoder(*changes: str) -> Experiment:
    return override(IRIS, changes)


def test_the_target_is_the_prepared_row() -> None:
    split = load(IRIS.data)
    assert split.task == "reconstruction" and split.classes == ()
    np.testing.assert_array_equal(split.y_train, split.x_train)
    np.testing.assert_array_equal(split.y_test, split.x_test)
    assert abs(split.y_train.mean()) < 1e-6


def test_images_are_flattened() -> None:
    data = Data(name="load_digits", train_size=20, test_size=20, shape=(8, 8, 1), reconstruct=True)
    split = load(data)
    assert (split.x_train.shape, split.y_train.shape) == ((20, 8, 8, 1), (20, 64))
    assert ReplicateData(data, "article", 1).rows.y.shape == (20, 64)


@pytest.mark.slow
def test_both_engines_reconstruct_alike() -> None:
    experiment = autoencoder("layers.0.stddev=0")
    with without_graphs():
        agree(run(experiment), run(experiment, engine="reference"), 20 * ROUNDING)


def test_scores_are_over_all_values() -> None:
    fast = "training.optimizer={class_name = 'Adam', learning_rate = 0.05}"
    arm = run(autoencoder("training.epochs=200", "training.batch_size=60", fast))
    scores = arm.replicates[0].scores
    assert {name for name in scores if name.startswith("test_")} == {
        *("test_rmse", "test_loss", "test_mae", "test_r2", "test_mse"),
    }
    assert scores["test_mse"] == pytest.approx(scores["test_loss"], rel=1e-5)
    assert scores["test_rmse"] == pytest.approx(scores["test_loss"] ** 0.5, rel=1e-5)
    split = load(IRIS.data)
    spread = np.mean(split.y_test.astype(float).var(axis=0))
    assert scores["test_r2"] == pytest.approx(1 - scores["test_mse"] / spread, rel=1e-4)
    constant = np.tile(split.y_test.mean(axis=0), (len(split.y_test), 1))
    worst = r2_score(split.y_test, constant, multioutput="variance_weighted")
    assert worst == pytest.approx(0, abs=1e-6) and 0 < scores["test_r2"] < 1
    assert arm.curves.rows is not None
    assert scores["test_rmse"] < arm.curves.rows.chance["test_rmse"]


def test_the_built_in_autoencoders_take_seconds_and_do_better_than_chance() -> None:
    noisy, plain = (find(f"patterns/autoencoder{end}")[0] for end in ("", "-baseline"))
    assert noisy.study.partner == plain.name
    assert noisy.data == plain.data and noisy.data.reconstruct
    arm = run(override(noisy, ["training.epochs=200"]))
    assert arm.curves.rows is not None
    assert arm.replicates[0].scores["test_rmse"] < arm.curves.rows.chance["test_rmse"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("layers.2.units=3", "expected 4 outputs for a reconstruction"),
        ("training.loss=sparse_categorical_crossentropy", "does not fit the network"),
        ("data.label_noise=0.1", "expected classes to flip"),
        (
            "training.early_stopping={validation_size = 9, patience = 1, monitor = 'accuracy'}",
            "expected loss for a reconstruction",
        ),
        ("training.class_weight=balanced", "expected classes to weigh"),
    ],
)
def test_what_does_not_fit_a_reconstruction_is_refused(change: str, message: str) -> None:
    with pytest.raises(EngineError, match=message):
        run(autoencoder(change))


@pytest.mark.slow
def test_early_stopping_monitors_the_loss() -> None:
    stopping = "training.early_stopping={validation_size = 9, patience = 1, min_delta = 9.0}"
    arm = run(autoencoder("training.epochs=9", stopping))
    assert 0 < arm.replicates[0].epochs < 9


def test_its_preview_has_one_group_and_no_best_possible_score() -> None:
    found = preview(IRIS.data)
    assert found.task == "reconstruction" and set(found.targets.tolist()) == {0.0}
    assert len(found.points) == 150
    for name in ("make_moons", "noisy_sine"):
        data = Data(name=name, n_samples=100, noise=0.1, train_size=50, reconstruct=True)
        assert preview(data).bayes_accuracy is None and preview(data).bayes_rmse is None
        plain = data.model_copy(update={"reconstruct": False})
        assert bayes_accuracy(plain) or bayes_rmse(plain)
