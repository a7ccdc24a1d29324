"""The list of presets by group."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option, OptionDoesNotExist

if TYPE_CHECKING:
    from hiss.errors import PresetError
    from hiss.experiment.spec import Experiment
    from hiss.tui.state.model import Lab

UNREADABLE = "cannot be read"
"""Stands above the preset files that hold no valid preset."""
DETAILED = 44
"""Cells from which on each name has the network below it."""


class PresetList(OptionList, inherit_bindings=False):
    """Lists experiments below the names of their groups, with their marks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "cursor_up", "up", show=False, id="list.up", tooltip="Move up"),
        Binding("down", "cursor_down", "down", show=False, id="list.down", tooltip="Move down"),
        Binding("home", "first", "first", show=False, id="list.first", tooltip="Go to the first"),
        Binding("end", "last", "last", show=False, id="list.last", tooltip="Go to the last"),
    ]

    class DoubleClicked(Message):
        """A preset was clicked twice."""

    mark = "●"
    _shown: tuple[Lab, bool] | None = None

    @property
    def selected(self) -> str:
        """The name of the preset at the cursor; empty if there is none."""
        option = self.highlighted_option
        return (option.id or "") if option else ""

    def show(self, lab: Lab) -> None:
        """List the presets, with the cursor on the highlighted one."""
        self._shown = lab, self._detailed
        self.set_options(self._listed(lab))
        self.go_to(lab.highlighted)

    def go_to(self, name: str) -> None:
        """Move the cursor to a preset, if it is listed."""
        if name and name != self.selected:
            with suppress(OptionDoesNotExist):
                self.highlighted = self.get_option_index(name)

    def on_resize(self) -> None:
        """Add or remove the networks as the new width allows."""
        if self._shown is not None and self._shown[1] != self._detailed:
            self.show(self._shown[0])

    def show_marks(self, lab: Lab) -> None:
        """Show the marks of a state."""
        self._shown = lab, self._detailed
        for experiment in lab.experiments:
            prompt = self._prompt(experiment, lab)
            if self.get_option(experiment.name).prompt != prompt:
                self.replace_option_prompt(experiment.name, prompt)

    def _listed(self, lab: Lab) -> list[Option]:
        options: list[Option] = []
        before = None
        for experiment in lab.experiments:
            if (name := experiment.group) != before:
                options.append(Option(Text(name, style="dim"), disabled=True))
                before = name
            options.append(Option(self._prompt(experiment, lab), experiment.name))
        if lab.broken:
            options.append(Option(Text(UNREADABLE, style="dim"), disabled=True))
        options += [Option(self._broken(error), name) for name, error in lab.broken.items()]
        return options

    def _broken(self, error: PresetError) -> Text:
        path, _, fault = error.message.partition("\n")[0].partition(": ")
        text = Text(f"! {PurePath(path).stem}", no_wrap=True, overflow="ellipsis")
        return text.append(f"\n  {fault}", style="dim not bold") if self._detailed else text

    def _prompt(self, experiment: Experiment, lab: Lab) -> Text:
        marked = experiment.name in lab.marked
        drafted = experiment.name in (lab.drafts or ())
        name = f"{experiment.name.rpartition('/')[2]}{' *' if drafted else ''}"
        text = Text(f"{self.mark if marked else ' '} {name}", no_wrap=True, overflow="ellipsis")
        if self._detailed:
            from hiss.experiment.diagram import diagram

            text.append(f"\n  {diagram(experiment)}", style="dim not bold")
        return text

    @property
    def _detailed(self) -> bool:
        """Whether there is room for the networks."""
        return self.size.width >= DETAILED

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the preset that is clicked; a double click trains it."""
        event.prevent_default()
        place = event.style.meta.get("option")
        if place is None or self.get_option_at_index(place).disabled:
            return
        self.highlighted = place
        if event.chain == 2:
            self.post_message(self.DoubleClicked())
