"""The history on the screen, driven by keys; studies are kept in the test's own home."""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from stage import ARTICLE, ScriptedEngine, here
from test_snapshots import compare, picture
from textual.pilot import Pilot
from textual.widgets import Input

from hiss.errors import TrainingError
from hiss.experiment.spec import Study
from hiss.results.outcomes import Fingerprint
from hiss.store import history as store
from hiss.store.keeper import Keeper
from hiss.store.owner import Ownership
from hiss.store.place import store_folder, studies_in
from hiss.store.records import Outcome, Record, create, end, notes_of, outcome_of, read, state_of
from hiss.store.session import Session
from hiss.studies.orders import (
    ComparisonOptions,
    SweepOptions,
    compare_order,
    run_order,
    sweep_order,
)
from hiss.studies.search import Grid
from hiss.tui.console.app import HissApp
from hiss.tui.screens.dialogs.ask import InputDialog
from hiss.tui.screens.dialogs.notice import ConfirmDialog, LeaveDialog, ProblemDialog
from hiss.tui.screens.history import HistoryScreen, refusal
from hiss.tui.state.model import Lab
from hiss.tui.terminal.options import ConsoleOptions
from hiss.tui.workers.kept_training import hand_over

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]
SMALL = Study(arms=ARTICLE[:2], repeats=2)


def text(app: HissApp) -> str:
    """All that is on the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def kept(
    study: Study = SMALL,
    kind: str = "compare",
    state: str = "finished",
    fingerprint: Fingerprint | None = None,
) -> Record:
    """Train a study by the scripted engine and keep it; interrupted after the first arm."""
    how = ComparisonOptions()
    order = compare_order(study, how) if kind == "compare" else run_order(study)
    if kind == "sweep":
        order = sweep_order(Grid(None, (0.0, 0.3)).search(study), SweepOptions(False, True))
    with Session.begin(order) as session:
        assert session.record is not None
        shown = study.model_copy(update={"arms": study.arms[:1]}) if kind != "sweep" else study
        trained = study if state == "finished" else shown
        engine = ScriptedEngine(chunk=4000, fingerprint=fingerprint or here())
        engine.run_study(trained, lambda _: None, threading.Event(), session.keeper)
        if state != "interrupted":
            session.end(state)  # type: ignore[arg-type]
    return session.record


async def listed(pilot: Pilot[None], until: Until, app: HissApp, count: int) -> None:
    """Open the history and wait until studies are listed."""
    await until(pilot, lambda: app.lab.backend)
    await pilot.press("H")
    await until(pilot, lambda: len(app.lab.history.rows) == count)
    assert isinstance(app.screen, HistoryScreen)


def records() -> list[Record]:
    entries, _ = store.listing(store_folder())
    return [read(studies_in(store_folder()) / one.id) for one in entries]


async def test_everything_that_is_started_is_kept_from_its_beginning(until: Until) -> None:
    app = HissApp(ScriptedEngine(chunk=4000))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.ending and not app.lab.running)
        await pilot.press("v", "l", "enter")
        await until(pilot, lambda: len(app.lab.runs) == 4 and not app.lab.running)
        await pilot.press("escape", "down", "down", "w", "enter")
        await until(pilot, lambda: app.lab.where == "sweep" and not app.lab.running)
        await until(pilot, lambda: app.lab.sweeping.settled)
        await pilot.press("c")
        await until(pilot, lambda: app.lab.sweeping.stage == "confirmation")
        await until(pilot, lambda: not app.lab.running and app.lab.sweeping.settled)
    sweep, compare, run = records()
    assert [one.order.kind for one in (sweep, compare, run)] == ["sweep", "compare", "run"]
    assert [state_of(one.folder) for one in (sweep, compare, run)] == ["finished"] * 3
    assert compare.order.options["metric"] == "test_loss"
    assert (sweep.order.options["refine"], sweep.order.options["confirm"]) == (False, True)
    assert len(list(sweep.blocks.glob("*.block"))) == 8


async def test_a_study_that_has_waited_for_its_turn_is_kept_too(until: Until) -> None:
    engine = ScriptedEngine(half=100, chunk=2000)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter", "v", "enter")
        assert len(app.lab.waiting) == 1
        engine.gate.set()
        await until(pilot, lambda: len(engine.studies) == 2 and not app.lab.running)
    assert [one.order.kind for one in records()] == ["compare", "run"]
    assert [state_of(one.folder) for one in records()] == ["finished", "finished"]


async def test_a_study_is_stopped_or_fails_and_that_is_kept(until: Until) -> None:
    engine = ScriptedEngine(half=100)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.history.current)
        assert state_of(records()[0].folder) == "running"
        await pilot.press("x")
        await until(pilot, lambda: not app.lab.running)
        engine.error = TrainingError("There is no gpu:7.", "Use cpu.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProblemDialog))
    failed, stopped = (outcome_of(one.folder) for one in records())
    assert isinstance(stopped, Outcome) and stopped.state == "stopped"
    assert isinstance(failed, Outcome) and failed.state == "failed"
    assert failed.error == "There is no gpu:7."


@pytest.mark.parametrize(
    ("code", "state"), [(0, "stopped"), (130, "stopped"), (143, "interrupted")]
)
async def test_what_the_user_quits_is_stopped_and_what_a_signal_ends_interrupted(
    until: Until, code: int, state: str
) -> None:
    app = HissApp(ScriptedEngine(half=100))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.history.current)
        app.quit_with(code)
        await pilot.pause()
    assert app.engine_thread.close(5)
    assert state_of(records()[0].folder) == state


@pytest.fixture
def background(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The studies for which a process would be started."""
    started: list[str] = []
    start = "hiss.tui.workers.detached.start_in_background"
    monkeypatch.setattr(start, lambda record: started.append(record.id))
    return started


