"""How the console ends from outside: by a signal, or because its terminal is gone."""

from __future__ import annotations

import asyncio
import select
import signal
import threading
from collections.abc import Callable

from hiss.tui.terminal.watchdog import end_process

GRACE_PERIOD = 3.0
"""Seconds after a signal until the process ends itself, whatever it is doing."""
STOP_PERIOD = 0.3
"""Seconds that training has to stop once the terminal is gone."""


def exit_on_signals(leave: Callable[[int], None]) -> None:
    """Have the running event loop call `leave` with 128 + the number of SIGTERM, SIGHUP or SIGINT.

    Does nothing in another thread than the main one, where Python handles no signals.
    """
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, _leave, leave, 128 + number)


def _leave(leave: Callable[[int], None], code: int) -> None:
    exit_after_grace_period(code)
    leave(code)


def exit_after_grace_period(code: int) -> None:
    """End the process with `code` after `GRACE_PERIOD`, if nothing else has ended it."""
    timer = threading.Timer(GRACE_PERIOD, end_process, (code,))
    timer.daemon = True
    timer.start()


def exit_on_hangup(stop: Callable[[float], bool]) -> None:
    """Watch for the end of the terminal on a thread, and end the process with it.

    SIGHUP may be ignored, as under `nohup`. There is no terminal left to restore.

    Args:
        stop: Stops training, and waits for it for the seconds that it is passed at most.
    """
    threading.Thread(target=_await_hangup, args=(stop,), daemon=True, name="hangup").start()


def _await_hangup(stop: Callable[[float], bool]) -> None:
    poll = select.poll()
    poll.register(0, 0)
    flags = [flag for _, flag in poll.poll()]
    if any(flag & select.POLLHUP for flag in flags):
        stop(STOP_PERIOD)
        end_process(128 + signal.SIGHUP)
