from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hiss.data.splits import load
from hiss.data.tables import files as table_files
from hiss.data.tables.proposal import propose
from hiss.data.tables.selection import TableSelection
from hiss.errors import EngineError
from hiss.experiment.notation import dump, parse
from hiss.experiment.spec import Experiment
from hiss.library.adaptation import adapt_to_table
from hiss.library.presets import find
from hiss.library.templates import experiments_for, table_data

BUNDLED = Path(str(files("sklearn.datasets") / "data"))
RNG = np.random.default_rng(1)


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    """Forty houses with a price in thousands, a town and a number."""
    path = tmp_path / "houses.csv"
    area = RNG.uniform(50, 200, 40)
    lines = [f"{n},{a:.1f},{'Ulm' if n % 2 else 'Bonn'},{3 * a:.1f}" for n, a in enumerate(area)]
    path.write_text("\n".join(["id,area,town,price", *lines]), encoding="utf-8")
    return path


def select(path: Path, target: str | None = None, **names: tuple[str, ...]) -> TableSelection:
    return TableSelection(path=path, target=target, **names)  # type: ignore[arg-type]


def words(experiment: Experiment) -> list[str]:
    return [layer.class_name for layer in experiment.layers]


def test_a_table_is_looked_at_before_anything_is_chosen(houses: Path) -> None:
    seen = propose(select(houses))
    assert (seen.rows, seen.target, seen.predict) == (40, "price", "regression")
    assert [(each.name, each.kind) for each in seen.columns] == [
        ("id", "number"),
        ("area", "number"),
        ("town", "text"),
        ("price", "number"),
    ]
    assert seen.columns[2].distinct == 2
    assert [row[2] for row in seen.preview] == ["Bonn", "Ulm", "Bonn", "Ulm", "Bonn"]
    assert [text.split("`")[1] for text, _ in seen.problems] == ["town"]
    assert [text.split("`")[1] for text, _ in seen.traps] == ["id", "area"]


