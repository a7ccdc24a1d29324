"""Opening and leaving the console."""

from __future__ import annotations

import gc
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from hiss.tui.terminal.captured_output import captured, open_log
from hiss.tui.terminal.options import ConsoleOptions, announce_colors, refusal

if TYPE_CHECKING:
    from hiss.tui.workers.protocols import Engine

LAST_WORD = 0.3
"""Seconds that the training thread is given to end after it has been told to stop."""


def open_console(options: ConsoleOptions | None = None, engine: Engine | None = None) -> int:
    """Run the console on an engine (hiss's own if none) and return the exit code."""
    options = options or ConsoleOptions()
    if reason := refusal():
        print(f"hiss: {reason}", file=sys.stderr)
        print("Use the command instead: hiss run article (hiss --help tells all).", file=sys.stderr)
        return 2
    announce_colors(options.colors)
    gc.disable()  # until TensorFlow is there: what is imported until then stays, and a collection
    return _run(options, engine)  # of it would hold up the keys for a fifth of a second


def _run(options: ConsoleOptions, engine: Engine | None) -> int:
    from platformdirs import user_log_path

    from hiss.tui.console.app import HissApp
    from hiss.tui.terminal.signals import exit_on_hangup

    path = user_log_path("hiss", appauthor=False) / "console.log"
    log = open_log(path)
    os.write(log, f"\nhiss console, {datetime.now():%Y-%m-%d %H:%M:%S}\n".encode())
    with captured(log):
        app = HissApp(engine, options, path)
        exit_on_hangup(app.desk.close)
        app.run(mouse=options.mouse)
        ended = app.desk.close(LAST_WORD if app.lab.running else 0)
        code = app.return_code or 0
    if not ended:
        # A thread inside TensorFlow cannot be ended otherwise, nor does the interpreter
        # finalise below it.
        os._exit(code)
    return code
