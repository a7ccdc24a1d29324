"""Opening the console, and ending its process."""

from __future__ import annotations

import gc
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_log_path

from hiss.files import in_home
from hiss.tui.terminal.captured_output import captured, open_log
from hiss.tui.terminal.options import ConsoleOptions, announce_colors, refusal
from hiss.tui.terminal.printable import printable
from hiss.tui.terminal.watchdog import (
    end_process,
    mark_orderly_end,
    restore_attributes,
    start_watchdog,
    terminal_attributes,
)

if TYPE_CHECKING:
    from hiss.tui.workers.engine_thread import EngineThread
    from hiss.tui.workers.protocols import Engine

GRACE_PERIOD = 0.3
"""Seconds that the engine thread has to end once it has been told to stop."""


def open_console(options: ConsoleOptions | None = None, engine: Engine | None = None) -> int:
    """Run the console on an engine (hiss's own if none) and return the exit code."""
    options = options or ConsoleOptions()
    if reason := refusal():
        print(f"hiss: {printable(reason)}", file=sys.stderr)
        print(
            "Use the command instead: hiss run article (hiss --help lists everything).",
            file=sys.stderr,
        )
        return 2
    announce_colors(options.colors)
    # What is imported until TensorFlow is there stays; collecting it holds up the keys for 0.2 s.
    gc.disable()
    attributes = terminal_attributes()
    start_watchdog(console_log, terminal=True)
    try:
        return _run(options, engine, attributes)
    finally:
        mark_orderly_end()


def console_log() -> Path:
    """Return the file that stray output goes to while the console is open."""
    return in_home(lambda: user_log_path("hiss", appauthor=False)) / "console.log"


def _hand_over(thread: EngineThread) -> None:
    """Have studies go on in the background, and say how they are followed."""
    from hiss.errors import EngineError
    from hiss.tui.workers.kept_training import hand_over

    try:
        for study in hand_over(thread.handed_over, thread.store):
            print(f"hiss: {study} goes on: `hiss attach {study}` follows it")
    except EngineError as error:
        print(f"hiss: {printable(error.message)}")


def _run(options: ConsoleOptions, engine: Engine | None, attributes: list[Any] | None) -> int:
    from hiss.tui.compatibility import console_driver, filter_input
    from hiss.tui.console.app import HissApp
    from hiss.tui.terminal.answers import AnswerFilter
    from hiss.tui.terminal.signals import exit_on_hangup
    from hiss.tui.workers.memory_file import memory_path

    path = console_log()
    log = open_log(path)
    os.write(log, f"\nhiss console, {datetime.now():%Y-%m-%d %H:%M:%S}\n".encode())
    with captured(log):
        app = HissApp(engine, options, path, memory_path())
        filter_input(AnswerFilter)
        exit_on_hangup(app.engine_thread.close)
        app.driver_class = console_driver()
        app.run(mouse=options.mouse)
        restore_attributes(attributes)
        app.announcer.close()
        trained = app.engine_thread.close(GRACE_PERIOD if app.lab.running else 0)
        remembered = app.memory.close()
        _hand_over(app.engine_thread)
        code = app.return_code or 0
    if not (trained and app.background.close() and remembered):
        # Neither a thread inside TensorFlow nor a job under way can be ended otherwise: the
        # interpreter waits for the one and cannot finalise below the other.
        end_process(code)
    return code
