from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import model_selection
from sklearn.datasets import load_iris, load_wine
from sklearn.model_selection import (
    GroupShuffleSplit,
    KFold,
    StratifiedKFold,
    TimeSeriesSplit,
    train_test_split,
)
from sklearn.model_selection._split import GroupsConsumerMixin

from hiss.data.replicate_data import ReplicateData
from hiss.data.spec import Data
from hiss.data.split_spec import SPLITTERS
from hiss.data.splits import load, load_dataset
from hiss.data.splitting import common_sizes
from hiss.errors import EngineError, PresetError
from hiss.experiment.notation import dump, override, parse
from hiss.experiment.spec import Study, check_repeats
from hiss.library.presets import find

WINE = {"name": "load_wine", "random_state": 1}
GROUPS = np.repeat(np.arange(20), np.arange(1, 21))
"""Twenty groups of 1 to 20 rows: 210 rows."""


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    """A table of patients who came 1 to 20 times; `row` counts the visits."""
    draw = np.random.default_rng(3)
    order = draw.permutation(len(GROUPS))
    lines = [f"p{group:02},{draw.normal():.3f},{row},{row % 2}" for row, group in enumerate(GROUPS)]
    path = tmp_path / "visits.csv"
    text = ["patient,dose,row,ill", *(lines[place] for place in order)]
    path.write_text("\n".join(text), encoding="utf-8")
    return path


def grouped(path: Path, **more: Any) -> Data:
    keys = {"name": "table", "path": str(path), "target": "ill", "group": "patient", **more}
    return Data.model_validate({"random_state": 4, **keys})


def groups_in(x: Any) -> set[int]:
    """The groups of rows, by their number in `row`."""
    return {int(GROUPS[int(row)]) for row in x[:, 1]}


def refusal(keys: dict[str, Any]) -> str:
    """The message of an iris preset whose `[data]` has these keys."""
    (iris,) = find("classification/wine")
    text = dump(iris).partition("[data]")
    data = "\n".join(f"{key} = {value}" for key, value in {"name": '"load_iris"', **keys}.items())
    rest = text[2].partition("[[layers]]")
    with pytest.raises(PresetError) as caught:
        parse(f"{text[0]}[data]\n{data}\n\n[[layers]]{rest[2]}", "a.toml", "a")
    return caught.value.message


def test_the_splitters_are_those_of_scikit_learn() -> None:
    theirs = {
        name
        for name, each in inspect.getmembers(model_selection, inspect.isclass)
        if hasattr(each, "split") and not name.startswith(("_", "Base"))
    }
    assert set(SPLITTERS) == theirs
    takes_groups = {
        name for name in theirs if issubclass(getattr(model_selection, name), GroupsConsumerMixin)
    }
    assert takes_groups == {name for name in SPLITTERS if "Group" in name}


@pytest.mark.parametrize(
    ("split", "stratified"), [("random", False), ("stratified", True), (None, True)]
)
def test_a_split_is_that_of_train_test_split(split: str | None, stratified: bool) -> None:
    x, y = load_wine(return_X_y=True)
    shuffle = split is None
    found = load(Data(**WINE, train_size=0.7, split=split, shuffle=shuffle))
    train, test = train_test_split(
        x, train_size=124, test_size=54, random_state=1, stratify=y if stratified else None
    )
    np.testing.assert_array_equal(found.x_train, train.astype(np.float32))
    np.testing.assert_array_equal(found.x_test, test.astype(np.float32))


def test_an_ordered_split_keeps_the_order_and_is_never_shuffled() -> None:
    x, _ = load_wine(return_X_y=True)
    ordered = Data(**WINE, train_size=100, split="ordered")
    np.testing.assert_array_equal(load(ordered).x_test, x[100:].astype(np.float32))
    with pytest.raises(EngineError, match="its first rows are the training rows, in order"):
        ReplicateData(ordered, "task", 1)


