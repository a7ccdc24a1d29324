"""All that the threads that work may post to the console."""

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
    """Something that changes what the console shows."""


class LibraryRead(StateMessage):
    """The presets have been read."""

    def __init__(self, presets: Presets) -> None:
        """Carry the presets."""
        super().__init__()
        self.presets = presets


class PreviewMade(StateMessage):
    """An experiment's data have been made to look at."""

    def __init__(self, name: str, preview: Preview) -> None:
        """Carry the experiment's name and its data."""
        super().__init__()
        self.name = name
        self.preview = preview


def preview_of(make: Callable[[Experiment], Preview], experiment: Experiment) -> PreviewMade:
    """Make an experiment's data and say so."""
    return PreviewMade(experiment.name, make(experiment))


class BackendReady(StateMessage):
    """TensorFlow has been imported and a device chosen."""

    def __init__(self, fingerprint: Fingerprint) -> None:
        """Carry the machine and its versions."""
        super().__init__()
        self.fingerprint = fingerprint


class EngineReported(StateMessage):
    """The running study has reported something."""

    def __init__(self, event: Event) -> None:
        """Carry the engine's event."""
        super().__init__()
        self.event = event


class Compared(StateMessage):
    """Arms have been compared as far as they have come."""

    def __init__(self, comparisons: tuple[Comparison, ...]) -> None:
        """Carry the comparisons."""
        super().__init__()
        self.comparisons = comparisons


class Swept(StateMessage):
    """What a sweep has found by now has been worked out."""

    def __init__(self, key: Key, findings: Findings) -> None:
        """Carry what was asked and what was found."""
        super().__init__()
        self.key = key
        self.findings = findings


class StudyOver(StateMessage):
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
