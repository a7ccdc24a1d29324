"""Accuracies are whole numbers of rows, divided in float64."""

from __future__ import annotations

import threading

import pytest

from hiss.experiment.spec import Engine, Study
from hiss.library.presets import find, override
from hiss.studies.runner import run_study


@pytest.mark.parametrize("engine", ["fused", pytest.param("reference", marks=pytest.mark.slow)])
def test_every_accuracy_is_a_count_of_rows(engine: Engine) -> None:
    (preset,) = find("article/baseline")
    arm = override(preset, ["training.epochs=2"])
    found = run_study(
        Study(arms=(arm,), repeats=3, engine=engine), lambda _: None, threading.Event()
    )
    for one in found.arms[0].replicates:
        assert is_count(one.scores["train_accuracy"], 30)
        assert is_count(one.scores["test_accuracy"], 70)
        assert is_count(one.best_test_accuracy, 70)
        assert all(type(value) is float for value in one.scores.values())


def is_count(accuracy: float, rows: int) -> bool:
    return any(accuracy == count / rows for count in range(rows + 1))
