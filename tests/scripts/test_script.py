from __future__ import annotations

import ast
import contextlib
import gzip
import io
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pyarrow
import pytest
from pyarrow import parquet
from trainings import without_graphs

from hiss.data.arrays import ReplicateArrays
from hiss.data.replicate_data import ReplicateData
from hiss.data.seeds import Seeds
from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.tables.selection import TableSelection
from hiss.experiment.notation import override
from hiss.experiment.spec import Experiment
from hiss.experiment.training import Keras
from hiss.library.presets import find, load_presets
from hiss.library.templates import experiments_for, table_data
from hiss.network.build import build_network, schedule_clocks
from hiss.network.metrics import loss_per_row
from hiss.noise import schedules
from hiss.scripts.script import script

EXPERIMENTS = load_presets().experiments
NAMES = [each.name for each in EXPERIMENTS]
WRAPPED = """\
layers.0={class_name = "Dense", units = 3, kernel_regularizer = {class_name = "L2", \
config = {l2 = 0.01}}}"""
OPTIMIZER = 'training.optimizer={class_name = "SGD", learning_rate = 0.5, momentum = 0.9}'


START = "keras.utils.set_random_seed"


def functions(experiment: Experiment) -> dict[str, Any]:
    """What the script defines, but for the training at its end."""
    scope: dict[str, Any] = {}
    exec(script(experiment, seed=1).partition(START)[0], scope)
    return scope


def training(experiment: Experiment) -> str:
    """The end of the script, where it trains."""
    _, start, rest = script(experiment, seed=1).partition(START)
    return start + rest


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
    money = ["paid|price|sick|note |old", *(
        f"{'yes' if n % 2 else 'No'}|${c + 1000:,.2f}|{s}|{'x' if n % 3 else '-'} |{a}"
        for n, (a, c, s) in enumerate(zip(age, cost, sick, strict=True))
    )]  # fmt: skip
    with gzip.open(folder / "money.csv.gz", "wt", encoding="utf-8") as file:
        file.write("# made by us\n" + "\n".join(money))
    commas = [f"{a};1.{n:03};{t};NA;{s}".replace("20.5", "20,5").replace(".5", ",5")
              for n, (a, t, s) in enumerate(zip(age, town, sick, strict=True))]  # fmt: skip
    (folder / "commas.data").write_text("\n".join(commas), encoding="latin-1")
    named = [f'"{n}",{a},{c},?' if n == 2 else f'"{n}",{a},{c},{t}' for n, (a, c, t) in
             enumerate(zip(age, cost, town, strict=True))]  # fmt: skip
    (folder / "named.csv").write_text("\n".join(['"","age","cost","town"', *named]))
    pd.DataFrame({"age": age, "sick": sick}).to_excel(folder / "a.xlsx", index=False)
    iris = Path(str(files("sklearn.datasets") / "data" / "iris.csv"))
    csv = folder / "a.csv"
    selections = {
        "one-hot": TableSelection(path=csv, target="sick", one_hot=("town",)),
        "texts": TableSelection(path=csv, target="town", drop=("cost",)),
        "quantity": TableSelection(path=csv, target="cost", features=("age",)),
        "parquet": TableSelection(path=folder / "a.parquet", target="sick", one_hot=("town",)),
        "npz": TableSelection(path=folder / "a.npz", target="town"),
        "counts on top": TableSelection(path=iris, target="target"),
        "money": TableSelection(path=folder / "money.csv.gz", target="sick", one_hot=("note",)),
        "decimal commas": TableSelection(
            path=folder / "commas.data", target="col5", drop=("col3",)
        ),
        "names of rows": TableSelection(path=folder / "named.csv", target="cost", drop=("town",)),
        "excel": TableSelection(path=folder / "a.xlsx", target="sick"),
    }
    sizes = {"counts on top": 30}
    return {kind: table_data(each, sizes.get(kind)) for kind, each in selections.items()}


KINDS = ["one-hot", "texts", "quantity", "parquet", "npz", "counts on top", "money",
         "decimal commas", "names of rows", "excel"]  # fmt: skip


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


def networks(experiment: Experiment) -> tuple[Any, Any, ReplicateArrays]:
    """The script's network and that of hiss, and its rows."""
    samples = ReplicateData(experiment.data, "article", 1)
    network = build_network(experiment, samples.shape, Seeds(1, 0))
    for place in schedule_clocks(network):
        network.non_trainable_variables[place].assign(experiment.training.epochs)
    keras.utils.set_random_seed(1)
    return functions(experiment)["build_model"](), network, samples.rows


