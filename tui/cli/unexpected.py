"""An error that is no mistake of the user: a line on stderr, and the details in the log."""

from __future__ import annotations

import sys
import traceback
from datetime import datetime

from hiss.errors import describe_unexpected
from hiss.tui.cli.output import print_note
from hiss.tui.terminal.captured_output import log_path

UNEXPECTED = 1
"""The exit code."""


def print_unexpected(error: Exception) -> int:
    """Write an error's traceback to the log, print a line about it, and return the exit code.

    Where there is no log, the traceback is printed too.
    """
    path, lines = log_path(), traceback.format_exception(error)
    try:
        if not path.is_absolute():
            raise FileNotFoundError("there is no home")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.writelines([f"\n{datetime.now():%Y-%m-%d %H:%M:%S}\n", *lines])
    except OSError:
        sys.stderr.writelines(lines)
        print_note(describe_unexpected(error))
    else:
        print_note(f"{describe_unexpected(error)}; the details are in {path}")
    return UNEXPECTED
