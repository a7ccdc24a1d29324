"""The `hiss` command: its verbs and options, each handed on to the module that does the work."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated, Literal

import typer

from engine.errors import EngineError
from tui.options import Assignments, Device, How, Preset, Repeats, Targets, takes
from tui.output import complain
from tui.own import Own
from tui.terminal import Colors, ConsoleOptions, Glyphs
from tui.verbs import compare, sweep

app = typer.Typer(
    name="hiss",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Carry out the command line; a user's mistake ends in one line and exit code 2 or 3."""
    _accept_any_encoding()
    try:
        app(prog_name="hiss")
    except EngineError as error:
        sys.exit(complain(error))


@app.callback(invoke_without_command=True)
def hiss(
    context: typer.Context,
    glyphs: Annotated[Glyphs, typer.Option(help="What the console draws curves with.")] = "auto",
    colors: Annotated[Colors, typer.Option(help="How many colours the console uses.")] = "auto",
    mouse: Annotated[bool, typer.Option(help="Whether the console listens to the mouse.")] = True,
    device: Device = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Watch noise fight overfitting: a lab console for Keras, in the terminal.

    Without a command, the console opens.
    """
    if context.invoked_subcommand is not None:
        _refuse_console_options(context)
    elif version:
        from importlib.metadata import version as installed

        print(f"hiss {installed('hiss')}")
    else:
        from tui.console import open_console

        raise typer.Exit(open_console(ConsoleOptions(glyphs, colors, mouse, device)))


@app.command("list")
def list_presets() -> None:
    """List the presets that there are, built-in and your own."""
    from tui.catalog import print_catalog

    print_catalog()


@app.command()
@takes(own=Own)
def show(
    own: Own,
    preset: Preset = None,
    code: Annotated[
        bool, typer.Option("--code", help="Print it as a Keras script that runs by itself.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the script.")] = 1,
    assignments: Assignments = None,
) -> None:
    """Print a preset: its network in a line and its TOML, or the Keras script of it."""
    from tui.catalog import print_code, print_preset

    if code:
        print_code(preset, own, assignments or (), seed)
    else:
        print_preset(preset, own, assignments or ())


@app.command()
@takes(how=How, own=Own)
def run(
    how: How,
    own: Own,
    targets: Targets = None,
    repeats: Repeats = None,
    curves: Annotated[
        bool, typer.Option("--curves", help="Add every epoch's metrics to the JSON.")
    ] = False,
) -> None:
    """Train experiments and print how they do."""
    from tui.request import Request, carry_out

    raise typer.Exit(carry_out(Request(tuple(targets or ()), how, own, repeats, curves)))


app.command()(compare)
app.command()(sweep)


@app.command()
def doctor(
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="How to write it.")
    ] = "table",
    device: Device = None,
) -> None:
    """Say what hiss finds on this machine, what it would choose, and why."""
    from tui.checkup import print_checkup

    print_checkup(form, device)


def _refuse_console_options(context: typer.Context) -> None:
    """Options before a verb are the console's: a verb would not see them."""
    for name in context.params:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise EngineError(
                f"--{name} before {context.invoked_subcommand} is an option of the console.",
                f"`hiss {context.invoked_subcommand} --help` tells those of the command.",
            )


def _accept_any_encoding() -> None:
    """Print a question mark for what the terminal's encoding lacks, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