def test_the_last_training_rows_of_an_ordered_split_stop_it_early() -> None:
    x, _ = load_wine(return_X_y=True)
    splitter = {"class_name": "TimeSeriesSplit", "config": {"max_train_size": 20}}
    for data, end in (
        (Data(**WINE, train_size=100, split="ordered"), 100),
        (Data(**WINE, split=splitter), 33),
    ):
        rows = ReplicateData(data, "article", 1, held_out=5).rows
        np.testing.assert_array_equal(rows.x_held, x[end - 5 : end][::-1].astype(np.float32))
        np.testing.assert_array_equal(rows.x[-1], x[end - 6].astype(np.float32))
    unordered = ReplicateData(Data(**WINE, train_size=100), "article", 1, held_out=5).rows
    assert not np.array_equal(unordered.x_held, x[95:100][::-1].astype(np.float32))


def test_no_group_is_divided_and_the_rows_are_as_near_as_groups_allow(visits: Path) -> None:
    data = grouped(visits, train_size=0.8)
    split = load(data)
    assert split.features == ("dose", "row")
    assert groups_in(split.x_train).isdisjoint(groups_in(split.x_test))
    assert len(split.x_train) + len(split.x_test) == 210
    sizes = [
        len(next(GroupShuffleSplit(1, train_size=n, random_state=4).split(GROUPS, None, GROUPS))[0])
        for n in range(1, 20)
    ]
    assert abs(len(split.x_train) - 168) == min(abs(size - 168) for size in sizes)


def test_rows_to_test_are_counted_in_groups_too(visits: Path) -> None:
    split = load(grouped(visits, train_size=100, test_size=60))
    assert groups_in(split.x_train).isdisjoint(groups_in(split.x_test))
    assert abs(len(split.x_test) - 60) <= 20
    assert abs(len(split.x_train) - 100) <= 20


def test_each_repeat_has_fresh_groups_and_as_many_training_rows(visits: Path) -> None:
    data = ReplicateData(grouped(visits, train_size=0.8), "task", 1)
    splits = [data.split(replicate) for replicate in range(6)]
    for split in splits:
        assert len(split.x_train) == 168
        assert groups_in(split.x_train).isdisjoint(groups_in(split.x_test))
    assert len({frozenset(groups_in(split.x_test)) for split in splits}) > 3
    assert data.curve_test_rows == 210 - 168 - 20 + 1
    assert {len(data.of(replicate).x_val) for replicate in range(6)} == {data.curve_test_rows}


@pytest.mark.parametrize(("mode", "more"), [("task", {"train_size": 0.7}), ("task", {"cv": "2x4"}),
                                            ("article", {"train_size": 0.7})])  # fmt: skip
def test_rows_held_out_for_early_stopping_divide_no_group(
    visits: Path, mode: Any, more: dict[str, Any]
) -> None:
    data = ReplicateData(grouped(visits, **more), mode, 1, held_out=0.4)
    whole = ReplicateData(grouped(visits, **more), mode, 1)
    train, held = len(data.rows.x), len(data.rows.x_held)
    rows = len(whole.rows.x)
    assert (train, held) == (rows - round(0.4 * rows), round(0.4 * rows) - 20 + 1)
    for replicate in range(8):
        arrays, before = data.of(replicate), whole.of(replicate)
        assert (len(arrays.x), len(arrays.x_held)) == (train, held)
        kept, stopping = groups_in(arrays.x), groups_in(arrays.x_held)
        assert kept.isdisjoint(stopping)
        assert kept | stopping <= groups_in(before.x)
        assert groups_in(arrays.x_val).isdisjoint(stopping)


def test_too_few_rows_to_hold_out_a_group_are_refused(visits: Path) -> None:
    with pytest.raises(
        EngineError, match=r"largest group has 20 rows.* at least as many, rec.* 15"
    ):
        ReplicateData(grouped(visits, train_size=0.7), "task", 1, held_out=15)


