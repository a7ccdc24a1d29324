"""Jobs about models of the user's: what a file defines, and a model made by the engine thread."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from hiss.errors import EngineError, describe_unexpected
from hiss.files import is_special, why
from hiss.tui.state import models
from hiss.tui.state.models import ModelChoice

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment
    from hiss.training.model_summary import OpenedModel
    from hiss.tui.workers.protocols import Engine


class NamesRead(Message):
    """A Python file has been read: the names in it, or the reason why it cannot be."""

    def __init__(self, found: tuple[str, ...] | EngineError) -> None:
        """Carry the names."""
        super().__init__()
        self.found = found


class ModelOpened(Message):
    """A model has been made: what it is and the experiments on it, or why it cannot be trained."""

    def __init__(
        self,
        choice: ModelChoice,
        found: OpenedModel | EngineError,
        arms: tuple[Experiment, ...] = (),
    ) -> None:
        """Carry the choice, what was found, and the experiments under their names in the list."""
        super().__init__()
        self.choice, self.found, self.arms = choice, found, arms


@dataclass(frozen=True, slots=True)
class ModelJob:
    """A job of the engine thread that runs the user's code, which may use TensorFlow."""

    make: Callable[[], Message]
    post: Callable[[Message], object]
    dropped: threading.Event = field(default_factory=threading.Event)
    """Set where nobody waits for its message any more."""


def model_opened(
    engine: Engine, choice: ModelChoice, experiment: Experiment, recalled: bool = False
) -> ModelOpened:
    """Make a model on the data of an experiment and return the message about it.

    Args:
        engine: Makes it.
        choice: The model.
        experiment: Whose data and training settings it takes.
        recalled: Whether it was opened in an earlier session, where a bug must not end the
            console at each start.
    """
    try:
        found = engine.open_model(experiment, models.user_model(choice))
        return ModelOpened(choice, found, models.listed_as(found.adopted.arms, choice))
    except EngineError as error:
        return ModelOpened(choice, error)
    except Exception as error:
        if not recalled:
            raise
        return ModelOpened(choice, EngineError(f"{choice.name}: {describe_unexpected(error)}"))


def read_names(path: Path) -> NamesRead:
    """Return the functions, classes and objects that a Python file defines, without running it."""
    if is_special(path):
        return NamesRead(EngineError(f"{path}: this is not a regular file."))
    try:
        tree = ast.parse(path.read_bytes())
    except OSError as error:
        return NamesRead(EngineError(f"{path}: {why(error)}."))
    except SyntaxError as error:
        return NamesRead(EngineError(f"{path}: line {error.lineno}: SyntaxError: {error.msg}"))
    except (ValueError, RecursionError, MemoryError) as error:  # bytes that are no text, nesting
        return NamesRead(EngineError(f"{path}: this is no Python file: {error}."))
    names = tuple(dict.fromkeys(name for name in _defined(tree) if not name.startswith("_")))
    if not names:
        message = f"{path}: there is no function, class or model in it."
        return NamesRead(EngineError(message, "Write a function that returns a keras.Model."))
    return NamesRead(names)


def _defined(tree: ast.Module) -> Iterator[str]:
    """Yield what may be, or make, a model: functions, classes, and what calls are assigned to."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call()):
                yield name
