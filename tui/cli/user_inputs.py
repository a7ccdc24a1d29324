"""The user's own table and model: their options, and the experiments made of them."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hiss.errors import EngineError
from hiss.files import expanded, resolved
from hiss.tui.cli.assignments import overridden, overridden_pair
from hiss.tui.cli.output import print_note

if TYPE_CHECKING:
    from hiss.data.spec import Data
    from hiss.experiment.spec import Experiment


def _columns_option(text: str) -> Any:
    """Return a repeatable option of column names."""
    return typer.Option(metavar="COLUMN,…", help=text)


@dataclass(frozen=True)
class UserInputs:
    """The user's own table and model; a preset provides what is None."""

    data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own data: a CSV, NPZ or Parquet file.")
    ] = None
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column of --data to predict.")
    ] = None
    features: Annotated[
        list[str] | None, _columns_option("Feature columns; by default all columns but the target.")
    ] = None
    drop: Annotated[list[str] | None, _columns_option("Columns to leave out.")] = None
    one_hot: Annotated[list[str] | None, _columns_option("Columns to one-hot encode.")] = None
    task: Annotated[
        Literal["classification", "regression"] | None,
        typer.Option(help="Task of --target; by default decided by its values."),
    ] = None
    train_size: Annotated[
        float | None,
        typer.Option(metavar="SIZE", help="Training rows of --data, or their fraction."),
    ] = None

    model: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.py:NAME|FILE.keras",
            help="Your own network: a function, a keras.Model or a subclass of it; runs FILE.py.",
        ),
    ] = None
    noise: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER:before|after:STRENGTH", help="Noise to insert into --model; repeatable."
        ),
    ] = None

    weights: Annotated[
        Literal["draw", "keep"] | None,
        typer.Option(
            help="Draw --model's weights for each repeat, or train on from those it has; by "
            "default drawn, but for those that a function sets."
        ),
    ] = None

    def arms(self, targets: Sequence[str], assignments: Sequence[str]) -> tuple[Experiment, ...]:
        """Return the experiments that targets name, each once, on the user's table if there is one.

        Args:
            targets: Names of presets or groups, or paths of preset files. With none, a small
                network is made for the table.
            assignments: Settings to change, as `KEY=VALUE`. A strength of noise does not apply
                to the arm without noise.

        Raises:
            EngineError: A target does not exist, the table cannot be trained on, or an assignment
                does not fit.
        """
        from hiss.library.presets import find

        found = tuple({one.name: one for target in targets for one in find(target)}.values())
        arms = tuple(map(self.adapt_to_table, found)) or self._experiments_for_table()
        arms = self._with_model(arms)
        if found and self.model is None:
            return overridden(arms, assignments)
        changed = overridden_pair(arms, assignments)
        if self.model is None:
            return changed
        return overridden_pair(_adopted(changed), assignments)  # over what was taken over too

    def adapt_to_table(self, experiment: Experiment) -> Experiment:
        """Return a preset changed to train on the user's table; unchanged if there is no table."""
        data = self._table_data
        if data is None:
            return experiment
        from hiss.library.adaptation import adapt_to_table, describe_changes

        changed = adapt_to_table(experiment, data)
        print_note(describe_changes(experiment, changed))
        return changed

    def _experiments_for_table(self) -> tuple[Experiment, ...]:
        """Make a small network for the user's table, without noise and with it."""
        data = self._table_data
        if data is None:
            raise EngineError(
                "There is nothing to train.",
                "Name a preset (`hiss list` shows them), or add --data FILE --target COLUMN.",
            )
        from hiss.library.templates import experiments_for

        arms = experiments_for(data)
        print_note(arms[0].description)
        return arms

    def _with_model(self, arms: tuple[Experiment, ...]) -> tuple[Experiment, ...]:
        """Return the user's model on the data of the first arm; the arms if there is no model."""
        if self.model is None:
            self._check_no_model_options()
            return arms
        from hiss.experiment.user_model import UserModel, parse_insertion
        from hiss.library.adaptation import with_user_model
        from hiss.network.user_code import split_reference

        if self.data is None and len(arms) > 1:
            names = ", ".join(arm.name for arm in arms)
            raise EngineError(
                f"--model: expected one preset, whose data it trains on; received {names}.",
                f"For example {arms[0].name}.",
            )
        file, name = split_reference(self.model)
        noise = tuple(map(parse_insertion, self.noise or ()))
        reference = f"{file}:{name}" if name else str(file)
        model = UserModel(reference=reference, noise=noise, weights=self.weights)
        return with_user_model(arms[0], model)

    def _check_no_model_options(self) -> None:
        """Refuse the options of a model where there is no --model."""
        hint = "To change a preset's layers, use --set layers.1.stddev=0.2."
        for flag, given in (("--noise", self.noise), ("--weights", self.weights)):
            if given:
                raise EngineError(f"{flag} goes with --model FILE.py:NAME.", hint)

    @cached_property
    def _table_data(self) -> Data | None:
        """The user's table as the data of an experiment; None if there is no table."""
        if self.data is None:
            self._check_no_table_options()
            return None
        from hiss.data.tables.checks import name_some
        from hiss.data.tables.proposal import propose
        from hiss.data.tables.selection import TableSelection
        from hiss.library.templates import table_data

        looks = propose(TableSelection(path=self.data))
        for note in looks.notes:
            print_note(f"{self.data.name}: {note}")
        if self.target is None:
            names = name_some(f"`{column.name}`" for column in looks.columns)
            raise EngineError(
                f"{self.data}: expected --target with the column to predict, one of {names}.",
                f"For example --target {shlex.quote(looks.target)}.",
            )
        selection = TableSelection(
            path=resolved(expanded(self.data)),
            target=self.target,
            features=_names(self.features),
            drop=_names(self.drop),
            one_hot=_names(self.one_hot),
            predict=self.task or "guess",
        )
        return table_data(selection, _size(self.train_size))

    def _check_no_table_options(self) -> None:
        """Refuse the options of a table where there is no --data."""
        of_model = ("data", "model", "noise", "weights")
        others = (one.name for one in fields(self) if one.name not in of_model)
        given = [name for name in others if getattr(self, name) is not None]
        if given:
            flag = f"--{given[0].replace('_', '-')}"
            raise EngineError(f"{flag} goes with --data FILE.", "Presets come with their own data.")


def _adopted(arms: tuple[Experiment, ...]) -> tuple[Experiment, ...]:
    """Return experiments fitted to what the user's model is, and print what is taken over."""
    from hiss.training.model_summary import adopt_model
    from hiss.tui.terminal.captured_output import stderr_in_log

    with stderr_in_log():
        adopted = adopt_model(arms)
    for note in adopted.notes:
        print_note(note)
    return adopted.arms


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    """Cut `a,b` into names; one that holds a comma stands in double quotes."""
    return tuple(name.strip() for row in csv.reader(given or ()) for name in row)


def _size(given: float | None) -> int | float | None:
    """Return a number of rows for 30 and a fraction for 0.3."""
    if given is None or 0 < given < 1:
        return given
    if given >= 1 and given.is_integer():
        return int(given)
    raise EngineError(
        "--train-size: expected a whole number of rows, at least 1, or a fraction between 0 and 1; "
        f"received {given:g}."
    )
