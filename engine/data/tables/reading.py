"""How a table's file is to be read, where its reader is not to find that out itself."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from hiss.errors import DataError, shown

DELIMITERS: Mapping[str, str] = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
"""The delimiters that are looked for, in words."""
SPACES = " "
"""The delimiter that stands for one space or more."""
SPELT: Mapping[str, str] = {"tab": "\t", "\\t": "\t", "space": SPACES, "spaces": SPACES}
"""Delimiters that may be spelt."""
THOUSANDS = (",", ".", " ", "'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a user states of a file; the file shows what is None or empty.

    Raises:
        DataError: if a value is none of those that are possible.
    """

    delimiter: str = ""
    """One character between the values of a row, `tab`, or `space` for any number of spaces."""
    decimal: str = ""
    """`.` or `,`."""
    thousands: str = ""
    """Between groups of three digits: `,`, `.`, a space or `'`."""
    encoding: str = ""
    """As Python names it: `utf-8`, `latin-1`."""
    header: bool | None = None
    """Whether the first row holds the columns' names."""
    comment: str = ""
    """One character: what follows it in a line is not read."""
    na_values: tuple[str, ...] = ()
    """Values that stand for a missing one, beside the usual: empty, `NA`, `nan`, `?` …"""
    sheet: str = ""
    """Of an Excel file: its name, or its number from 1; the first by default."""

    def __post_init__(self) -> None:
        """Check each value."""
        delimiter = self.separator
        if delimiter and (not _is_mark(delimiter) or delimiter.isalnum()):
            raise _unusable("delimiter", "one character, tab or space", self.delimiter)
        if self.decimal not in ("", ".", ","):
            raise _unusable("decimal", "`.` or `,`", self.decimal)
        if self.thousands and (self.thousands not in THOUSANDS or self.thousands == self.decimal):
            wanted = "`,` `.` `'` or a space, and another sign than the decimals'"
            raise _unusable("thousands", wanted, self.thousands)
        if self.comment and not _is_mark(self.comment):
            raise _unusable("comment", "one character", self.comment)
        try:
            codecs.lookup(self.encoding or "utf-8")
        except (LookupError, ValueError) as error:
            raise _unusable(
                "encoding", "utf-8, latin-1, cp1252, utf-16 …", self.encoding
            ) from error

    @property
    def separator(self) -> str:
        """The delimiter as a character; empty where it is not stated."""
        return SPELT.get(self.delimiter, self.delimiter)

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, Any]) -> Reading:
        """Return what a preset's `[data] name = "table"` states of its file."""
        given = {each.name: arguments[each.name] for each in fields(cls) if each.name in arguments}
        return cls(**given | {"na_values": tuple(given.get("na_values", ()))})

    def to_arguments(self) -> dict[str, Any]:
        """Return the keys of a preset's `[data] name = "table"`, without those left at defaults."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values["na_values"] = list(self.na_values)
        return {key: value for key, value in values.items() if value not in ("", None, [])}


def _is_mark(text: str) -> bool:
    """Return whether a text is a character that pandas tells from quotes, line ends and values."""
    return len(text) == 1 and text.isascii() and text not in '"\r\n\0'


def _unusable(name: str, wanted: str, received: str) -> DataError:
    return DataError(f"{name}: expected {wanted}, received {shown(received)}.")
