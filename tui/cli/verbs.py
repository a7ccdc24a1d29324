"""The verbs of the `hiss` command that repeat trainings to find something out."""

from __future__ import annotations

from typing import Annotated

import typer

from hiss.tui.cli.options import How, Preset, Targets, takes
from hiss.tui.cli.user_inputs import UserInputs

REPEATS = 30
"""Enough to see a difference of 0.5 SD four times in five."""

Repeats = Annotated[int, typer.Option(min=1, help="Trainings of each, on seeds of their own.")]
METAVAR = "σ,σ,…"
Strengths = typer.Option(
    "--values", "--stddev", metavar=METAVAR, help="Strengths to try: 0,0.01,0.03,0.1,0.3,1."
)
Strengths2 = typer.Option(
    "--values2", "--stddev2", metavar=METAVAR, help="Likewise, of the second site."
)
PLACES = "input, hidden, a layer's number or name, or a key as in --set."
Place = typer.Option(metavar="SITE", help=f"What to vary: {PLACES}")
Place2 = typer.Option(metavar="SITE", help="What to vary besides, on a grid of two.")


@takes(how=How, inputs=UserInputs)
def compare(
    how: How,
    inputs: UserInputs,
    targets: Targets = None,
    repeats: Repeats = REPEATS,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="PRESET", help="Compared with; chosen when not given."),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(metavar="METRIC", help="test_accuracy, test_loss, brier, test_rmse …"),
    ] = None,
    rope: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="WIDTH",
            help="The largest difference that counts as none: 0.01, a point.",
        ),
    ] = None,
) -> None:
    """Train experiments repeatedly and say which does better, and how sure that is."""
    from hiss.tui.cli.compare import compare
    from hiss.tui.cli.request import Request

    request = Request(tuple(targets or ()), how, inputs, repeats)
    raise typer.Exit(compare(request, baseline, metric, rope))


@takes(how=How, inputs=UserInputs)
def sweep(
    how: How,
    inputs: UserInputs,
    preset: Preset = None,
    values: Annotated[str | None, Strengths] = None,
    site: Annotated[str | None, Place] = None,
    values2: Annotated[str | None, Strengths2] = None,
    site2: Annotated[str | None, Place2] = None,
    repeats: Repeats = REPEATS,
    refine: Annotated[bool, typer.Option("--refine", help="Add points about the plateau.")] = False,
    confirm: Annotated[
        bool, typer.Option(help="Train the best and no noise once more, on fresh seeds.")
    ] = True,
) -> None:
    """Train an experiment over a grid of strengths and say which does best."""
    from hiss.studies.search import Grid, parse_strengths
    from hiss.tui.cli.request import Request
    from hiss.tui.cli.sweep import sweep

    request = Request((preset,) if preset else (), how, inputs, repeats)
    grid = Grid(
        site=site,
        strengths=None if values is None else parse_strengths(values, "--values"),
        site2=site2,
        strengths2=None if values2 is None else parse_strengths(values2, "--values2"),
    )
    raise typer.Exit(sweep(request, grid, refine, confirm))
