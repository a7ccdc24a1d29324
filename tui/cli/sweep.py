"""`hiss sweep`: an experiment over a grid of strengths, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

from hiss.errors import EngineError
from hiss.experiment.spec import Study
from hiss.reports import sweep_report as sweep_export
from hiss.reports.sweep_sentences import sentences
from hiss.results.outcomes import Result
from hiss.studies.search import Grid, Search
from hiss.studies.sweep import Sweep, stages
from hiss.tui.cli.compare import design
from hiss.tui.cli.headless import Interrupted, train
from hiss.tui.cli.output import Format, advise, deliver, drawn, paper, prose
from hiss.tui.cli.request import Request, checked_format, for_terminal, judge, leave


@dataclass(slots=True)
class _Training:
    """The studies of a sweep, trained one after another until a signal comes."""

    quiet: bool
    found: Sweep | None = None
    """What is known so far."""
    signum: int = 0
    abandoned: bool = False
    """Whether the signal came when its study had nothing to keep: the thread may still run."""

    def follow(self, search: Search, *, refine: bool, confirm: bool) -> None:
        """Train stage after stage and keep what each has found."""
        try:
            for found in stages(search, self._train, finer=refine, fresh=confirm):
                self.found = found
                if self.signum:
                    return
        except Interrupted as interrupted:
            self.signum, self.abandoned = interrupted.signum, True

    def _train(self, study: Study) -> Result:
        result, self.signum = train(study, self.quiet)
        return result


def sweep(request: Request, grid: Grid, refine: bool, confirm: bool) -> int:
    """Sweep what is asked for and deliver what was found; the exit code.

    Raises:
        EngineError: What is asked for cannot be swept.
    """
    form = checked_format(request)
    search = grid.search(request.study())
    _check(search, refine)
    if not request.how.quiet:
        advise(search.base.arms)
    training = _Training(request.how.quiet)
    training.follow(search, refine=refine, confirm=confirm)
    if training.found is not None:
        text = written(training.found, form, for_terminal(request.how.output))
        deliver(text, request.how.output)
    if training.abandoned or training.found is None:
        leave(training.signum)
    return 128 + training.signum if training.signum else judge(training.found.trained)


def written(found: Sweep, form: Format, terminal: bool) -> str:
    """A sweep as text in one of the formats."""
    match form:
        case "json":
            return sweep_export.to_json(found)
        case "csv":
            return sweep_export.to_csv(found)
        case "markdown":
            return sweep_export.to_markdown(found)
        case "table":
            return _page(found, terminal)


def _check(search: Search, refine: bool) -> None:
    """Find out before training whether every point of the grid can be trained."""
    if refine and len(search.axes) == 2:
        raise EngineError("--refine goes with one site.", "Leave out --values2 and --site2.")
    search.study()


def _page(found: Sweep, terminal: bool) -> str:
    from hiss.tui.tables.sweep import sweep_table

    search = found.search
    named = zip(search.symbols, (axis.site.name for axis in search.axes), strict=True)
    places = ", ".join(f"{symbol} at {site}" for symbol, site in named)
    legend = "; * is best, + as good within one standard error" if len(search.axes) == 2 else ""
    table = drawn(sweep_table(found, paper(terminal).width), terminal)
    said, how = prose(sentences(found), terminal), prose([design(search.base)], terminal)
    return f"{search.experiment.name}: {places}{legend}\n\n{table}\n{said}\n{how}"
