"""What is trained in a session, and written when it ends: a run, a comparison, a sweep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hiss.errors import EngineError
from hiss.tui.cli.formats import format_comparisons, format_sweep
from hiss.tui.cli.output import (
    format_result,
    print_advice,
    print_error,
    write_result,
    writes_to_terminal,
)

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.results.outcomes import Result
    from hiss.store.album import Album
    from hiss.store.records import Order, Record
    from hiss.store.session import Session
    from hiss.studies.search import Search
    from hiss.studies.sweep import Sweep
    from hiss.tui.cli.options import Delivery


def train_run(session: Session, delivery: Delivery) -> int:
    """Train the study of a session, write its result and return the exit code.

    Raises:
        EngineError: The study cannot be trained, or the result not be written.
    """
    from hiss.reports.headline import run_headline
    from hiss.tui.cli.training import Report, run_and_write

    options = session.order.options
    curves, metric = bool(options.get("curves")), options.get("metric")

    def report(result: Result) -> Report:
        def text(terminal: bool) -> str:
            return format_result(
                result, delivery.chosen_format, curves=curves, terminal=terminal, metric=metric
            )

        return Report(run_headline(result, metric), text)

    return run_and_write(session, delivery, report)


def train_comparison(session: Session, delivery: Delivery) -> int:
    """Train the study of a session, write its comparisons and return the exit code.

    Raises:
        EngineError: The study cannot be trained, or the result not be written.
    """
    from hiss.reports.headline import comparison_headline
    from hiss.studies.orders import comparisons_of, overall_of
    from hiss.tui.cli.training import Report, run_and_write

    def report(result: Result) -> Report:
        comparisons = comparisons_of(session.order, result)
        overall = overall_of(session.order, comparisons)

        def text(terminal: bool) -> str:
            wanted = delivery.chosen_format
            return format_comparisons(
                result, comparisons, overall=overall, output_format=wanted, terminal=terminal
            )

        return Report(comparison_headline(comparisons, overall), text)

    return run_and_write(session, delivery, report)


def train_explanation(session: Session, delivery: Delivery) -> int:
    """Train the study of a session with snapshots of its networks, and explain what noise did.

    Raises:
        EngineError: The study cannot be trained or explained, or the result not be written.
    """
    from hiss.tui.cli.training import Report, run_and_write
    from hiss.tui.workers.kept_training import headline

    if session.order.kind == "sweep":
        return _train_explained_sweep(session, delivery)

    def report(result: Result) -> Report:
        text = _explained(session.order, result, session.album, None, delivery)
        return Report(headline(session, result), text)

    return run_and_write(session, delivery, report)


def print_explanation(
    record: Record, order: Order, result: Result, search: Search | None, delivery: Delivery
) -> None:
    """Explain a kept study whose networks have all been recorded, without training.

    Raises:
        EngineError: The snapshots cannot be read, or the result not be written.
    """
    from hiss.store.album import Album
    from hiss.tui.terminal.captured_output import stderr_in_log

    with stderr_in_log():
        from hiss.training import backend, machine

        with machine.import_without_gc():
            backend.load(result.study.device)
        text = _explained(order, result, Album(record.blocks), search, delivery)
    write_result(text(writes_to_terminal(delivery.output)), delivery.output, delivery.force)


def _explained(
    order: Order,
    result: Result,
    album: Album | None,
    search: Search | None,
    delivery: Delivery,
) -> Callable[[bool], str]:
    """Explain a result, and return what makes the text of it."""
    from hiss.studies.orders import comparing_of, explaining_of
    from hiss.tui.cli.formats import format_explanation
    from hiss.views.explain import explain

    assert album is not None, "an order that explains is recorded"
    what = explaining_of(order)
    found = explain(
        result, album, views=what.views, columns=what.columns,
        baseline=None if search else comparing_of(order).baseline, search=search,
    )  # fmt: skip
    return lambda terminal: format_explanation(found, result, delivery.chosen_format, terminal)


def _train_explained_sweep(session: Session, delivery: Delivery) -> int:
    """Train a sweep with snapshots of its networks, and explain all points of its grid."""
    from hiss.results.outcomes import Result
    from hiss.tui.cli.training import ended_by, exit_code, leave
    from hiss.tui.workers.kept_training import headline

    stages = _Stages(session, delivery)
    stages.train()
    session.end(ended_by(stages.signum, session.stop.is_set()), headline(session, None))
    if stages.interrupted or stages.sweep is None or stages.signum:
        leave(stages.signum, session, delivery)
    sweep = stages.sweep
    study = sweep.search.study()
    made = (result for result in stages.results if result.study.seed == study.seed)
    arms = {arm.experiment.name: arm for result in made for arm in result.arms}
    there = tuple(arms[arm.name] for arm in study.arms if arm.name in arms)
    result = Result(study, there, sweep.fingerprint, sweep.seconds)
    text = _explained(session.order, result, session.album, sweep.search, delivery)
    write_result(text(writes_to_terminal(delivery.output)), delivery.output, delivery.force)
    return exit_code(sweep.trained, 0)


def train_sweep(session: Session, delivery: Delivery) -> int:
    """Train the sweep of a session, write what was found and return the exit code.

    Raises:
        EngineError: A study cannot be trained, or the result not be written.
    """
    from hiss.reports.headline import sweep_headline
    from hiss.tui.cli.training import ended_by, exit_code, leave

    if not delivery.quiet:
        print_advice(session.order.study.arms)
    stages = _Stages(session, delivery)
    stages.train()
    headline = sweep_headline(stages.sweep) if stages.sweep else ""
    session.end(ended_by(stages.signum, session.stop.is_set()), headline)
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
    results: list[Result] = field(default_factory=list)
    """Of the stages."""

    def train(self) -> None:
        """Train stage after stage and keep the sweep that each returns."""
        from hiss.studies.orders import search_of, sweeping_of
        from hiss.studies.sweep import stages
        from hiss.tui.cli.interruption import Interrupted

        search, how = search_of(self.session.order), sweeping_of(self.session.order)
        try:
            for sweep in stages(
                search,
                self._train_study,
                finer=how.refine,
                fresh=how.confirm,
                metric=how.metric,
            ):
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
        self.results.append(trained.result)
        return trained.result
