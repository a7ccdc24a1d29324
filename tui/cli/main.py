"""The `hiss` command: its options and its verbs, each of which is a file of this folder."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from hiss.errors import EngineError
from hiss.tui.cli.attach import attach, stop
from hiss.tui.cli.compare import compare
from hiss.tui.cli.delete import delete
from hiss.tui.cli.doctor import doctor
from hiss.tui.cli.explain import explain
from hiss.tui.cli.history import history
from hiss.tui.cli.list import list_presets
from hiss.tui.cli.note import note
from hiss.tui.cli.open import open_study
from hiss.tui.cli.options import Bell, Device, Notify, Store
from hiss.tui.cli.output import print_error
from hiss.tui.cli.parcel import export, import_file
from hiss.tui.cli.queue import queue
from hiss.tui.cli.resume import resume
from hiss.tui.cli.run import run
from hiss.tui.cli.show import show
from hiss.tui.cli.sweep import sweep
from hiss.tui.cli.unexpected import print_unexpected
from hiss.tui.style import ascii
from hiss.tui.terminal.options import (
    Colors,
    ConsoleOptions,
    Glyphs,
    distrust_colorterm,
    encoding_of,
)
from hiss.tui.terminal.printable import printable_stream

VERBS: dict[str, Callable[..., None]] = {
    "list": list_presets,
    "show": show,
    "run": run,
    "compare": compare,
    "sweep": sweep,
    "explain": explain,
    "resume": resume,
    "attach": attach,
    "stop": stop,
    "queue": queue,
    "history": history,
    "open": open_study,
    "export": export,
    "import": import_file,
    "note": note,
    "delete": delete,
    "doctor": doctor,
}

app = typer.Typer(
    name="hiss",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line and exit.

    A user's mistake is printed and ends with code 2 or 3, any other error with code 1.
    """
    _prepare_streams()
    try:
        app(prog_name="hiss")
    except EngineError as error:
        sys.exit(print_error(error))
    except Exception as error:
        sys.exit(print_unexpected(error))


@app.callback(invoke_without_command=True)
def hiss(
    context: typer.Context,
    glyphs: Annotated[Glyphs, typer.Option(help="Characters for the console's charts.")] = "auto",
    colors: Annotated[Colors, typer.Option(help="Number of colours of the console.")] = "auto",
    mouse: Annotated[bool, typer.Option(help="Whether the console uses the mouse.")] = True,
    device: Device = None,
    store: Store = None,
    notify: Notify = None,
    bell: Bell = True,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Watch noise fight overfitting: a lab console for Keras, in the terminal.

    Without a command, the console opens.
    """
    if context.invoked_subcommand is not None:
        _refuse_console_options(context)
    elif version:
        from importlib.metadata import version as installed_version

        print(f"hiss {installed_version('hiss')}")
    else:
        from hiss.tui.console.launch import open_console
        from hiss.tui.terminal.announcement import check_command

        check_command(notify)
        options = ConsoleOptions(glyphs, colors, mouse, device, notify, bell, store)
        raise typer.Exit(open_console(options))


class Verb(TyperCommand):
    """A verb in the list of verbs; its options are made when it is called, not at each start."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Make the context of a command of the same name that has the verb's options."""
        single = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
        single.command(self.name)(VERBS[str(self.name)])
        return typer.main.get_command(single).make_context(info_name, args, parent, **extra)


for name, verb in VERBS.items():
    app.command(name, cls=Verb, help=verb.__doc__)(lambda: None)


def _refuse_console_options(context: typer.Context) -> None:
    """Refuse options before a verb: they belong to the console, and the verb ignores them."""
    verb = context.invoked_subcommand
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise EngineError(
                f"--{name} before {verb} is an option of the console.",
                f"Put options after {verb}; `hiss {verb} --help` lists them.",
            )


def _prepare_streams() -> None:
    """Write in ASCII what an encoding lacks, and nothing that a terminal would obey."""
    ascii.register()
    distrust_colorterm()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, TextIOWrapper):
            continue
        if stream.isatty():
            setattr(sys, name, printable_stream(stream, encoding_of(stream), ascii.ERRORS))
        else:
            stream.reconfigure(errors=ascii.ERRORS)
