"""The choice of target, features and task for a table of the user's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hiss.errors import EngineError
from hiss.files import expanded, resolved

if TYPE_CHECKING:
    from hiss.data.spec import Data
    from hiss.data.tables.proposal import Proposal
    from hiss.data.tables.selection import PredictionTask, TableSelection
    from hiss.experiment.spec import Experiment


@dataclass(frozen=True, slots=True)
class Choice:
    """A file, and which column to predict from which others; guessed where left open."""

    path: Path
    target: str | None = None
    drop: frozenset[str] = frozenset()
    one_hot: frozenset[str] = frozenset()
    predict: PredictionTask = "guess"
    options: tuple[tuple[str, Any], ...] = ()
    """Further keys of a preset's `[data]` with their values."""


def target_chosen(choice: Choice, column: str) -> Choice:
    """Predict a column: it is no feature any more, and the task is guessed."""
    return replace(
        choice,
        target=column,
        drop=choice.drop - {column},
        one_hot=choice.one_hot - {column},
        predict="guess",
    )


def drop_toggled(choice: Choice, column: str, target: str) -> Choice:
    """Leave a column out, or include it again; the target stays."""
    if column == target:
        return choice
    return replace(choice, drop=choice.drop ^ {column}, one_hot=choice.one_hot - {column})


def one_hot_toggled(choice: Choice, column: str, target: str) -> Choice:
    """Encode a column one-hot, or use its values as they are; the target stays."""
    if column == target:
        return choice
    return replace(choice, one_hot=choice.one_hot ^ {column}, drop=choice.drop - {column})


def predict_switched(choice: Choice, proposal: Proposal) -> Choice:
    """Switch from the guess to the other kind of target, to reconstruction, and back."""
    following: PredictionTask
    match choice.predict:
        case "guess":
            following = "regression" if proposal.predict == "classification" else "classification"
        case "reconstruct":
            following = "guess"
        case _:
            following = "reconstruct"
    return replace(choice, target=proposal.target or None, predict=following)


def role(choice: Choice, proposal: Proposal, column: str) -> str:
    """Return the use of a column: `target`, `left out`, `one-hot`, or nothing."""
    reconstructs = proposal.predict == "reconstruct"
    if column == proposal.target and not reconstructs:
        return "target"
    if column in choice.drop or column == proposal.target:
        return "left out"
    return "one-hot" if column in choice.one_hot else ""


def look(choice: Choice) -> Proposal:
    """Read a table and propose how to train on it; for a background job.

    Raises:
        DataError: The table cannot be read.
    """
    from hiss.data.tables.proposal import propose

    ordered = ("split", "ordered") in choice.options
    return propose(_selection(choice), ordered)


def pair_for(choice: Choice, proposal: Proposal) -> tuple[Experiment, Experiment]:
    """Return a small network for a table, without noise and with it; for a background job.

    Raises:
        DataError: The table cannot be trained on.
    """
    from hiss.library.templates import experiments_for

    return experiments_for(_data(decided(choice, proposal)))


def check_options(choice: Choice) -> None:
    """Check the keys of a choice and their values, as far as that can be done without the file.

    Raises:
        EngineError: A value will not do, or two keys contradict each other.
    """
    from pydantic import ValidationError

    from hiss.experiment.notation import FIELDS
    from hiss.validation import describe

    try:
        _data(replace(choice, target=choice.target or "target"))
    except ValidationError as error:
        raise EngineError(" ".join(describe(error, FIELDS))) from error


def decided(choice: Choice, proposal: Proposal | None = None) -> Choice:
    """Return a choice that does not depend on a guess, nor on the working directory."""
    path = expanded(choice.path).absolute()
    if proposal is None:
        return replace(choice, path=path)
    target = proposal.target or None
    return replace(choice, path=path, target=target, predict=proposal.predict)


def _selection(choice: Choice) -> TableSelection:
    from hiss.data.sources import SOURCES
    from hiss.data.tables.selection import TableSelection

    known = SOURCES["table"].parameters
    return TableSelection.from_arguments(
        {
            "path": resolved(expanded(choice.path)),
            "target": choice.target,
            "drop": sorted(choice.drop),
            "one_hot": sorted(choice.one_hot),
            "predict": choice.predict,
            **{key: value for key, value in choice.options if key in known},
        }
    )


def _data(choice: Choice) -> Data:
    """Return the data of the experiments on a table."""
    from hiss.data.sources import SOURCES
    from hiss.library.templates import table_data

    known = SOURCES["table"].parameters
    others = {key: value for key, value in choice.options if key not in known}
    return table_data(_selection(choice), **others)
