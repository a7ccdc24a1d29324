"""The options that say how the user's own table is to be read, where it does not show that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from hiss.data.tables.reading import Reading


def _option(metavar: str, text: str) -> Any:
    return typer.Option(metavar=metavar, help=text)


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """How --data is read; the file shows what is None."""

    delimiter: Annotated[
        str | None, _option("CHAR", "Between the values of --data: `;`, tab, space …")
    ] = None
    decimal: Annotated[str | None, _option("CHAR", "Before decimals in --data: `.` or `,`.")] = None
    thousands: Annotated[
        str | None, _option("CHAR", "Between thousands in --data: `,`, `.`, `'` or a space.")
    ] = None
    encoding: Annotated[
        str | None, _option("NAME", "Encoding of --data: utf-8, latin-1, utf-16 …")
    ] = None
    header: Annotated[
        bool | None,
        typer.Option(
            "--header/--no-header", help="Whether the first row of --data holds the names."
        ),
    ] = None
    comment: Annotated[str | None, _option("CHAR", "Begins comments in --data.")] = None
    na_values: Annotated[
        list[str] | None, _option("VALUE,…", "Further values that mean missing, as -999.")
    ] = None
    sheet: Annotated[
        str | None, _option("SHEET", "Sheet of an Excel file: its name, or its number from 1.")
    ] = None

    def reading(self, na_values: Sequence[str]) -> Reading:
        """Return what is stated of the file; `na_values` are those of the option, cut up.

        Raises:
            DataError: A value is none of those that are possible.
        """
        from hiss.data.tables.reading import Reading

        names = [each.name for each in fields(ReadingOptions) if each.name != "na_values"]
        given = {name: getattr(self, name) for name in names}
        stated = {name: value for name, value in given.items() if value is not None}
        return Reading(**stated, na_values=tuple(na_values))
