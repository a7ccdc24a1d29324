"""Python source as text: calls and functions, broken into lines as a formatter does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent
from typing import Any

WIDTH = 88
"""Characters of a line."""
INDENT = "    "
WIDEST = 50
"""Characters of a list that stands in one line."""


def call(function: str, arguments: Sequence[str], column: int = 4) -> str:
    """Return a call that starts at `column`, one argument per line if it is too long."""
    line = f"{function}({', '.join(arguments)})"
    if "\n" not in line and column + len(line) <= WIDTH:
        return line
    return stacked(f"{function}(", arguments, ")")


def stacked(opening: str, items: Sequence[str], closing: str) -> str:
    """Return items between brackets, one per line."""
    return "\n".join((opening, *(indent(f"{item},", INDENT) for item in items), closing))


def keywords(arguments: Mapping[str, Any]) -> list[str]:
    """Return arguments as keyword arguments."""
    return [f"{name}={literal(value)}" for name, value in arguments.items()]


def literal(value: Any) -> str:
    """Return a plain value as code, text in double quotes."""
    match value:
        case str():
            return '"' + repr(value)[1:-1].replace('"', '\\"').replace("\\'", "'") + '"'
        case list() | tuple():
            items = ", ".join(map(literal, value))
            return f"({items},)" if len(value) == 1 else f"({items})"
        case dict():
            return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
        case _:
            return repr(value)


def function(name: str, summary: str, body: Iterable[str]) -> str:
    """Return a function without parameters."""
    lines = indent("\n".join((f'"""{summary}"""', *body)), INDENT)
    return f"def {name}():\n{lines}"


def docstring(paragraphs: Iterable[str]) -> str:
    """Return the docstring of a script, of the paragraphs that are not empty."""
    text = "\n\n".join(filter(None, paragraphs))
    return '"""' + text.replace("\\", "\\\\").replace('"', "'") + '\n"""'


def names_list(values: Sequence[Any]) -> str:
    """Return a list of names or numbers, broken into lines where it is long."""
    for stem in ("col", "x"):
        if len(values) > 3 and [*values] == [f"{stem}{n}" for n in range(1, len(values) + 1)]:
            return f'[f"{stem}{{n}}" for n in range(1, {len(values) + 1})]'
    return enclosed("[", list(map(literal, values)), "]")


def enclosed(opening: str, items: Sequence[str], closing: str) -> str:
    """Return items between brackets, each on a line of its own where all are long."""
    whole = f"{opening}{', '.join(items)}{closing}"
    return whole if len(whole) <= WIDEST else stacked(opening, items, closing)
