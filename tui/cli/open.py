"""`hiss open`: a kept study as if it had just been trained."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from hiss.tui.cli.options import Delivery, Metric, StudyId, with_options
from hiss.tui.cli.output import format_result, print_note, write_result, writes_to_terminal

if TYPE_CHECKING:
    from hiss.store.records import Record
    from hiss.studies.reopen import KeptBlocks


@with_options(delivery=Delivery)
def open_study(
    delivery: Delivery,
    study: StudyId,
    curves: Annotated[
        bool, typer.Option("--curves", help="Include every epoch's metrics in the JSON.")
    ] = False,
    metric: Metric = None,
) -> None:
    """Print a kept study, finished or not, as if it had just been trained."""
    from hiss.store.history import find
    from hiss.store.place import store_folder

    delivery.check(curves)
    record = find(store_folder(delivery.store), study)
    if metric is not None:
        options = {**record.order.options, "metric": metric}
        record = replace(record, order=replace(record.order, options=options))
    write_opened(record, delivery, curves)


def write_opened(record: Record, delivery: Delivery, curves: bool = False) -> None:
    """Write a kept study as the verb that trained it writes it, and what there is to say of it.

    Raises:
        EngineError: None of it has been trained yet, or it cannot be written.
    """
    from hiss.studies.reopen import KeptBlocks

    kept = KeptBlocks(record)
    write_result(_format(kept, delivery, curves), delivery.output, delivery.force)
    _print_notes(kept, delivery.quiet)


def _format(kept: KeptBlocks, delivery: Delivery, curves: bool) -> str:
    """Return a kept study as the verb that trained it prints it."""
    from hiss.studies.orders import comparisons_of, overall_of
    from hiss.tui.cli.formats import format_comparisons, format_sweep

    wanted, terminal = delivery.chosen_format, writes_to_terminal(delivery.output)
    order = kept.record.order
    if order.kind == "sweep":
        return format_sweep(kept.stages()[-1].sweep, wanted, terminal)
    result = kept.result(order.study)
    if order.kind == "run" or curves:
        metric = order.options.get("metric")
        return format_result(result, wanted, curves=curves, terminal=terminal, metric=metric)
    comparisons = comparisons_of(order, result)
    overall = overall_of(order, comparisons)
    return format_comparisons(
        result, comparisons, overall=overall, output_format=wanted, terminal=terminal
    )


def _print_notes(kept: KeptBlocks, quiet: bool) -> None:
    """Say how far an unfinished study is, and which of its blocks are damaged."""
    from hiss.store.entries import entry_of

    record = kept.record
    entry = entry_of(record).now(record.folder)
    for each in kept.damaged:
        print_note(f"{each}; `hiss resume {record.id}` trains it again")
    if kept.mixture:
        print_note(f"{record.id}: {kept.mixture}; within a kind, numbers repeat bit for bit")
    if entry.state != "finished" and not quiet:
        print_note(f"{record.id} is {entry.state}, {entry.done} of {entry.total} repeats are kept")
