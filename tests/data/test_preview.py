from __future__ import annotations

import numpy as np
import pytest

from hiss.data.preview import _principal_components, preview
from hiss.experiment.spec import Experiment
from hiss.library.presets import find, load_presets


def test_the_articles_first_picture_is_its_100_points() -> None:
    seen = preview(find("article/baseline")[0].data)
    assert seen.points.shape == (100, 2)
    assert seen.classes == ("outer", "inner")
    assert (seen.train_rows, seen.test_rows) == (30, 70)
    radius = np.hypot(*seen.points.T)
    assert radius[seen.targets == 0].mean() > radius[seen.targets == 1].mean()
    assert seen.bayes_accuracy == pytest.approx(0.8406, abs=5e-5)


def test_one_feature_is_drawn_against_the_target() -> None:
    seen = preview(find("regression/sine")[0].data)
    np.testing.assert_array_equal(seen.points[:, 1], seen.targets)
    assert seen.axes == ("x", "target")
    assert seen.bayes_rmse == 0.5


def test_many_features_are_drawn_by_the_two_that_tell_most() -> None:
    points = preview(find("classification/wine")[0].data).points
    first, second = points.std(axis=0)
    assert first > second > 1
    assert np.corrcoef(points.T)[0, 1] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("experiment", load_presets().experiments, ids=lambda each: each.name)
def test_every_preset_can_be_looked_at(experiment: Experiment) -> None:
    seen = preview(experiment.data)
    assert seen.points.shape == (seen.train_rows + seen.test_rows, 2)
    assert np.isfinite(seen.points).all()


@pytest.mark.parametrize("shape", [(400, 5), (20, 400), (350, 320)])
def test_the_components_are_those_of_the_whole_decomposition(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    x[:, :2] += np.linspace(-5, 5, shape[0])[:, None]
    x[:, 2:4] += np.cos(np.arange(shape[0]))[:, None] * 3
    left, sizes, _ = np.linalg.svd((x - x.mean(axis=0)) / x.std(axis=0), full_matrices=False)
    np.testing.assert_allclose(abs(_principal_components(x)), abs((left * sizes)[:, :2]), atol=1e-3)


@pytest.mark.filterwarnings("error")
def test_features_that_do_not_vary_are_all_at_the_origin() -> None:
    assert not _principal_components(np.ones((20, 3), np.float32)).any()


def test_the_components_of_wide_data_are_the_same_each_time() -> None:
    x = np.random.default_rng(1).normal(size=(60, 10_000)).astype(np.float32)
    np.testing.assert_array_equal(_principal_components(x), _principal_components(x))
