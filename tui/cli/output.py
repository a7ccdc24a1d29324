"""Where a command's result goes, and how a mistake is told."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Literal

from hiss.errors import EngineError, TrainingError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from hiss.experiment.spec import Experiment
    from hiss.results.outcomes import Result

Format = Literal["table", "json", "csv", "markdown"]

_SUFFIXES: dict[str, Format] = {".json": "json", ".csv": "csv", ".md": "markdown"}
_FILE_WIDTH = 200
"""Cells of a table that goes to a file or a pipe, where no terminal sets a width."""


def format_for(asked: Format | None, output: Path | None) -> Format:
    """The format asked for, or else the one that the output file's name speaks of."""
    if asked is not None:
        return asked
    return _SUFFIXES.get(output.suffix.lower(), "table") if output else "table"


def render(result: Result, form: Format, curves: bool = False, terminal: bool = False) -> str:
    """A result as text in one of the formats, a table in the terminal's width and colours."""
    from hiss.reports import export

    match form:
        case "json":
            return export.to_json(result, curves)
        case "csv":
            return export.to_csv(result)
        case "markdown":
            return export.to_markdown(result)
        case "table":
            return _table(result, terminal)


def check_writable(path: Path) -> None:
    """Find out before any work whether a file can be written to, by writing one beside it.

    Raises:
        EngineError: It cannot.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "is a directory")
        if _is_special(path):
            return
        if path.exists():
            path.open("a").close()
        probe = _beside(path)
        probe.touch()
        probe.unlink()
    except OSError as error:
        message = f"--output {path} cannot be written: {error.strerror}"
        raise EngineError(message, "Name a file in a folder that you may write to.") from error


def deliver(text: str, output: Path | None) -> None:
    """Write a result to a file, whole or not at all, or to stdout; never lose it.

    Raises:
        EngineError: The file cannot be written any more; the result then went to stdout.
    """
    try:
        if output is not None:
            _write(output, text)
            return
    except OSError as error:
        write_out(text)
        message = f"--output {output} could not be written: {error.strerror}"
        raise EngineError(message, "The result was printed instead.") from error
    write_out(text)


def write_out(text: str) -> None:
    """Put text on stdout, as it is."""
    sys.stdout.write(text)
    sys.stdout.flush()


def show(renderable: RenderableType) -> None:
    """Print something of rich's on stdout, as wide as the terminal allows."""
    write_out(drawn(renderable, sys.stdout.isatty()))


def fits(renderable: RenderableType) -> bool:
    """Whether something of rich's fits into stdout's width without a line being broken."""
    page = paper(sys.stdout.isatty())
    endless = page.options.update(width=10_000)
    return page.measure(renderable, options=endless).maximum <= page.width


def remark(text: str) -> None:
    """Say on stderr what was understood or chosen."""
    print(f"hiss: {text}", file=sys.stderr)


def advise(experiments: Iterable[Experiment]) -> None:
    """Say on stderr what is worth saying of experiments that is no mistake, each once."""
    from hiss.experiment.advice import advice

    said: dict[str, list[str]] = {}
    for one in experiments:
        for sentence in advice(one):
            said.setdefault(sentence, []).append(one.name)
    for sentence, names in said.items():
        remark(f"{', '.join(names)}: {sentence}")


def complain(error: EngineError) -> int:
    """Tell the user's mistake on stderr, and what to do; the exit code that says the same."""
    said = "\n".join(filter(None, (error.message, error.hint)))
    remark(said.replace("\n", "\n      "))
    return 3 if isinstance(error, TrainingError) else 2


def _table(result: Result, terminal: bool) -> str:
    from hiss.tui.tables.results import ArmRow, results_table

    rows = [ArmRow.of(arm) for arm in result.arms]
    return drawn(results_table(rows, paper(terminal).width), terminal)


def paper(terminal: bool) -> Console:
    """Paper as wide as the terminal, or wide enough for a file or a pipe."""
    from rich.console import Console

    width = None if terminal else _FILE_WIDTH
    return Console(width=width, force_terminal=terminal, highlight=False)


def prose(lines: Iterable[str], terminal: bool) -> str:
    """Lines of text, on a terminal broken between words."""
    if terminal:
        width = paper(terminal).width
        lines = (fill(line, width, subsequent_indent="  ") for line in lines)
    return "".join(f"{line}\n" for line in lines)


def drawn(renderable: RenderableType, terminal: bool) -> str:
    """The characters that rich would print, without blanks at the ends of lines."""
    page = paper(terminal)
    with page.capture() as capture:
        page.print(renderable)
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def _write(path: Path, text: str) -> None:
    if _is_special(path):
        path.write_text(text, encoding="utf-8")
        return
    target = path.resolve()
    part = _beside(target)
    try:
        part.write_text(text, encoding="utf-8")
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    """Whether it is a pipe or a device, such as `/dev/stdout`, which nothing may replace."""
    return path.exists() and not path.is_file()


def _beside(path: Path) -> Path:
    target = path.resolve()
    return target.with_name(f".{target.name}.{os.getpid()}")
