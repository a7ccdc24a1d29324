from __future__ import annotations

import numpy as np
import pytest

from hiss.data.spec import Data
from hiss.data.splits import load
from hiss.data.theory import bayes_accuracy, bayes_rmse
from hiss.library.presets import find


def accuracy(name: str, **arguments: float) -> float:
    found = bayes_accuracy(Data(name=name, train_size=10, **arguments))
    assert found is not None
    return found


def drawn(name: str, **arguments: float) -> tuple[np.ndarray, np.ndarray]:
    split = load(Data(name=name, n_samples=100, train_size=10, **arguments), mode="task")
    return split.x_test, split.y_test


def test_the_articles_circles_allow_an_accuracy_of_84_percent() -> None:
    found = bayes_accuracy(find("article/baseline")[0].data)
    assert found == pytest.approx(0.8406, abs=5e-5)


def test_the_rule_behind_it_is_as_good_on_drawn_circles() -> None:
    x, y = drawn("make_circles", noise=0.1)
    inside = np.hypot(x[:, 0], x[:, 1]) < 0.9056
    assert (inside == y).mean() == pytest.approx(0.8406, abs=3 * 0.0037)


def test_nearer_circles_and_more_noise_are_harder() -> None:
    assert accuracy("make_circles", noise=0.2) < accuracy("make_circles", noise=0.1)
    assert accuracy("make_circles", noise=0.1, factor=0.9) < accuracy("make_circles", noise=0.1)


@pytest.mark.parametrize("name", ["make_circles", "make_moons", "two_frequencies"])
def test_without_noise_all_can_be_called_right(name: str) -> None:
    assert accuracy(name) == 1
    assert accuracy(name, noise=1e-3) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", ["make_circles", "make_moons", "two_frequencies"])
def test_in_much_noise_nothing_is_left_but_guessing(name: str) -> None:
    assert accuracy(name, noise=100.0) == pytest.approx(0.5, abs=0.01)


def test_the_moons_allow_what_their_likelihoods_reach_on_drawn_rows() -> None:
    x, y = drawn("make_moons", noise=0.3)
    angle = np.linspace(0, np.pi, 200)
    curves = (np.cos(angle), np.sin(angle)), (1 - np.cos(angle), 0.5 - np.sin(angle))
    upper, lower = (
        np.exp(-((x[:, :1] - cx) ** 2 + (x[:, 1:] - cy) ** 2) / (2 * 0.3**2)).sum(axis=1)
        for cx, cy in curves
    )
    assert ((lower > upper) == y).mean() == pytest.approx(
        accuracy("make_moons", noise=0.3), abs=3 * 0.0028
    )


def test_the_louder_frequency_is_the_right_one_as_often_as_computed() -> None:
    x, y = drawn("two_frequencies", noise=1.5)
    spectrum = np.abs(np.fft.rfft(x[:, :, 0], axis=1))
    assert ((spectrum[:, 5] > spectrum[:, 3]) == y).mean() == pytest.approx(
        accuracy("two_frequencies", noise=1.5), abs=3 * 0.0028
    )


def test_the_true_function_misses_by_the_noise() -> None:
    data = Data(name="noisy_sine", noise=0.3, train_size=20)
    assert bayes_rmse(data) == 0.3
    split = load(data, mode="task")
    misses = split.y_test - np.sin(2 * np.pi * split.x_test[:, 0])
    assert np.sqrt((misses**2).mean()) == pytest.approx(0.3, rel=0.03)


def test_what_is_not_known_is_not_claimed() -> None:
    table = Data(name="load_wine", train_size=30)
    assert bayes_accuracy(table) is None
    assert bayes_rmse(table) is None
    assert bayes_rmse(Data(name="make_circles", train_size=30)) is None
