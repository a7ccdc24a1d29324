"""What users bring along, rows and model, as one set of options for every verb that trains."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hiss.errors import EngineError
from hiss.tui.cli.output import remark

if TYPE_CHECKING:
    from hiss.data.spec import Data
    from hiss.experiment.spec import Experiment


def _columns(text: str) -> Any:
    """A repeatable option that holds names of columns."""
    return typer.Option(metavar="COLUMN,…", help=text)


@dataclass(frozen=True, slots=True)
class UserInputs:
    """The user's table and model; what is not given is a preset's, or made for the rest."""

    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own rows: a CSV, NPZ or Parquet file.")
    ] = None
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column of --data to predict.")
    ] = None
    features: Annotated[
        list[str] | None, _columns("Columns to learn from; all others when not given.")
    ] = None
    drop: Annotated[list[str] | None, _columns("Columns to leave out.")] = None
    one_hot: Annotated[list[str] | None, _columns("Columns that hold categories.")] = None
    task: Annotated[
        Literal["classification", "regression"] | None,
        typer.Option(help="What --target holds; told by its values when not given."),
    ] = None
    train_size: Annotated[
        float | None,
        typer.Option(metavar="SIZE", help="Rows of --data to train on: a count, or a fraction."),
    ] = None

    model: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.py:FUNCTION", help="Your own network: what FUNCTION() returns. Runs FILE."
        ),
    ] = None
    noise: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER:before|after:STRENGTH", help="Noise to put into --model; repeatable."
        ),
    ] = None

    def arms(self, targets: Sequence[str], assignments: Sequence[str]) -> tuple[Experiment, ...]:
        """The experiments that targets name, each once, on the user's rows if there are any.

        Raises:
            EngineError: There is nothing of a target's name, the table cannot be trained on, or
                an assignment does not fit.
        """
        from hiss.library.presets import find, override
        from hiss.studies.baselines import is_compared

        found = tuple({one.name: one for target in targets for one in find(target)}.values())
        arms = tuple(map(self.adapt_to_table, found)) or self._made()
        arms = self._with_model(arms)
        if found and self.model is None:
            return tuple(override(one, assignments) for one in arms)
        plain, *noisy = arms
        shared = [one for one in assignments if not is_compared(one)] if noisy else assignments
        return (override(plain, shared), *(override(one, assignments) for one in noisy))

    def adapt_to_table(self, experiment: Experiment) -> Experiment:
        """A preset on the user's rows, or as it is where there are none."""
        data = self._table()
        if data is None:
            return experiment
        from hiss.library.adaptation import adapt_to_table, describe_changes

        changed = adapt_to_table(experiment, data)
        remark(describe_changes(experiment, changed))
        return changed

    def _made(self) -> tuple[Experiment, ...]:
        """The small network, without noise and with it, that fits the user's rows."""
        data = self._table()
        if data is None:
            raise EngineError(
                "There is nothing to train.",
                "Name a preset (`hiss list` shows them), or bring --data FILE --target COLUMN.",
            )
        from hiss.library.templates import experiments_for

        arms = experiments_for(data)
        remark(arms[0].description)
        return arms

    def _with_model(self, arms: tuple[Experiment, ...]) -> tuple[Experiment, ...]:
        """The user's model on the data of the first arm, or the arms where there is no model."""
        if self.model is None:
            if self.noise:
                hint = "Layers of a preset are changed by --set layers.1.stddev=0.2."
                raise EngineError("--noise goes with --model FILE.py:FUNCTION.", hint)
            return arms
        from hiss.experiment.user_model import UserModel, parse_insertion
        from hiss.library.adaptation import with_user_model
        from hiss.network.user_code import split_reference

        if self.data is None and len(arms) > 1:
            names = ", ".join(arm.name for arm in arms)
            raise EngineError(f"--model takes the data of one preset, received {names}.")
        file, function = split_reference(self.model)
        noise = tuple(map(parse_insertion, self.noise or ()))
        return with_user_model(arms[0], UserModel(reference=f"{file}:{function}", noise=noise))

    def _table(self) -> Data | None:
        if self.data is None:
            self._refuse_without_data()
            return None
        from hiss.data.tables.checks import name_some
        from hiss.data.tables.proposal import propose
        from hiss.data.tables.selection import TableSelection
        from hiss.library.templates import table_data

        looks = propose(TableSelection(path=self.data))
        for note in looks.notes:
            remark(f"{self.data.name}: {note}")
        if self.target is None:
            names = name_some(f"`{column.name}`" for column in looks.columns)
            raise EngineError(
                f"{self.data}: expected --target with the column to predict, one of {names}.",
                f"For example --target {shlex.quote(looks.target)}.",
            )
        selection = TableSelection(
            path=self.data.expanduser().resolve(),
            target=self.target,
            features=_names(self.features),
            drop=_names(self.drop),
            one_hot=_names(self.one_hot),
            predict=self.task or "guess",
        )
        return table_data(selection, _size(self.train_size))

    def _refuse_without_data(self) -> None:
        others = (one.name for one in fields(self) if one.name not in ("data", "model", "noise"))
        given = [name for name in others if getattr(self, name) is not None]
        if given:
            flag = f"--{given[0].replace('_', '-')}"
            raise EngineError(f"{flag} goes with --data FILE.", "Presets have data of their own.")


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    """Cut `a,b` into names; one that holds a comma stands in double quotes."""
    return tuple(name.strip() for row in csv.reader(given or ()) for name in row)


def _size(given: float | None) -> int | float | None:
    """Take 30 for a count and 0.3 for a fraction."""
    if given is None or 0 < given < 1:
        return given
    if given >= 1 and given.is_integer():
        return int(given)
    wanted = "a count of at least 1 or a fraction between 0 and 1"
    raise EngineError(f"--train-size: expected {wanted}, received {given:g}.")
