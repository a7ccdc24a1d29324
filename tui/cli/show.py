"""`hiss show`: one preset as TOML or as a Keras script."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import Assignments, Preset, with_options
from hiss.tui.cli.output import print_advice, print_renderable, write_stdout
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment


@with_options(inputs=UserInputs)
def show(
    inputs: UserInputs,
    preset: Preset = None,
    code: Annotated[
        bool, typer.Option("--code", help="Print a Keras script that runs without hiss.")
    ] = False,
    exact: Annotated[
        bool, typer.Option("--exact", help="Print a script that prints hiss's very numbers.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the script.")] = 1,
    repeats: Annotated[int, typer.Option(min=1, help="Repeats of the exact script.")] = 1,
    mode: Annotated[
        Literal["article", "task"] | None, typer.Option(help="Mode of the exact script.")
    ] = None,
    metric: Annotated[
        str | None, typer.Option(metavar="METRIC", help="A further score that the script prints.")
    ] = None,
    assignments: Assignments = None,
) -> None:
    """Print a preset's network and TOML, its Keras script, or a script of hiss's own numbers."""
    experiment = _single_experiment(inputs, preset, assignments or [])
    if exact:
        from hiss.experiment.spec import proposed_mode
        from hiss.scripts.exact import exact_script

        chosen = mode or proposed_mode([experiment])
        text = exact_script(experiment, seed=seed, repeats=repeats, mode=chosen, metric=metric)
        _print_source(text, "python")
    elif code:
        from hiss.scripts.script import script

        _print_source(script(experiment, seed, metric), "python")
    elif experiment.model is not None:
        _print_model(experiment)
    else:
        _print_toml(experiment)
        print_advice([experiment])


def _single_experiment(
    inputs: UserInputs, preset: str | None, assignments: list[str]
) -> Experiment:
    """Return the experiment to show; of the two made for a table or model, the one with noise."""
    found = inputs.arms((preset,) if preset else (), assignments)
    if preset and len(found) > 1:
        names = ", ".join(each.name for each in found)
        raise EngineError(f"{preset} is a group; expected one preset.", f"Name one of {names}.")
    return found[-1]


def _print_toml(experiment: Experiment) -> None:
    """Print an experiment's TOML under a comment with the diagram of its network."""
    from hiss.experiment.diagram import diagram
    from hiss.experiment.notation import dump
    from hiss.library.user_presets import without_foreign_partner

    toml = dump(without_foreign_partner(experiment))
    _print_source(f"# {diagram(experiment)}\n{toml}", "toml")


def _print_model(experiment: Experiment) -> None:
    """Print the diagram of a user's model, and a table of its layers as sites for noise."""
    from rich.table import Table
    from rich.text import Text

    from hiss.training.model_summary import summarize_model
    from hiss.tui.terminal.captured_output import stderr_in_log

    with stderr_in_log():
        summary = summarize_model(experiment)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in ("Site", "Layer", "Shape", "Weights"):
        table.add_column(header, justify="right" if header == "Weights" else "left")
    for place in summary.places:
        shape = "" if place.shape is None else "×".join(map(str, place.shape))
        table.add_row(*map(Text, (place.name, place.layer, shape, f"{place.weights:,}")))
    write_stdout(f"{summary.diagram}\n\n")
    print_renderable(table)
    if not experiment.model or not experiment.model.noise:
        site = summary.places[0].name
        write_stdout(f"\nNoise can be inserted before or after a layer: --noise {site}:after:0.1\n")


def _print_source(text: str, language: str) -> None:
    """Print source text, in colours on a terminal and unchanged elsewhere."""
    if not sys.stdout.isatty():
        write_stdout(text)
        return
    from rich.syntax import Syntax

    print_renderable(
        Syntax(text, language, theme="ansi_dark", background_color="default", word_wrap=True)
    )
