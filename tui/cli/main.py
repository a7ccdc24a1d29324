"""The `hiss` command: its verbs and options, each handed on to the module that does the work."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated, Literal

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import Assignments, Device, How, Preset, Repeats, Targets, takes
from hiss.tui.cli.output import complain
from hiss.tui.cli.user_inputs import UserInputs
from hiss.tui.cli.verbs import compare, sweep
from hiss.tui.terminal.options import Colors, ConsoleOptions, Glyphs

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
        from hiss.tui.console.launch import open_console

        raise typer.Exit(open_console(ConsoleOptions(glyphs, colors, mouse, device)))


@app.command("list")
def list_presets() -> None:
    """List the presets that there are, built-in and your own."""
    from hiss.tui.cli.catalog import print_catalog

    print_catalog()


@app.command()
@takes(inputs=UserInputs)
def show(
    inputs: UserInputs,
    preset: Preset = None,
    code: Annotated[
        bool, typer.Option("--code", help="Print it as a Keras script that runs by itself.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the script.")] = 1,
    assignments: Assignments = None,
) -> None:
    """Print a preset: its network in a line and its TOML, or the Keras script of it."""
    from hiss.tui.cli.catalog import print_code, print_preset

    if code:
        print_code(preset, inputs, assignments or (), seed)
    else:
        print_preset(preset, inputs, assignments or ())


@app.command()
@takes(how=How, inputs=UserInputs)
def run(
    how: How,
    inputs: UserInputs,
    targets: Targets = None,
    repeats: Repeats = None,
    curves: Annotated[
        bool, typer.Option("--curves", help="Add every epoch's metrics to the JSON.")
    ] = False,
) -> None:
    """Train experiments and print how they do."""
    from hiss.tui.cli.request import Request, carry_out

    raise typer.Exit(carry_out(Request(tuple(targets or ()), how, inputs, repeats, curves)))


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
    from hiss.tui.cli.doctor import print_checkup

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
