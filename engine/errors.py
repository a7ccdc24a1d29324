"""What goes wrong for reasons that the user can mend."""

from __future__ import annotations


class EngineError(Exception):
    """A mistake in what the user asked for, said so that it can be mended."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Say what is wrong and where (`message`) and what to do about it (`hint`)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class PresetError(EngineError):
    """A preset that cannot be read or does not describe an experiment."""


class DataError(EngineError):
    """Data that cannot be read, or that the experiment cannot be trained on."""


class TrainingError(EngineError):
    """A training that could not be carried out."""


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    return str(error).strip().partition("\n")[0]
