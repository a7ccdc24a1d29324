"""The command palette: the actions of all keys, and the commands of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from inspect import isawaitable

from rich.text import Text
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher
from textual.types import IgnoreReturnCallbackType

from hiss.tui.widgets.keybar import by_area, key_hints


class Commands(Provider):
    """Lists `area: Verb object` for everything that the present screen can do."""

    async def discover(self) -> Hits:
        """Yield all commands, before anything is typed."""
        for name, run in self._commands():
            yield DiscoveryHit(Text(name), self._if_there(run), name)

    async def search(self, query: str) -> Hits:
        """Yield the commands that match."""
        matcher = self.matcher(query)
        for name, run in self._commands():
            if (score := matcher.match(name)) > 0:
                # Of names that match alike, the one with the least besides comes first.
                first, shown = score * (1 + 1 / len(name)), _highlighted(matcher, name)
                yield Hit(first, shown, self._if_there(run), name)

    def _if_there(self, run: IgnoreReturnCallbackType) -> IgnoreReturnCallbackType:
        """Return a command that does nothing once its screen has closed behind the palette."""
        screen = self.screen

        async def run_if_there() -> None:
            if screen in self.app.screen_stack and isawaitable(found := run()):
                await found

        return run_if_there

    def _commands(self) -> Iterator[tuple[str, IgnoreReturnCallbackType]]:
        for hint in by_area(key_hints(self.screen)):
            if hint.enabled:
                run = partial(self.app.run_action, hint.binding.action, hint.node)
                yield f"{hint.area}: {hint.binding.tooltip}", run
        yield "console: Choose a theme", self.app.action_change_theme
        yield "console: Save the screen as an SVG", self.app.deliver_screenshot
        for name, run in getattr(self.screen, "commands", dict)().items():
            yield name, run


def _highlighted(matcher: Matcher, name: str) -> Text | Content:
    """Highlight what matches; plain where a preset's name looks like markup, which it is not."""
    return Text(name) if "[" in name else matcher.highlight(name)
