"""Recorded networks against numpy, stock Keras and what training itself has measured."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hiss.errors import EngineError
from hiss.experiment.notation import override
from hiss.experiment.spec import Experiment, Study
from hiss.library.presets import find
from hiss.reports.explanation_sentences import sentences
from hiss.results.outcomes import Arm, Result
from hiss.store.album import Album
from hiss.studies.runner import run_study
from hiss.training.snapshots import LARGEST, MOST, snapshot_period
from hiss.views.explain import explain, networks_of
from hiss.views.explanation import VIEWS, Explanation, chosen_views
from hiss.views.networks import Networks
from hiss.views.robustness import DRAWS, SEED, robustness_of
from hiss.views.signal import signals_of

EPOCHS, REPEATS = 60, 3


def experiment(name: str = "article/hidden-after", *settings: str) -> Experiment:
    (found,) = find(name)
    return override(found, (f"training.epochs={EPOCHS}", *settings))


def trained(study: Study, album: Album | None) -> Result:
    return run_study(study, lambda event: None, threading.Event(), album=album)


@cache
def recorded(name: str, engine: str = "fused") -> tuple[Study, Result, Album]:
    epochs = EPOCHS if engine == "fused" else 3
    arms = (experiment(name, f"training.epochs={epochs}"),)
    study = Study(arms=arms, repeats=REPEATS, engine=engine, device="cpu")
    album = Album(None)
    return study, trained(study, album), album


def networks(name: str = "article/hidden-after", engine: str = "fused") -> tuple[Networks, Arm]:
    study, result, album = recorded(name, engine)
    return networks_of(study, result.arms[0], album), result.arms[0]


def test_recording_does_not_change_what_is_trained() -> None:
    study, result, _ = recorded("article/hidden-after")
    plain = trained(study, None)
    for one, other in zip(result.arms, plain.arms, strict=True):
        assert np.array_equal(one.curves.values, other.curves.values)
        assert [each.scores for each in one.replicates] == [
            each.scores for each in other.replicates
        ]


@pytest.mark.parametrize("engine", ["fused", pytest.param("reference", marks=pytest.mark.slow)])
def test_the_last_snapshot_is_the_network_that_was_scored(engine: str) -> None:
    found, arm = networks(engine=engine)
    x, y = found.test_rows()
    right = (found.outputs(x)[..., 0] > 0.5) == y
    assert right.mean(1) == pytest.approx([one.scores["test_accuracy"] for one in arm.replicates])
    assert found.epochs[0] == 0
    assert found.epochs[-1] == arm.curves.epochs


def test_the_outputs_are_those_of_the_weights() -> None:
    found, _ = networks()
    x = found.data.first.x_test[:5]
    for place in range(REPEATS):
        kernel, bias, out, last = (each[7, place] for each in found.snapshots.trainable)
        logits = np.maximum(x @ kernel + bias, 0) @ out + last
        assert found.logits(x, 7)[place] == pytest.approx(logits, abs=1e-5)
        assert found.outputs(x, 7)[place] == pytest.approx(1 / (1 + np.exp(-logits)), abs=1e-6)


def test_the_jacobian_of_a_network_with_one_hidden_layer_is_the_product_of_its_kernels() -> None:
    found, _ = networks()
    x = found.data.first.x_test[:4]
    kernel, bias, out, _ = (each[-1, 1] for each in found.snapshots.trainable)
    gates = (x @ kernel + bias > 0)[:, None]  # rows, 1, units
    expected = np.linalg.norm((kernel * gates) @ out, axis=(1, 2))
    assert found.jacobian_norms(x)[1] == pytest.approx(expected, rel=1e-4)


def test_rows_of_their_own_are_those_of_each_replicate() -> None:
    found, _ = networks()
    x = found.data.first.x_test
    own = np.stack([x[:6], x[6:12], x[12:18]])
    together = found.outputs(own)
    assert together[1] == pytest.approx(found.outputs(x[6:12])[1], abs=1e-6)


def test_many_rows_are_evaluated_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = networks()
    x = found.data.first.x_test
    whole, noisy = found.outputs(x), found.noisy_outputs(x, 2)
    monkeypatch.setattr("hiss.views.networks.ROWS_AT_ONCE", 40)
    assert found.outputs(x) == pytest.approx(whole)
    assert found.noisy_outputs(x, 2).shape == noisy.shape == (REPEATS, 2, len(x), 1)


def test_every_noisy_pass_draws_other_noise() -> None:
    found, _ = networks()
    one, two = found.noisy_outputs(found.data.first.x_test, 2)[0]
    assert np.abs(one - two).max() > 1e-3


@cache
def explanation() -> tuple[Explanation, Result]:
    arms = tuple(map(experiment, ("article/baseline", "article/hidden-before")))
    study, album = Study(arms=arms, repeats=4, device="cpu"), Album(None)
    result = trained(study, album)
    return explain(result, album), result


def test_the_signal_of_the_first_snapshot_is_that_of_the_initial_weights() -> None:
    found, _ = networks("article/hidden-before")
    (signal,) = signals_of(found)
    kernel, bias = (each[0, 2] for each in found.snapshots.trainable[:2])
    values = found.data.first.x_train @ kernel + bias
    assert signal.ratios[2, 0] == pytest.approx(values.var(0).mean() / 0.1**2, rel=0.05)


def test_an_explanation_has_every_view_or_a_reason() -> None:
    found, _ = explanation()
    for arm in found.arms:
        document = arm.as_json()
        assert {*document["views"], *document["without"]} >= {*VIEWS} - {"noise"}
    assert found.arms[0].reasons == {"noise": "no layer of this network adds noise"}
    (paired,) = found.paired
    assert paired.baseline == "article/baseline"
    assert paired.replicates == (0, 1, 2, 3)
    first, second = (arm.jacobian.values for arm in found.arms if arm.jacobian)
    assert paired.jacobian == pytest.approx(np.subtract(second, first))
    assert paired.relative == pytest.approx(np.divide(second, first) - 1)


def test_the_share_of_a_region_is_that_of_the_replicates() -> None:
    found, _ = explanation()
    regions = found.arms[0].regions
    assert regions is not None
    counts = regions.share * 4
    assert counts == pytest.approx(counts.round())
    assert 0 < regions.share.mean() < 1
    assert regions.excess_risk is not None
    assert min(regions.excess_risk.values) > -0.02


def test_without_noise_nothing_is_within_its_reach() -> None:
    found, _ = explanation()
    baseline, noisy = (arm.margins for arm in found.arms)
    assert baseline is not None and noisy is not None
    assert set(baseline.reach.values) == {0.0}
    assert noisy.reach.summary.mean


def test_robustness_begins_at_the_test_score() -> None:
    found, result = explanation()
    for arm, made in zip(result.arms, found.arms, strict=True):
        scores = [one.scores["test_accuracy"] for one in arm.replicates]
        assert made.robustness is not None
        assert made.robustness.scores[:, 0] == pytest.approx(scores)


def test_robustness_is_the_mean_score_over_noisy_copies_of_the_test_rows() -> None:
    found, _ = networks()
    rows = found.data.first
    noise = np.random.default_rng(SEED).normal(size=(DRAWS, *rows.x_test.shape))
    scale = 0.5 * rows.x_train.std(axis=0)
    outputs = [found.outputs((rows.x_test + scale * each).astype(np.float32)) for each in noise]
    right = [(each[..., 0] > 0.5) == rows.y_test for each in outputs]
    measured = robustness_of(found)
    place = measured.stddev.index(0.5)
    assert measured.scores[:, place] == pytest.approx(np.mean(right, axis=(0, 2)), abs=2e-3)


@pytest.mark.parametrize("name", ["regression/sine", "classification/wine"])
def test_other_tasks_get_the_views_that_make_sense(name: str) -> None:
    _, result, album = recorded(name)
    (arm,) = explain(result, album).arms
    regression = name.startswith("regression")
    assert set(arm.reasons) == ({"calibration", "margins"} if regression else set())
    assert len(arm.regions.plane.axes) == (1 if regression else 2)
    assert arm.jacobian and arm.memorisation and arm.robustness
    assert arm.weights and all(layer.startswith("layer_") for layer in arm.weights.layers)
    assert not any("/" in layer for layer in arm.weights.layers)
    assert arm.robustness.metric == ("test_rmse" if regression else "test_accuracy")


@pytest.mark.parametrize("name", ["article/baseline", "regression/sine"])
def test_a_single_repeat_disagrees_with_no_other(name: str) -> None:
    study = Study(arms=(experiment(name, f"training.epochs={EPOCHS}"),), device="cpu")
    album = Album(None)
    explained = explain(trained(study, album), album, views=["regions"])
    assert explained.arms[0].regions.disagreement is None
    assert not any("disagree" in each.text for each in sentences(explained))


def test_unknown_views_are_named() -> None:
    with pytest.raises(EngineError, match="Did you mean `jacobian`"):
        chosen_views(["jacobain"])
    assert chosen_views([]) == VIEWS
    assert chosen_views(["weights", "regions"]) == ("regions", "weights")


def test_snapshots_are_evenly_spaced_and_fit_into_memory() -> None:
    assert snapshot_period(4000, 1) == 80
    assert snapshot_period(7, 1) == 1
    assert snapshot_period(10_000, 1) == 10_000 // MOST
    assert snapshot_period(100, LARGEST // 5) == 25
    assert snapshot_period(100, 2 * LARGEST) == 100


def test_every_snapshot_is_the_network_after_its_epochs() -> None:
    found, _ = networks("article/hidden-before")
    assert found.epochs == (*range(0, EPOCHS, 2), EPOCHS)
    (other,) = (each for each in found.snapshots.other if each.dtype == np.uint32)
    steps = other[..., 2] - other[0, :, 2]
    assert (np.array(found.epochs) == steps.T).all()


def test_kept_snapshots_are_read_again(tmp_path: Path) -> None:
    study, _, album = recorded("article/hidden-after")
    trained(study, Album(tmp_path))
    one, other = album.of(study, study.arms[0]), Album(tmp_path).of(study, study.arms[0])
    assert one is not None and other is not None
    assert one.epochs == other.epochs
    for a, b in zip(one.trainable, other.trainable, strict=True):
        assert np.array_equal(a, b)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    assert Album(tmp_path).of(study, study.arms[0]) is None


def test_a_replicate_that_stopped_early_stays_as_it_was() -> None:
    (early,) = find("controls/early-stopping")
    study = Study(arms=(override(early, ("training.epochs=300",)),), repeats=3, device="cpu")
    album = Album(None)
    result = trained(study, album)
    found = networks_of(study, result.arms[0], album)
    assert found.epochs[-1] == result.arms[0].curves.counts.max()
    scores = [one.scores["test_accuracy"] for one in result.arms[0].replicates]
    x, y = found.test_rows()
    assert ((found.outputs(x)[..., 0] > 0.5) == y).mean(1) == pytest.approx(scores)
