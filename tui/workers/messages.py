"""The messages that the engine thread and background jobs post to the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.errors import EngineError
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.outcomes import Event, Fingerprint
    from hiss.store.entries import Entry
    from hiss.studies.verdicts import Comparison
    from hiss.training.gpu_load import GpuLoad
    from hiss.tui.state.findings import Findings
    from hiss.tui.state.kept import Reopened
    from hiss.tui.state.model import Key, Stage
    from hiss.tui.workers.protocols import Found, Presets


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


class GpuRead(StateMessage):
    """The load of the GPU has been read."""

    def __init__(self, load: GpuLoad | None) -> None:
        """Carry the load; None where it cannot be had."""
        super().__init__()
        self.load = load


def gpu_read(device: str) -> GpuRead:
    """Return the message with the present load of a device."""
    from hiss.training.gpu_load import gpu_load

    return GpuRead(gpu_load(device))


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


class KeepingBegan(StateMessage):
    """The running study has a folder now in which it is kept, or none."""

    def __init__(self, name: str, problem: str) -> None:
        """Carry the ID, empty without a folder, and why what is trained is not kept."""
        super().__init__()
        self.name, self.problem = name, problem


class StageBegun(StateMessage):
    """A sweep that goes on has come to a further stage."""

    def __init__(self, stage: Stage, study: Study, findings: Findings) -> None:
        """Carry the stage, its study, and the findings of the stages before."""
        super().__init__()
        self.stage: Stage = stage
        self.study, self.findings = study, findings


class InterruptionFound(StateMessage):
    """The latest kept study was interrupted."""

    def __init__(self, entry: Entry) -> None:
        """Carry the study."""
        super().__init__()
        self.entry = entry


class StudyReread(StateMessage):
    """A kept study that another process trains has been read again."""

    def __init__(self, name: str, found: Reopened | None) -> None:
        """Carry its ID and how far it is; None if it cannot be read any more."""
        super().__init__()
        self.name, self.found = name, found


class StudyOver(StateMessage):
    """The engine thread has ended a study, in whatever way: the last message about it."""


class ExplainReported(Message):
    """The study that is trained for the explain screen has reported an event."""

    def __init__(self, event: Event) -> None:
        """Carry the engine's event."""
        super().__init__()
        self.event = event


class Explained(Message):
    """The networks of a study have been looked at: at the end, before it, or as they train."""

    def __init__(self, found: Found) -> None:
        """Carry what was found."""
        super().__init__()
        self.found = found


class ExplainOver(Message):
    """All that there is to see of a study has been found, or something else is to be done."""

    def __init__(self, error: EngineError | None = None) -> None:
        """Carry why it ended early; None if it did not."""
        super().__init__()
        self.error = error


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
