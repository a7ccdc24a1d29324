"""Background jobs of the files screen: reading a file, and making experiments from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from hiss.errors import EngineError, describe_unexpected
from hiss.tui.state import choices
from hiss.tui.state.choices import Choice

if TYPE_CHECKING:
    from hiss.data.tables.proposal import Proposal
    from hiss.experiment.spec import Experiment


class FileRead(Message):
    """A file has been read; instead of its contents, the reason why it cannot be."""

    def __init__(self, choice: Choice, found: Proposal | Experiment | EngineError) -> None:
        """Carry the choice and what the file holds."""
        super().__init__()
        self.choice, self.found = choice, found


class ExperimentsMade(Message):
    """Experiments have been made; instead of them, the reason why they cannot be."""

    def __init__(self, choice: Choice, found: tuple[Experiment, ...] | EngineError) -> None:
        """Carry the choice that was made, without guesses, and the experiments."""
        super().__init__()
        self.choice, self.found = choice, found
        self.arms = () if isinstance(found, EngineError) else found


def read_file(choice: Choice) -> FileRead:
    """Read a table, or a preset file."""
    try:
        if choice.path.suffix.lower() == ".toml":
            return FileRead(choice, preset_in(choice.path))
        return FileRead(choice, choices.look(choice))
    except EngineError as error:
        return FileRead(choice, error)


def make_experiments(choice: Choice, found: Proposal | Experiment) -> ExperimentsMade:
    """Make a pair of experiments for a table; a preset stays as it is."""
    from hiss.experiment.spec import Experiment

    try:
        if isinstance(found, Experiment):
            return ExperimentsMade(choices.decided(choice), (found,))
        return ExperimentsMade(choices.decided(choice, found), choices.pair_for(choice, found))
    except EngineError as error:
        return ExperimentsMade(choice, error)


def open_again(choice: Choice) -> ExperimentsMade:
    """Make the experiments of a file that was opened in an earlier session."""
    try:
        found = read_file(choice).found
        if isinstance(found, EngineError):
            return ExperimentsMade(choice, found)
        return ExperimentsMade(choice, make_experiments(choice, found).found)
    except Exception as error:  # a file that has changed must not end the console at every start
        return ExperimentsMade(choice, EngineError(f"{choice.path}: {describe_unexpected(error)}"))


def preset_in(path: Path) -> Experiment:
    """Return the experiment of a preset file, named `opened/…`.

    Raises:
        PresetError: The file holds no preset.
    """
    from hiss.library.presets import find

    return find(str(path))[0].model_copy(update={"name": f"opened/{path.stem}"})
