"""What the working threads' messages change in the console's state."""

from __future__ import annotations

from tui import comparing, messages, state, sweeping
from tui.state import Lab


def taken_in(lab: Lab, message: messages.Told) -> Lab:
    """Take in what the thread has told."""
    match message:
        case messages.LibraryRead():
            presets = message.presets
            return state.library_read(lab, presets.experiments, presets.problems, presets.own)
        case messages.PreviewMade():
            return state.preview_made(lab, message.name, message.preview)
        case messages.BackendReady():
            from tui.reports import backend_loaded  # needs numpy, which is there by now

            return backend_loaded(lab, message.fingerprint)
        case messages.EngineReported():
            from tui.reports import reported

            return reported(lab, message.event)
        case messages.Compared():
            return comparing.answered(lab, message.comparisons)
        case messages.Swept():
            return sweeping.answered(lab, message.key, message.findings)
        case messages.StudyOver():
            return state.study_ended(lab)
    raise TypeError(f"{type(message).__name__} is no message that changes the state")
