"""Numbers by epoch against the weights of those epochs, and against the views at the end."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from hiss.experiment.notation import override
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.results.outcomes import Result
from hiss.store.album import Album
from hiss.studies.runner import run_study
from hiss.studies.search import Grid
from hiss.views.along import MOMENTS, moments_of
from hiss.views.explain import explain, networks_of
from hiss.views.explanation import Explanation, usual
from hiss.views.frames import Frame, change_in, frame_of
from hiss.views.networks import Networks
from hiss.views.plane import plane_of
from hiss.views.robustness import STRONG


@pytest.fixture(scope="module")
def recorded() -> tuple[Result, Album]:
    arms = find("article/baseline") + find("article/hidden-before")
    arms = tuple(override(arm, ("training.epochs=60",)) for arm in arms)
    album = Album(None)
    study = Study(arms=arms, repeats=4, device="cpu")
    return run_study(study, lambda event: None, threading.Event(), album=album), album


@pytest.fixture(scope="module")
def explanation(recorded: tuple[Result, Album]) -> Explanation:
    return explain(*recorded)


@pytest.fixture
def networks(recorded: tuple[Result, Album]) -> Networks:
    result, album = recorded
    return networks_of(result.study, result.arms[0], album)


@pytest.mark.slow
def test_the_jacobian_by_epoch_is_that_of_the_weights_of_each_epoch(
    networks: Networks, explanation: Explanation
) -> None:
    along = explanation.arms[0].along["jacobian"]
    x = networks.data.first.x_test
    for at in (0, 7, len(along.epochs) - 1):
        place = networks.epochs.index(along.epochs[at])
        kernel, bias, out, _ = (each[place, 1] for each in networks.snapshots.trainable)
        gates = (x @ kernel + bias > 0)[:, None]
        norms = np.linalg.norm((kernel * gates) @ out, axis=(1, 2))
        assert along.values[1, at] == pytest.approx(norms.mean(), rel=1e-4)


def test_numbers_by_epoch_end_where_the_views_are(explanation: Explanation) -> None:
    for arm in explanation.arms:
        assert arm.jacobian and arm.robustness and arm.calibration
        strong = arm.robustness.scores[:, arm.robustness.stddev.index(STRONG)]
        ends = {view: one.values[:, -1] for view, one in arm.along.items()}
        assert ends["jacobian"] == pytest.approx(arm.jacobian.values)
        assert ends["robustness"] == pytest.approx(strong)
        assert ends["calibration"] == pytest.approx(arm.calibration.ece.values)
        document = arm.as_json()["views"]["jacobian"]["by_epoch"]
        assert document["epochs"][0] == 0 and document["epochs"][-1] == 60
        assert np.shape(document["per_replicate"]) == (4, len(document["epochs"]))


def test_moments_have_both_ends_and_are_few(networks: Networks) -> None:
    moments = moments_of(networks, MOMENTS)
    assert moments[0] == 0 and moments[-1] == len(networks.epochs) - 1
    assert len(moments) == MOMENTS < len(networks.epochs)
    assert moments_of(networks, 1000) == list(range(len(networks.epochs)))


def test_the_last_moment_is_the_end_of_training(
    recorded: tuple[Result, Album], explanation: Explanation
) -> None:
    result, album = recorded
    opened = [networks_of(result.study, arm, album) for arm in result.arms]
    arms = [frame_of(each, plane_of(each.data.first), -1) for each in opened]
    for arm, made, trained in zip(arms, explanation.arms, result.arms, strict=True):
        assert arm.jacobian is not None and made.jacobian is not None and arm.score is not None
        assert arm.jacobian.values == pytest.approx(made.jacobian.values)
        scores = [one.scores["test_accuracy"] for one in trained.replicates]
        assert arm.score.values == pytest.approx(scores)
        assert arm.regions is not None and made.regions is not None
        assert np.array_equal(arm.regions.share, made.regions.share)
    (final,) = explanation.paired
    names = [arm.name for arm in explanation.arms]
    change = change_in(Frame(1.0, dict(zip(names, arms, strict=True))), final)
    assert change is not None
    assert change.jacobian == pytest.approx(final.jacobian)
    assert change.score == pytest.approx(final.score)
    assert change_in(Frame(1.0, {names[0]: arms[0]}), final) is None


@pytest.mark.slow
def test_a_sweep_is_explained_by_strength_against_no_noise() -> None:
    (arm,) = find("article/hidden-before")
    base = Study(arms=(override(arm, ("training.epochs=40",)),), repeats=3, device="cpu")
    search = Grid(None, (0.0, 0.1, 0.3, 0.6, 1.0)).search(base)
    album = Album(None)
    result = run_study(search.study(), lambda event: None, threading.Event(), album=album)
    found = explain(result, album, views=["jacobian", "noise"], search=search)
    assert [one.place for one in found.arms] == [(0.0,), (0.1,), (0.3,), (0.6,), (1.0,)]
    assert {change.baseline for change in found.paired} == {search.arm_name((0.0,))}
    assert found.strength_of(found.arms[1]) == "σ = 0.1"
    assert found.as_json()["arms"][2]["strength"] == [0.3]
    seen = usual(found)
    assert len(seen) == 4 and seen[0] == found.arms[0].name and seen[-1] == found.arms[-1].name
    noise = found.arms[0].noise
    assert noise is not None and np.isinf(noise[0].ratios).all()
