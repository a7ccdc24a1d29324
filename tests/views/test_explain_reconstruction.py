"""Views of an autoencoder are refused before anything is trained."""

from __future__ import annotations

import threading

import pytest

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.store.album import Album
from hiss.views.explain import explain_study


def test_an_autoencoder_has_no_views() -> None:
    study = Study(arms=find("patterns/autoencoder"))
    with pytest.raises(EngineError, match="reconstructs its features"):
        explain_study(study, print, threading.Event(), Album(None), print)
