"""`hiss run`: train experiments and print their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hiss.tui.cli.options import OptionalRepeats, Targets, TrainingOptions, with_options
from hiss.tui.cli.output import format_result
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.results.outcomes import Result
    from hiss.tui.cli.request import Request


@with_options(training=TrainingOptions, inputs=UserInputs)
def run(
    training: TrainingOptions,
    inputs: UserInputs,
    targets: Targets = None,
    repeats: OptionalRepeats = None,
    curves: Annotated[
        bool, typer.Option("--curves", help="Include every epoch's metrics in the JSON.")
    ] = False,
) -> None:
    """Train experiments and print their scores."""
    from hiss.tui.cli.request import Request

    request = Request(tuple(targets or ()), training, inputs, repeats, curves)
    raise typer.Exit(run_request(request))


def run_request(request: Request) -> int:
    """Train the requested study, write its result and return the exit code.

    Raises:
        EngineError: The request makes no study, or the study cannot be trained.
    """
    from hiss.tui.cli.training import run_and_write

    output_format = request.output_format()

    def format_text(result: Result, terminal: bool) -> str:
        return format_result(result, output_format, curves=request.curves, terminal=terminal)

    return run_and_write(request.study(), request.training, format_text)
