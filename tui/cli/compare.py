"""`hiss compare`: repeated trainings and the comparison of each experiment with its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from hiss.tui.cli.options import (
    DEFAULT_REPEATS,
    Delivery,
    Repeats,
    Targets,
    TrainingOptions,
    with_options,
)
from hiss.tui.cli.output import OutputFormat, format_result, render, rich_console, wrap_lines
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.results.outcomes import Result
    from hiss.store.records import Order
    from hiss.store.session import Session
    from hiss.studies.verdicts import Comparison
    from hiss.tui.cli.request import Request


@with_options(training=TrainingOptions, delivery=Delivery, inputs=UserInputs)
def compare(
    training: TrainingOptions,
    delivery: Delivery,
    inputs: UserInputs,
    targets: Targets = None,
    repeats: Repeats = DEFAULT_REPEATS,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="PRESET", help="Compare with this; by default each preset's partner."),
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
            help="Largest difference that counts as none: 0.01 is one point of accuracy.",
        ),
    ] = None,
) -> None:
    """Train experiments repeatedly and show which is better, and how certain that is."""
    from hiss.studies.comparison import check_comparable
    from hiss.studies.orders import Comparing, compare_order
    from hiss.tui.cli.kept import train_order
    from hiss.tui.cli.request import Request

    delivery.check(curves=False)
    request = Request(tuple(targets or ()), training, inputs, repeats)
    study = _study_with_baselines(request, baseline)
    check_comparable(study, baseline, metric)
    order = compare_order(study, Comparing(baseline, metric, rope))
    raise typer.Exit(train_order(order, delivery))


def train_comparison(session: Session, delivery: Delivery) -> int:
    """Train the study of a session, write its comparisons and return the exit code.

    Raises:
        EngineError: The study cannot be trained, or the result not be written.
    """
    from hiss.reports.headline import comparison_headline
    from hiss.tui.cli.training import Report, run_and_write

    def report(result: Result) -> Report:
        comparisons = compare_as_asked(result, session.order)

        def text(terminal: bool) -> str:
            return format_comparisons(result, comparisons, delivery.chosen_format, terminal)

        return Report(comparison_headline(comparisons), text)

    return run_and_write(session, delivery, report)


def compare_as_asked(result: Result, order: Order) -> tuple[Comparison, ...]:
    """Return the comparisons of a result that an order asks for."""
    from hiss.studies.comparison import compare_all
    from hiss.studies.orders import comparing_of

    how = comparing_of(order)
    return compare_all(result, how.baseline, how.metric, how.rope)


def format_comparisons(
    result: Result, comparisons: Sequence[Comparison], output_format: OutputFormat, terminal: bool
) -> str:
    """Return a result and its comparisons as text, a table for a terminal or a file."""
    from hiss.reports import comparison_report, export
    from hiss.tui.cli.request import describe_study

    match output_format:
        case "json":
            return export.to_json(result, comparisons=comparisons)
        case "csv":
            return comparison_report.to_csv(comparisons)
        case "markdown":
            return f"{export.to_markdown(result)}\n{comparison_report.to_markdown(comparisons)}"
        case "table":
            scores = format_result(result, "table", terminal=terminal)
            design = wrap_lines([describe_study(result.study)], terminal)
            return "\n".join((scores, _comparison_table(comparisons, terminal), design))


def _study_with_baselines(request: Request, baseline: str | None) -> Study:
    """Return the requested study with the arms that its own are compared with."""
    from hiss.experiment.spec import Study
    from hiss.studies.baselines import with_baselines

    study = request.study()
    assignments, adapt = request.training.all_assignments, request.inputs.adapt_to_table
    arms = with_baselines(study.arms, baseline, assignments, adapt)
    return Study(**{**dict(study), "arms": arms})


def _comparison_table(comparisons: Sequence[Comparison], terminal: bool) -> str:
    """Return the table of comparisons with its caption above and its sentences below."""
    from hiss.tui.tables.comparison import caption, verdict_table

    if not comparisons:
        return ""
    baselines = {comparison.baseline for comparison in comparisons}
    against = baselines.pop() if len(baselines) == 1 else "baselines"
    heading = wrap_lines([caption(comparisons, f" against {against}")], terminal)
    table = render(verdict_table(comparisons, rich_console(terminal).width), terminal)
    sentences = wrap_lines((comparison.sentence for comparison in comparisons), terminal)
    return f"{heading}\n{table}\n{sentences}"
