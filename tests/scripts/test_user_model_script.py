"""Stand-alone scripts of users' models: the same network, and they run."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from trainings import without_graphs
from user_models import ASSETS, adopted, save

from hiss.data.seeds import Seeds
from hiss.data.splits import load
from hiss.experiment.spec import Experiment
from hiss.network.build import build_network
from hiss.scripts.script import script
from hiss.training.backend import load as load_backend

START = "keras.utils.set_random_seed"


@pytest.fixture(autouse=True, scope="module")
def backend() -> None:
    load_backend("cpu")


def experiment(name: str, *noise: str, **options: Any) -> Experiment:
    return adopted(name, *noise, **options).arms[-1]


def model_of(text: str) -> Any:
    """The network that a script makes."""
    scope: dict[str, Any] = {}
    exec(text.partition(START)[0], scope)
    return scope["build_model"]()


NAMES = (
    *("two_layers", "mixed", "normalised", "two_units", "two_logits", "nested", "compiled"),
    *("two_inputs", "two_outputs", "Subclassed", "seeded", "model_objects.py:model"),
)


@pytest.mark.parametrize("name", NAMES)
def test_a_script_makes_the_network_of_the_users_model(name: str) -> None:
    given = experiment(name)
    model, network = model_of(script(given, seed=1)), build_network(given, (2,), Seeds(1, 0))
    x = load(given.data).x_test
    model(x)
    for ours, theirs in zip(model.trainable_variables, network.trainable_variables, strict=True):
        ours.assign(theirs)
    np.testing.assert_allclose(model(x), network(x), rtol=1e-2 if name == "mixed" else 1e-5)


def test_a_script_puts_noise_inside_a_model() -> None:
    given = experiment("nested", "body/deep:after:0.5", "body/deep:before:0.1:Dropout")
    text = script(given, seed=1)
    assert 'add_noise(\n        model.get_layer("body").get_layer("deep"),' in text
    model, x = model_of(text), np.ones((500, 2), np.float32)
    assert np.std(model(x, training=True)) > 0.02
    assert np.std(model(x, training=False)) < 1e-6


@pytest.fixture
def saved(tmp_path: Path) -> str:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    model.layers[0].set_weights([np.full((2, 1), 0.25), np.zeros(1)])
    return save(model, tmp_path / "net.keras")


@pytest.mark.parametrize("weights", ["keep", "draw"])
def test_a_script_draws_or_keeps_the_weights_of_a_saved_model(saved: str, weights: str) -> None:
    model = model_of(script(experiment(saved, weights=weights), seed=1))
    assert bool((model.get_weights()[0] == 0.25).all()) == (weights == "keep")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("two_outputs", marks=pytest.mark.slow),
        pytest.param("seeded", marks=pytest.mark.slow),
        pytest.param("own_loss_and_optimizer", marks=pytest.mark.slow),
        "own_loss_of_two_outputs",
        "stepped",
    ],
)
def test_a_script_of_a_users_model_runs_and_is_tidy(name: str) -> None:
    text = script(experiment(name), seed=1)
    scope: dict[str, Any] = {}
    with without_graphs(), contextlib.redirect_stdout(io.StringIO()):
        exec(text, scope)
    assert 0 <= scope["test_score"] <= 1
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select=E,F,I,D", "-"],
        input=text.replace(str(ASSETS / "models.py"), "models.py"),
        text=True,
        capture_output=True,
    )
    assert checked.returncode == 0, checked.stdout
