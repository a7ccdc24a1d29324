"""Optimizers and learning-rate schedules: the fused engine against stock `fit`."""

from __future__ import annotations

import json
from typing import Any

import keras
import pytest
from trainings import agree, run, without_graphs

from hiss.data.replicate_data import ReplicateData
from hiss.errors import EngineError
from hiss.experiment.notation import parse
from hiss.experiment.spec import Experiment
from hiss.keras_names.lookup import classes, words
from hiss.network.optimizers import WRONG_ON_TENSORFLOW, make_optimizer
from hiss.scripts.script import script
from hiss.training.program_cache import PROGRAMS

TOLERANCE = 1e-4
SCHEDULES: dict[str, dict[str, Any]] = {
    "CosineDecay": {"initial_learning_rate": 1, "decay_steps": 9, "alpha": 0.1,
                    "warmup_target": 2, "warmup_steps": 3},
    "CosineDecayRestarts": {"initial_learning_rate": 1, "first_decay_steps": 4, "t_mul": 1.5},
    "ExponentialDecay": {"initial_learning_rate": 1, "decay_steps": 4, "decay_rate": 0.5,
                         "staircase": True},
    "InverseTimeDecay": {"initial_learning_rate": 1, "decay_steps": 4, "decay_rate": 1},
    "PiecewiseConstantDecay": {"boundaries": [3, 7], "values": [1, 0.5, 0.1]},
    "PolynomialDecay": {"initial_learning_rate": 1, "decay_steps": 6, "power": 2, "cycle": True},
}  # fmt: skip
OPTIMIZERS: list[dict[str, Any]] = [
    {"class_name": "Adam", "use_ema": True, "ema_momentum": 0.7},
    {
        "class_name": "AdamW",
        "gradient_accumulation_steps": 4,
        "use_ema": True,
        "ema_momentum": 0.5,
        "ema_overwrite_frequency": 2,
    },
    {
        "class_name": "GradientNoise",
        "eta": 0.01,
        "optimizer": {
            "class_name": "SGD",
            "config": {
                "learning_rate": {
                    "class_name": "CosineDecay",
                    "config": SCHEDULES["CosineDecay"],
                },
                "loss_scale_factor": 4,
                "gradient_accumulation_steps": 2,
                "use_ema": True,
            },
        },
    },
]
OF_EVERY_OPTIMIZER: list[dict[str, Any]] = [
    {"weight_decay": 0.01, "clipnorm": 0.5},
    {"clipvalue": 0.1, "loss_scale_factor": 8},
    {"global_clipnorm": 0.5, "use_ema": True, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 2, "use_ema": True},
]


def tiny(optimizer: dict[str, Any], stopping: str = "") -> Experiment:
    """A small network without noise, trained on three batches an epoch."""
    text = f"""
title = "Tiny"
data = {{name = "make_moons", n_samples = 40, noise = 0.2, random_state = 1, train_size = 20}}
layers = [
    {{class_name = "Dense", units = 4, activation = "tanh"}},
    {{class_name = "Dense", units = 1, activation = "sigmoid"}},
]
[training]
epochs = 5
batch_size = 8
optimizer = {toml(optimizer)}
{stopping}
"""
    return parse(text, "text", "test/tiny")


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    return json.dumps(value)


def train_alike(experiment: Experiment) -> None:
    with without_graphs():
        expected = run(experiment, engine="reference")
    agree(run(experiment), expected, TOLERANCE)


@pytest.mark.parametrize(
    "optimizer",
    [*(pytest.param(each, marks=pytest.mark.slow) for each in OPTIMIZERS[:-1]), OPTIMIZERS[-1]],
    ids=str,
)
def test_what_an_optimizer_does_beside_its_steps_is_the_same(optimizer: dict[str, Any]) -> None:
    train_alike(tiny(optimizer))


@pytest.mark.slow
@pytest.mark.parametrize("restores", ["true", "false"])
def test_early_stopping_restores_weights_over_their_averages_as_keras_does(restores: str) -> None:
    optimizer = {"class_name": "SGD", "learning_rate": 5, "use_ema": True, "ema_momentum": 0.9}
    rule = f"{{validation_size = 6, patience = 2, restore_best_weights = {restores}}}"
    train_alike(tiny(optimizer, f"early_stopping = {rule}"))


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_the_same_in_hiss_and_in_its_script(name: str) -> None:
    rate = {"class_name": name, "config": SCHEDULES[name]}
    experiment = tiny({"class_name": "SGD", "learning_rate": rate})
    ours = make_optimizer(experiment.training.optimizer)
    scope: dict[str, Any] = {}
    exec(script(experiment, seed=1).partition("keras.utils.set_random_seed")[0], scope)
    written = scope["build_model"]().optimizer
    assert type(ours.get_config()["learning_rate"]) is dict
    for step in range(10):
        for each in (ours, written):
            each.iterations.assign(step)
        assert float(ours.learning_rate) == float(written.learning_rate)
    assert float(ours.learning_rate) != 1


@pytest.mark.slow
def test_every_schedule_of_keras_is_tried() -> None:
    assert set(SCHEDULES) == set(words()["schedules"])


def test_a_schedule_trains_alike_in_both_engines() -> None:
    rate = {"class_name": "ExponentialDecay", "config": SCHEDULES["ExponentialDecay"]}
    train_alike(tiny({"class_name": "SGD", "learning_rate": rate}))


@pytest.mark.skipif(not hasattr(keras.optimizers, "ScheduleFreeAdamW"), reason="Keras < 3.15")
def test_an_optimizer_that_cannot_be_supported_is_refused_before_training() -> None:
    experiment = tiny({"class_name": "ScheduleFreeAdamW"})
    with pytest.raises(EngineError, match="cannot train with ScheduleFreeAdamW"):
        PROGRAMS.of(experiment, ReplicateData(experiment.data, "article", 1))


@pytest.mark.slow
@pytest.mark.parametrize("arguments", OF_EVERY_OPTIMIZER, ids=str)
@pytest.mark.parametrize("kind", sorted(set(classes("optimizer")) - {*WRONG_ON_TENSORFLOW}))
def test_every_optimizer_trains_alike_in_both_engines(kind: str, arguments: dict[str, Any]) -> None:
    if kind == "GradientNoise":
        pytest.skip("tried above")
    train_alike(tiny({"class_name": kind, **arguments}))


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_trains_alike_in_both_engines(name: str) -> None:
    rate = {"class_name": name, "config": SCHEDULES[name]}
    train_alike(tiny({"class_name": "SGD", "learning_rate": rate}))