async def test_a_key_has_a_study_go_on_in_the_background(
    until: Until, background: list[str]
) -> None:
    app = HissApp(ScriptedEngine(half=100))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.history.current)
        await pilot.press("X")
        await until(pilot, lambda: not app.lab.running)
    assert background == [records()[0].id]
    assert state_of(records()[0].folder) == "interrupted"  # until its process takes it


async def test_the_console_closes_and_what_trains_and_waits_goes_on(
    until: Until, background: list[str]
) -> None:
    app = HissApp(ScriptedEngine(half=100))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.history.current)
        await pilot.press("v", "enter")
        assert len(app.lab.waiting) == 1
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, LeaveDialog))
        await pilot.press("k")
        await pilot.pause()
    assert app.engine_thread.close(5)
    ids = list(hand_over(app.engine_thread.handed_over, app.engine_thread.store))
    assert background == ids
    kinds = {one.id: one.order.kind for one in records()}
    assert [kinds[each] for each in ids] == ["run", "compare"]


async def test_kept_studies_open_on_the_screens_where_they_belong(until: Until) -> None:
    ids = [kept(kind=kind).id for kind in ("run", "compare")]
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await listed(pilot, until, app, 2)
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "compare")
        await until(pilot, lambda: "2 repeats, as declared" in text(app))
        assert ids[1] in text(app)
        await pilot.press("H", "down", "enter")
        await until(pilot, lambda: app.current_mode == "lab")
        await until(pilot, lambda: f"2 repeats · article mode · {ids[0]}" in text(app))


