"""The weights of classes and rows, and the target of a reconstruction, in a script."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from trainings import without_graphs

from hiss.data.replicate_data import ReplicateData
from hiss.data.splits import load
from hiss.data.tables.selection import TableSelection
from hiss.data.weights import class_weights
from hiss.experiment.notation import override
from hiss.experiment.spec import Experiment
from hiss.library.presets import find
from hiss.library.templates import experiments_for, table_data
from hiss.scripts.script import script


def fitted(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run a script without training, and return what `fit` was called with."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(
        keras.Model, "fit", lambda model, x, y, **more: given.update(x=x, y=y, **more)
    )
    with without_graphs(), contextlib.redirect_stdout(io.StringIO()):
        exec(script(experiment, seed=1), {})
    return given


def wine(*changes: str) -> Experiment:
    return override(find("classification/wine-baseline")[0], changes)


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_a_script_balances_the_classes_as_hiss_does(
    loss: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = wine("training.class_weight=balanced", f"training.loss={loss}")
    given = fitted(experiment, monkeypatch)
    expected = class_weights(load(experiment.data), "balanced")
    assert list(given["class_weight"].values()) == pytest.approx(list(expected))


def test_a_script_has_the_weights_of_a_table_by_class_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = fitted(wine("training.class_weight={class_2 = 4}"), monkeypatch)
    assert given["class_weight"] == {0: 1.0, 1: 1.0, 2: 4.0}


@pytest.mark.parametrize("shuffle", ["true", "false"])
def test_a_script_weighs_the_rows_by_their_column(
    shuffle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.csv"
    rows = [f"{n},{n % 5},{n % 7 + 1},{n % 2}" for n in (2, *range(29))]
    path.write_text("\n".join(["a,b,w,kind", *rows]))
    plain, _ = experiments_for(table_data(TableSelection(path=path, target="kind", weight="w")))
    experiment = override(plain, [f"data.shuffle={shuffle}", "training.epochs=1"])
    given = fitted(experiment, monkeypatch)
    rows_of_hiss = ReplicateData(experiment.data, "article", 1).rows
    np.testing.assert_allclose(given["x"], rows_of_hiss.x, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(given["sample_weight"], rows_of_hiss.weights)


def test_rows_that_are_held_out_take_their_weights_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.csv"
    rows = [f"{n},{n},{n % 2}" for n in range(1, 31)]
    path.write_text("\n".join(["a,w,kind", *rows]))
    selection = TableSelection(path=path, target="kind", weight="w", features=("a",))
    plain, _ = experiments_for(table_data(selection))
    stopping = "training.early_stopping={validation_size = 6, patience = 1}"
    given = fitted(
        override(plain, [stopping, "data.standardize=false", "training.epochs=1"]), monkeypatch
    )
    assert len(given["x"]) == 18
    np.testing.assert_array_equal(given["x"][:, 0], given["sample_weight"])


def test_a_script_reconstructs_the_features_of_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["a,b,kind", *(f"{3 * n},{n * n},{n % 2}" for n in range(30))]))
    selection = TableSelection(path=path, target="kind", predict="reconstruct")
    _, noisy = experiments_for(table_data(selection))
    given = fitted(override(noisy, ["training.epochs=1"]), monkeypatch)
    split = load(noisy.data)
    np.testing.assert_allclose(given["y"], split.y_train, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(given["x"], given["y"])
    assert split.features == ("a", "b")
