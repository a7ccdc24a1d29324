"""The one line of live numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from hiss.tui.state.throughput import Throughput, epochs_total
from hiss.tui.widgets.picture import Picture

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment
    from hiss.results.curves import Curves
    from hiss.tui.state.model import Lab, Run

WARNING = "!"
NARROW = 72
"""Cells below which the readout says only what cannot be missed."""


def readout(lab: Lab, pace: Throughput, width: int) -> str:
    """Say how far the running study is and how it does."""
    run = current(lab)
    if run is None:
        return "ending …"
    if run.state != "training" or run.curves is None:
        return f"{_place(lab, run)} · {run.state} …" if lab.phase != "stopping" else "stopping …"
    parts = [*_progress(lab, run, run.curves, width), *_speed(lab, pace, width)]
    return _joined([part for part in parts if part], width)


def _joined(parts: list[str], width: int) -> str:
    """The parts in one line, without those that can be missed where it is short."""
    between = " · " if width >= NARROW else "  "
    for word in ("epochs/s", "train", "repeats"):
        if len(between.join(parts)) > width:
            parts = [part for part in parts if word not in part]
    return between.join(parts)


def current(lab: Lab) -> Run | None:
    """The run that trains, or the next in line."""
    if not lab.running:
        return None
    return next((run for run in lab.studied if run.state != "ended"), None)


def marked(lab: Lab, width: int) -> str:
    """Say what is odd about what is marked in the lab, or how to train it."""
    if odd := told([sentence for one in lab.chosen for sentence in _advice(one)]):
        return odd
    count = len(lab.marked)
    chosen = f"{count} marked" if count else "nothing marked"
    action = "enter trains them" if count else "enter trains the one below the cursor"
    return f"{chosen} · {action}" if width >= NARROW else f"{chosen} · enter trains"


def told(sentences: Sequence[str]) -> str:
    """The first of some pieces of advice, and how many more there are."""
    more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
    return f"{WARNING} {sentences[0]}{more}" if sentences else ""


def _advice(experiment: Experiment) -> tuple[str, ...]:
    from hiss.experiment.advice import advice

    return advice(experiment)


def _place(lab: Lab, run: Run) -> str:
    arms = lab.studied
    name = run.name.rpartition("/")[2]
    return name if len(arms) == 1 else f"{name} {arms.index(run) + 1}/{len(arms)}"


def _progress(lab: Lab, run: Run, curves: Curves, width: int) -> list[str]:
    row = _replicate(curves)
    epoch = int(curves.counts[row])
    count = f"{epoch:,}/{curves.epochs:,}"
    if width < NARROW:
        return [count, *_values(lab, curves, row)]
    repeats = f"{len(run.replicates)}/{run.repeats} repeats" if run.repeats > 1 else ""
    return [_place(lab, run), repeats, f"epoch {count}", *_values(lab, curves, row)]


def _replicate(curves: Curves) -> int:
    """The replicate furthest on of those not complete, else the last."""
    counts = [int(count) for count in curves.counts]
    training = [row for row, count in enumerate(counts) if 0 < count < curves.epochs]
    if training:
        return max(training, key=counts.__getitem__)
    return max((row for row, count in enumerate(counts) if count), default=0)


def _values(lab: Lab, curves: Curves, row: int) -> list[str]:
    quantity = lab.view.quantity if lab.view.quantity in curves.metrics else "loss"
    said = []
    for word, metric in (("train", quantity), ("test", f"val_{quantity}")):
        if metric in curves.metrics and curves.counts[row]:
            said.append(f"{word} {curves.series(metric, row)[-1]:.3f}")
    return said


def _speed(lab: Lab, pace: Throughput, width: int) -> list[str]:
    if lab.phase == "stopping":
        return ["stopping …"]
    left = pace.left(epochs_total(lab))
    rate = f"{pace.rate:,.0f} epochs/s" if pace.rate and width >= NARROW else ""
    wait = "" if left is None else time_left(left)
    return [rate, f"{wait} left" if wait and width >= NARROW else wait]


def time_left(seconds: float) -> str:
    """A time to wait, as people say it: `4 s`, `2 min 10 s`, `1 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class ReadoutLine(Picture):
    """Says how far the running study is, or what can be started."""

    lab: Lab | None = None
    pace = Throughput()

    def __init__(self, idle: Callable[[Lab, int], str] = marked) -> None:
        """Take what to say, in so many cells, while nothing runs."""
        super().__init__()
        self._idle = idle

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the line together."""
        if self.lab is None:
            return []
        if self.lab.running:
            line = Text(readout(self.lab, self.pace, width))
        else:
            line = Text(self._idle(self.lab, width))
        line.truncate(width, overflow="ellipsis")
        return [line]
