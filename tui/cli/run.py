"""`hiss run`: train experiments and print their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hiss.tui.cli.options import Delivery, OptionalRepeats, Targets, TrainingOptions, with_options
from hiss.tui.cli.output import format_result
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.results.outcomes import Result
    from hiss.store.session import Session


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
) -> None:
    """Train experiments and print their scores."""
    from hiss.studies.orders import run_order
    from hiss.tui.cli.kept import train_order
    from hiss.tui.cli.request import Request

    delivery.check(curves)
    study = Request(tuple(targets or ()), training, inputs, repeats).study()
    raise typer.Exit(train_order(run_order(study, curves), delivery))


def train_run(session: Session, delivery: Delivery) -> int:
    """Train the study of a session, write its result and return the exit code.

    Raises:
        EngineError: The study cannot be trained, or the result not be written.
    """
    from hiss.reports.headline import run_headline
    from hiss.tui.cli.training import Report, run_and_write

    curves = bool(session.order.options.get("curves"))

    def report(result: Result) -> Report:
        def text(terminal: bool) -> str:
            return format_result(result, delivery.chosen_format, curves=curves, terminal=terminal)

        return Report(run_headline(result), text)

    return run_and_write(session, delivery, report)
