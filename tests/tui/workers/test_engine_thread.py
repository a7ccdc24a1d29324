from __future__ import annotations

import subprocess
import sys
import threading
from queue import SimpleQueue

from stage import ARTICLE, ScriptedEngine
from textual.message import Message

from hiss.errors import DataError, TrainingError
from hiss.experiment.spec import Study
from hiss.tui.workers import messages
from hiss.tui.workers.engine_thread import EngineThread, Jobs, PrepareStudy, RunStudy, work_through


def messages_of(engine: ScriptedEngine, *jobs: RunStudy | PrepareStudy) -> list[Message]:
    """Return all messages that the thread posts while it does these jobs."""
    queue: Jobs = SimpleQueue()
    for job in (*jobs, None):
        queue.put(job)
    posted: list[Message] = []
    work_through(engine, None, queue, posted.append)
    return posted


def names(posted: list[Message]) -> list[str]:
    return [type(message).__name__ for message in posted]


def test_presets_come_first_then_their_data_then_tensorflow() -> None:
    posted = messages_of(ScriptedEngine(experiments=ARTICLE[:2]))
    assert names(posted) == ["LibraryRead", "PreviewMade", "PreviewMade", "BackendReady"]


def test_preparing_is_skipped_when_another_job_waits() -> None:
    engine, job = ScriptedEngine(), PrepareStudy(Study(arms=ARTICLE[:1]))
    messages_of(engine, job, job, RunStudy(Study(arms=ARTICLE[1:2])))
    assert engine.prepared == []


def test_the_last_study_is_prepared_and_its_mistake_is_not_shown_yet() -> None:
    queue: Jobs = SimpleQueue()

    class Broken(ScriptedEngine):
        def prepare(self, study: Study) -> None:
            super().prepare(study)
            queue.put(None)
            raise DataError("no such column", "")

    queue.put(PrepareStudy(Study(arms=ARTICLE[:1])))
    engine, posted = Broken(experiments=ARTICLE[:1]), list[Message]()
    work_through(engine, None, queue, posted.append)
    assert engine.prepared == [Study(arms=ARTICLE[:1])]
    assert names(posted) == ["LibraryRead", "PreviewMade", "BackendReady"]


def test_study_over_comes_after_all_events_of_the_study() -> None:
    posted = messages_of(ScriptedEngine(), RunStudy(Study(arms=ARTICLE[:2])))
    assert names(posted)[-1] == "StudyOver"
    assert names(posted).count("EngineReported") == 9


def test_a_study_stopped_before_its_turn_is_not_begun() -> None:
    engine, job = ScriptedEngine(), RunStudy(Study(arms=ARTICLE[:1]))
    job.stop.set()
    assert names(messages_of(engine, job))[-1] == "StudyOver"
    assert engine.studies == []


def test_a_mistake_is_posted_and_the_next_job_run() -> None:
    engine = ScriptedEngine(error=TrainingError("no such device: gpu:7", "Use cpu."))
    job = RunStudy(Study(arms=ARTICLE[:1]))
    posted = messages_of(engine, job, job)
    assert names(posted)[-6:] == ["KeepingBegan", "Refused", "StudyOver"] * 2


def test_data_that_cannot_be_made_do_not_keep_tensorflow_from_loading() -> None:
    class Broken(ScriptedEngine):
        def preview(self, experiment: object) -> object:  # type: ignore[override]
            raise DataError("no such file: mine.csv", "")

    posted = messages_of(Broken(experiments=ARTICLE[:1]))
    assert names(posted) == ["LibraryRead", "Refused", "BackendReady"]


def test_a_bug_leaves_as_a_message_and_ends_the_thread() -> None:
    posted = messages_of(
        ScriptedEngine(error=ZeroDivisionError()), RunStudy(Study(arms=ARTICLE[:1]))
    )
    assert names(posted)[-1] == "Crashed"
    assert isinstance(posted[-1], messages.Crashed)
    assert isinstance(posted[-1].error, ZeroDivisionError)


def test_closing_stops_the_training_and_ends_the_thread() -> None:
    engine, started = ScriptedEngine(half=0), threading.Event()

    def post(message: Message) -> None:
        if isinstance(message, messages.EngineReported):
            started.set()

    thread = EngineThread(engine)
    thread.start(post)
    thread.run(Study(arms=ARTICLE[:1]))
    assert started.wait(5)
    assert thread.close(5)
    assert engine.stopped == [True]


def test_the_thread_outlives_the_console() -> None:
    def post(message: Message) -> None:
        raise RuntimeError("Event loop is closed")

    thread = EngineThread(ScriptedEngine())
    thread.start(post)
    assert thread.close(5)


FIRST_PICTURE = """
import asyncio, os, sys, threading
from types import SimpleNamespace
from hiss.tui.console.app import HissApp

async def look():
    silent = SimpleNamespace(load_presets=threading.Event().wait)
    async with HissApp(silent).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "Presets" in str(pilot.app.export_screenshot())
        heavy = {"numpy", "pydantic", "plotext", "sklearn", "tensorflow", "keras", "scipy"}
        print(sorted(heavy & set(sys.modules)), flush=True)
        os._exit(0)

asyncio.run(look())
"""


def test_the_first_picture_waits_for_no_heavy_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PICTURE], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
