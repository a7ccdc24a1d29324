"""The lines above and below a draft: its name, its network, advice, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from hiss.experiment.advice import advice
from hiss.experiment.diagram import diagram
from hiss.tui.widgets.lines import AutoHeightText
from hiss.tui.widgets.readout import first_advice

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment
    from hiss.library.drafting import CheckedText
    from hiss.library.fields import Field
    from hiss.tui.state.drafts import Draft


class DraftHead(Vertical):
    """Shows a draft's name, the network that it describes, and advice on it."""

    def __init__(self, experiment: Experiment | None) -> None:
        """Take the experiment whose network is shown while the draft describes none."""
        super().__init__()
        self._experiment = experiment

    def compose(self) -> ComposeResult:
        """Lay out the three lines."""
        yield Static(id="title")
        yield Static(id="network", markup=False)
        yield AutoHeightText(id="advice")

    def show(self, draft: Draft, checked: CheckedText) -> None:
        """Show a draft; the network stays, dimmed, while the draft has problems."""
        title = f" edit {draft.origin}{' *' if draft.changed else ''}"
        self.query_one("#title", Static).update(f"[bold reverse] hiss [/]{title}")
        self._experiment = checked.experiment or self._experiment
        network = self.query_one("#network", Static)
        network.update(diagram(self._experiment) if self._experiment else "")
        network.set_class(checked.experiment is None, "-old")
        sentences = advice(checked.experiment) if checked.experiment else ()
        self.query_one(AutoHeightText).show_text(Text(first_advice(sentences)))


class DraftHint(Static):
    """Shows what the field expects, else the first problem, else whether the draft is saved."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__(id="hint", markup=False)

    def show(self, draft: Draft, checked: CheckedText, field: Field | None) -> None:
        """Show the hint on a draft, of which a field may have the focus."""
        self.update(hint(draft, checked, field))
        self.set_class(bool(checked.problems) and field is None, "-problem")


def hint(draft: Draft, checked: CheckedText, field: Field | None) -> str:
    """Return what the field expects, else the first problem, else whether the draft is saved."""
    if field is not None and (field.wanted or not field.known):
        expected = field.wanted or "nothing: there is no such key; empty it"
        completes = " · → completes a name" if field.choices else ""
        return f"{field.label}: {expected}{completes}"
    if checked.problems:
        key, text = next(iter(checked.problems.items()))
        count = len(checked.problems)
        more = f" (and {count - 1} more)" if count > 1 else ""
        return f"{key}{text}{more}"
    return "Not saved; kept as a draft." if draft.changed else "No problems found."