def is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=NAMES)
def test_a_script_builds_the_network_of_its_preset(experiment: Experiment) -> None:
    model, network, rows = networks(experiment)
    for layer, table in zip(model.layers, experiment.layers, strict=True):
        assert type(layer).__name__.removeprefix("Scheduled") == table.class_name
        if "schedule" not in table.arguments:
            plain = {key: value for key, value in layer.get_config().items() if is_plain(value)}
            assert plain == {key: table.arguments.get(key, plain[key]) for key in plain}
    for ours, theirs in zip(model.trainable_variables, network.trainable_variables, strict=True):
        drawn, expected = float(np.std(ours)), float(np.std(theirs))
        assert drawn == pytest.approx(expected, rel=5 / np.sqrt(np.prod(ours.shape)))
        ours.assign(theirs)
    computes_alike(model, network, rows, experiment)


def computes_alike(model: Any, network: Any, rows: ReplicateArrays, experiment: Experiment) -> None:
    """See that two networks of the same weights have the same outputs and the same loss."""
    x, y = rows.x_val[:50], rows.y_val[:50]
    predictions = network(x)
    np.testing.assert_allclose(model(x), predictions, rtol=1e-5, atol=1e-6)
    loss = np.mean(loss_per_row(experiment.training.loss)(y, predictions)) + sum(network.losses)
    assert float(model.compute_loss(x, y, predictions)) == pytest.approx(float(loss), rel=1e-5)


OWN = [
    each
    for each in EXPERIMENTS
    if any("schedule" in layer.arguments or "layer" in layer.arguments for layer in each.layers)
]
"""Presets with noise in layers that the script itself defines."""


@pytest.mark.parametrize("preset", OWN, ids=lambda each: each.name)
def test_the_noise_that_a_script_defines_is_as_strong_as_that_of_hiss(preset: Experiment) -> None:
    steps = 24
    model, network, rows = networks(override(preset, [f"training.epochs={steps}"]))
    keras.utils.set_random_seed(1)
    of_script, of_hiss = (
        np.mean([np.std(each(rows.x, training=True) - each(rows.x)) for _ in range(steps)])
        for each in (model, network)
    )
    assert of_script == pytest.approx(of_hiss, rel=0.3)


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


