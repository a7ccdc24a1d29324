"""The keys that can be pressed now, in one line."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.screen import Screen
from textual.widget import Widget

from tui.bindings import KeyHint, key_hints


class KeyBar(Widget, can_focus=False):
    """Names as many keys as there is room for; what cannot be done now is grey."""

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Text:
        """Name the keys, each a place to click."""
        text = Text(no_wrap=True)
        for hint in key_hints(self.screen):
            entry = self._entry(hint)
            if hint.binding.show and text.cell_len + entry.cell_len <= self.size.width:
                text.append_text(entry)
        return text

    def _entry(self, hint: KeyHint) -> Text:
        key_style = Style() if hint.enabled else Style(dim=True)
        color = self.app.theme_variables.get("footer-key-foreground", "") if hint.enabled else ""
        click = Style.from_meta({"@click": f"app.simulate_key('{hint.binding.key}')"})
        entry = Text.assemble(
            (f" {hint.key}", key_style + Style(bold=hint.enabled, color=color or None)),
            (f" {hint.binding.description} ", key_style),
        )
        entry.stylize(click)
        return entry
