"""`hiss sweep`: an experiment over a grid of strengths, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from hiss.errors import EngineError
from hiss.tui.cli.options import (
    DEFAULT_REPEATS,
    Delivery,
    Preset,
    Repeats,
    TrainingOptions,
    with_options,
)
from hiss.tui.cli.output import (
    OutputFormat,
    print_advice,
    print_error,
    render,
    rich_console,
    wrap_lines,
    write_result,
    writes_to_terminal,
)
from hiss.tui.cli.user_inputs import UserInputs

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.results.outcomes import Result
    from hiss.store.session import Session
    from hiss.studies.search import Search
    from hiss.studies.sweep import Sweep

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
    repeats: Repeats = DEFAULT_REPEATS,
    refine: Annotated[
        bool, typer.Option("--refine", help="Add grid points around the plateau.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option(help="Train the best strength and no noise again, on fresh seeds.")
    ] = True,
) -> None:
    """Train an experiment over a grid of strengths and show which is best."""
    from hiss.studies.orders import Sweeping, sweep_order
    from hiss.studies.search import Grid, parse_strengths
    from hiss.tui.cli.kept import train_order
    from hiss.tui.cli.request import Request

    delivery.check(curves=False)
    request = Request((preset,) if preset else (), training, inputs, repeats)
    grid = Grid(
        site=site,
        strengths=None if values is None else parse_strengths(values, "--values"),
        site2=site2,
        strengths2=None if values2 is None else parse_strengths(values2, "--values2"),
    )
    search = grid.search(request.study())
    _check(search, refine)
    raise typer.Exit(train_order(sweep_order(search, Sweeping(refine, confirm)), delivery))


def train_sweep(session: Session, delivery: Delivery) -> int:
    """Train the sweep of a session, write what was found and return the exit code.

    Raises:
        EngineError: A study cannot be trained, or the result not be written.
    """
    from hiss.tui.cli.training import ended_by, exit_code, leave

    if not delivery.quiet:
        print_advice(session.order.study.arms)
    stages = _Stages(session, delivery)
    stages.train()
    session.end(ended_by(stages.signum, session.stop.is_set()))
    if stages.sweep is not None:
        terminal = writes_to_terminal(delivery.output)
        text = format_sweep(stages.sweep, delivery.chosen_format, terminal)
        try:
            write_result(text, delivery.output, delivery.force)
        except EngineError as error:
            if not stages.interrupted:
                raise
            print_error(error)
    if stages.interrupted or stages.sweep is None:
        leave(stages.signum, session, delivery)
    return exit_code(stages.sweep.trained, stages.signum)


def format_sweep(sweep: Sweep, output_format: OutputFormat, terminal: bool) -> str:
    """Return a sweep as text, a table for a terminal or a file."""
    from hiss.reports import sweep_report

    match output_format:
        case "json":
            return sweep_report.to_json(sweep)
        case "csv":
            return sweep_report.to_csv(sweep)
        case "markdown":
            return sweep_report.to_markdown(sweep)
        case "table":
            return _sweep_table(sweep, terminal)


@dataclass(slots=True)
class _Stages:
    """The studies of a sweep, trained one after another until a signal comes."""

    session: Session
    delivery: Delivery
    sweep: Sweep | None = None
    """The sweep after the last finished stage."""
    signum: int = 0
    """The signal received, or 0."""
    interrupted: bool = False
    """Whether a study was left at once, so that its thread may still run."""

    def train(self) -> None:
        """Train stage after stage and keep the sweep that each returns."""
        from hiss.studies.orders import search_of, sweeping_of
        from hiss.studies.sweep import stages
        from hiss.tui.cli.training import Interrupted

        search, how = search_of(self.session.order), sweeping_of(self.session.order)
        try:
            for sweep in stages(search, self._train_study, finer=how.refine, fresh=how.confirm):
                self.sweep = sweep
                if self.signum or self.session.stop.is_set():
                    return
        except Interrupted as interrupted:
            self.signum, self.interrupted = interrupted.signum, True

    def _train_study(self, study: Study) -> Result:
        from hiss.tui.cli.training import train

        trained = train(study, self.delivery, self.session)
        self.delivery = replace(self.delivery, yes=True)  # it is asked once
        self.signum, self.interrupted = trained.signum, trained.abandoned
        return trained.result


def _check(search: Search, refine: bool) -> None:
    """Check before training that every point of the grid can be trained."""
    if refine and len(search.axes) == 2:
        raise EngineError("--refine goes with one site.", "Leave out --values2 and --site2.")
    search.study()


def _sweep_table(sweep: Sweep, terminal: bool) -> str:
    """Return the table of a sweep with its caption above and its sentences below."""
    from hiss.reports.sweep_sentences import sentences
    from hiss.tui.cli.request import describe_study
    from hiss.tui.tables.sweep import sweep_table

    search = sweep.search
    named = zip(search.symbols, (axis.site.name for axis in search.axes), strict=True)
    places = ", ".join(f"{symbol} at {site}" for symbol, site in named)
    legend = "; * is best, + as good within one standard error" if len(search.axes) == 2 else ""
    table = render(sweep_table(sweep, rich_console(terminal).width), terminal)
    text = wrap_lines(sentences(sweep), terminal)
    design = wrap_lines([describe_study(search.base)], terminal)
    return f"{search.experiment.name}: {places}{legend}\n\n{table}\n{text}\n{design}"
