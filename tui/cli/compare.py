"""`hiss compare`: repeated trainings and the comparison of each experiment with its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from hiss.tui.cli.options import (
    DEFAULT_REPEATS,
    Delivery,
    Metric,
    On,
    Repeats,
    Snapshots,
    Targets,
    TrainingOptions,
    with_options,
)
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.store.records import Order
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
    on: On = None,
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
    from hiss.studies.orders import ComparisonOptions, compare_order
    from hiss.tui.cli.kept import train_order
    from hiss.tui.cli.request import Request

    delivery.check(curves=False)
    names = tuple(targets or ())
    requests = [
        Request(names, training, each, repeats, DEFAULT_REPEATS) for each in inputs.each_table()
    ]
    if len(requests) > 1:
        raise typer.Exit(
            train_order(_many_order(requests, baseline, metric, rope), delivery, on, snapshots)
        )
    study = study_with_baselines(requests[0], baseline)
    metric = check_comparable(study, baseline, metric)
    order = compare_order(study, ComparisonOptions(baseline, metric, rope))
    raise typer.Exit(train_order(order, delivery, on, snapshots))


def _many_order(
    requests: Sequence[Request], baseline: str | None, metric: str | None, rope: float | None
) -> Order:
    """Return the order of one comparison on the tables of several requests.

    Raises:
        EngineError: They make no one study, or there is nothing to compare.
    """
    from hiss.library.templates import table_names
    from hiss.studies.comparison import check_comparable
    from hiss.studies.data_sets import over_data_sets, with_contrasts
    from hiss.studies.orders import ComparisonOptions, compare_order

    names = table_names([path for each in requests for path in each.inputs.data_files or ()])
    studies = (study_with_baselines(each, baseline) for each in requests)
    study, contrasts = over_data_sets(dict(zip(names, studies, strict=True)), baseline)
    metric = check_comparable(study, None, metric)
    return with_contrasts(compare_order(study, ComparisonOptions(None, metric, rope)), contrasts)


def study_with_baselines(request: Request, baseline: str | None) -> Study:
    """Return the requested study with the arms that its own are compared with."""
    from hiss.experiment.spec import Study
    from hiss.studies.baselines import with_baselines

    study = request.study()
    assignments, adapt = request.assignments, request.inputs.adapt_to_table
    arms = with_baselines(study.arms, baseline, assignments, adapt)
    return Study(**{**dict(study), "arms": arms})
