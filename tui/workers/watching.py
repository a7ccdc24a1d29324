"""Showing the networks of a study while it trains here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hiss.errors import EngineError, describe_unexpected
from hiss.tui.workers import messages

if TYPE_CHECKING:
    from textual.message import Message

    from hiss.experiment.spec import Study
    from hiss.store.album import ArmWatch
    from hiss.training.snapshots import Snapshots
    from hiss.tui.workers.protocols import Found


def watcher(study: Study, post: Callable[[Message], object]) -> ArmWatch:
    """Return what posts the regions of a study's networks while it trains.

    It is called on the engine thread; a picture that fails is the last, and ends no training.
    """
    shown: ArmWatch | None = None
    failed = False

    def show(found: Found) -> None:
        post(messages.Explained(found))

    def watch(number: int, snapshots: Snapshots) -> None:
        nonlocal shown, failed
        if failed:
            return
        try:
            if shown is None:
                from hiss.views.subject import live

                shown = live(study, study.arms, show)
            shown(number, snapshots)
        except Exception as error:
            failed = True
            post(messages.ExplainOver(EngineError(describe_unexpected(error))))

    return watch
