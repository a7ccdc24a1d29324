"""The ways in which the console ends from outside: signals, and a terminal that is gone."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import threading
from collections.abc import Callable

PATIENCE = 3.0
"""Seconds after a signal until the process ends itself, whatever it is doing."""


def exit_on_signals(leave: Callable[[int], None]) -> None:
    """Have the running event loop call `leave` with the exit code when a signal asks to end."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, _leave, leave, 128 + number)


def _leave(leave: Callable[[int], None], code: int) -> None:
    exit_after_grace_period(code)
    leave(code)


def exit_after_grace_period(code: int) -> None:
    """End the process with `code` after a while, should nothing else have ended it."""
    timer = threading.Timer(PATIENCE, os._exit, (code,))
    timer.daemon = True
    timer.start()


def exit_on_hangup(stop: Callable[[float], bool]) -> None:
    """End the process when its terminal is gone, even if SIGHUP is ignored.

    There is nothing left to restore then: training is told to stop and given a moment.
    """
    threading.Thread(target=_await_hangup, args=(stop,), daemon=True, name="hangup").start()


def _await_hangup(stop: Callable[[float], bool]) -> None:
    poll = select.poll()
    poll.register(0, 0)
    flags = [flag for _, flag in poll.poll()]
    if any(flag & select.POLLHUP for flag in flags):
        stop(0.3)
        os._exit(128 + signal.SIGHUP)
