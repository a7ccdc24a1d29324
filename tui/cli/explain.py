"""`hiss explain`: what the noise did to the networks, over many seeds."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Annotated

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import (
    DEFAULT_REPEATS,
    Delivery,
    OptionalRepeats,
    Targets,
    TrainingOptions,
    with_options,
)
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.store.records import Record
    from hiss.studies.orders import ExplainOptions


@with_options(training=TrainingOptions, delivery=Delivery, inputs=UserInputs)
def explain(
    training: TrainingOptions,
    delivery: Delivery,
    inputs: UserInputs,
    targets: Targets = None,
    repeats: OptionalRepeats = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="PRESET", help="Compare with this; by default each preset's partner."),
    ] = None,
    view: Annotated[
        list[str] | None,
        typer.Option(metavar="VIEW", help="regions, jacobian, robustness …; repeatable."),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN,COLUMN", help="Two features in whose plane regions are drawn."
        ),
    ] = None,
) -> None:
    """Show what noise did to the networks of presets, or of a kept study by its ID."""
    from hiss.studies.comparison import check_comparable
    from hiss.studies.orders import (
        ComparisonOptions,
        ExplainOptions,
        compare_order,
        explain_order,
    )
    from hiss.tui.cli.compare import study_with_baselines
    from hiss.tui.cli.kept import train_order
    from hiss.tui.cli.request import Request
    from hiss.views.explanation import chosen_views

    delivery.check(curves=False)
    if delivery.chosen_format not in ("table", "json"):
        raise EngineError(
            f"--format: an explanation has no {delivery.chosen_format}.", "Choose json or table."
        )
    what = ExplainOptions(chosen_views(view or ()), _pair(columns))
    if (record := _kept(targets, delivery)) is not None:
        raise typer.Exit(_explain_kept(record, what, delivery))
    request = Request(tuple(targets or ()), training, inputs, repeats or DEFAULT_REPEATS)
    study = study_with_baselines(request, baseline)
    check_comparable(study, baseline, None)
    order = compare_order(study, ComparisonOptions(baseline))
    raise typer.Exit(train_order(explain_order(order, what), delivery))


def _kept(targets: list[str] | None, delivery: Delivery) -> Record | None:
    """Return the kept study of an ID; None if the targets are presets."""
    from hiss.library.presets import find as find_presets
    from hiss.store.history import find
    from hiss.store.place import store_folder

    if not targets or len(targets) > 1:
        return None
    try:
        find_presets(targets[0])
    except EngineError as unknown:
        try:
            return find(store_folder(delivery.store), targets[0])
        except EngineError:
            raise unknown from None
    return None


def _explain_kept(record: Record, what: ExplainOptions, delivery: Delivery) -> int:
    """Explain a kept study, training it again for the snapshots that it lacks."""
    from dataclasses import replace

    from hiss.store.records import with_options
    from hiss.studies.orders import explain_order
    from hiss.studies.reopen import recorded_of
    from hiss.tui.cli.confirm import confirm_code, confirm_numbers
    from hiss.tui.cli.kept import resume_record
    from hiss.tui.cli.trainers import print_explanation

    confirm_code(record, delivery.yes)
    order = explain_order(record.order, what)
    if not delivery.detach and (found := recorded_of(record)) is not None:
        print_explanation(record, order, *found, delivery)
        return 0
    confirm_numbers(record, delivery.yes)
    if delivery.detach:  # the process in the background reads what is asked for
        return resume_record(with_options(record, **order.options), delivery)
    return resume_record(replace(record, order=order), delivery)


def _pair(columns: str | None) -> tuple[str, ...]:
    """Cut `a,b` into two names; one that holds a comma stands in double quotes."""
    return tuple(name.strip() for row in csv.reader([columns] if columns else []) for name in row)
