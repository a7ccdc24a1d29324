"""`hiss run`: train experiments and print their scores."""

from __future__ import annotations

from typing import Annotated

import typer

from hiss.tui.cli.options import (
    Delivery,
    Metric,
    On,
    OptionalRepeats,
    Snapshots,
    Targets,
    TrainingOptions,
    with_options,
)
from hiss.tui.cli.user_inputs import UserInputs


@with_options(training=TrainingOptions, delivery=Delivery, inputs=UserInputs)
def run(
    training: TrainingOptions,
    delivery: Delivery,
    inputs: UserInputs,
    targets: Targets = None,
    repeats: OptionalRepeats = None,
    curves: Annotated[
        bool, typer.Option("--curves", help="Include every epoch's metrics in the JSON.")
    ] = False,
    metric: Metric = None,
    snapshots: Snapshots = False,
    on: On = None,
) -> None:
    """Train experiments and print their scores."""
    from hiss.studies.comparison import check_metric
    from hiss.studies.orders import run_order
    from hiss.tui.cli.kept import train_order
    from hiss.tui.cli.request import Request

    delivery.check(curves)
    study = Request(tuple(targets or ()), training, inputs, repeats).study()
    order = run_order(study, curves, check_metric(study, metric))
    raise typer.Exit(train_order(order, delivery, on, snapshots))