def test_a_group_too_large_to_be_left_out_is_refused(visits: Path) -> None:
    with pytest.raises(EngineError, match="largest group has 20 of 210 rows") as caught:
        ReplicateData(grouped(visits, train_size=200), "task", 1)
    assert "Train on 190 rows or fewer" in caught.value.hint


@pytest.mark.parametrize("name", ["load_wine", "load_diabetes"])
def test_folds_are_those_of_scikit_learn_by_number(name: str) -> None:
    data = Data(name=name, cv="2x3")
    whole = load_dataset(data)
    replicates = ReplicateData(data, "task", 5)
    splits = [replicates.split(number) for number in range(6)]
    for repeat in (splits[:3], splits[3:]):
        tested = np.concatenate([split.x_test for split in repeat])
        assert len(tested) == len(whole.x)
        assert {row.tobytes() for row in tested} == {
            row.tobytes() for row in whole.x.astype(np.float32)
        }
        for split in repeat:
            assert not {*map(bytes, split.x_train)} & {*map(bytes, split.x_test)}
            if whole.classes:
                share = np.bincount(split.y_test.astype(int)) / len(split.y_test)
                np.testing.assert_allclose(share, np.bincount(whole.y) / len(whole.y), atol=0.02)
    assert not np.array_equal(splits[0].x_test, splits[3].x_test)
    assert len({len(split.x_train) for split in splits}) == 1
    article = load(Data(name=name, cv="2x3", random_state=7))
    splitter = (StratifiedKFold if whole.classes else KFold)(3, shuffle=True, random_state=7)
    _, test = next(splitter.split(whole.x, whole.y))
    np.testing.assert_array_equal(article.y_test, whole.y[test].astype(np.float32))


def test_folds_divide_no_group(visits: Path) -> None:
    replicates = ReplicateData(grouped(visits, cv="2x4"), "task", 1)
    splits = [replicates.split(number) for number in range(8)]
    for split in splits:
        assert groups_in(split.x_train).isdisjoint(groups_in(split.x_test))
    for repeat in (splits[:4], splits[4:]):
        assert sum(len(split.x_test) for split in repeat) == 210
    assert len({len(split.x_train) for split in splits}) == 1


def test_cross_validation_needs_task_mode() -> None:
    with pytest.raises(EngineError, match=r"data\.cv: expected task mode") as caught:
        check_repeats(Study(arms=(override(find("classification/wine")[0], ["data.cv=2x3"]),)))
    assert "Choose task mode" in caught.value.hint


def test_more_folds_than_a_class_has_rows_are_refused() -> None:
    with pytest.raises(
        EngineError, match="class `setosa` has 50 rows; expected one for each of 51"
    ):
        load(Data(name="load_iris", cv="1x51"))


def test_a_splitter_by_name_splits_as_in_scikit_learn() -> None:
    x, _ = load_iris(return_X_y=True)
    config = {"n_splits": 3, "max_train_size": 20, "test_size": 10}
    data = Data(name="load_iris", split={"class_name": "TimeSeriesSplit", "config": config})
    replicates = ReplicateData(data, "task", 1)
    for number, (train, test) in enumerate(TimeSeriesSplit(**config).split(x)):
        split = replicates.split(number)
        np.testing.assert_array_equal(split.x_train, x[train].astype(np.float32))
        np.testing.assert_array_equal(split.x_test, x[test].astype(np.float32))
    np.testing.assert_array_equal(load(data).x_test, replicates.split(0).x_test)
    with pytest.raises(EngineError, match="a split for each repeat, received 3 of them"):
        replicates.split(3)


