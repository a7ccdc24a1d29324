"""Opening the console, and ending its process."""

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

GRACE_PERIOD = 0.3
"""Seconds that the engine thread has to end once it has been told to stop."""


def open_console(options: ConsoleOptions | None = None, engine: Engine | None = None) -> int:
    """Run the console on an engine (hiss's own if none) and return the exit code."""
    options = options or ConsoleOptions()
    if reason := refusal():
        print(f"hiss: {reason}", file=sys.stderr)
        print(
            "Use the command instead: hiss run article (hiss --help lists everything).",
            file=sys.stderr,
        )
        return 2
    announce_colors(options.colors)
    # What is imported until TensorFlow is there stays; collecting it holds up the keys for 0.2 s.
    gc.disable()
    return _run(options, engine)


def _run(options: ConsoleOptions, engine: Engine | None) -> int:
    from platformdirs import user_log_path

    from hiss.files import in_home
    from hiss.tui.console.app import HissApp
    from hiss.tui.terminal.signals import exit_on_hangup

    path = in_home(lambda: user_log_path("hiss", appauthor=False)) / "console.log"
    log = open_log(path)
    os.write(log, f"\nhiss console, {datetime.now():%Y-%m-%d %H:%M:%S}\n".encode())
    with captured(log):
        app = HissApp(engine, options, path)
        exit_on_hangup(app.engine_thread.close)
        app.run(mouse=options.mouse)
        trained = app.engine_thread.close(GRACE_PERIOD if app.lab.running else 0)
        code = app.return_code or 0
    if not (trained and app.background.close()):
        # Neither a thread inside TensorFlow nor a job under way can be ended otherwise: the
        # interpreter waits for the one and cannot finalise below the other.
        os._exit(code)
    return code
