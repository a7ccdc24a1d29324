"""All that the threads that work may post to the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from engine.errors import EngineError
    from engine.events import Event
    from engine.preview import Preview
    from engine.results import Fingerprint
    from engine.spec import Experiment
    from engine.verdicts import Comparison
    from tui.findings import Findings
    from tui.sweeping import Key
    from tui.worker import Presets


class Told(Message):
    """Something that changes what the console shows."""


class LibraryRead(Told):
    """The presets have been read."""

    def __init__(self, presets: Presets) -> None:
        """Carry the presets."""
        super().__init__()
        self.presets = presets


class PreviewMade(Told):
    """An experiment's data have been made to look at."""

    def __init__(self, name: str, preview: Preview) -> None:
        """Carry the experiment's name and its data."""
        super().__init__()
        self.name = name
        self.preview = preview


def preview_of(make: Callable[[Experiment], Preview], experiment: Experiment) -> PreviewMade:
    """Make an experiment's data and say so."""
    return PreviewMade(experiment.name, make(experiment))


class BackendReady(Told):
    """TensorFlow has been imported and a device chosen."""

    def __init__(self, fingerprint: Fingerprint) -> None:
        """Carry the machine and its versions."""
        super().__init__()
        self.fingerprint = fingerprint


class EngineReported(Told):
    """The running study has reported something."""

    def __init__(self, event: Event) -> None:
        """Carry the engine's event."""
        super().__init__()
        self.event = event


class Compared(Told):
    """Arms have been compared as far as they have come."""

    def __init__(self, comparisons: tuple[Comparison, ...]) -> None:
        """Carry the comparisons."""
        super().__init__()
        self.comparisons = comparisons


class Swept(Told):
    """What a sweep has found by now has been worked out."""

    def __init__(self, key: Key, findings: Findings) -> None:
        """Carry what was asked and what was found."""
        super().__init__()
        self.key = key
        self.findings = findings


class StudyOver(Told):
    """The thread is done with a study, however it ended: its last word on it."""


class Refused(Message):
    """The engine cannot do what was asked, for a reason that the user can mend."""

    def __init__(self, error: EngineError) -> None:
        """Carry the reason."""
        super().__init__()
        self.error = error


class Crashed(Message):
    """The thread has met a bug and has ended."""

    def __init__(self, error: BaseException) -> None:
        """Carry what was raised."""
        super().__init__()
        self.error = error
