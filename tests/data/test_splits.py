from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_circles

from hiss.data.replicate_data import CURVE_ROWS, ReplicateData
from hiss.data.sources import SOURCES
from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.errors import DataError
from hiss.library.presets import find, load_presets

CIRCLES = find("article/baseline")[0].data
WINE = Data(name="load_wine", train_size=30, shuffle=True, random_state=1)
DISTINCT = sorted({each.data.model_dump_json() for each in load_presets().experiments})


def test_the_article_trains_on_the_first_30_rows_and_tests_on_the_rest() -> None:
    x, y = make_circles(n_samples=100, noise=0.1, random_state=1)
    split = load(CIRCLES)
    np.testing.assert_array_equal(split.x_train, x[:30].astype(np.float32))
    np.testing.assert_array_equal(split.y_train, y[:30])
    np.testing.assert_array_equal(split.x_test, x[30:].astype(np.float32))
    np.testing.assert_array_equal(split.y_test, y[30:])
    assert split.task == "binary"


def test_article_mode_is_the_same_for_every_seed() -> None:
    np.testing.assert_array_equal(load(CIRCLES, seed=1).x_train, load(CIRCLES, seed=2).x_train)
    np.testing.assert_array_equal(load(WINE, seed=1).x_train, load(WINE, seed=2).x_train)


@pytest.mark.parametrize("json", DISTINCT)
@pytest.mark.parametrize("mode", ["article", "task"])
def test_every_built_in_data_set_can_be_trained_on(json: str, mode: str) -> None:
    data = Data.model_validate_json(json)
    split = load(data, mode=mode, seed=3)  # type: ignore[arg-type]
    shape = data.shape or SOURCES[data.name].shape(data.arguments)
    assert split.x_train.shape == (data.train_size, *shape)
    assert split.x_test.shape == (len(split.y_test), *shape)
    assert {each.dtype for each in (split.x_train, split.y_train, split.x_test, split.y_test)} == {
        np.dtype(np.float32)
    }
    assert np.isfinite(split.x_train).all()
    if split.classes:
        assert set(split.y_train) == set(range(len(split.classes)))


def test_task_mode_draws_other_training_rows_and_the_same_10_000_test_rows() -> None:
    one, other = (load(CIRCLES, mode="task", seed=seed) for seed in (1, 2))
    assert len(one.x_test) == 10_000
    np.testing.assert_array_equal(one.x_test, other.x_test)
    assert not np.isin(one.x_train, other.x_train).any()
    assert not np.isin(one.x_train, one.x_test).any()
    np.testing.assert_array_equal(one.x_train, load(CIRCLES, mode="task", seed=1).x_train)


def test_task_mode_keeps_the_distribution_that_the_seed_of_make_classification_fixes() -> None:
    data = Data(
        name="make_classification", n_samples=2000, train_size=1000, random_state=1, flip_y=0.0
    )
    one, other = (load(data, mode="task", seed=seed) for seed in (1, 2))
    assert not np.array_equal(one.x_train, other.x_train)
    for split in (one, other):
        means = [split.x_train[split.y_train == each].mean(axis=0) for each in (0, 1)]
        tested = [split.x_test[split.y_test == each].mean(axis=0) for each in (0, 1)]
        np.testing.assert_allclose(means, tested, atol=0.3)


def test_task_mode_splits_a_table_anew_into_parts_of_the_same_sizes() -> None:
    one, other = (load(WINE, mode="task", seed=seed) for seed in (1, 2))
    assert len(one.x_train) == len(other.x_train) == 30
    assert len(one.x_test) == 178 - 30
    assert not np.array_equal(one.x_train, other.x_train)
    rows = {row.tobytes() for row in np.concatenate([one.x_train, one.x_test])}
    assert rows == {row.tobytes() for row in np.concatenate([other.x_train, other.x_test])}


def test_shuffled_classes_keep_their_proportions() -> None:
    counts = np.bincount(load(WINE).y_train.astype(int))
    np.testing.assert_allclose(counts, np.array([59, 71, 48]) / 178 * 30, atol=1)


def test_features_are_standardized_by_the_training_rows_alone() -> None:
    split = load(WINE.model_copy(update={"standardize": True}))
    np.testing.assert_allclose(split.x_train.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(split.x_train.std(axis=0), 1, atol=1e-5)
    assert abs(split.x_test.mean(axis=0)).max() > 0.05


def test_a_constant_feature_stays_finite_when_standardized() -> None:
    data = Data(name="load_digits", train_size=50, standardize=True)
    assert np.isfinite(load(data).x_test).all()


def test_digits_become_images() -> None:
    split = load(Data(name="load_digits", train_size=100, shape=[8, 8, 1]))
    np.testing.assert_array_equal(split.x_train[..., 0], load_digits().images[:100])
    assert split.classes == tuple("0123456789")


def test_a_shape_that_does_not_fit_is_refused() -> None:
    with pytest.raises(DataError, match=r"data\.shape: expected 64 values a row"):
        load(Data(name="load_digits", train_size=100, shape=[8, 9]))


@pytest.mark.parametrize("sizes", [{"train_size": 100}, {"train_size": 60, "test_size": 41}])
def test_a_split_without_rows_to_test_on_is_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(DataError, match="expected to split 100 rows in two"):
        load(CIRCLES.model_copy(update=sizes))


def test_a_fraction_of_the_rows_can_train() -> None:
    split = load(CIRCLES.model_copy(update={"train_size": 0.3, "test_size": 0.5}))
    assert (len(split.x_train), len(split.x_test)) == (30, 50)


def test_what_scikit_learn_refuses_is_a_data_error() -> None:
    with pytest.raises(DataError, match=r"make_circles: .*factor"):
        load(CIRCLES.model_copy(update={"factor": 2.0}))


@pytest.mark.parametrize("frequencies", [[3], [3, 3], [0, 3], [3, 16]])
def test_frequencies_that_cannot_be_told_apart_are_refused(frequencies: list[int]) -> None:
    data = Data(name="two_frequencies", train_size=10, frequencies=frequencies)
    with pytest.raises(DataError, match="frequencies: expected two different ones"):
        load(data)


def test_more_rows_than_memory_holds_are_refused() -> None:
    with pytest.raises(DataError, match="allocate"):
        load(CIRCLES.model_copy(update={"n_samples": 10**15}))


def test_the_noise_of_the_sine_has_the_standard_deviation_asked_for() -> None:
    data = Data(name="noisy_sine", n_samples=20_000, noise=0.3, cycles=2, train_size=10_000)
    split = load(data)
    noise = split.y_train - np.sin(2 * np.pi * split.x_train[:, 0])
    assert noise.std() == pytest.approx(0.3, rel=0.03)


def test_task_mode_refuses_a_table_that_is_not_to_be_shuffled() -> None:
    ordered = WINE.model_copy(update={"shuffle": False})
    load(ordered)
    with pytest.raises(DataError, match="load_wine is not shuffled"):
        load(ordered, mode="task", seed=1)


def test_the_curves_say_which_of_the_test_rows_they_follow() -> None:
    drawn, fixed = ReplicateData(CIRCLES, "task", 1), ReplicateData(CIRCLES, "article", 1)
    assert drawn.curve_test_rows == CURVE_ROWS == len(drawn.rows.x_val)
    assert fixed.curve_test_rows is None
    assert len(fixed.rows.x_val) == len(fixed.first.x_test)
    table = ReplicateData(WINE, "task", 1)
    assert table.curve_test_rows is None
    assert len(table.rows.x_val) == len(table.first.x_test)
