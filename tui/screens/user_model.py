"""The screen that opens a model of the user's: a Python file, or one that Keras has saved."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from hiss.errors import EngineError
from hiss.tui.screens.mixins.base import ConsoleScreen
from hiss.tui.state import memory, models, transitions
from hiss.tui.state.models import ModelChoice
from hiss.tui.widgets.keybar import KeyBar
from hiss.tui.widgets.model_view import ModelView, NameList, PlaceList, in_console, reason
from hiss.tui.workers import model_jobs

NO_DATA = "No data is chosen yet: p chooses the preset or table whose data it trains on."
LOOKING = "making the model …"


class ModelScreen(ConsoleScreen, inherit_bindings=False):
    """Shows the names in a file beside the model that was made of one of them."""

    CSS_PATH = "user_model.tcss"
    AUTO_FOCUS = "NameList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-normal"), (110, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "proceed", "add", id="data.bring",
                tooltip="Add the model to the presets, with its noise and without"),
        Binding("escape", "back", "back", id="data.back", tooltip="Go back"),
        Binding("space", "put_noise", "noise", id="data.noise",
                tooltip="Put noise before or after the selected layer"),
        Binding("d,delete", "remove_noise", "remove", id="data.quiet", key_display="d",
                tooltip="Remove the noise at the selected layer"),
        Binding("p", "choose_data", "data", id="data.data",
                tooltip="Choose the preset or table whose data the model trains on"),
        Binding("k", "switch_weights", "weights", id="data.weights",
                tooltip="Draw the weights for each repeat, or keep those that the model has"),
        *ConsoleScreen.VIEWER,
    ]  # fmt: skip

    def __init__(
        self, path: Path, name: str = "", choice: ModelChoice | None = None, above: int = 1
    ) -> None:
        """Open a file.

        Args:
            path: Of the file.
            name: Of the model in it that is made at once; empty for none.
            choice: The model as it was opened before.
            above: How many screens are closed once it is added, with this one.
        """
        super().__init__()
        self._path, self._name, self._above = path, name, above
        self._choice = choice or ModelChoice("")
        self._job: model_jobs.ModelJob | None = None
        self._made: model_jobs.ModelOpened | None = None
        """The latest model that could be made."""

    def compose(self) -> ComposeResult:
        """Lay out the names beside the model."""
        yield Static(id="title", markup=False)
        with Horizontal(id="panes"):
            yield NameList()
            yield ModelView()
        yield Static(id="hint", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the names in the file; a saved model is made at once."""
        if not self._choice.data:
            data = models.data_for(self.lab.opened, self.lab.highlighted)
            self._choice = replace(self._choice, data=data)
        title = Text.assemble((" hiss ", "bold reverse"), f" open a model: {self._path.name}")
        self.query_one("#title", Static).update(title)
        if self._path.suffix.lower() == ".py":
            job = partial(model_jobs.read_names, self._path)
            self.console.background.run("names", job, self.post_message)
        else:
            self._list((self._path.name,))
            self.look("")

    @property
    def view(self) -> ModelView:
        """What shows the model."""
        return self.query_one(ModelView)

    @property
    def ready(self) -> bool:
        """Whether the model that was made is the one that is chosen."""
        return self._made is not None and self._made.choice == self._choice

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable the keys of the layers where there are none."""
        if action in ("put_noise", "remove_noise"):
            return isinstance(self.focused, PlaceList) and bool(self.focused.names)
        return super().check_action(action, parameters)

    def refusal(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be carried out now; empty if it can."""
        if action == "switch_weights" and not self._choice.reference:
            return "No model is chosen yet: enter makes one."
        if action != "proceed" or isinstance(self.focused, NameList) or self.ready:
            return ""
        return self._waiting_for() if self._job else "The model cannot be trained like this."

    @on(model_jobs.NamesRead)
    def list_names(self, message: model_jobs.NamesRead) -> None:
        """List what the file defines, with the cursor on the name that was given."""
        if isinstance(message.found, EngineError):
            self.view.show_text("", reason(message.found))
            self._hint("change the file, then open it again")
            return
        given = () if not self._name or self._name in message.found else (self._name,)
        self._list((*given, *message.found))
        names = self.query_one(NameList)
        self._hint("enter makes the model, which runs the file")
        if self._name:
            names.highlighted = names.names.index(self._name)
            self.look(self._name)

    def _list(self, names: tuple[str, ...]) -> None:
        self.query_one(NameList).show(names, tuple(map(Text, names)))

    def look(self, name: str) -> None:
        """Make the model of a name in the file; that of a saved model is empty."""
        path = str(self._path.absolute())
        reference = f"{path}:{name}" if name else path
        if reference != self._choice.reference:
            self._choice = replace(self._choice, reference=reference, noise=(), weights=None)
        self.view.show_text(LOOKING)
        self._made = None
        self.add_class("-viewing")
        self.query_one(PlaceList).focus()
        self._make()

    def _make(self) -> None:
        """Have the engine thread make the model that is chosen, in place of earlier ones."""
        self._drop()
        experiment = transitions.named(self.lab, self._choice.data)
        if experiment is None:
            self.view.show_text(self._choice.name, NO_DATA)
            self._hint("p chooses the data")
            return
        thread = self.console.engine_thread
        make = partial(model_jobs.model_opened, thread.engine, self._choice, experiment)
        self._job = model_jobs.ModelJob(make, self.post_message)
        thread.run_model_job(self._job)
        self._hint(self._waiting_for())
        self.refresh_bindings()

    def _waiting_for(self) -> str:
        if self.lab.running:
            return "The model is made once the training has ended; x in the lab stops it."
        return LOOKING if self.lab.backend else "TensorFlow is still loading …"

    def _drop(self) -> None:
        if self._job is not None:
            self._job.dropped.set()
            self._job = None

    @on(model_jobs.ModelOpened)
    def show(self, message: model_jobs.ModelOpened) -> None:
        """Show the model, or why it cannot be trained."""
        if self._job is None or message.choice is not self._choice:
            return
        self._job = None
        if isinstance(message.found, EngineError):
            if self._made is None:
                self.view.show_text("")
            self.view.show_problem(message.choice, message.found)
            self._hint("change the model, the noise or the data · escape goes back")
        else:
            self._made = message
            self.view.show(message.choice, message.found)
            self._hint("enter adds it to the presets · space puts noise at a layer")
        self.refresh_bindings()

    def _change(self, choice: ModelChoice) -> None:
        """Choose other noise, data or weights, and make the model again."""
        if choice == self._choice:
            return
        self._choice = choice
        if self._made is not None and not isinstance(self._made.found, EngineError):
            self.view.show_places(choice, self._made.found.summary.places)
        if choice.reference:
            self._make()

    def action_proceed(self) -> None:
        """Make the model at the cursor, or add the one that has been made to the presets."""
        names = self.query_one(NameList)
        if isinstance(self.focused, NameList):
            if names.selected:
                self.look(names.selected if self._path.suffix.lower() == ".py" else "")
        elif self._made is not None and self.ready:
            self.console.list_experiments(self._made.arms)
            self.lab = memory.file_opened(self.lab, self._choice, self._made.arms)
            for _ in range(self._above):
                self.app.pop_screen()

    def action_put_noise(self) -> None:
        """Ask for the noise at the selected layer."""
        from hiss.tui.screens.dialogs.ask import InputDialog

        layer = self.query_one(PlaceList).selected
        dialog: InputDialog[str] = InputDialog(f"Noise at {layer}", f"{layer}:after:0.1", parsed)
        self.app.push_screen(dialog, self._take_noise)

    def _take_noise(self, site: str | None) -> None:
        if site is not None:
            self._change(models.noise_put(self._choice, site))

    def action_remove_noise(self) -> None:
        """Remove the noise at the selected layer."""
        self._change(models.noise_removed(self._choice, self.query_one(PlaceList).selected))

    def action_switch_weights(self) -> None:
        """Draw the weights for each repeat, or keep those that the model has."""
        self._change(models.weights_switched(self._choice))

    def action_choose_data(self) -> None:
        """Ask for the preset or the table whose data the model trains on."""
        from hiss.tui.screens.dialogs.choose import ChooseDialog

        lab = replace(self.lab, marked=frozenset(), highlighted=self._choice.data)
        dialog = ChooseDialog(lab, "On the data of", False, self.console.glyphs.mark)
        self.app.push_screen(dialog, self._take_data)

    def _take_data(self, names: tuple[str, ...] | None) -> None:
        if names:
            data = models.data_for(self.lab.opened, names[0])
            self._change(replace(self._choice, data=data))

    def action_back(self) -> None:
        """Go from the model to the names, and from there back to the files."""
        self._drop()
        names = self.query_one(NameList)
        if isinstance(self.focused, NameList) or len(names.names) < 2:
            self.action_close()
            return
        self.remove_class("-viewing")
        names.focus()
        self._hint("enter makes the model, which runs the file")
        self.refresh_bindings()

    def action_close(self) -> None:
        """Go back to the files."""
        self._drop()
        self.console.background.cancel("names")
        self.app.pop_screen()

    def _hint(self, text: str) -> None:
        self.query_one("#hint", Static).update(text)


def parsed(text: str) -> tuple[str, str]:
    """Return noise as it was typed, and what it is in words.

    Raises:
        EngineError: No noise layer is described like this.
    """
    from hiss.experiment.user_model import parse_insertion

    try:
        found = parse_insertion(text)
    except EngineError as error:
        raise EngineError(in_console(error.message), in_console(error.hint)) from None
    what = f"{found.class_name}, {found.argument} {found.strength:g}"
    return text, f"{what}, {found.where} {found.layer}"
