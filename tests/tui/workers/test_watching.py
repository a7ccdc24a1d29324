from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.message import Message

from hiss.experiment.notation import override
from hiss.experiment.spec import Study
from hiss.library.presets import find
from hiss.training import recorder
from hiss.tui.state.explaining import Asked
from hiss.tui.state.kept import KeptAs
from hiss.tui.workers import messages
from hiss.tui.workers.engine_thread import EngineThread
from hiss.tui.workers.real_engine import RealEngine
from hiss.views.frames import LiveArm

STUDY = Study(
    arms=tuple(override(arm, ["training.epochs=3000"]) for arm in find("article/baseline")),
    repeats=2,
    device="cpu",
)
Watched = tuple[bool, list[Message], list[Message]]


def watched(store: Path, kept_as: KeptAs) -> Watched:
    """Train a study, look at its networks at once, and return what was posted of both."""
    thread = EngineThread(RealEngine(), "cpu", store)
    posted, seen = list[Message](), list[Message]()
    thread.start(posted.append)
    thread.run(STUDY, kept_as)
    shown = thread.explain(Asked(STUDY), seen.append)
    until(lambda: any(isinstance(each, messages.StudyOver) for each in posted))
    assert thread.close(60)
    return shown, posted, seen


def until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not so():
        assert time.monotonic() < end
        time.sleep(0.01)


def ended_well(posted: list[Message]) -> bool:
    return not any(isinstance(each, messages.Refused | messages.Crashed) for each in posted)


def test_a_study_with_snapshots_is_seen_while_it_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "PERIOD", 0.0)
    shown, posted, seen = watched(tmp_path, KeptAs(snapshots=True))
    assert shown and ended_well(posted)
    found = [each.found for each in seen if isinstance(each, messages.Explained)]
    live = [each for each in found if isinstance(each, LiveArm)]
    assert live and {each.number for each in live} == {0}


def test_a_picture_that_fails_ends_no_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "PERIOD", 0.0)
    monkeypatch.setattr("hiss.views.subject.seen_now", lambda *_: [][0])
    shown, posted, seen = watched(tmp_path, KeptAs(snapshots=True))
    assert shown and ended_well(posted)
    errors = [each.error for each in seen if isinstance(each, messages.ExplainOver)]
    assert errors[0] is not None and "IndexError" in errors[0].message


def test_a_study_without_snapshots_is_seen_at_its_end_alone(tmp_path: Path) -> None:
    shown, posted, seen = watched(tmp_path, KeptAs())
    assert not shown and ended_well(posted)
    found = [each.found for each in seen if isinstance(each, messages.Explained)]
    assert not any(isinstance(each, LiveArm) for each in found)
