from __future__ import annotations

import numpy as np
import pytest

from engine.presets import find, load_presets
from engine.preview import preview
from engine.spec import Experiment


def test_the_articles_first_picture_is_its_100_points() -> None:
    seen = preview(find("article/baseline")[0])
    assert seen.points.shape == (100, 2)
    assert seen.classes == ("outer", "inner")
    assert (seen.train_rows, seen.test_rows) == (30, 70)
    radius = np.hypot(*seen.points.T)
    assert radius[seen.targets == 0].mean() > radius[seen.targets == 1].mean()
    assert seen.bayes_accuracy == pytest.approx(0.8406, abs=5e-5)


def test_one_feature_is_drawn_against_the_target() -> None:
    seen = preview(find("regression/sine")[0])
    np.testing.assert_array_equal(seen.points[:, 1], seen.targets)
    assert seen.axes == ("x", "target")
    assert seen.bayes_rmse == 0.5


def test_many_features_are_drawn_by_the_two_that_tell_most() -> None:
    points = preview(find("classification/wine")[0]).points
    first, second = points.std(axis=0)
    assert first > second > 1
    assert np.corrcoef(points.T)[0, 1] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("experiment", load_presets().experiments, ids=lambda each: each.name)
def test_every_preset_can_be_looked_at(experiment: Experiment) -> None:
    seen = preview(experiment)
    assert seen.points.shape == (seen.train_rows + seen.test_rows, 2)
    assert np.isfinite(seen.points).all()
