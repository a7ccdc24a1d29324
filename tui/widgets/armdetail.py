"""One arm against its baseline: in words, in numbers, and repeat by repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tui.runs import Run
from tui.widgets.picture import Picture
from tui.widgets.verdicts import begun

if TYPE_CHECKING:
    from engine.verdicts import Comparison
    from tui.pictures import Look
    from tui.state import Lab


WAITING = "Nothing can be said before a repeat of both arms has ended."
LEAST_STRIPS = 3
"""Lines that every repeat of an arm and its baseline takes at least."""
GAP = "   "


HINT = (
    "",
    "  What each arm changes stands here once it is trained.",
    "",
    "  enter  train all arms as often as declared",
    "  p      choose other presets",
    "  b      choose what they are compared with",
    "  n      declare more or fewer repeats",
)


class ArmDetail(Picture):
    """Says all that is known of the comparison below the cursor."""

    lab: Lab | None = None
    look: Look | None = None

    def drawn(self, width: int, height: int) -> list[Text]:
        """Put the sentence over the statistics over every repeat."""
        current = self.lab.comparing.current if self.lab else None
        if current is None or self.lab is None or self.look is None:
            return []
        if not self.lab.comparing.runs:
            return [Text(line, style="dim") for line in HINT[:height]]
        sentence = current.sentence if begun(current) else WAITING
        said = list(Text(sentence).wrap(self.app.console, max(1, width)))
        numbers = _flowed(_statistics(current), width)
        least = len(said) + len(numbers) + LEAST_STRIPS
        gap = [Text("")] if height >= least + 2 else []
        text = [*said, *gap, *numbers, *gap]
        room = height - len(text)
        return [*text, *self._repeats(current, width, room)] if room >= LEAST_STRIPS else text

    def _repeats(self, current: Comparison, width: int, height: int) -> list[Text]:
        from tui.strips import of_runs, strips

        assert self.lab is not None and self.look is not None
        rows = of_runs(pair(self.lab, current), self.look, current.metric)
        return strips(rows, self.look, width, height)


def pair(lab: Lab, current: Comparison) -> tuple[Run, ...]:
    """The runs of the baseline and of the arm, as far as they have begun."""
    runs = {run.name: run for run in lab.comparing.runs}
    return tuple(runs[name] for name in (current.baseline, current.arm) if name in runs)


def _statistics(current: Comparison) -> list[Text]:
    """Every statistic by its name."""
    from engine.verdict_columns import verdict_columns

    named = [(one.header, one.cells[0]) for one in verdict_columns((current,))]
    shown = [("against", current.baseline), *(pair for pair in named if pair[0] != "Arm")]
    return [Text.assemble((name, "dim"), " ", value) for name, value in shown]


def _flowed(parts: list[Text], width: int) -> list[Text]:
    """Parts side by side on as many lines as they take, none of them broken."""
    lines = [Text()]
    for part in parts:
        if lines[-1].cell_len and lines[-1].cell_len + len(GAP) + part.cell_len > width:
            lines.append(Text())
        lines[-1].append_text(Text.assemble(GAP if lines[-1].cell_len else "", part))
    return lines
