"""How much training rows count: by their class, or by a column of the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from hiss.data.replicate_data import ReplicateData
from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.tables.selection import TableSelection
from hiss.data.weights import class_weights, row_weights
from hiss.errors import DataError, EngineError
from hiss.experiment.notation import dump, override, parse
from hiss.library.presets import find
from hiss.library.templates import experiments_for, table_data

WINE = Data(name="load_wine", train_size=0.6, shuffle=True)
ROWS = 40


def table(folder: Path, weight: str = "weight", **more: object) -> Data:
    lines = ["a,b,weight,kind"]
    lines += [f"{n % 7},{n % 5},{n % 3 + 0.5},{'no' if n % 4 else 'yes'}" for n in range(ROWS)]
    path = folder / "table.csv"
    path.write_text("\n".join(lines))
    return table_data(TableSelection(path=path, target="kind", weight=weight, **more))


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    split = load(WINE)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=split.y_train)
    assert class_weights(split, "balanced") == pytest.approx(expected.tolist())
    weights = row_weights(split, "balanced")
    assert not isinstance(weights, tuple) and weights.dtype == np.float32
    assert weights.sum() == pytest.approx(len(split.y_train))


def test_classes_that_a_table_of_weights_leaves_out_have_1() -> None:
    split = load(WINE)
    name = split.classes[1]
    assert class_weights(split, {name: 3.0}) == (1.0, 3.0, 1.0)
    assert row_weights(split, {name: 3.0})[split.y_train == 1].tolist() == [3.0] * int(
        (split.y_train == 1).sum()
    )


def test_rows_count_alike_where_nothing_is_said() -> None:
    assert row_weights(load(WINE), None) == ()
    assert ReplicateData(WINE, "article", 1).rows.weights == ()


def test_an_unknown_class_is_named_with_the_nearest() -> None:
    with pytest.raises(DataError, match=r"no class `class_7`\. Did you mean `class_"):
        class_weights(load(WINE), {"class_7": 2.0})


def test_a_quantity_has_no_class_weights() -> None:
    with pytest.raises(DataError, match="expected classes to weigh"):
        class_weights(load(Data(name="load_diabetes", train_size=300)), "balanced")


def test_weights_are_of_the_rows_that_train_after_some_are_held_out() -> None:
    data = ReplicateData(WINE, "task", 1, held_out=30, class_weight="balanced")
    split = data.split(0)
    assert len(split.y_train) == len(data.rows.weights) == len(data.rows.x)
    assert np.sum(data.rows.weights) == pytest.approx(len(split.y_train))


def test_a_column_weighs_the_rows_and_is_no_feature(tmp_path: Path) -> None:
    data = table(tmp_path)
    split = load(data)
    assert split.features == ("a", "b")
    held = ReplicateData(data, "task", 1, held_out=8)
    a, b = (held.split(0).x_train[:, place] for place in (0, 1))
    assert len(held.rows.weights) == len(a) == len(b) == 24
    assert set(np.asarray(held.rows.weights).tolist()) == {0.5, 1.5, 2.5}


@pytest.mark.parametrize(
    ("cells", "message"),
    [(["-1"] * 12, "numbers of at least 0"), (["0"] * 12, "not all 0"), (["x"] * 12, "text")],
)
def test_weights_that_are_none_are_refused(cells: list[str], message: str, tmp_path: Path) -> None:
    rows = [f"{n},{n % 2},{cell}" for n, cell in enumerate(cells)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["a,kind,w", *rows]))
    with pytest.raises(DataError, match=message):
        load(table_data(TableSelection(path=path, target="kind", features=("a",), weight="w")))


def test_a_column_that_weighs_the_rows_has_no_other_role(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="`weight` weighs the rows"):
        table(tmp_path, drop=("weight",))
    with pytest.raises(DataError, match=r"there is no column `wight`\. Did you mean `weight`"):
        load(table(tmp_path, weight="wight"))


def test_class_weights_are_read_and_written() -> None:
    (preset,) = find("article/baseline")
    named = override(preset, ["training.class_weight={inner = 2, outer = 0.5}"])
    assert named.training.class_weight == {"inner": 2.0, "outer": 0.5}
    assert parse(dump(named), "text", preset.name) == named
    balanced = override(preset, ["training.class_weight=balanced"])
    assert parse(dump(balanced), "text", preset.name) == balanced
    assert "class_weight" not in dump(preset)


@pytest.mark.parametrize("value", ["blanced", "2", "{}", "{inner = -1}", "{inner = 0}", "[1, 2]"])
def test_other_class_weights_are_refused(value: str) -> None:
    (preset,) = find("article/baseline")
    with pytest.raises(EngineError, match='class_weight: expected "balanced" or a table'):
        override(preset, [f"training.class_weight={value}"])


def test_class_weights_and_a_column_exclude_each_other(tmp_path: Path) -> None:
    plain, _ = experiments_for(table(tmp_path))
    with pytest.raises(EngineError, match="class weights or the weights of rows, not both"):
        override(plain, ["training.class_weight=balanced"])
