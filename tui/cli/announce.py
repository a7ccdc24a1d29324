"""Announcing the end of a study: on the terminal of stderr, and by the user's command."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from hiss.tui.cli.output import print_note
from hiss.tui.terminal.announcement import BELL, PATIENCE, Announcement, run_command
from hiss.tui.terminal.captured_output import log_path, open_log

if TYPE_CHECKING:
    from hiss.store.records import Outcome
    from hiss.store.session import Session
    from hiss.tui.cli.options import Delivery


@contextmanager
def announced(session: Session, delivery: Delivery) -> Iterator[None]:
    """Announce at the end how the study of a session has ended, also by an error."""
    try:
        yield
    finally:
        announce(session, delivery)


def announce(session: Session, delivery: Delivery) -> None:
    """Announce how the study of a session has ended, if it has."""
    if session.outcome is not None:
        announce_outcome(session.order.title, session.outcome, delivery)


def announce_outcome(title: str, outcome: Outcome, delivery: Delivery) -> None:
    """Announce how a study has ended."""
    one = Announcement(outcome.state, title, outcome.seconds)
    if delivery.bell and not delivery.quiet and one.is_long:
        _ring(one)
    log = open_log(log_path())
    try:
        # What the user or a batch system stops ends at once.
        failure = run_command(delivery.notify, one, log, PATIENCE if one.rings else 0.0)
    finally:
        os.close(log)
    if failure:
        print_note(failure)


def _ring(one: Announcement) -> None:
    """Ring the bell, set the title and show a message, if stderr is a terminal."""
    if not one.rings or os.environ.get("TERM", "") in ("", "dumb"):
        return
    with suppress(OSError, ValueError):  # a terminal that is gone
        sys.stderr.flush()
        if os.isatty(2):
            os.write(2, f"{BELL}{one.sequences(os.environ)}".encode())
