"""The script of every built-in preset, run as it stands but for its number of epochs.

TensorFlow runs without graphs here: stock `fit` is slow, and building its graphs slower.
"""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from engine.metrics import loss_per_row
from engine.network import build_network
from engine.notation import override
from engine.presets import find, load_presets
from engine.runner import run_study
from engine.samples import Samples
from engine.script import script
from engine.seeds import Seeds
from engine.spec import Experiment, Study

ARTICLE = find("article")
OTHERS = [each for each in load_presets().experiments if each not in ARTICLE]
pytestmark = pytest.mark.filterwarnings("ignore:Even though the `tf.config")
"""TensorFlow says that its data pipelines stay graphs, which is no matter here."""
EPOCHS, SEEDS, REPLICATES = 6, 3, 24


@pytest.fixture
def without_graphs() -> Iterator[None]:
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def run(text: str) -> tuple[dict[str, Any], str]:
    """Run a script; what it has defined and what it has printed."""
    printed, scope = io.StringIO(), {}
    with contextlib.redirect_stdout(printed):
        exec(text, scope)
    return scope, printed.getvalue()


def shortened(experiment: Experiment, epochs: int) -> Experiment:
    return override(experiment, [f"training.epochs={epochs}"])


def untrained_loss(experiment: Experiment) -> float:
    """The loss on the test rows that the training of hiss starts from."""
    samples = Samples(experiment.data, Study(arms=(experiment,)))
    network = build_network(experiment, samples.shape, Seeds(1, 0))
    rows = samples.rows
    losses = loss_per_row(experiment.training.loss)(rows.y_val, network(rows.x_val))
    return float(np.mean(losses)) + float(sum(network.losses))


@pytest.mark.usefixtures("without_graphs")
@pytest.mark.parametrize("experiment", OTHERS, ids=lambda each: each.name)
def test_a_script_runs_and_starts_where_hiss_does(experiment: Experiment) -> None:
    scope, printed = run(script(shortened(experiment, 1), seed=1))
    expected = "Train RMSE: " if scope["model"].loss == "mean_squared_error" else "Train: "
    assert printed.startswith(expected)
    start = untrained_loss(experiment)
    assert 0.5 * start < scope["_"] < 1.6 * start


@cache
def of_hiss(experiment: Experiment) -> list[float]:
    study = Study(arms=(experiment,), repeats=REPLICATES, device="cpu")
    (arm,) = run_study(study, lambda event: None, threading.Event()).arms
    return [one.scores["train_loss"] for one in arm.replicates]


def of_scripts(experiment: Experiment, change: tuple[str, str] = ("", "")) -> list[float]:
    tf.config.run_functions_eagerly(True)
    try:
        scopes = [run(script(experiment, seed).replace(*change))[0] for seed in range(SEEDS)]
        return [
            scope["model"].evaluate(scope["x_train"], scope["y_train"], verbose=0)[0]
            for scope in scopes
        ]
    finally:
        tf.config.run_functions_eagerly(False)


def distance(script_losses: list[float], hiss_losses: list[float]) -> float:
    """How far the means lie apart, in standard errors of their difference."""
    spread = np.std(hiss_losses, ddof=1) * np.sqrt(1 / SEEDS + 1 / REPLICATES)
    return float(abs(np.mean(script_losses) - np.mean(hiss_losses)) / spread)


@pytest.mark.parametrize("preset", ARTICLE, ids=lambda each: each.name)
def test_scripts_of_the_article_score_as_hiss_does(preset: Experiment) -> None:
    experiment = shortened(preset, EPOCHS)
    assert distance(of_scripts(experiment), of_hiss(experiment)) < 4


def test_another_training_would_be_noticed() -> None:
    experiment = shortened(ARTICLE[0], EPOCHS)
    slower = of_scripts(experiment, ('optimizer="adam"', 'optimizer="sgd"'))
    assert distance(slower, of_hiss(experiment)) > 8
