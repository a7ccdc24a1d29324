"""Every built-in preset, fused against stock Keras: by the reference engine, and by its script.

A script is run as it stands but for its epochs and test rows. It draws other numbers than hiss,
from the same distributions. Started from the weights of hiss it differs only by what is drawn
later: by the noise, and not at all where there is none.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from trainings import (
    ROUNDING,
    TEST_ROWS,
    agree,
    fused,
    is_random,
    preset,
    presets,
    run,
    without_graphs,
)

from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.experiment.spec import Experiment
from hiss.network.build import build_network
from hiss.results.outcomes import Arm
from hiss.scripts.script import script

QUICK = (
    "article/hidden-after",
    "noise/gradients",
)
"""Without noise, with noise, and with each kind that is not a layer of Keras."""
RUNS = 2
"""Scripts of an experiment with noise; without noise they are all alike."""
MEASURED = ("first loss", "progress", "test loss", "train score", "test score")
"""What is compared; progress is how far the loss falls from the first epoch on."""
BOUND = 9.0
"""Standard errors by which the means of scripts and replicates do not differ by chance.

By Student's t with 23 degrees of freedom that is one comparison in 200 million; by resampling
300 replicates of each of ten presets, one in several million.
"""
GRAINS = (0.0, 0.0, 1e-3, 3 / TEST_ROWS, 3 / TEST_ROWS)
"""Differences to ignore: scores near their best, or by rows, are not normally distributed."""
START = "keras.utils.set_random_seed"
"""Where a script has defined all that it needs."""


def run_script(experiment: Experiment, seed: int, change: tuple[str, str]) -> list[float]:
    """Run a script from the weights of hiss and return what is `MEASURED`."""
    text = script(experiment, seed)
    assert change[0] in text
    definitions, start, training = text.replace(*change).partition(START)
    printed, scope = io.StringIO(), dict[str, Any]()
    exec(definitions, scope)
    scope["build_model"] = starting_from_weights(scope["build_model"], weights(experiment))
    with without_graphs(), contextlib.redirect_stdout(printed):
        exec(start + training, scope)
    assert re.fullmatch(r"Train.*: -?\d+\.\d{3}, Test.*: -?\d+\.\d{3}\n", printed.getvalue())
    losses = scope["model"].history.history["loss"]
    scores = [scope["_"], scope["train_score"], scope["test_score"]]
    return [losses[0], losses[0] - losses[-1], *scores]


def starting_from_weights(
    build: Callable[[], Any], values: list[NDArray[np.float32]]
) -> Callable[[], Any]:
    """Wrap a script's `build_model` so that it starts from other weights."""

    def build_model() -> Any:
        model = build()
        for variable, value in zip(model.trainable_variables, values, strict=True):
            variable.assign(value)
        return model

    return build_model


def weights(experiment: Experiment) -> list[NDArray[np.float32]]:
    """The weights that the replicates of `fused` start from."""
    shape = ReplicateData(experiment.data, "article", 1).shape
    network = build_network(experiment, shape, Seeds(1, 0))
    return [np.asarray(variable) for variable in network.trainable_variables]


def measured_by_hiss(experiment: Experiment) -> NDArray[np.float64]:
    """Return what is `MEASURED`, a row for each replicate."""
    return np.array([row for arm in fused(experiment) for row in measured_of(arm)])


def measured_of(arm: Arm) -> list[list[float]]:
    score = "rmse" if "rmse" in arm.curves.metrics else "accuracy"
    return [
        [losses[0], losses[0] - losses[-1], *(each.scores[name] for name in names)]
        for each in arm.replicates
        for losses in [arm.curves.series("loss", each.replicate)]
        for names in [("test_loss", f"train_{score}", f"test_{score}")]
    ]


def differences(experiment: Experiment, change: tuple[str, str] = ("", "")) -> dict[str, float]:
    """Return how far scripts, with a `change` of their text, are from hiss; 1 is the limit."""
    replicates = measured_by_hiss(experiment)
    runs = RUNS if is_random(experiment) else 1
    scripts = np.array([run_script(experiment, seed, change) for seed in range(runs)])
    apart = np.abs(scripts.mean(axis=0) - replicates.mean(axis=0))
    allowed = ROUNDING * np.maximum(np.abs(replicates[0]), replicates[0, 0])
    if is_random(experiment):
        errors = np.std(replicates, axis=0, ddof=1) * np.sqrt(1 / runs + 1 / len(replicates))
        allowed += BOUND * errors + GRAINS
    return dict(zip(MEASURED, apart / allowed, strict=True))


@pytest.mark.parametrize("experiment", presets(quick=QUICK))
def test_both_engines_train_a_preset_alike(experiment: Experiment) -> None:
    with without_graphs():
        reference = run(experiment, engine="reference")
    agree(fused(experiment)[0], reference, ROUNDING)


@pytest.mark.parametrize("experiment", presets(quick=QUICK))
def test_scripts_train_and_score_as_hiss_does(experiment: Experiment) -> None:
    found = differences(experiment)
    assert all(value < 1 for value in found.values()), found


ADAM = 'optimizer="adam"'
WRONG = {
    "learning rate": ("article/baseline", (ADAM, "optimizer=keras.optimizers.Adam(0.00101)")),
    "activation": ("regression/sine-baseline", ('"relu"', '"leaky_relu"')),
    "label smoothing": ("noise/label-smoothing", ("label_smoothing=0.1", "label_smoothing=0.11")),
    "mini-batches": ("classification/wine", ("batch_size=32", "batch_size=8")),
    "optimizer": ("classification/moons", (ADAM, 'optimizer="sgd"')),
    "noise on the gradients": ("noise/gradients", ("eta=0.01", "eta=0.0")),
}
NOTICED = ("noise on the gradients",)
"""Those of the suite; the others are slow tests."""


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param(*values, id=name, marks=() if name in NOTICED else pytest.mark.slow)
        for name, values in WRONG.items()
    ],
)
def test_a_script_that_trains_otherwise_would_be_noticed(
    name: str, change: tuple[str, str]
) -> None:
    found = differences(preset(name), change)
    assert any(value > 1 for value in found.values()), found
