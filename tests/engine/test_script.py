from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from engine import schedules
from engine.datasets import load
from engine.errors import EngineError
from engine.notation import override
from engine.presets import find, load_presets
from engine.script import script
from engine.spec import Data, Experiment
from engine.templates import experiments_for, table_data

EXPERIMENTS = load_presets().experiments
NAMES = [each.name for each in EXPERIMENTS]
WRAPPED = """\
layers.0={class_name = "Dense", units = 3, kernel_regularizer = {class_name = "L2", \
config = {l2 = 0.01}}}"""
OPTIMIZER = 'training.optimizer={class_name = "SGD", learning_rate = 0.5, momentum = 0.9}'


def functions(experiment: Experiment) -> dict[str, Any]:
    """What the script defines, but for the training at its end."""
    text = script(experiment, seed=1)
    scope: dict[str, Any] = {}
    exec(text[: text.index("keras.utils.set_random_seed")], scope)
    return scope


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=NAMES)
def test_a_script_has_the_rows_that_hiss_trains_on(experiment: Experiment) -> None:
    (x_train, y_train), (x_test, y_test) = functions(experiment)["load_data"]()
    split = load(experiment.data)
    np.testing.assert_allclose(x_train, split.x_train, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(x_test, split.x_test, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(y_train, split.y_train, rtol=1e-6)
    np.testing.assert_allclose(y_test, split.y_test, rtol=1e-6)


def tables(folder: Path) -> dict[str, Data]:
    """A table of each kind that a script reads, 12 rows each."""
    age, cost = np.arange(12) + 20.5, np.arange(12) ** 2.0
    town, sick = ["Ulm", "Bonn"] * 6, [3, 7, 12] * 4
    rows = zip(age, cost, town, sick, strict=True)
    lines = ["age; cost;town;sick", *(f"{a};{c};{t};{s}" for a, c, t, s in rows)]
    (folder / "a.csv").write_text("\n".join(lines) + "\n\n", encoding="utf-8-sig")
    np.savez(folder / "a.npz", x=np.column_stack([age, cost]), town=np.array(town))
    columns = pyarrow.table({"age": age, "town": town, "sick": sick})
    parquet.write_table(columns, folder / "a.parquet")
    iris = Path(str(files("sklearn.datasets") / "data" / "iris.csv"))
    return {
        "one-hot": table_data(folder / "a.csv", "sick", one_hot=["town"]),
        "texts": table_data(folder / "a.csv", "town", drop=["cost"]),
        "quantity": table_data(folder / "a.csv", "cost", features=["age"]),
        "parquet": table_data(folder / "a.parquet", "sick", one_hot=["town"]),
        "npz": table_data(folder / "a.npz", "town"),
        "counts on top": table_data(iris, "target", train_size=30),
    }


KINDS = ["one-hot", "texts", "quantity", "parquet", "npz", "counts on top"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_script_reads_a_table_as_hiss_does(kind: str, tmp_path: Path) -> None:
    data = tables(tmp_path)[kind]
    _, noisy = experiments_for(data)
    (x_train, y_train), (x_test, y_test) = functions(noisy)["load_data"]()
    split = load(data)
    np.testing.assert_allclose(x_train, split.x_train, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(x_test, split.x_test, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(y_train, split.y_train)
    np.testing.assert_array_equal(y_test, split.y_test)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=NAMES)
def test_a_script_builds_the_layers_of_its_preset(experiment: Experiment) -> None:
    model = functions(experiment)["build_model"]()
    assert [type(layer).__name__ for layer in model.layers] == [
        "ScheduledNoise" if "schedule" in layer.arguments else layer.class_name
        for layer in experiment.layers
    ]
    for layer, table in zip(model.layers, experiment.layers, strict=True):
        if "schedule" in table.arguments:
            continue
        config = layer.get_config()
        nested = {name for name, value in config.items() if isinstance(value, dict | tuple | list)}
        plain = {name: table.arguments[name] for name in table.arguments.keys() - nested}
        assert {name: config[name] for name in plain} == plain
    assert model.optimizer is not None


@pytest.mark.parametrize("shuffle", ["true", "false"])
@pytest.mark.parametrize("sizes", [("40", "30"), ("0.4", "0.3"), ("0.4", "30"), ("40", "0.3")])
def test_sizes_are_counts_or_fractions_of_the_rows(shuffle: str, sizes: tuple[str, str]) -> None:
    (baseline,) = find("article/baseline")
    settings = (f"train_size={sizes[0]}", f"test_size={sizes[1]}", f"shuffle={shuffle}")
    experiment = override(baseline, [f"data.{setting}" for setting in settings])
    (x_train, _), (x_test, _) = functions(experiment)["load_data"]()
    split = load(experiment.data)
    np.testing.assert_allclose(x_train, split.x_train, rtol=1e-6)
    np.testing.assert_allclose(x_test, split.x_test, rtol=1e-6)


def test_nested_objects_and_optimizers_are_written_as_keras_calls() -> None:
    (baseline,) = find("article/baseline")
    model = functions(override(baseline, [WRAPPED, OPTIMIZER]))["build_model"]()
    assert float(model.layers[0].kernel_regularizer.l2) == pytest.approx(0.01)
    assert model.optimizer.momentum == 0.9


def test_a_script_prints_what_the_article_prints() -> None:
    (baseline,) = find("article/baseline")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(script(override(baseline, ["training.epochs=1"]), seed=1), {})
    assert printed.getvalue().startswith("Train: 0.")
    assert ", Test: 0." in printed.getvalue()


SCHEDULES = {
    '"constant"': schedules.Constant(),
    '"warm_up"': schedules.WarmUp(),
    '{class_name = "Linear", config = {start = 0.5, end = 0.1}}': schedules.Linear(0.5, 0.1),
    '{class_name = "Cosine", config = {end = 0.1}}': schedules.Cosine(end=0.1),
    '{class_name = "Step", config = {at = 0.3, factor = 0.2}}': schedules.Step(0.3, 0.2),
}


@pytest.mark.parametrize(("text", "schedule"), SCHEDULES.items())
def test_a_script_changes_noise_as_hiss_does(text: str, schedule: schedules.Schedule) -> None:
    (noisy,) = find("article/input-noise")
    settings = [f"layers.0.schedule={text}", "layers.0.stddev=1.0", "training.batch_size=10"]
    model = functions(override(noisy, [*settings, "training.epochs=4"]))["build_model"]()
    layer, x = model.layers[0], np.zeros((2000, 2), np.float32)
    added = [np.std(layer(x, training=True)) for _ in range(12)]
    expected = [float(schedule(np.float32(step / 12))) for step in range(12)]
    np.testing.assert_allclose(added, expected, rtol=0.1, atol=1e-6)


def test_a_script_of_dropout_that_changes_is_refused() -> None:
    (dropout,) = find("noise/dropout")
    place = [layer.class_name for layer in dropout.layers].index("Dropout")
    changing = override(dropout, [f'layers.{place}.schedule="linear"'])
    with pytest.raises(EngineError, match="Dropout with a schedule cannot be written"):
        script(changing, seed=1)


SMOOTH = 'training.loss={class_name = "CategoricalCrossentropy", label_smoothing = 0.1}'
HELD_OUT = "training.early_stopping={validation_size = 0.2, patience = 1, monitor = 'accuracy'}"


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("classification/wine", [SMOOTH, HELD_OUT, "data.label_noise=0.2"]),
        ("noise/gradients", []),
        ("noise/weights", []),
    ],
)
def test_a_script_with_noise_beyond_keras_runs(name: str, changes: list[str]) -> None:
    scope: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(script(override(find(name)[0], ["training.epochs=2", *changes]), seed=1), scope)
    assert 0 <= scope["test_score"] <= 1


def test_a_script_flips_the_share_of_labels_that_hiss_flips() -> None:
    scope = functions(find("noise/labels")[0])
    labels = np.arange(200) % 4
    noisy = scope["flip_labels"](labels, 0.3, 4)
    assert np.sum(noisy != labels) == 60
    assert set(noisy) == set(labels)


def test_scripts_are_tidy(tmp_path: Path) -> None:
    own = [experiments_for(data)[1] for data in tables(tmp_path).values()]
    for experiment in (*EXPERIMENTS, *own):
        text = re.sub(r'^TABLE = ".+"', 'TABLE = "t.csv"', script(experiment, seed=1), flags=re.M)
        checked = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", "--select=E,F,I,D", "-"],
            input=text,
            text=True,
            capture_output=True,
        )
        assert checked.returncode == 0, checked.stdout