def test_a_splitter_that_shuffles_repeats_itself_by_the_seed() -> None:
    data = Data(**WINE, split="ShuffleSplit")
    one, same, other = (ReplicateData(data, "task", seed).split(2).x_test for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_uneven_groups_are_refused_with_a_split_that_is_even(visits: Path) -> None:
    splitter = {"class_name": "GroupKFold", "config": {"n_splits": 2}}
    data = grouped(visits, split=splitter)
    whole = load_dataset(data)
    uneven = replace(whole, groups=np.minimum(whole.groups, 2))
    with pytest.raises(EngineError, match="GroupKFold makes splits of") as caught:
        common_sizes(uneven, data, [0])
    assert "split = group" in caught.value.hint


def test_splits_that_grow_are_refused_in_task_mode() -> None:
    data = Data(name="load_iris", split="TimeSeriesSplit")
    assert len(load(data).x_train) == 25
    with pytest.raises(EngineError, match="splits of 25 to 125 training rows") as caught:
        ReplicateData(data, "task", 1)
    assert "max_train_size = 25" in caught.value.hint


@pytest.mark.parametrize(
    ("config", "message"),
    [({"n_split": 3}, "KFold: .*n_split"), ({"n_splits": 1}, "KFold: k-fold cross-validation")],
)
def test_arguments_that_scikit_learn_refuses_are_a_data_error(
    config: dict[str, int], message: str
) -> None:
    with pytest.raises(EngineError, match=message):
        load(Data(name="load_iris", split={"class_name": "KFold", "config": config}))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"split": '"groups"'}, "data.split: expected one of random, stratified, ordered, group"),
        ({"split": "3"}, "data.split: expected one of random"),
        ({"split": '{class_name = "KFolds"}'}, "data.split.class_name: 'KFolds' is not a splitter"),
        ({"split": '{class_name = "KFold", confi = {}}'}, "confi is not a key. Did you mean `conf"),
        ({"split": '{class_name = "KFold", config = 3}'}, "data.split.config: expected a table"),
        ({"split": '"ordered"', "shuffle": "true", "train_size": 5}, "shuffle = true contradicts"),
        ({"split": '"group"', "train_size": 5}, "data.group is missing: split = group needs"),
        ({"split": '"GroupKFold"'}, "data.group is missing: split = GroupKFold needs"),
        ({"split": '"KFold"', "cv": '"5x2"'}, "data.cv: cv divides the rows itself"),
        ({"split": '"ordered"', "cv": '"5x2"'}, "data.cv: cv divides the rows itself"),
        ({"cv": '"5"'}, "data.cv: expected REPEATSxFOLDS"),
        ({"cv": '"5x1"'}, "data.cv: expected REPEATSxFOLDS"),
        ({"cv": "5"}, "data.cv: expected REPEATSxFOLDS"),
        ({}, "data.train_size is missing"),
        ({"name": '"make_moons"', "cv": '"5x2"'}, "make_moons draws other rows for each repeat"),
        ({"name": '"make_moons"', "split": '"KFold"'}, "a splitter is for tables"),
    ],
)
def test_a_preset_whose_split_cannot_be_is_refused(keys: dict[str, Any], message: str) -> None:
    assert message in refusal(keys)


TABLE = {"name": "table", "path": "a.csv", "target": "y"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"group": "g", "split": "random"}, "split = random would divide the groups"),
        ({"group": "g", "split": "KFold"}, "split = KFold would divide the groups"),
        ({"test_path": "b.csv", "cv": "5x2"}, "test_path says which rows test"),
        ({"test_path": "b.csv", "group": "g"}, "test_path says which rows test"),
    ],
)
def test_roles_of_a_table_that_contradict_each_other_are_refused(
    keys: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Data.model_validate({**TABLE, "train_size": 5, **keys})


def test_a_regression_has_no_classes_to_stratify_by() -> None:
    with pytest.raises(EngineError, match="expected classes to stratify by"):
        load(Data(name="load_diabetes", train_size=100, split="stratified"))


def test_a_preset_keeps_its_splitter() -> None:
    (wine,) = find("classification/wine")
    table = '{class_name = "TimeSeriesSplit", config = {n_splits = 4, gap = 2}}'
    changed = override(wine, ["data.shuffle=false", f"data.split={table}"])
    assert f"split = {table}" in dump(changed)
    assert parse(dump(changed), "a.toml", wine.name) == changed
    folded = override(wine, ["data.cv=5x2"])
    assert parse(dump(folded), "a.toml", wine.name) == folded
