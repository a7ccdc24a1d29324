"""Where a command's output goes: results to stdout or a file, notes and errors to stderr."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from io import StringIO
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Literal

from hiss.errors import EngineError, TrainingError
from hiss.files import is_special, resolved, why, write_atomically
from hiss.tui.terminal.descriptors import discard_output, keep_text
from hiss.tui.terminal.printable import PrintableText, printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from hiss.experiment.spec import Experiment
    from hiss.results.outcomes import Result

OutputFormat = Literal["table", "json", "csv", "markdown"]

_SUFFIXES: dict[str, OutputFormat] = {".json": "json", ".csv": "csv", ".md": "markdown"}
_FILE_WIDTH = 200
"""Width in cells of a table that goes to a file or a pipe."""


def choose_format(requested: OutputFormat | None, output: Path | None) -> OutputFormat:
    """Return the requested format, or else the one that the output file's suffix stands for."""
    if requested is not None:
        return requested
    return _SUFFIXES.get(output.suffix.lower(), "table") if output else "table"


def format_result(
    result: Result,
    output_format: OutputFormat,
    *,
    curves: bool = False,
    terminal: bool = False,
    metric: str | None = None,
) -> str:
    """Return a result as text.

    Args:
        result: What a study has found.
        output_format: The format of the text.
        curves: Whether the JSON includes every epoch's metrics.
        terminal: Whether a table has the terminal's width and colours.
        metric: The score that a table shows; None shows the usual ones.
    """
    from hiss.reports import export

    match output_format:
        case "json":
            return export.to_json(result, curves)
        case "csv":
            return export.to_csv(result)
        case "markdown":
            return export.to_markdown(result, metric)
        case "table":
            return _results_table(result, terminal, metric)


def check_writable(path: Path, force: bool) -> None:
    """Check before training that a file can be written, with a temporary file beside it.

    Args:
        path: The file.
        force: Whether a file that exists is replaced.

    Raises:
        EngineError: The file cannot be written, or exists and is not to be replaced.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "is a directory")
        if is_special(path):
            return
        with suppress(FileNotFoundError):
            path.stat()
            if not force:
                raise EngineError(f"--output {path} exists already.", "Add --force to replace it.")
            path.open("a").close()
        tempfile.TemporaryFile(dir=resolved(path).parent).close()
    except (OSError, ValueError) as error:
        message = f"--output {path} cannot be written: {why(error)}."
        raise EngineError(message, "Name a file in a folder that you can write to.") from error


def write_result(text: str, output: Path | None, force: bool) -> None:
    """Write a result to a file or to stdout.

    Args:
        text: The result.
        output: The file; None is stdout.
        force: Whether a file that exists is replaced.

    Raises:
        EngineError: The file can no longer be written; the result was printed on stdout instead.
    """
    if output is None:
        write_stdout(text)
        return
    try:
        write_atomically(output, text, replace=force)
    except OSError as error:
        write_stdout(text)
        message = f"--output {output} could not be written: {why(error)}."
        raise EngineError(message, "The result was printed instead.") from error


class OutputError(EngineError):
    """Standard output cannot be written."""


def write_stdout(text: str) -> None:
    """Write text to stdout, unchanged.

    Raises:
        OutputError: It cannot be written; the text was kept in a file.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output(1)
        message = f"The result cannot be written to standard output: {error.strerror}."
        raise OutputError(message, _kept(text)) from error


def _kept(text: str) -> str:
    """Keep a text that stdout did not take, and say where."""
    try:
        return f"It is in {keep_text(text)}."
    except OSError as error:
        return f"It could not be kept elsewhere either: {error.strerror}."


def writes_to_terminal(output: Path | None) -> bool:
    """Whether a result goes to a terminal."""
    return output is None and sys.stdout.isatty()


def print_note(text: str) -> None:
    """Print a line about the input or a choice of hiss on stderr."""
    try:
        print(f"hiss: {printable(text)}", file=sys.stderr, flush=True)
    except OSError:  # a result is worth more than a note on it
        discard_output(2)


def print_advice(experiments: Iterable[Experiment]) -> None:
    """Print advice about doubtful settings of experiments on stderr, each sentence once."""
    from hiss.experiment.advice import advice

    names_by_sentence: dict[str, list[str]] = {}
    for experiment in experiments:
        for sentence in advice(experiment):
            names_by_sentence.setdefault(sentence, []).append(experiment.name)
    for sentence, names in names_by_sentence.items():
        print_note(f"{', '.join(names)}: {sentence}")


def print_error(error: EngineError) -> int:
    """Print a user's mistake and its hint on stderr, and return the exit code, 1 to 3."""
    text = "\n".join(filter(None, (error.message, error.hint)))
    print_note(text.replace("\n", "\n      "))
    if isinstance(error, OutputError):
        return 1
    return 3 if isinstance(error, TrainingError) else 2


def print_renderable(renderable: RenderableType) -> None:
    """Print a rich renderable on stdout, at most as wide as the terminal."""
    write_stdout(render(renderable, sys.stdout.isatty()))


def render(renderable: RenderableType, terminal: bool) -> str:
    """Return the text that rich prints, without trailing blanks."""
    console = rich_console(terminal)
    with console.capture() as capture:
        console.print(PrintableText(renderable))
    return "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def fits_width(renderable: RenderableType) -> bool:
    """Whether a rich renderable fits the width of stdout without a broken line."""
    console = rich_console(sys.stdout.isatty())
    unlimited = console.options.update(width=10_000)
    return console.measure(renderable, options=unlimited).maximum <= console.width


def rich_console(terminal: bool) -> Console:
    """Return a rich console as wide as the terminal, or wide enough for a file or a pipe."""
    from rich.console import Console

    width = None if terminal else _FILE_WIDTH
    # Rich writes to its file even where it captures: it gets one that takes everything.
    return Console(width=width, force_terminal=terminal, highlight=False, file=StringIO())


def wrap_lines(lines: Iterable[str], terminal: bool) -> str:
    """Join lines of text; for a terminal, wrap each at its width."""
    if terminal:
        width = rich_console(terminal).width
        lines = (fill(line, width, subsequent_indent="  ") for line in lines)
    return printable("".join(f"{line}\n" for line in lines))


def _results_table(result: Result, terminal: bool, metric: str | None) -> str:
    from hiss.tui.tables.results import ArmRow, results_table

    rows = [ArmRow.of(arm) for arm in result.arms]
    return render(results_table(rows, rich_console(terminal).width, metric=metric), terminal)
