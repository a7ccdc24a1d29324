"""The messages that the engine thread and background jobs post to the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.errors import EngineError
    from hiss.experiment.spec import Experiment
    from hiss.results.outcomes import Event, Fingerprint
    from hiss.studies.verdicts import Comparison
    from hiss.tui.state.findings import Findings
    from hiss.tui.state.model import Key
    from hiss.tui.workers.protocols import Presets


class StateMessage(Message):
    """A message that changes the state; the reducer handles it."""


class LibraryRead(StateMessage):
    """The presets have been read."""

    def __init__(self, presets: Presets) -> None:
        """Carry the presets."""
        super().__init__()
        self.presets = presets


class PreviewMade(StateMessage):
    """A preview of an experiment's data has been made."""

    def __init__(self, name: str, preview: Preview) -> None:
        """Carry the experiment's name and the preview."""
        super().__init__()
        self.name = name
        self.preview = preview


def preview_of(make: Callable[[Experiment], Preview], experiment: Experiment) -> PreviewMade:
    """Return the message with the preview of an experiment's data."""
    return PreviewMade(experiment.name, make(experiment))


class BackendReady(StateMessage):
    """TensorFlow has been imported and a device chosen."""

    def __init__(self, fingerprint: Fingerprint) -> None:
        """Carry the device and the versions."""
        super().__init__()
        self.fingerprint = fingerprint


class EngineReported(StateMessage):
    """The running study has reported an event."""

    def __init__(self, event: Event) -> None:
        """Carry the engine's event."""
        super().__init__()
        self.event = event


class Compared(StateMessage):
    """Arms have been compared on the replicates so far."""

    def __init__(self, comparisons: tuple[Comparison, ...]) -> None:
        """Carry the comparisons."""
        super().__init__()
        self.comparisons = comparisons


class Swept(StateMessage):
    """The findings of a sweep so far have been computed."""

    def __init__(self, key: Key, findings: Findings) -> None:
        """Carry the replicates that the findings are about, and the findings."""
        super().__init__()
        self.key = key
        self.findings = findings


class StudyOver(StateMessage):
    """The engine thread has ended a study, in whatever way: the last message about it."""


class Refused(Message):
    """The engine refuses what was asked, because of a mistake of the user's."""

    def __init__(self, error: EngineError, of_study: bool = False) -> None:
        """Carry the mistake, and whether it ends the running study."""
        super().__init__()
        self.error = error
        self.of_study = of_study


class Crashed(Message):
    """A thread has raised an exception that is a bug."""

    def __init__(self, error: BaseException) -> None:
        """Carry the exception."""
        super().__init__()
        self.error = error
