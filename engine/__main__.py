"""The `hiss` command: the console without arguments, the command line with them."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

PATIENCE = 0.5
"""Seconds that threads have to end after the result has been written."""


def main() -> None:
    """Open the console, or run the command line if there are arguments."""
    try:
        if len(sys.argv) > 1:
            _run_command()
        else:
            from hiss.tui.console.launch import open_console

            sys.exit(open_console())
    except SystemExit as ending:
        end_despite_threads(ending.code)
        raise


def end_despite_threads(code: object) -> None:
    """End the process at once if a thread, such as one of the user's model, would keep it alive."""
    others = [each for each in threading.enumerate() if each is not threading.current_thread()]
    for thread in others:
        if not thread.daemon:
            thread.join(PATIENCE / len(others))
    if any(thread.is_alive() and not thread.daemon for thread in others):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


def _run_command() -> None:
    """Run the command line; a verb, which may load TensorFlow, has a watchdog."""
    from hiss.tui.terminal.captured_output import log_path
    from hiss.tui.terminal.descriptors import occupy_closed_descriptors
    from hiss.tui.terminal.watchdog import mark_orderly_end, start_watchdog

    occupy_closed_descriptors()
    if not sys.argv[1].startswith("-"):
        start_watchdog(log_path, terminal=False)
    try:
        from hiss.tui.cli.main import main as command

        command()
    finally:
        mark_orderly_end()


if __name__ == "__main__":
    main()
