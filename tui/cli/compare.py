"""`hiss compare`: repeated trainings and the comparison of each experiment with its baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hiss.tui.cli.options import (
    DEFAULT_REPEATS,
    Delivery,
    Metric,
    Repeats,
    Snapshots,
    Targets,
    TrainingOptions,
    with_options,
)
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.tui.cli.request import Request


@with_options(training=TrainingOptions, delivery=Delivery, inputs=UserInputs)
def compare(
    training: TrainingOptions,
    delivery: Delivery,
    inputs: UserInputs,
    targets: Targets = None,
    repeats: Repeats = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="PRESET", help="Compare with this; by default each preset's partner."),
    ] = None,
    metric: Metric = None,
    snapshots: Snapshots = False,
    rope: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="WIDTH",
            help="Largest difference that counts as none: 0.01 is one point of accuracy.",
        ),
    ] = None,
) -> None:
    """Train experiments repeatedly and show which is better, and how certain that is."""
    from hiss.studies.comparison import check_comparable
    from hiss.studies.orders import ComparisonOptions, compare_order, recorded_order
    from hiss.tui.cli.kept import train_order
    from hiss.tui.cli.request import Request

    delivery.check(curves=False)
    request = Request(tuple(targets or ()), training, inputs, repeats, DEFAULT_REPEATS)
    study = study_with_baselines(request, baseline)
    metric = check_comparable(study, baseline, metric)
    order = compare_order(study, ComparisonOptions(baseline, metric, rope))
    raise typer.Exit(train_order(recorded_order(order) if snapshots else order, delivery))


def study_with_baselines(request: Request, baseline: str | None) -> Study:
    """Return the requested study with the arms that its own are compared with."""
    from hiss.experiment.spec import Study
    from hiss.studies.baselines import with_baselines

    study = request.study()
    assignments, adapt = request.assignments, request.inputs.adapt_to_table
    arms = with_baselines(study.arms, baseline, assignments, adapt)
    return Study(**{**dict(study), "arms": arms})