SCHEDULES = {
    '"constant"': schedules.Constant(),
    '"warm_up"': schedules.WarmUp(),
    '{class_name = "Linear", config = {start = 0.5, end = 0.1}}': schedules.Linear(0.5, 0.1),
    '{class_name = "Linear", config = {start = 0.75, end = 0.25}}': schedules.Linear(0.75, 0.25),
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


CHANGING = {
    "noise": ('class_name = "GaussianNoise", stddev = 0.5', (64,)),
    "multiplied noise": ('class_name = "GaussianDropout", rate = 0.5', (64,)),
    "dropout": ('class_name = "Dropout", rate = 0.5', (64,)),
    "dropout of rows": ('class_name = "Dropout", rate = 0.5, noise_shape = [4000, 1]', (64,)),
    "alpha dropout": ('class_name = "AlphaDropout", rate = 0.5', (64,)),
    "dropout in sequences": ('class_name = "SpatialDropout1D", rate = 0.5', (8, 8)),
    "dropout in images": ('class_name = "SpatialDropout2D", rate = 0.5', (4, 4, 4)),
    "dropout in images, channels first": (
        'class_name = "SpatialDropout2D", rate = 0.5, data_format = "channels_first"',
        (4, 4, 4),
    ),
    "noise on weights": (
        'class_name = "WeightNoise", stddev = 0.5, '
        'layer = {class_name = "Dense", config = {units = 300}}',
        (64,),
    ),
}


@pytest.mark.parametrize(("layer", "shape"), CHANGING.values(), ids=CHANGING)
def test_every_noise_of_a_script_changes_as_that_of_hiss(layer: str, shape: tuple[int]) -> None:
    (digits,) = find("classification/digits")
    schedule = 'schedule = {class_name = "Linear", config = {start = 0.2, end = 1.0}}'
    shaped = [f"data.shape={list(shape)}", f"layers.0={{{layer}, {schedule}}}"]
    model, network, _ = networks(override(digits, [*shaped, "training.epochs=4"]))
    keras.utils.set_random_seed(1)
    x = np.ones((4000, *shape), np.float32)
    for _ in range(4):
        ours, theirs = (
            np.asarray(each.layers[0](x, training=True) - each.layers[0](x))
            for each in (network, model)
        )
        for axes in ((), (1,), (1, 2)[: len(shape)], tuple(range(1, ours.ndim))):
            spread, expected = (np.std(noise.mean(axis=axes)) for noise in (theirs, ours))
            assert spread == pytest.approx(expected, rel=0.15, abs=1e-3), axes


@pytest.mark.slow
def test_a_running_script_lowers_the_rate_of_its_dropout_from_epoch_to_epoch() -> None:
    (dropout,) = find("noise/dropout")
    settings = ['layers.1.schedule="linear"', "training.epochs=4", "training.batch_size=10"]
    changing = override(dropout, settings)
    scope, shares = functions(changing), []
    draw = scope["ScheduledDropout"].kept

    def recorded(*arguments: Any) -> Any:
        kept = draw(*arguments)
        shares.append(1 - np.mean(kept))
        return kept

    scope["ScheduledDropout"].kept = recorded
    with without_graphs(), contextlib.redirect_stdout(io.StringIO()):
        exec(training(changing), scope)
    expected = 0.5 * (1 - np.arange(12) / 12)
    np.testing.assert_allclose(shares, expected, atol=0.03)


BEYOND_KERAS = (
    'training.optimizer={class_name = "GradientNoise", optimizer = "sgd"}',
    'training.loss={class_name = "CategoricalCrossentropy", label_smoothing = 0.1}',
    'training.early_stopping={validation_size = 0.2, patience = 1, monitor = "accuracy"}',
    "data.label_noise=0.2",
    'layers=[{class_name = "AlphaDropout", rate = 0.1, schedule = "linear"}, '
    '{class_name = "WeightNoise", stddev = 0.1, schedule = "cosine", '
    'layer = {class_name = "Dense", config = {units = 10}}}, '
    '{class_name = "WeightNoise", stddev = 0.1, '
    'layer = {class_name = "Dense", config = {units = 3, activation = "softmax"}}}]',
    "training.epochs=2",
    "training.batch_size=10",
)


def test_a_script_with_all_that_is_beyond_keras_runs_by_graphs() -> None:
    scope: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(script(override(find("classification/wine")[0], BEYOND_KERAS), seed=1), scope)
    assert [float(layer.step) for layer in scope["model"].layers[:2]] == [6, 6]
    assert 0 <= scope["test_score"] <= 1


def test_a_script_flips_the_share_of_labels_that_hiss_flips() -> None:
    scope = functions(find("noise/labels")[0])
    labels = np.arange(200) % 4
    noisy = scope["flip_labels"](labels, 0.3, 4)
    assert np.sum(noisy != labels) == 60
    assert set(noisy) == set(labels)


def test_scripts_are_tidy(tmp_path: Path) -> None:
    own = [experiments_for(data)[1] for data in tables(tmp_path).values()]
    beyond = override(find("classification/wine")[0], BEYOND_KERAS)
    for experiment in (*EXPERIMENTS, *own, beyond):
        text = re.sub(r'^TABLE = ".+"', 'TABLE = "t.csv"', script(experiment, seed=1), flags=re.M)
        checked = subprocess.run(
            [sys.executable, "-m", "ruff", "check", "--isolated", "--select=E,F,I,D", "-"],
            input=text,
            text=True,
            capture_output=True,
        )
        assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("name", "differs"),
    [("classification/moons", "draws other training rows"), ("patterns/cnn", "splits the table")],
)
def test_a_script_says_how_its_rows_differ_from_those_of_task_mode(name: str, differs: str) -> None:
    (experiment,) = find(name)
    assert experiment.study.mode != "article"
    docstring = " ".join(ast.get_docstring(ast.parse(script(experiment, seed=1))).split())
    assert "article mode: one split, the same for every seed" in docstring
    assert f"A study in task mode {differs}" in docstring


@pytest.mark.parametrize("policy", ["float64", "mixed_bfloat16"])
def test_noise_with_a_schedule_follows_the_dtype_policy_in_a_script(policy: str) -> None:
    (annealed,) = find("noise/annealed")
    noise = [
        {"class_name": name, strength: 0.1, "schedule": "linear", "dtype": policy}
        for name, strength in (("GaussianNoise", "stddev"), ("AlphaDropout", "rate"))
    ]
    dense = {"class_name": "Dense", "config": {"units": 3, "dtype": policy}}
    noise.append({**noise[0], "class_name": "WeightNoise", "layer": dense})
    layers = tuple(Keras.model_validate(each) for each in noise)
    experiment = annealed.model_copy(update={"layers": (*layers, *annealed.layers[-1:])})
    model = functions(experiment)["build_model"]()
    rows = np.ones((4, *model.input_shape[1:]), np.float32)
    silent = np.asarray(model(rows), np.float32)
    assert not np.array_equal(np.asarray(model(rows, training=True), np.float32), silent)
    assert [layer.step.dtype for layer in model.layers[:3]] == ["float32"] * 3
