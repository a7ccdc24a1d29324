"""What the user wants of a table: which column to predict, from which others, and as what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.data.tables.proposal import Proposal
    from hiss.data.tables.selection import PredictionTask, TableSelection
    from hiss.experiment.spec import Experiment

GROUP = "data"


@dataclass(frozen=True, slots=True)
class Choice:
    """A file and what is to be learnt from it; what is left open is guessed."""

    path: Path
    target: str | None = None
    drop: frozenset[str] = frozenset()
    one_hot: frozenset[str] = frozenset()
    predict: PredictionTask = "guess"


def target_chosen(choice: Choice, column: str) -> Choice:
    """Predict a column; what was said of it as a feature is void, and the task is guessed anew."""
    return replace(
        choice,
        target=column,
        drop=choice.drop - {column},
        one_hot=choice.one_hot - {column},
        predict="guess",
    )


def drop_toggled(choice: Choice, column: str, target: str) -> Choice:
    """Leave a column out, or take it in again; the target stays."""
    if column == target:
        return choice
    return replace(choice, drop=choice.drop ^ {column}, one_hot=choice.one_hot - {column})


def one_hot_toggled(choice: Choice, column: str, target: str) -> Choice:
    """Take a column's values for categories, or as they are; the target stays."""
    if column == target:
        return choice
    return replace(choice, one_hot=choice.one_hot ^ {column}, drop=choice.drop - {column})


def predict_switched(choice: Choice, proposal: Proposal) -> Choice:
    """Tell classes apart instead of estimating a quantity, or the other way round."""
    classes = proposal.predict == "classification"
    return replace(
        choice, target=proposal.target, predict="regression" if classes else "classification"
    )


def role(choice: Choice, proposal: Proposal, column: str) -> str:
    """Return what a column is for, in a word."""
    if column == proposal.target:
        return "target"
    if column in choice.drop:
        return "left out"
    return "one-hot" if column in choice.one_hot else ""


def look(choice: Choice) -> Proposal:
    """Look at the table as chosen; to be called off the event loop.

    Raises:
        DataError: if it cannot be read.
    """
    from hiss.data.tables.proposal import propose

    return propose(_selection(choice))


def pair_for(choice: Choice, proposal: Proposal) -> tuple[Experiment, Experiment]:
    """Return a small network for the table, without noise and with it; off the event loop.

    Raises:
        DataError: if the table cannot be trained on.
    """
    from hiss.library.templates import experiments_for, table_data

    chosen = replace(choice, target=proposal.target, predict=proposal.predict)
    plain, noisy = experiments_for(table_data(_selection(chosen)))
    return renamed(plain, noisy, f"{GROUP}/{choice.path.stem}")


def renamed(plain: Experiment, noisy: Experiment, stem: str) -> tuple[Experiment, Experiment]:
    """Return the pair under names like the presets', the one without noise as the baseline."""
    name = f"{stem}-baseline"
    study = noisy.study.model_copy(update={"partner": name})
    return (
        plain.model_copy(update={"name": name}),
        noisy.model_copy(update={"name": stem, "study": study}),
    )


def _selection(choice: Choice) -> TableSelection:
    from hiss.data.tables.selection import TableSelection

    return TableSelection(
        path=choice.path.expanduser().resolve(),
        target=choice.target,
        drop=tuple(sorted(choice.drop)),
        one_hot=tuple(sorted(choice.one_hot)),
        predict=choice.predict,
    )
