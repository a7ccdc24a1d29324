"""Layers of every dtype policy, and settings of Keras that are not those of hiss."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from trainings import run, without_graphs

from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.notation import override, parse
from hiss.experiment.spec import Experiment
from hiss.experiment.user_model import UserModel, parse_insertion
from hiss.library.adaptation import with_user_model
from hiss.library.presets import find
from hiss.network.build import build_network
from hiss.network.user_model import user_network

TOLERANCES = {
    "float32": 1e-5,
    "float64": 1e-4,
    "float16": 0.01,
    "mixed_float16": 0.01,
    "bfloat16": 0.05,
    "mixed_bfloat16": 0.05,
}
"""Half the digits, or a quarter of them, over three epochs."""
QUICK = ("mixed_bfloat16",)


def network(policy: str) -> Experiment:
    penalty = '{class_name = "L2", config = {l2 = 0.01}}'
    dense = f'units = 8, dtype = "{policy}"'
    if policy.startswith("mixed"):  # where weights are not float32, stock Keras cannot add it
        dense += f", kernel_regularizer = {penalty}"
    layer = f'{{class_name = "Dense", config = {{{dense}}}}}'
    text = f"""
title = "One dtype for all layers"
data = {{name = "make_moons", n_samples = 60, noise = 0.2, random_state = 1, train_size = 30}}
layers = [
    {{class_name = "GaussianNoise", stddev = 0.1, dtype = "{policy}"}},
    {{class_name = "WeightNoise", stddev = 0.1, dtype = "{policy}", layer = {layer}}},
    {{class_name = "BatchNormalization", dtype = "{policy}"}},
    {{class_name = "Activation", activation = "relu", dtype = "{policy}"}},
    {{class_name = "Dropout", rate = 0.2, schedule = "linear", dtype = "{policy}"}},
    {{class_name = "Dense", units = 1, activation = "sigmoid", dtype = "{policy}"}},
]
[training]
epochs = 3
batch_size = 16
optimizer = {{class_name = "GradientNoise", eta = 0.001}}
"""
    return parse(text, "text", "test/precision")


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(policy, marks=() if policy in QUICK else pytest.mark.slow)
        for policy in TOLERANCES
    ],
)
def test_both_engines_train_every_dtype_policy_alike(policy: str) -> None:
    experiment = network(policy)
    ours = run(experiment)
    with without_graphs():
        theirs = run(experiment, engine="reference")
    assert not ours.replicates[0].reason
    for name in ("loss", "val_loss"):
        close = {"rtol": TOLERANCES[policy], "atol": TOLERANCES[policy]}
        np.testing.assert_allclose(
            ours.curves.series(name, 0), theirs.curves.series(name, 0), **close
        )
    scores = [arm.replicates[0].scores["test_loss"] for arm in (ours, theirs)]
    assert scores[0] == pytest.approx(scores[1], rel=TOLERANCES[policy])


MODEL = """\
import keras
from keras import layers

{file}


def build():
    {function}
    return keras.Sequential([
        keras.Input((2,)),
        layers.Dense(8, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid", dtype="float32"),
    ])
"""


def of_user(tmp_path: Path, file: str = "", function: str = "") -> Experiment:
    (tmp_path / "network.py").write_text(MODEL.format(file=file, function=function))
    sites = (parse_insertion("dense:after:0.1"),)
    model = UserModel(reference=f"{tmp_path / 'network.py'}:build", noise=sites)
    _, noisy = with_user_model(network("float32"), model)
    return noisy


@pytest.mark.slow
@pytest.mark.parametrize("place", ["file", "function"])
def test_the_policy_that_a_users_file_sets_holds_for_its_model_alone(
    tmp_path: Path, place: str
) -> None:
    sets = 'keras.config.set_dtype_policy("mixed_bfloat16"); keras.config.set_epsilon(0.1)'
    experiment = of_user(tmp_path, **{place: sets})
    for replicate in range(2):  # the file runs once, the function for each
        built = build_network(experiment, (2,), Seeds(1, replicate))
        own = user_network(built)
        assert [each.compute_dtype for each in own.noise] == ["bfloat16", "bfloat16"]
        assert [each.compute_dtype for each in own.model.layers][-2:] == ["bfloat16", "float32"]
        assert keras.config.dtype_policy().name == "float32"
        assert keras.config.epsilon() == 1e-7
    assert not run(experiment).replicates[0].reason

    changed = build_network(of_user(tmp_path), (2,), Seeds(1, 0))
    layers = (*user_network(changed).model.layers, *user_network(changed).noise)
    assert {layer.compute_dtype for layer in layers} == {"float32"}


def test_a_model_whose_loss_keras_would_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="mixed_float16, for which Keras scales the loss"):
        run(of_user(tmp_path, 'keras.config.set_dtype_policy("mixed_float16")'))


TRAINS = """
import threading
import hiss

(arm,) = hiss.find("article/hidden-before")
study = hiss.Study(arms=(hiss.override(arm, ["training.epochs=3"]),))
result = hiss.run_study(study, lambda event: None, threading.Event())
print(result.arms[0].curves.series("val_loss", 0).tolist())
"""
"""A few epochs of a preset in a process of their own."""
HOSTILE = {
    "floatx": "float64",
    "epsilon": 0.1,
    "image_data_format": "channels_first",
    "backend": "jax",
}


@pytest.mark.slow
def losses(home: Path, **variables: str) -> str:
    environment = {**os.environ, "HOME": str(home), "KERAS_HOME": str(home), **variables}
    done = subprocess.run(
        [sys.executable, "-c", TRAINS], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_settings_of_keras_around_hiss_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text(json.dumps(HOSTILE))
    (arm,) = find("article/hidden-before")
    plain = run(override(arm, ["training.epochs=3"])).curves.series("val_loss", 0).tolist()
    hostile = {"KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1", "KERAS_MAX_STEPS_PER_EPOCH": "1"}
    assert json.loads(losses(tmp_path, **hostile)) == plain
    assert len(plain) == 3
