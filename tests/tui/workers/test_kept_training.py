"""What the engine thread keeps of a study, and how it says so."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from stage import ARTICLE, ScriptedEngine
from textual.message import Message

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.results.outcomes import Keeping, Listener, Result, StudyEnded
from hiss.store.album import Album
from hiss.store.history import listing
from hiss.store.keeper import Keeper
from hiss.store.owner import Ownership
from hiss.store.place import studies_in
from hiss.store.records import Record, create, outcome_of, read
from hiss.studies.orders import run_order
from hiss.studies.search import Grid
from hiss.tui.state.kept import KeptAs
from hiss.tui.workers import messages
from hiss.tui.workers.engine_thread import EngineThread
from hiss.tui.workers.kept_training import RunStudy, find_interruption, train_kept

STUDY = Study(arms=ARTICLE[:2], repeats=2)
ENGINE = ScriptedEngine(chunk=4000)


def train(store: Path, job: RunStudy, engine: ScriptedEngine = ENGINE) -> list[Message]:
    posted: list[Message] = []
    train_kept(engine, job, store, posted.append)
    return posted


def only(store: Path) -> Record:
    (entry,), problems = listing(store)
    assert problems == ()
    return read(studies_in(store) / entry.id)


def test_a_study_is_kept_under_the_id_that_is_posted_first(tmp_path: Path) -> None:
    first, *_ = train(tmp_path, RunStudy(STUDY))
    assert isinstance(first, messages.KeepingBegan)
    assert first.problem == "" and first.name == only(tmp_path).id
    outcome = outcome_of(only(tmp_path).folder)
    assert outcome is not None and outcome.state == "finished"
    assert outcome.headline.startswith("best input-noise: test accuracy 0.7")


def test_what_was_kept_is_not_trained_again(tmp_path: Path) -> None:
    train(tmp_path, RunStudy(STUDY))
    engine = ScriptedEngine(chunk=4000)
    train(tmp_path, RunStudy(STUDY, KeptAs(id=only(tmp_path).id, whole=True)), engine)
    assert engine.taken == [arm.name for arm in STUDY.arms]


def test_snapshots_are_kept_beside_the_blocks_if_wanted_and_when_it_goes_on(tmp_path: Path) -> None:
    engine = ScriptedEngine(chunk=4000)
    train(tmp_path, RunStudy(STUDY, KeptAs(snapshots=True)), engine)
    record = only(tmp_path)
    assert record.order.recorded
    train(tmp_path, RunStudy(STUDY, KeptAs(id=record.id, whole=True)), engine)
    assert all(album is not None for album in engine.albums)
    train(tmp_path, RunStudy(STUDY), engine)
    assert engine.albums[-1] is None


def test_a_sweep_keeps_snapshots_of_its_grids_but_not_of_its_confirmation(tmp_path: Path) -> None:
    engine = ScriptedEngine(chunk=4000)
    search = Grid(None, (0.0, 0.3)).search(Study(arms=ARTICLE[2:3], repeats=2))
    train(tmp_path, RunStudy(search.study(), KeptAs("sweep", search, snapshots=True)), engine)
    more = KeptAs("sweep", search, refine=True, id=only(tmp_path).id)
    train(tmp_path, RunStudy(search.study((0.1,)), more), engine)
    more = KeptAs("sweep", search, confirm=True, id=only(tmp_path).id)
    train(tmp_path, RunStudy(search.study((0.0,), seed=99), more), engine)
    assert [album is not None for album in engine.albums] == [True, True, False]


def test_a_stage_of_a_sweep_goes_into_the_folder_of_its_grid(tmp_path: Path) -> None:
    search = Grid(None, (0.0, 0.3)).search(Study(arms=ARTICLE[2:3], repeats=2))
    train(tmp_path, RunStudy(search.study(), KeptAs("sweep", search)))
    name = only(tmp_path).id
    fresh = search.study((0.0,), (0.3,), seed=99)
    train(tmp_path, RunStudy(fresh, KeptAs("sweep", search, confirm=True, id=name)))
    assert only(tmp_path).order.options["confirm"] is True
    assert len(list(only(tmp_path).blocks.glob("*.block"))) == 4


def test_a_stage_whose_grid_is_not_kept_is_trained_in_memory(tmp_path: Path) -> None:
    search = Grid(None, (0.0, 0.3)).search(Study(arms=ARTICLE[2:3], repeats=2))
    posted = train(tmp_path, RunStudy(search.study(), KeptAs("sweep", search, refine=True)))
    assert isinstance(posted[0], messages.KeepingBegan)
    assert posted[0].problem == "the grid of this sweep is not kept"
    assert listing(tmp_path) == ((), ())


def test_a_store_that_is_a_file_stops_no_training(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    posted = train(tmp_path / "file", RunStudy(STUDY))
    assert isinstance(posted[0], messages.KeepingBegan)
    assert "is a file" in posted[0].problem
    assert isinstance(posted[-1], messages.EngineReported)


def test_a_folder_that_vanishes_stops_no_training_and_is_not_made_again(tmp_path: Path) -> None:
    class Vanishing(ScriptedEngine):
        def run_study(
            self,
            study: Study,
            listen: Listener,
            stop: threading.Event,
            keeper: Keeper | None = None,
            album: Album | None = None,
        ) -> Result:
            shutil.rmtree(studies_in(tmp_path))
            return super().run_study(study, listen, stop, keeper)

    posted = train(tmp_path, RunStudy(STUDY), Vanishing(chunk=4000))
    events = [each.event for each in posted if isinstance(each, messages.EngineReported)]
    assert any(isinstance(each, StudyEnded) for each in events)
    assert any(isinstance(each, Keeping) and each.problem for each in events)
    assert list(tmp_path.rglob("*.block")) == []


def test_a_study_that_another_process_trains_is_refused(tmp_path: Path) -> None:
    record = create(studies_in(tmp_path), run_order(STUDY))
    with (
        Ownership(record.folder, threading.Event()),
        pytest.raises(EngineError, match="is training this study already"),
    ):
        train(tmp_path, RunStudy(STUDY, KeptAs(id=record.id, whole=True)))


def test_only_the_latest_study_is_said_to_be_interrupted(tmp_path: Path) -> None:
    posted: list[Message] = []
    find_interruption(tmp_path, posted.append)
    record = create(studies_in(tmp_path), run_order(STUDY))
    find_interruption(tmp_path, posted.append)
    assert [one.entry.id for one in posted if isinstance(one, messages.InterruptionFound)] == [
        record.id
    ]
    train(tmp_path, RunStudy(STUDY))
    find_interruption(tmp_path, posted.append)
    assert len(posted) == 1


@pytest.mark.parametrize(("wanted", "state"), [(True, "stopped"), (False, None)])
def test_a_thread_that_does_not_end_leaves_the_study_stopped_or_interrupted(
    tmp_path: Path, wanted: bool, state: str | None
) -> None:
    release, begun = threading.Event(), threading.Event()

    class Stuck(ScriptedEngine):
        def run_study(
            self,
            study: Study,
            listen: Listener,
            stop: threading.Event,
            keeper: Keeper | None = None,
            album: Album | None = None,
        ) -> Result:
            begun.set()
            release.wait()
            return super().run_study(study, listen, stop, keeper)

    thread = EngineThread(Stuck(experiments=ARTICLE[:1]), store=tmp_path)
    thread.start(lambda _: None)
    thread.run(STUDY)
    assert begun.wait(10)
    thread.leave(wanted=wanted)
    assert not thread.close(0.05)
    outcome = outcome_of(only(tmp_path).folder)
    assert (outcome.state if outcome else None) == state
    release.set()
    assert thread.close(10)
