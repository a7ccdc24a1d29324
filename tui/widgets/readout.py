"""The line of live numbers: progress while a study runs, else what a start would train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from hiss.tui.state.queue import title
from hiss.tui.state.settings import SEVERAL, counted
from hiss.tui.state.throughput import Throughput, epochs_total, time_left
from hiss.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from hiss.results.curves import Curves
    from hiss.tui.state.model import Ending, Lab, Run, Waiting

WARNING = "!"
UNREADABLE = "this file cannot be read · e edits it"
NARROW = 72
"""Cells below which only the most important numbers are shown."""
DISPENSABLE = ("epochs/s", "train", "repeats")
"""Words of the parts that are left out where the line is too long, in this order."""


def idle(lab: Lab, width: int) -> str:
    """Return the advice on what is chosen in the lab, or how to train it."""
    if lab.chosen and (warning := _advice(lab)):
        return warning
    if lab.experiment is None and lab.highlighted and not lab.marked:
        return UNREADABLE
    count = len(lab.marked)
    chosen = [f"{count} marked"] if count else [] if lab.ending else ["nothing marked"]
    if width < NARROW:
        return " · ".join((*chosen, "enter trains"))
    return " · ".join((*chosen, "enter trains " + ("them" if count else "the selected preset")))


def _advice(lab: Lab) -> str:
    # With nothing chosen yet, as at the start, the first picture does not wait for this import.
    from hiss.experiment.advice import advice

    return first_advice([sentence for one in lab.chosen for sentence in advice(one)])


def announcement(ending: Ending) -> str:
    """Return how a study ended: `finished: 4 arms, 12 s`, `stopped: 2 of 4 arms, 12 s`."""
    noun = "point" if ending.where == "sweep" else "arm"
    arms = counted(ending.arms, noun)
    if ending.begun < ending.arms:
        arms = f"{ending.begun} of {arms}"
    from hiss.reports.columns import duration

    parts = [arms, duration(ending.seconds)]
    if ending.failed:
        parts.append(f"{counted(ending.failed, 'repeat')} failed")
    return f"{'stopped' if ending.stopped else 'finished'}: {', '.join(parts)}"


class ReadoutLine(Picture):
    """Shows the progress of the running study, or what can be started."""

    lab: Lab | None = None
    throughput = Throughput()
    waited = 0.0
    """Seconds for which the present run has been compiling, or waiting for TensorFlow."""
    one_pane = False
    """Whether one pane at a time is on the screen, without a title."""

    def __init__(self, idle: Callable[[Lab, int], str] = idle) -> None:
        """Take the function that returns the text, for a width in cells, while nothing runs."""
        super().__init__()
        self._idle = idle

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the line."""
        if self.lab is None:
            return []
        if self.lab.running:
            line = Text(readout(self.lab, self.throughput, width, self.one_pane, self.waited))
        elif said := of_history(self.lab):
            line = Text(said)
        else:
            what_next = self._idle(self.lab, width)
            line = Text(after_the_last(self.lab.ending, what_next, width, self.one_pane))
        line.truncate(width, overflow="ellipsis")
        return [line]


def of_history(lab: Lab) -> str:
    """Return what is to be said about a kept study while nothing is trained here."""
    if watched := lab.history.watched:
        return f"{watched} is trained by another process · x stops it"
    return lab.history.interrupted if lab.ending is None else ""


def after_the_last(
    ending: Ending | None, what_next: str, width: int, one_pane: bool = False
) -> str:
    """Return how the latest study ended, before what can be done next.

    On a narrow screen, and where the pane has no title, it also says what the study was set to.
    """
    if ending is None:
        return what_next
    parts = [announcement(ending)]
    if one_pane or width < NARROW:
        parts += ending.setting.words[:2]
    line = " · ".join((*parts, what_next))
    return line if len(line) <= width or width >= NARROW else " · ".join(parts)


