"""The queue on the screen, driven by keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from stage import ScriptedEngine
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from hiss.errors import TrainingError
from hiss.tui.console.app import HissApp
from hiss.tui.screens.dialogs.notice import ConfirmDialog, LeaveDialog, ProblemDialog
from hiss.tui.screens.dialogs.queue import QueueDialog
from hiss.tui.screens.editor import EditorScreen
from hiss.tui.screens.lab import LabScreen
from hiss.tui.screens.sweep import SweepScreen
from hiss.tui.state import queue

Until = Callable[[Pilot[None], Callable[[], object]], Awaitable[None]]


def text(app: HissApp) -> str:
    """All that is on the screen."""
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def said(app: HissApp) -> str:
    """The latest notification."""
    (*_, last) = [*app._notifications] or [None]
    return last.message if last else ""


def names(app: HissApp) -> list[str]:
    return [queue.title(one) for one in app.lab.waiting]


async def begun(pilot: Pilot[None], until: Until, app: HissApp, *keys: str) -> None:
    """Train the first preset, and press keys while it waits for the gate."""
    await until(pilot, lambda: app.lab.backend)
    await pilot.press("enter")
    await until(pilot, lambda: app.lab.runs and app.lab.runs[0].curves)
    await pilot.press(*keys)


async def test_what_is_started_while_something_trains_follows_in_its_order(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await begun(pilot, until, app, "down", "enter")
        assert said(app) == "input-noise waits: 1st in the queue. Q shows it."
        await pilot.press("down", "enter")
        assert said(app) == "hidden-before waits: 2nd in the queue. Q shows it."
        await until(pilot, lambda: "2 waiting" in text(app))
        engine.gate.set()
        await until(pilot, lambda: not app.lab.running)
        trained = [one.arms[0].name.rpartition("/")[2] for one in engine.studies]
        assert trained == ["baseline", "input-noise", "hidden-before"]
        assert len(app.lab.runs) == 3 and all(run.replicates for run in app.lab.runs)
        assert said(app) == "Finished: 1 arm, 1.0 s. Next: hidden-before."


async def test_the_next_study_leaves_the_user_where_they_are(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, until, app, "down", "enter", "w")
        engine.gate.set()
        await until(pilot, lambda: len(engine.studies) == 2 and not app.lab.running)
        assert isinstance(app.screen, SweepScreen)
        assert app.lab.highlighted == "article/input-noise"


async def test_x_stops_the_running_study_and_the_next_one_begins(until: Until) -> None:
    engine = ScriptedEngine(half=2000)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, until, app, "down", "enter", "x")
        await until(pilot, lambda: len(engine.studies) == 2)
        await until(pilot, lambda: len(app.lab.runs) == 2 and app.lab.runs[1].curves)
        assert app.lab.phase == "running" and app.lab.waiting == ()
        assert app.lab.runs[0].replicates[0].status == "stopped"


async def test_a_study_that_is_refused_holds_up_no_other(until: Until) -> None:
    error = TrainingError("There is no gpu:7.", "Use --device cpu.")
    engine = ScriptedEngine(half=0, errors={"article/input-noise": error})
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, until, app, "down", "enter", "down", "enter")
        engine.gate.set()
        await until(pilot, lambda: len(engine.studies) == 3 and not app.lab.running)
        assert isinstance(app.screen, ProblemDialog)
        assert "There is no gpu:7." in text(app) and " input-noise " in text(app)
        await pilot.press("escape")
        assert [run.name for run in app.lab.runs] == ["article/baseline", "article/hidden-before"]


async def test_a_comparison_a_sweep_and_a_draft_wait_too(until: Until) -> None:
    engine = ScriptedEngine(half=0, chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, until, app, "down", "v", "enter", "w", "enter", "escape", "e")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        assert names(app) == [
            "comparison of baseline, input-noise",
            "sweep of input-noise, 6 points",
        ]
        assert "input-noise: 30 repeats on the screen or before it" in " ".join(
            text(app).replace("│", "").split()
        )
        await pilot.press("y")
        assert names(app)[-1] == "input-noise"


async def test_fewer_repeats_than_those_before_it_wait_only_after_a_question(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("n", "enter", "n", "n", "n", "enter")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("n")
        assert app.lab.waiting == ()
        await pilot.press("enter", "y")
        assert names(app) == ["baseline"]


async def test_studies_are_moved_put_first_and_dropped_by_keys(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        three = ("down", "enter", "down", "enter", "down", "enter")
        await begun(pilot, until, app, *three, "Q")
        await until(pilot, lambda: isinstance(app.screen, QueueDialog))
        await pilot.press("J")
        assert names(app) == ["hidden-before", "input-noise", "hidden-after"]
        await pilot.press("K", "K")
        assert names(app) == ["input-noise", "hidden-before", "hidden-after"]
        await pilot.press("down", "down", "f")
        assert names(app) == ["hidden-after", "input-noise", "hidden-before"]
        await pilot.press("down", "d")
        assert names(app) == ["hidden-after", "hidden-before"]
        await pilot.press("d", "d", "d", "d")
        assert names(app) == []
        await until(pilot, lambda: "Nothing waits." in text(app))
        assert app.lab.running
        await pilot.press("escape")
        assert isinstance(app.screen, LabScreen)


async def test_the_dialog_follows_the_queue_and_stops_the_running_study(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, until, app, "down", "enter", "down", "enter", "Q", "down", "x")
        await until(pilot, lambda: "now input-noise" in text(app))
        assert names(app) == ["hidden-before"]
        assert app.screen.query_one(OptionList).highlighted == 0
        await pilot.press("x")
        await until(pilot, lambda: "now hidden-before" in text(app))
        assert app.screen.check_action("drop", ()) is None
        assert app.screen.query_one(OptionList).highlighted is None
        await pilot.press("x")
        await until(pilot, lambda: "Nothing is being trained." in text(app))
        assert app.screen.check_action("stop", ()) is None


async def test_a_study_that_begins_below_the_cursor_lets_no_key_hit_another(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, until, app, "down", "enter", "down", "enter", "Q", "x")
        await until(pilot, lambda: "now input-noise" in text(app))
        await pilot.press("d", "f", "J")
        assert names(app) == ["hidden-before"]
        await pilot.press("down", "d")
        assert names(app) == []


async def test_quitting_says_how_many_studies_wait(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, until, app, "down", "enter", "down", "enter", "q")
        await until(pilot, lambda: isinstance(app.screen, LeaveDialog))
        await until(pilot, lambda: "2 more wait in the queue" in text(app))
        await pilot.press("y")
    assert app.return_code == 0
    assert app.engine_thread.close(5)
    assert len(engine.studies) == 1


async def test_ctrl_c_quits_at_once_and_begins_nothing_that_waits(until: Until) -> None:
    engine = ScriptedEngine(half=0)
    app = HissApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await begun(pilot, until, app, "down", "enter", "ctrl+c")
    assert app.return_code == 130
    assert app.engine_thread.close(5)
    assert len(engine.studies) == 1


@pytest.mark.parametrize(("size", "short"), [((60, 16), "+2"), ((80, 24), "2 waiting"),
                                             ((120, 36), "2 waiting")])  # fmt: skip
async def test_the_number_of_studies_that_wait_is_shown_at_all_sizes(
    until: Until, size: tuple[int, int], short: str
) -> None:
    engine = ScriptedEngine(half=2000)
    app = HissApp(engine)
    async with app.run_test(size=size) as pilot:
        await begun(pilot, until, app, "down", "enter", "down", "enter")
        app.clear_notifications()
        for keys in ("", "v", "w"):
            await pilot.press(*keys)
            await until(pilot, lambda: short in text(app).splitlines()[-2])


async def test_a_further_stage_of_a_sweep_goes_before_what_waits(until: Until) -> None:
    engine = ScriptedEngine(chunk=4000)
    app = HissApp(engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: app.lab.backend)
        await pilot.press("down", "down", "w", "N")
        app.screen.query_one(Input).value = "2"
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.lab.sweeping.settled and not app.lab.running)
        engine.half = 0
        await pilot.press("escape", "enter", "down", "enter", "w", "f")
        assert [name.partition(",")[0] for name in names(app)] == [
            "finer grid of hidden-before",
            "hidden-after",
        ]
        engine.gate.set()
        await until(pilot, lambda: not app.lab.running)
        assert [len(one.arms) for one in engine.studies[1:]] == [1, 5, 1]


async def test_the_palette_opens_the_queue(until: Until) -> None:
    app = HissApp(ScriptedEngine(half=0))
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, until, app, "ctrl+p", *"what waits: reorder")
        await until(pilot, lambda: "study: Show what trains and what waits" in text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, QueueDialog))
