"""Each view on a case that is known otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from hiss.data.arrays import Split
from hiss.errors import DataError
from hiss.views.calibration import BINS, calibration_of
from hiss.views.margins import margin
from hiss.views.measured import classes_of, scores_of
from hiss.views.paired import correlate
from hiss.views.plane import plane_of
from hiss.views.regions import fragments
from hiss.views.signal import signal_to_noise

RANDOM = np.random.default_rng(3)


def split_of(x: np.ndarray, features: tuple[str, ...]) -> Split:
    x, y = x.astype(np.float32), (np.arange(len(x)) % 2).astype(np.float32)
    return Split(x, y, x, y, "binary", ("a", "b"), features)


def test_fragments_counts_the_regions_of_both_classes() -> None:
    calls = np.array([[1, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 1]])
    # ones: top left, right, bottom left; zeros: one region, which touches itself by sides
    assert fragments(calls) == 4
    assert fragments(np.zeros((3, 3), int)) == 1
    assert fragments(np.eye(2, dtype=int)) == 4  # corners do not connect


def test_a_checkerboard_is_all_fragments() -> None:
    board = np.indices((4, 5)).sum(0) % 2
    assert fragments(board) == 20


def test_a_perfectly_calibrated_predictor_has_no_calibration_error() -> None:
    # in each bin, as many rows happen as the probability says
    p = np.repeat([0.1, 0.3, 0.7, 0.9], 10)
    y = np.concatenate([np.arange(10) < round(10 * share) for share in (0.1, 0.3, 0.7, 0.9)])
    found = calibration_of(p[None, :, None], y[None].astype(float))
    assert found.ece.values[0] == pytest.approx(0)
    assert found.reliability.values[0] == pytest.approx(0)
    assert found.uncertainty.values[0] == pytest.approx(0.25)
    brier = np.mean((p - y) ** 2)
    parts = found.reliability.values[0] - found.resolution.values[0] + found.uncertainty.values[0]
    assert parts == pytest.approx(brier)  # no spread within the bins


def test_an_overconfident_predictor_is_off_by_its_overconfidence() -> None:
    p, y = np.full(100, 0.95), (np.arange(100) < 60).astype(float)
    found = calibration_of(p[None, :, None], y[None])
    assert found.ece.values[0] == pytest.approx(0.35)
    assert found.counts[BINS - 1] == 100
    assert found.accuracy[BINS - 1] == pytest.approx(0.6)
    assert found.confidence[BINS - 1] == pytest.approx(0.95)


def test_calibration_of_three_classes_looks_at_the_class_that_is_called() -> None:
    p = np.tile([0.2, 0.2, 0.6], (10, 1))
    y = np.array([2] * 6 + [0, 0, 1, 1], float)
    found = calibration_of(p[None], y[None])
    assert found.ece.values[0] == pytest.approx(0)
    assert found.uncertainty.values[0] == pytest.approx(0.6 * 0.4 + 2 * 0.2 * 0.8)


def test_the_margin_is_the_logit_of_the_right_class_before_the_next() -> None:
    assert margin(np.array([[2.0], [-1.0]]), np.array([1.0, 1.0])).tolist() == [2.0, -1.0]
    assert margin(np.array([[2.0], [-1.0]]), np.array([0.0, 0.0])).tolist() == [-2.0, 1.0]
    three = np.array([[1.0, 4.0, 2.5], [1.0, 4.0, 2.5]])
    assert margin(three, np.array([1.0, 2.0])).tolist() == [1.5, -1.5]


def test_signal_to_noise_is_the_ratio_of_the_variances() -> None:
    signal = RANDOM.normal(0, 3, (50_000, 2))
    noisy = signal + RANDOM.normal(0, 0.5, signal.shape)
    assert signal_to_noise(signal, noisy) == pytest.approx(36, rel=0.03)
    assert signal_to_noise(signal, signal) == np.inf
    shifted = signal + np.array([100.0, -100.0])  # where a unit lies is no signal
    assert signal_to_noise(shifted, shifted + 1) == pytest.approx(9, rel=0.03)


def test_scores_of_classes_and_quantities() -> None:
    assert classes_of(np.array([[0.4], [0.6]])).tolist() == [0, 1]
    assert classes_of(np.array([[0.1, 0.7, 0.2]])).tolist() == [1]
    assert scores_of(np.array([[[0.4], [0.6]]]), np.array([[0.0, 0.0]]), "binary") == [0.5]
    found = scores_of(np.array([[[3.0], [0.0]]]), np.array([[0.0, 4.0]]), "regression")
    assert found == pytest.approx(np.sqrt(12.5))


def test_correlation_and_its_interval_are_fishers() -> None:
    x = RANDOM.normal(size=30)
    y = x + RANDOM.normal(size=30)
    r, interval = correlate(tuple(x), tuple(y))
    assert r == pytest.approx(np.corrcoef(x, y)[0, 1])
    ends = np.tanh(np.arctanh(r) + np.array([-1, 1]) * stats.norm.ppf(0.975) / np.sqrt(27))
    assert interval == pytest.approx(tuple(ends))


@pytest.mark.parametrize("y", [(1.0, 1.0, 1.0, 1.0), (1.0, 2.0, 3.0)])
def test_a_correlation_that_is_not_determined_is_none(y: tuple[float, ...]) -> None:
    assert correlate(tuple(range(len(y))), y) == (None, None)


def test_two_features_are_their_own_plane() -> None:
    split = split_of(RANDOM.uniform(-1, 1, (40, 2)), ("a", "b"))
    plane = plane_of(split, cells=5)
    assert plane.axes == ("a", "b")
    assert plane.shape == (5, 5)
    assert plane.rows.reshape(5, 5, 2)[3, 1] == pytest.approx((plane.x[1], plane.y[3]))
    assert plane.train == pytest.approx(split.x_train, abs=1e-6)


def test_a_single_feature_is_a_line() -> None:
    plane = plane_of(split_of(RANDOM.normal(size=(20, 1)), ("a",)), cells=7)
    assert plane.shape == (1, 7)
    assert plane.rows.shape == (7, 1)


def test_more_features_are_seen_in_the_plane_of_their_leading_components() -> None:
    x = RANDOM.normal(size=(60, 4)) * (1, 20, 1, 1)
    x[:, 2] += 3 * x[:, 0]
    split = split_of(x, ("a", "b", "c", "d"))
    plane = plane_of(split, cells=6)
    assert plane.axes == ("1st principal component", "2nd principal component")
    standard = (plane.rows - split.x_train.mean(0)) / split.x_train.std(0)
    at = standard.reshape(6, 6, 4)
    across, up = at[0, 1] - at[0, 0], at[1, 0] - at[0, 0]
    assert across @ up == pytest.approx(0, abs=1e-3)
    assert np.linalg.norm(across) == pytest.approx(plane.x[1] - plane.x[0], rel=1e-3)
    assert plane.train.var(0)[0] > plane.train.var(0)[1]


def test_two_chosen_columns_vary_and_the_others_stay_at_their_mean() -> None:
    split = split_of(RANDOM.normal(size=(30, 4)), ("a", "b", "c", "d"))
    plane = plane_of(split, ("d", "b"), cells=4)
    assert plane.axes == ("d", "b")
    assert plane.rows[:, 0] == pytest.approx(split.x_train[:, 0].mean(), abs=1e-6)
    assert plane.rows.reshape(4, 4, 4)[2, 1, [3, 1]] == pytest.approx((plane.x[1], plane.y[2]))
    with pytest.raises(DataError, match="e is no feature"):
        plane_of(split, ("a", "e"))
    with pytest.raises(DataError, match="expected two features"):
        plane_of(split, ("a", "a"))


def test_images_keep_their_shape() -> None:
    split = split_of(RANDOM.normal(size=(30, 9)), ("x",))
    shaped = replace(split, x_train=split.x_train.reshape(-1, 3, 3, 1),
                     x_test=split.x_test.reshape(-1, 3, 3, 1))  # fmt: skip
    assert plane_of(shaped, cells=3).rows.shape == (9, 3, 3, 1)
