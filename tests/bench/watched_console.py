"""The console, for `console.py` to run in a terminal.

    python tests/bench/watched_console.py EPOCHS STUDIES [REPORT]

makes the presets train for EPOCHS and adds a line to the file STUDIES for every study: its epochs
per second, and the time of its first epoch. With REPORT, a clock ticks in the event loop, which
slows down compiling, and its longest delays are written to that file.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import json
import sys
import time
from pathlib import Path

import training_rate

from hiss.tui.console.app import HissApp
from hiss.tui.console.launch import open_console
from hiss.tui.workers.real_engine import RealEngine

EPOCHS, STUDIES, REPORT = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
TICK = 0.002


class LongEngine(RealEngine):
    """The real engine, with the article's presets made to train for longer."""

    def load_presets(self):
        library = super().load_presets()
        arms = tuple(
            arm.model_copy(update={"training": arm.training.model_copy(update={"epochs": EPOCHS})})
            for arm in library.group("article")
        )
        return dataclasses.replace(library, experiments=arms, problems=())

    def run_study(self, study, listen, stop, keeper=None, album=None):
        result, rate, first = training_rate.timed(
            functools.partial(super().run_study, keeper=keeper, album=album), study, listen, stop
        )
        with STUDIES.open("a") as studies:
            studies.write(f"{rate} {first}\n")
        return result


class Clock:
    """Records how late each tick of the event loop comes, and what was going on."""

    def __init__(self):
        self.late = {"importing": [], "training": [], "idle": []}

    async def tick(self, app):
        last = time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            self.late[occupation(app.lab)].append(now - last - TICK)
            last = now

    def report(self):
        return {kind: max(late, default=0.0) for kind, late in self.late.items()}


def occupation(lab):
    if lab.running and lab.backend:
        return "training"
    return "idle" if lab.backend else "importing"


def watched(app_class, clock):
    """Start the clock when the app is ready, and write its report when the app ends."""
    leave = app_class.exit

    def on_ready(app):
        app.clock_task = asyncio.create_task(clock.tick(app))

    def leaving(app, *arguments, **options):
        Path(REPORT[0]).write_text(json.dumps(clock.report()))
        return leave(app, *arguments, **options)

    app_class.on_ready = on_ready
    app_class.exit = leaving


if REPORT:
    watched(HissApp, Clock())
sys.exit(open_console(engine=LongEngine()))