def test_a_table_is_read_once_for_every_choice(
    houses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose(select(houses))
    monkeypatch.setattr(table_files, "read_file", None)
    assert propose(select(houses, "area", drop=("id",))).notes == ()


def test_what_a_terminal_might_obey_is_not_shown(houses: Path) -> None:
    houses.write_text(houses.read_text().replace("Bonn", "Bo\033[2Jn"), encoding="utf-8")
    assert propose(select(houses)).preview[0][2] == "Bo�[2Jn"


def test_what_is_chosen_settles_the_problems(houses: Path) -> None:
    assert propose(select(houses, "price", drop=("id",), one_hot=("town",))).problems == ()


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"target": "price", "drop": ("price",)}, "`price` is the target"),
        ({"drop": ("id", "id")}, "named twice: id, id"),
        ({"one_hot": ("town",), "drop": ("town",)}, "`town` is one-hot, but not a feature"),
        ({"one_hot": ("town",), "features": ("area",)}, "`town` is one-hot, but not a feature"),
    ],
)
def test_a_column_has_one_role(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(EngineError, match=message):
        TableSelection(path=Path("a.csv"), **chosen)


def test_a_selection_and_a_presets_table_are_the_same() -> None:
    selection = select(Path("a.csv"), "price", features=("area", "town"), one_hot=("town",))
    assert TableSelection.from_arguments(selection.to_arguments()) == selection
    assert select(Path("a.csv"), "price").to_arguments() == {"path": "a.csv", "target": "price"}


def test_a_column_called_like_a_target_is_proposed(houses: Path) -> None:
    houses.write_text(houses.read_text().replace("area", "Target", 1))
    assert propose(select(houses)).target == "Target"


def test_a_quantity_is_learnt_in_its_own_unit(houses: Path) -> None:
    plain, noisy = experiments_for(
        table_data(select(houses, "price", drop=("id",), one_hot=("town",)))
    )
    assert (plain.name, noisy.name) == ("data/houses-baseline", "data/houses")
    assert words(plain) == ["Dense", "Activation", "Dense", "Rescaling"]
    assert words(noisy) == ["Dense", "GaussianNoise", "Activation", "Dense", "Rescaling"]
    assert noisy.study.partner == plain.name
    assert noisy.study.mode == "task"
    assert noisy.training.loss == "mean_squared_error"
    prices = load(noisy.data).y_train
    scale = noisy.layers[-1].arguments["scale"]
    assert 0.5 * prices.std() < scale < 2 * prices.std()


def test_a_tiny_unit_does_not_drown_in_adams_epsilon(houses: Path) -> None:
    lines = houses.read_text().splitlines()
    tiny = [
        f"{line.rpartition(',')[0]},{float(line.rpartition(',')[2]) / 1e6}" for line in lines[1:]
    ]
    houses.write_text("\n".join([lines[0], *tiny]))
    plain, _ = experiments_for(table_data(select(houses, "price", features=("area",))))
    assert not isinstance(plain.training.optimizer, str)
    assert plain.training.optimizer.arguments["epsilon"] < 1e-13


@pytest.mark.parametrize(
    ("file", "units", "activation", "loss"),
    [
        ("iris.csv", 3, "softmax", "sparse_categorical_crossentropy"),
        ("breast_cancer.csv", 1, "sigmoid", "binary_crossentropy"),
    ],
)
def test_classes_get_a_head_of_their_number(
    file: str, units: int, activation: str, loss: str
) -> None:
    _, noisy = experiments_for(table_data(select(BUNDLED / file, "target")))
    assert noisy.layers[-1].arguments == {"units": units, "activation": activation}
    assert noisy.training.loss == loss
    split = load(noisy.data)
    assert len(split.x_train) == int(0.8 * (len(split.x_train) + len(split.x_test)))
    np.testing.assert_allclose(split.x_train.std(axis=0), 1, rtol=1e-4)


def test_an_experiment_on_a_table_is_a_preset_like_any_other() -> None:
    _, noisy = experiments_for(table_data(select(BUNDLED / "iris.csv", "target")))
    assert parse(dump(noisy), "mine.toml", noisy.name) == noisy


def test_a_preset_finds_its_table_beside_itself(
    houses: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    _, noisy = experiments_for(table_data(select(houses, "price", features=("area",))))
    preset = tmp_path / "mine.toml"
    preset.write_text(dump(noisy).replace(str(houses), houses.name))
    (found,) = find(str(preset))
    assert len(load(found.data).x_train) == 32


def test_a_presets_network_is_put_under_a_table() -> None:
    data = table_data(select(BUNDLED / "iris.csv", "target"))
    (before,) = find("patterns/mlp")
    after = adapt_to_table(before, data)
    assert words(after) == words(before)
    assert after.layers[-1].arguments == {"units": 3, "activation": "softmax"}
    assert after.training.loss == "sparse_categorical_crossentropy"
    assert after.training.epochs == before.training.epochs
    assert (after.name, after.published, after.study.mode) == (before.name, None, "task")


def test_a_head_that_fits_already_keeps_its_words() -> None:
    (before,) = find("article/hidden-before")
    after = adapt_to_table(before, table_data(select(BUNDLED / "breast_cancer.csv", "target")))
    assert (after.layers, after.training) == (before.layers, before.training)


def test_a_network_of_images_takes_rows_of_as_many_values(tmp_path: Path) -> None:
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    path = tmp_path / "digits.npz"
    np.savez(path, x=x[:200] + RNG.uniform(0, 0.1, (200, 64)), y=y[:200])
    (cnn,) = find("patterns/cnn")
    assert load(adapt_to_table(cnn, table_data(select(path, "y"))).data).x_train.shape[1:] == (
        8,
        8,
        1,
    )
    with pytest.raises(EngineError, match=r"takes rows of 8×8×1 = 64 values; iris\.csv has 4"):
        adapt_to_table(cnn, table_data(select(BUNDLED / "iris.csv", "target")))
