"""The line of keys at the bottom of a screen."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from hiss.tui.widgets.key_hints import KeyHint, key_hints
from hiss.tui.widgets.picture import Picture

ALWAYS = ("console.help", "console.quit")
"""Ids of the bindings that are shown however little room there is."""


class KeyBar(Picture):
    """Lists as many keys as fit; those of actions that are disabled now are grey."""

    auto_links = False

    def on_mount(self) -> None:
        """Follow the screen's bindings and the theme."""
        for signal in (self.screen.bindings_updated_signal, self.app.theme_changed_signal):
            signal.subscribe(self, lambda _: self.redraw())

    def draw_lines(self, width: int, height: int) -> list[Text]:
        """Return the keys, each of which can be clicked."""
        hints = [hint for hint in key_hints(self.screen) if hint.binding.show]
        entries = {hint.binding.id: self._entry(hint) for hint in hints}
        last = [entries.pop(name) for name in ALWAYS if name in entries]
        text = Text(no_wrap=True)
        for entry in entries.values():
            if text.cell_len + sum(one.cell_len for one in (entry, *last)) <= width:
                text.append_text(entry)
        return [Text.assemble(text, *last)]

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
