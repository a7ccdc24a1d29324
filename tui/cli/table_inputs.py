"""The user's own table: its options, and the data of an experiment made of them."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import typer

from hiss.errors import EngineError
from hiss.files import expanded, resolved
from hiss.tui.cli.output import print_note
from hiss.tui.cli.reading_options import ReadingOptions

if TYPE_CHECKING:
    from hiss.data.spec import Data
    from hiss.data.tables.proposal import Proposal
    from hiss.experiment.spec import Experiment


def _columns_option(text: str) -> Any:
    """Return a repeatable option of column names."""
    return typer.Option(metavar="COLUMN,…", help=text)


@dataclass(frozen=True)
class TableInputs(ReadingOptions):
    """The user's own table: its columns, its rows and how they are split."""

    data_files: Annotated[
        list[Path] | None,
        typer.Option(
            "--data",
            metavar="FILE",
            help="Your own data: CSV, Parquet, NPZ or Excel; compare takes several.",
        ),
    ] = None
    target_columns: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="COLUMN",
            help="The column of --data to predict: name or number; one for all, or one for each.",
        ),
    ] = None
    features: Annotated[
        list[str] | None, _columns_option("Feature columns; by default all columns but the target.")
    ] = None
    drop: Annotated[list[str] | None, _columns_option("Columns to leave out.")] = None
    one_hot: Annotated[list[str] | None, _columns_option("Columns to one-hot encode.")] = None
    ordinal: Annotated[
        list[str] | None, _columns_option("Columns of ordered categories, to be numbered.")
    ] = None
    missing: Annotated[
        Literal["drop-rows", "median", "mean", "most-frequent", "indicator"] | None,
        typer.Option(help="What to do about missing values; by default they are refused."),
    ] = None
    duplicates: Annotated[
        Literal["keep", "drop", "group"] | None,
        typer.Option(help="Rows that repeat an earlier one: drop them, or never divide them."),
    ] = None
    group: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="No feature: its rows of one value stay together."),
    ] = None
    test_data: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file of its own for the test rows.")
    ] = None
    split: Annotated[
        Literal["random", "stratified", "ordered", "group"] | None,
        typer.Option(help="How rows are split; by default stratified where there are classes."),
    ] = None
    cv: Annotated[
        str | None,
        typer.Option(
            metavar="REPEATSxFOLDS", help="Cross-validation: 5x2 repeats 2 folds 5 times."
        ),
    ] = None
    task: Annotated[
        Literal["classification", "regression", "reconstruct"] | None,
        typer.Option(
            help="Task of --target, by default decided by its values; or reconstruct the features."
        ),
    ] = None
    weight: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="The column that weighs the training rows of --data."),
    ] = None
    train_size: Annotated[
        float | None,
        typer.Option(metavar="SIZE", help="Training rows of --data, or their fraction."),
    ] = None

    @property
    def data(self) -> Path | None:
        """The user's table; None if there is none.

        Raises:
            EngineError: There are several.
        """
        if self.data_files and len(self.data_files) > 1:
            names = ", ".join(map(str, self.data_files))
            raise EngineError(
                f"--data: expected one file, received {names}.",
                "`hiss compare` takes several, and gives one verdict over all.",
            )
        return self.data_files[0] if self.data_files else None

    @property
    def target(self) -> str | None:
        """The column to predict; None where none is named.

        Raises:
            EngineError: There are several.
        """
        if self.target_columns and len(self.target_columns) > 1:
            raise EngineError(
                f"--target: expected one column, received {', '.join(self.target_columns)}.",
                "Train for one after the other.",
            )
        return self.target_columns[0] if self.target_columns else None

    def each_table(self) -> tuple[Self, ...]:
        """Return the inputs with one table each; themselves where there are fewer than two.

        Raises:
            EngineError: There are neither one target nor as many as tables, or test rows beside.
        """
        tables, columns = self.data_files or [], self.target_columns or []
        if len(tables) < 2:
            return (self,)
        if len(columns) not in (0, 1, len(tables)):
            raise EngineError(
                f"--target: expected one column for all, or one for each of {len(tables)} files; "
                f"received {len(columns)}.",
                "Name them in the order of --data.",
            )
        if self.test_data is not None:
            raise EngineError("--test-data goes with one --data.", "Name one table.")
        each = columns * len(tables) if len(columns) == 1 else columns
        return tuple(
            replace(self, data_files=[path], target_columns=each[place : place + 1] or None)
            for place, path in enumerate(tables)
        )

    @property
    def split_assignments(self) -> tuple[str, ...]:
        """`--split` and `--cv` as settings of presets on their own data; none with a table."""
        if self.data is not None:
            return ()
        split = () if self.split is None else ("data.shuffle=false", f"data.split={self.split}")
        return (*split, *(() if self.cv is None else (f'data.cv="{self.cv}"',)))

    @cached_property
    def table_data(self) -> Data | None:
        """The user's table as the data of an experiment; None if there is no table."""
        if self.data is None:
            self._check_no_table_options()
            return None
        from hiss.data.tables.checks import name_some
        from hiss.data.tables.proposal import propose
        from hiss.data.tables.selection import TableSelection
        from hiss.library.templates import table_data as data_of

        reading = self.reading(_names(self.na_values))
        looks = propose(TableSelection(path=self.data, reading=reading))
        for note in looks.notes:
            print_note(f"{self.data.name}: {note}")
        if self.target is None and self.task != "reconstruct":
            names = name_some(f"`{column.name}`" for column in looks.columns)
            raise EngineError(
                f"{self.data}: expected --target with the column to predict, one of {names}.",
                f"For example --target {shlex.quote(looks.target)}.",
            )
        selection = TableSelection(
            path=resolved(expanded(self.data)),
            target=self.target and _column(self.target, [one.name for one in looks.columns]),
            features=_names(self.features),
            drop=_names(self.drop),
            one_hot=_names(self.one_hot),
            ordinal=_names(self.ordinal),
            predict=self.task or "guess",
            missing=self.missing or "refuse",
            duplicates=self.duplicates or "keep",
            group=self.group,
            test_path=self.test_data and resolved(expanded(self.test_data)),
            reading=reading,
            weight=self.weight,
        )
        found = propose(selection, ordered=self.split == "ordered")
        for note in found.notes:
            if note not in looks.notes:
                print_note(f"{self.data.name}: {note}")
        print_traps(found)
        return data_of(selection, _size(self.train_size), split=self.split, cv=self.cv)

    def _check_no_table_options(self) -> None:
        """Refuse the options of a table where there is no --data."""
        elsewhere = ("data_files", "split", "cv")
        others = (one.name for one in fields(TableInputs) if one.name not in elsewhere)
        given = [name for name in others if getattr(self, name) is not None]
        if given:
            flag = "--target" if given[0] == "target_columns" else f"--{given[0].replace('_', '-')}"
            raise EngineError(f"{flag} goes with --data FILE.", "Presets come with their own data.")