async def test_an_interrupted_study_is_announced_and_two_keys_take_it_on(until: Until) -> None:
    record = kept(state="interrupted")
    engine = ScriptedEngine(chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        said = f"{record.id} (article, compare) was interrupted: H, then R goes on"
        await until(pilot, lambda: said in text(app))
        await pilot.press("H", "R")
        await until(pilot, lambda: app.lab.ending and not app.lab.running)
        await until(pilot, lambda: "2 repeats, as declared" in text(app))
    assert engine.taken == ["article/baseline"]
    assert state_of(record.folder) == "finished"


async def test_other_versions_are_said_before_a_study_goes_on(until: Until) -> None:
    kept(state="interrupted", fingerprint=replace(here(), tensorflow="2.19.0"))
    engine = ScriptedEngine(chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await listed(pilot, until, app, 1)
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await until(pilot, lambda: "2.19.0" in text(app))
        await pilot.press("n")
        assert engine.studies == []
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: app.lab.ending and not app.lab.running)
    assert len(engine.studies) == 1


async def test_a_sweep_that_goes_on_trains_all_the_stages_it_was_started_for(until: Until) -> None:
    study = Study(arms=ARTICLE[2:3], repeats=2)
    record = kept(study, "sweep", "interrupted")
    engine = ScriptedEngine(chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await listed(pilot, until, app, 1)
        await pilot.press("R")
        await until(pilot, lambda: app.lab.ending and not app.lab.running)
        assert app.current_mode == "sweep"
        await until(pilot, lambda: app.lab.sweeping.settled)
        assert app.lab.sweeping.stage == "confirmation"
        assert [len(study.arms) for study in engine.studies] == [2, 2]
    assert state_of(record.folder) == "finished"


async def test_a_note_is_written_found_and_the_study_deleted_after_a_question(
    until: Until,
) -> None:
    first, second = kept(kind="run"), kept(kind="run")
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        await listed(pilot, until, app, 2)
        await pilot.press("down", "n")
        assert isinstance(app.screen, InputDialog)
        await pilot.press(*"mine", "enter")
        await until(pilot, lambda: notes_of(first.folder).text == "mine")
        await until(pilot, lambda: app.lab.history.rows[1].entry.note)
        await pilot.press("slash", *"MIN")
        await until(pilot, lambda: "1 of 2" in text(app))
        await pilot.press("enter")
        assert second.id not in text(app)
        await pilot.press("D")
        assert isinstance(app.screen, ConfirmDialog)
        await pilot.press("n")
        assert first.folder.exists()
        await pilot.press("D", "y")
        await until(pilot, lambda: not first.folder.exists())
        await until(pilot, lambda: len(app.lab.history.rows) == 1)
        await pilot.press("slash")
        app.screen.query_one(Input).value = ""
        await pilot.press("enter")
        await until(pilot, lambda: second.id in text(app))


async def test_marked_studies_are_compared_side_by_side_with_a_warning(until: Until) -> None:
    kept(kind="run")
    kept(SMALL.model_copy(update={"seed": 2}))
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(160, 48)) as pilot:
        await listed(pilot, until, app, 2)
        assert app.screen.check_action("compare", ()) is None
        await pilot.press("space", "space", "c")
        await until(pilot, lambda: app.current_mode == "compare")
        await until(pilot, lambda: "! no pairs: other data, seeds 2 and 1" in text(app))
        await until(pilot, lambda: len(app.lab.comparing.comparisons) == 3)
        assert app.screen.check_action("compare", ()) is None


async def test_a_study_that_another_process_trains_is_watched_and_stopped(until: Until) -> None:
    record = kept(state="interrupted")
    stop = threading.Event()
    app = HissApp(ScriptedEngine())
    with Ownership(record.folder, stop):
        async with app.run_test(size=(120, 36)) as pilot:
            await listed(pilot, until, app, 1)
            assert "> running 50%" in text(app)
            assert app.screen.check_action("resume", ()) is None
            assert app.screen.check_action("delete", ()) is None
            await pilot.press("enter")
            await until(pilot, lambda: "is trained by another process" in text(app))
            await pilot.press("x")
            await until(pilot, stop.is_set)


async def test_a_study_of_another_process_grows_on_the_screen(
    until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hiss.tui.console.app.FOLLOWING", 0.05)
    record = kept(state="interrupted")
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(120, 36)) as pilot:
        with Ownership(record.folder, threading.Event()):
            await listed(pilot, until, app, 1)
            assert "> running 50%" in text(app)
            await pilot.press("enter")
            await until(pilot, lambda: len(app.lab.comparing.runs) == 1)
            keeper = Keeper(record.blocks)
            ScriptedEngine(chunk=4000).run_study(SMALL, lambda _: None, threading.Event(), keeper)
            keeper.close()
            await until(pilot, lambda: len(app.lab.comparing.runs) == 2)
            assert app.lab.history.watched == record.id
            end(record.folder, Outcome("finished"))
        await until(pilot, lambda: app.lab.history.watched == "")
        await until(pilot, lambda: "2 repeats, as declared" in text(app))


async def test_a_store_that_cannot_be_written_is_said_as_long_as_that_is_so(
    until: Until, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    app = HissApp(ScriptedEngine(chunk=4000), ConsoleOptions(store=tmp_path / "file" / "store"))
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.ending and not app.lab.running)
        await until(pilot, lambda: "! in memory only" in text(app))


async def test_the_store_of_the_command_line_is_used(until: Until, tmp_path: Path) -> None:
    app = HissApp(ScriptedEngine(chunk=4000), ConsoleOptions(store=tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("enter")
        await until(pilot, lambda: app.lab.ending and not app.lab.running)
    assert len(store.listing(tmp_path)[0]) == 1
    assert records() == []


async def test_folders_that_cannot_be_read_are_counted_and_named(until: Until) -> None:
    record = create(studies_in(store_folder()), run_order(SMALL))
    (record.folder / "study.json").write_text("{")
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("H")
        await until(pilot, lambda: "1 cannot be read" in text(app))
        assert "is damaged" in text(app)
        await pilot.press("enter", "R", "space", "x")
        assert isinstance(app.screen, HistoryScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_history_looks_as_it_did(until: Until, size: tuple[int, int]) -> None:
    dates = iter(("2024-05-02", "2024-06-11", "2024-10-30"))
    for kind, state in (("run", "finished"), ("compare", "interrupted"), ("run", "failed")):
        dated(kept(kind=kind, state=state), next(dates))
    app = HissApp(ScriptedEngine())
    async with app.run_test(size=size) as pilot:
        await listed(pilot, until, app, 3)
        await pilot.press("down", "space", "up")
        await pilot.pause()
        compare(f"history-{size[0]}x{size[1]}", picture(app))


def dated(record: Record, date: str) -> None:
    """Give a kept study an ID and a time that are the same each time."""
    path = record.folder / "study.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "created": f"{date}T12:00:00+00:00"}))
    if (record.folder / "outcome.json").exists():
        outcome = json.loads((record.folder / "outcome.json").read_text())
        changed = {**outcome, "seconds": 12.5, "headline": "best input-noise: better by 1.7 points"}
        (record.folder / "outcome.json").write_text(json.dumps(changed))
    record.folder.rename(record.folder.with_name(f"{date[2:].replace('-', '')}-k7qp"))


def test_nothing_is_compared_side_by_side_where_nothing_is_listed() -> None:
    assert refusal(Lab(), "compare") == "Nothing is marked: space marks a study."
