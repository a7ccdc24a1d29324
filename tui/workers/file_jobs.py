"""Looking at a file and making experiments of it, beside the event loop, and what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from hiss.errors import EngineError
from hiss.tui.state import choices
from hiss.tui.state.choices import Choice

if TYPE_CHECKING:
    from hiss.data.tables.proposal import Proposal
    from hiss.experiment.spec import Experiment


class Looked(Message):
    """A file has been looked at; instead of what it holds, why it cannot be read."""

    def __init__(self, choice: Choice, found: Proposal | Experiment | EngineError) -> None:
        """Carry what was chosen and what was found."""
        super().__init__()
        self.choice, self.found = choice, found


class Made(Message):
    """Experiments are there to be listed; instead of them, why there are none."""

    def __init__(self, found: tuple[Experiment, ...] | EngineError) -> None:
        """Carry the experiments."""
        super().__init__()
        self.found = found


def looked(choice: Choice) -> Looked:
    """Look at a file."""
    try:
        if choice.path.suffix.lower() == ".toml":
            return Looked(choice, preset_in(choice.path))
        return Looked(choice, choices.look(choice))
    except EngineError as error:
        return Looked(choice, error)


def made(choice: Choice, found: Proposal | Experiment) -> Made:
    """Make experiments of what a file holds."""
    from hiss.experiment.spec import Experiment

    try:
        if isinstance(found, Experiment):
            return Made((found,))
        return Made(choices.pair_for(choice, found))
    except EngineError as error:
        return Made(error)


def preset_in(path: Path) -> Experiment:
    """Read a preset file, to be listed under a name of its own.

    Raises:
        PresetError: if it holds none.
    """
    from hiss.library.presets import find

    return find(str(path))[0].model_copy(update={"name": f"opened/{path.stem}"})