def print_looks(presets: Sequence[Experiment]) -> None:
    """Print how the tables of presets are read, and their traps; why they cannot be, later."""
    from hiss.data.tables.proposal import propose
    from hiss.data.tables.selection import TableSelection

    tables = [one.data.arguments for one in presets if one.data.name == "table"]
    for selection in dict.fromkeys(map(TableSelection.from_arguments, tables)):
        with suppress(EngineError):
            looks = propose(selection)
            for note in looks.notes:
                print_note(f"{selection.path.name}: {note}")
            print_traps(looks)


def print_traps(looks: Proposal) -> None:
    """Print the traps of a table, each with what to do."""
    for text, hint in looks.traps:
        print_note(f"{looks.path.name}: {text} {hint}")


def _names(given: Sequence[str] | None) -> tuple[str, ...]:
    """Cut `a,b` into names; one that holds a comma stands in double quotes."""
    return tuple(name.strip() for row in csv.reader(given or ()) for name in row)


def _column(given: str, names: Sequence[str]) -> str:
    """Return the name of a column that is given by its name, or by its number from 1.

    Raises:
        EngineError: Several columns are given.
    """
    several = _names([given])
    if given not in names and len(several) > 1 and set(several) <= set(names):
        raise EngineError(
            f"--target: expected one column, received {', '.join(several)}.",
            f"Train for one after the other: --target {shlex.quote(several[0])} "
            f"--drop {shlex.quote(','.join(several[1:]))}.",
        )
    if given not in names and given.isdecimal() and 0 < int(given) <= len(names):
        return names[int(given) - 1]
    return given


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