def readout(
    lab: Lab, throughput: Throughput, width: int, one_pane: bool = False, waited: float = 0.0
) -> str:
    """Return the progress of the running study, its latest scores, its speed, and what waits.

    Where the pane has no title, it also says what made the runs that are shown. What takes long
    before training, such as compiling, has a clock.
    """
    run, queued = current(lab), waiting(lab, width)
    if run is None:
        return " · ".join(filter(None, ("ending …", queued)))
    if run.state != "training" or run.curves is None:
        stopping = lab.phase == "stopping"
        clock = f" {waited:.0f} s" if waited >= 1 else ""
        state = "stopping …" if stopping else f"{_place(lab, run)} · {run.state}{clock} …"
        return " · ".join(filter(None, (state, queued)))
    parts = [*_progress(lab, run, run.curves, width), *_speed(lab, throughput, width), queued]
    return _joined([part for part in parts if part], _made(lab) if one_pane else "", width)


def waiting(lab: Lab, width: int) -> str:
    """Return how many studies wait: `2 waiting`, or `+2` where room is short."""
    count = len(lab.waiting)
    return "" if not count else f"{count} waiting" if width >= NARROW else f"+{count}"


def succession(ending: Ending | None, entry: Waiting) -> str:
    """Return how a study ended, if it did not fail, and which one follows."""
    ended = f"{announcement(ending).capitalize()}. " if ending else ""
    return f"{ended}Next: {title(entry)}."


def current(lab: Lab) -> Run | None:
    """Return the run that trains, or the next in line."""
    if not lab.running:
        return None
    return next((run for run in lab.studied if run.state != "ended"), None)


def first_advice(sentences: Sequence[str]) -> str:
    """Return the first piece of advice and the number of further ones; empty if there is none."""
    more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
    return f"{WARNING} {sentences[0]}{more}" if sentences else ""


def _made(lab: Lab) -> str:
    """Return the seed and the repeats of the shown runs; that they differ, where they do."""
    runs = lab.studied if lab.where == "sweep" else lab.runs
    settings = {run.setting for run in runs}
    return SEVERAL if len(settings) > 1 else " · ".join(settings.pop().words[:2])


def _joined(parts: list[str], label: str, width: int) -> str:
    """Return the parts in one line, without dispensable ones where it is too long.

    The label takes the place of dispensable parts; where it does not fit then, it is left out.
    """
    between = " · " if width >= NARROW else "  "
    for ending in ([label], []) if label else ([],):
        kept = parts
        for word in DISPENSABLE:
            if len(between.join([*kept, *ending])) > width:
                kept = [part for part in kept if word not in part]
        line = between.join([*kept, *ending])
        if len(line) <= width:
            break
    return line


def _place(lab: Lab, run: Run) -> str:
    arms = lab.studied
    name = run.name.rpartition("/")[2]
    return name if len(arms) == 1 else f"{name} {arms.index(run) + 1}/{len(arms)}"


def _progress(lab: Lab, run: Run, curves: Curves, width: int) -> list[str]:
    row = _replicate(curves)
    epoch = int(curves.counts[row])
    count = f"{epoch:,}/{curves.epochs:,}"
    if width < NARROW:
        return [count, *_scores(lab, curves, row)]
    repeats = f"{len(run.replicates)}/{run.repeats} repeats" if run.repeats > 1 else ""
    return [_place(lab, run), repeats, f"epoch {count}", *_scores(lab, curves, row)]


def _replicate(curves: Curves) -> int:
    """Return the unfinished replicate with most epochs, else the last."""
    counts = [int(count) for count in curves.counts]
    training = [row for row, count in enumerate(counts) if 0 < count < curves.epochs]
    if training:
        return max(training, key=counts.__getitem__)
    return max((row for row, count in enumerate(counts) if count), default=0)


def _scores(lab: Lab, curves: Curves, row: int) -> list[str]:
    quantity = lab.view.quantity if lab.view.quantity in curves.metrics else "loss"
    return [
        f"{word} {curves.series(metric, row)[-1]:.3f}"
        for word, metric in (("train", quantity), ("test", f"val_{quantity}"))
        if metric in curves.metrics and curves.counts[row]
    ]


def _speed(lab: Lab, throughput: Throughput, width: int) -> list[str]:
    if lab.phase == "stopping":
        return ["stopping …"]
    left = throughput.left(epochs_total(lab))
    rate = f"{throughput.rate:,.0f} epochs/s" if throughput.rate and width >= NARROW else ""
    wait = "" if left is None else time_left(left)
    return [rate, f"{wait} left" if wait and width >= NARROW else wait]
