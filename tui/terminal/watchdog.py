"""A second process that has the last word when hiss is ended without one.

A fault in native code, the kernel's memory killer and TensorFlow, which ends the process where it
does not know a flag, leave no time for a message or for the terminal's modes. The watchdog is
forked before anything large is imported. It leaves signals, job control and the exit code alone:
it waits at a pipe for the mark of an orderly end, or for the pipe's end without it.

A fault writes the Python stacks of all threads to the log. `os._exit`, called by the code of a
model, ends the process with code 1 and has the watchdog say who called it.
"""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import sys
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from hiss.tui.terminal.captured_output import open_log
from hiss.tui.terminal.printable import printable

RESET = (
    "\x1b[?2026l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?2048l"
    "\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Ends all modes that Textual sets: mouse, paste, focus, keyboard, line wrap, screen, cursor."""
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP)
_FATAL = re.compile(r"^(F\d{4} |Fatal |.*(Check failed|terminate called|CUDA_ERROR))")
_MOST = 3
"""Largest number of lines of the log that are repeated."""
_ORDERLY = b"."
"""The mark of an orderly end."""
_UNKNOWN = "killed, out of memory, or by a fault in native code."
_UNORDERLY = 1
"""The exit code after `os._exit` by foreign code."""
_PATIENCE = 1.0
"""Seconds that a process has to end once it has said that it will."""
_pipes: list[int] = []
"""The writing ends of the pipes to the watchdogs that still wait."""
_process = os.getpid()
"""The process that is watched."""


def start_watchdog(log: Callable[[], Path], terminal: bool) -> None:
    """Fork a process that reports an end without `mark_orderly_end`.

    Args:
        log: Returns the file that fatal errors of native code are written to, with the stacks.
        terminal: Whether the terminal's modes are changed, and have to be restored.
    """
    attributes = terminal_attributes() if terminal else None
    path = log()
    seen = path.stat().st_size if path.exists() else 0
    reading, writing = os.pipe()
    if os.fork():
        os.close(reading)
        _pipes.append(writing)
        faulthandler.enable(open_log(path))
        vars(os)["_exit"] = _exit_with_a_word
        return
    try:
        os.close(writing)
        for number in (*_IGNORED, signal.SIGTTOU):
            signal.signal(number, signal.SIG_IGN)
        if (words := os.read(reading, 1000)) != _ORDERLY:
            if words:
                _await_parent()
            if terminal:
                restore_terminal(attributes)
            _report(path, seen, words.decode(errors="replace") or _UNKNOWN)
    finally:
        os._exit(0)


def mark_orderly_end() -> None:
    """Send the watchdogs home: the process ends, and has said all that there is to say."""
    while _pipes:
        pipe = _pipes.pop()
        with suppress(OSError):
            os.write(pipe, _ORDERLY)
            os.close(pipe)


def end_process(code: int) -> NoReturn:
    """End the process at once with an exit code, whatever its threads do."""
    mark_orderly_end()
    os._exit(code)


def terminal_attributes() -> list[Any] | None:
    """Return the attributes of the terminal of standard input; None if it is none."""
    try:
        return termios.tcgetattr(0)
    except termios.error:
        return None


def restore_attributes(attributes: list[Any] | None) -> None:
    """Set the attributes of the terminal, unless the shell has taken it back already."""
    if attributes is not None and not _in_background():
        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSANOW, attributes)


def _in_background() -> bool:
    try:
        return os.tcgetpgrp(0) != os.getpgrp()
    except OSError:  # the terminal lost its session with the first process of it
        return False


def restore_terminal(attributes: list[Any] | None) -> None:
    """Set the attributes of the terminal, and end all modes that Textual has set."""
    restore_attributes(attributes)
    for descriptor in (2, 1):
        if os.isatty(descriptor):
            os.write(descriptor, RESET.encode())
            return


def _exit_with_a_word(code: int, really: Callable[[int], NoReturn] = os._exit) -> NoReturn:
    """End the process as `os._exit` does; if hiss has not finished, have the watchdog say why.

    A forked process, which shares the pipes, ends as it wants.
    """
    if _pipes and os.getpid() == _process:
        caller = sys._getframe(1)
        place = f"{Path(caller.f_code.co_filename).name}, line {caller.f_lineno}"
        for pipe in _pipes:
            with suppress(OSError):
                os.write(pipe, f"{place}, called os._exit({code}).".encode(errors="replace")[:1000])
        code = _UNORDERLY
    really(code)


def _await_parent() -> None:
    """Wait until the process that has forked the watchdog is gone, so that it draws no more."""
    parent, end = os.getppid(), time.monotonic() + _PATIENCE
    while os.getppid() == parent and time.monotonic() < end:
        time.sleep(0.01)


def _report(log: Path, seen: int, reason: str) -> None:
    lines = _fatal_lines(log, seen)
    text = "".join(f"      {printable(line)}\n" for line in lines)
    if lines and reason == _UNKNOWN:
        reason = ""
    head = f"hiss: ended without a result: {printable(reason)}".rstrip()
    os.write(2, f"{head}\n{text}      The log is {log}\n".encode())


def _fatal_lines(log: Path, seen: int) -> list[str]:
    """Return the last fatal lines that a log has got since it had a size."""
    try:
        with log.open("rb") as file:
            file.seek(seen if seen <= log.stat().st_size else 0)
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    return [line for line in lines if _FATAL.match(line)][-_MOST:]
