"""Presets as text: all of them in a list, one of them whole, or as a script."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby

from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from hiss.errors import EngineError
from hiss.experiment.diagram import diagram
from hiss.experiment.spec import Experiment
from hiss.library.presets import Library, dump, load_presets
from hiss.library.user_presets import without_foreign_partner
from hiss.tui.cli.output import advise, complain, fits, show, write_out
from hiss.tui.cli.user_inputs import UserInputs
from hiss.tui.terminal.captured_output import stderr_in_log


def print_catalog() -> None:
    """Print all presets with their titles and, where there is room, networks.

    What is wrong with others goes to stderr.
    """
    library = load_presets()
    whole = _listed(library, networks=True)
    show(whole if fits(whole) else _listed(library, networks=False))
    for problem in library.problems:
        complain(problem)


def print_preset(target: str | None, inputs: UserInputs, assignments: Sequence[str]) -> None:
    """Print a preset's TOML under a comment that draws its network."""
    experiment = _only(target, inputs, assignments)
    if experiment.model is not None:
        _print_model(experiment)
        return
    _print_source(f"# {diagram(experiment)}\n{dump(without_foreign_partner(experiment))}", "toml")
    advise([experiment])


def print_code(
    target: str | None, inputs: UserInputs, assignments: Sequence[str], seed: int
) -> None:
    """Print the Keras script of a preset."""
    from hiss.scripts.script import script

    _print_source(script(_only(target, inputs, assignments), seed), "python")


def _print_model(experiment: Experiment) -> None:
    """Print a user's model as a line, and its layers as sites of noise."""
    from hiss.training.model_summary import summarize_model

    with stderr_in_log():
        seen = summarize_model(experiment)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in ("Site", "Layer", "Shape", "Weights"):
        table.add_column(header, justify="right" if header == "Weights" else "left")
    for place in seen.places:
        shape = "×".join(map(str, place.shape))
        table.add_row(*map(Text, (place.name, place.layer, shape, f"{place.weights:,}")))
    write_out(f"{seen.diagram}\n\n")
    show(table)
    if not experiment.model or not experiment.model.noise:
        write_out(f"\nNoise goes before or after any: --noise {seen.places[0].name}:after:0.1\n")


def _only(target: str | None, inputs: UserInputs, assignments: Sequence[str]) -> Experiment:
    """The one experiment that is meant; of the two made for a table, the one with noise."""
    found = inputs.arms((target,) if target else (), assignments)
    if target and len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise EngineError(f"{target} is a group; name one preset of it.", f"It has {names}.")
    return found[-1]


def _listed(library: Library, networks: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for header in ("Preset", "Title", *(["Network"] if networks else [])):
        table.add_column(header, no_wrap=header == "Preset")
    for number, (_, group) in enumerate(groupby(library.experiments, lambda one: one.group)):
        if number:
            table.add_row()
        for one in group:
            cells = (one.name, one.title, *([diagram(one)] if networks else []))
            table.add_row(*map(Text, cells))
    return table


def _print_source(text: str, language: str) -> None:
    """Print source in colours on a terminal, and untouched anywhere else."""
    if sys.stdout.isatty():
        show(Syntax(text, language, theme="ansi_dark", background_color="default", word_wrap=True))
    else:
        write_out(text)
