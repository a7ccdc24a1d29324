"""`hiss sweep`: an experiment over a grid of strengths, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import (
    DEFAULT_REPEATS,
    Delivery,
    Metric,
    On,
    Preset,
    Repeats,
    Snapshots,
    TrainingOptions,
    with_options,
)
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.studies.search import Search

METAVAR = "σ,σ,…"
Strengths = typer.Option(
    "--values", "--stddev", metavar=METAVAR, help="Strengths to try: 0,0.01,0.03,0.1,0.3,1."
)
Strengths2 = typer.Option(
    "--values2", "--stddev2", metavar=METAVAR, help="Strengths to try at the second site."
)
PLACES = "input, hidden, a layer's number or name, or a key as in --set."
Place = typer.Option(metavar="SITE", help=f"What to vary: {PLACES}")
Place2 = typer.Option(metavar="SITE", help="A second site to vary, on a two-dimensional grid.")


@with_options(training=TrainingOptions, delivery=Delivery, inputs=UserInputs)
def sweep(
    training: TrainingOptions,
    delivery: Delivery,
    inputs: UserInputs,
    preset: Preset = None,
    values: Annotated[str | None, Strengths] = None,
    site: Annotated[str | None, Place] = None,
    values2: Annotated[str | None, Strengths2] = None,
    site2: Annotated[str | None, Place2] = None,
    repeats: Repeats = None,
    refine: Annotated[
        bool, typer.Option("--refine", help="Add grid points around the plateau.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option(help="Train the best strength and no noise again, on fresh seeds.")
    ] = True,
    metric: Metric = None,
    snapshots: Snapshots = False,
    on: On = None,
) -> None:
    """Train an experiment over a grid of strengths and show which is best."""
    from hiss.studies.comparison import check_metric
    from hiss.studies.orders import SweepOptions, sweep_order
    from hiss.studies.search import Grid, parse_strengths
    from hiss.tui.cli.kept import train_order
    from hiss.tui.cli.request import Request

    delivery.check(curves=False)
    request = Request((preset,) if preset else (), training, inputs, repeats, DEFAULT_REPEATS)
    grid = Grid(
        site=site,
        strengths=None if values is None else parse_strengths(values, "--values"),
        site2=site2,
        strengths2=None if values2 is None else parse_strengths(values2, "--values2"),
    )
    search = grid.search(request.study())
    _check(search, refine)
    how = SweepOptions(refine, confirm, check_metric(search.base, metric))
    raise typer.Exit(train_order(sweep_order(search, how), delivery, on, snapshots))


def _check(search: Search, refine: bool) -> None:
    """Check before training that every point of the grid can be trained."""
    if refine and len(search.axes) == 2:
        raise EngineError("--refine goes with one site.", "Leave out --values2 and --site2.")
    search.study()
