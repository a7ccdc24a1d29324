"""An autoencoder gets the views that make sense for it, and says why not of the others."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from hiss.experiment.notation import override
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.reports.explanation_sentences import reasons, sentences
from hiss.results.outcomes import Result
from hiss.store.album import Album
from hiss.studies.runner import run_study
from hiss.views.explain import NOT_ONE, explain, networks_of
from hiss.views.frames import frame_of
from hiss.views.plane import plane_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def recorded() -> tuple[Result, Album]:
    arms = find("patterns/autoencoder-baseline") + find("patterns/autoencoder")
    arms = tuple(override(arm, ("training.epochs=20",)) for arm in arms)
    album = Album(None)
    study = Study(arms=arms, repeats=2, device="cpu")
    return run_study(study, lambda event: None, threading.Event(), album=album), album


def test_it_has_what_is_about_quantities_and_says_why_not_the_rest(
    recorded: tuple[Result, Album],
) -> None:
    result, album = recorded
    found = explain(result, album)
    for arm in found.arms:
        assert arm.regions is None and arm.calibration is None and arm.margins is None
        assert {arm.reasons[view] for view in ("regions", "calibration", "margins")} == {NOT_ONE}
        assert set(arm.along) == {"jacobian", "robustness"}
    assert f"No regions, calibration, margins: {NOT_ONE}." in list(reasons(found))
    assert {one.view for one in sentences(found)} >= {"jacobian", "robustness", "memorisation"}


def test_its_error_is_that_of_training_itself(recorded: tuple[Result, Album]) -> None:
    result, album = recorded
    found = explain(result, album, views=["robustness", "memorisation"])
    for arm, made in zip(result.arms, found.arms, strict=True):
        scores = [one.scores["test_rmse"] for one in arm.replicates]
        assert made.robustness is not None and made.memorisation is not None
        assert made.robustness.scores[:, 0] == pytest.approx(scores, rel=1e-4)
        assert made.memorisation.test[:, -1] == pytest.approx(scores, rel=1e-4)


def test_its_jacobian_is_that_of_all_values(recorded: tuple[Result, Album]) -> None:
    result, album = recorded
    networks = networks_of(result.study, result.arms[0], album)
    x = networks.data.first.x_test[:3]
    kernel, bias, out, _ = (each[-1, 0] for each in networks.snapshots.trainable)
    gates = (x @ kernel + bias > 0)[:, None]
    expected = np.linalg.norm((kernel * gates) @ out, axis=(1, 2))
    assert networks.jacobian_norms(x)[0] == pytest.approx(expected, rel=1e-4)


def test_a_moment_of_it_has_no_regions(recorded: tuple[Result, Album]) -> None:
    result, album = recorded
    networks = networks_of(result.study, result.arms[0], album)
    frame = frame_of(networks, plane_of(networks.data.first), 3)
    assert frame.regions is None and frame.calibration is None
    assert frame.jacobian is not None and frame.robustness is not None
    assert frame.robustness.metric == "test_rmse"
