"""What a terminal answers, taken out of what the user types.

Answers that nobody has asked for come from programs before hiss, from tmux, and from escape
sequences in files. Textual would take their characters for keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from time import monotonic

KEY_DELAY, ANSWER_DELAY = 0.1, 0.5
"""Seconds to wait for the rest of what may be a key with alt, and of what must be an answer."""
LONGEST = 10_000
"""Characters of an unfinished answer that are kept."""
IGNORED = "\x1b[?0;0$y"
"""An answer that Textual knows and ignores, in place of one whose ESC it has been fed already."""
PASTE, PASTED = "\x1b[200~", "\x1b[201~"
_STRING = r"(?:\x07|\x1b\\|(?=\x1b[^\\]))"
_ANSWER = re.compile(
    rf"""
    \x1b\[[?>=](?![0-9;]*\$y)[0-9;:]*[ -/]*[@-~]    # CSI ? … c and others, but no mode report
    | \x1b\[[0-9;]*n                                # status reports
    | \x1b\[(?!48;)[0-9;]+t                         # window reports, but no resize
    | \x1b\][0-9]+;[^\x07\x1b]*{_STRING}            # OSC: colours, the title, the clipboard
    | \x1bP[0-9;]*[>+$!|][^\x1b]*{_STRING}          # DCS: the version, settings
    | \x1b_G[^\x1b]*{_STRING}                       # APC: kitty's pictures
    """,
    re.VERBOSE,
)
_UNFINISHED = re.compile(
    r"""
    \x1b(?:
        \[(?:[0-9;]*|[?>=][0-9;:]*[ -/]*)
        | \](?:[0-9]*|[0-9]+;[^\x07\x1b]*\x1b?)
        | P(?:[0-9;]*|[0-9;]*[>+$!|][^\x1b]*\x1b?)
        | _(?:G[^\x1b]*\x1b?)?
    )\Z
    """,
    re.VERBOSE,
)

_SPLIT_END = re.compile(r"\x1b(?:\[(?:2(?:0(?:1~?)?)?)?)?\Z")


class AnswerFilter:
    """Removes answers from the input, also those that arrive in pieces."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Take a clock that returns seconds."""
        self._clock = clock
        self._held, self._since = "", 0.0
        self._escape = -1.0
        """When the last character that was passed on came, if it was a lone ESC."""
        self._owed = False
        """Whether the ESC of what is held has been passed on."""
        self._pasting = False

    def feed(self, text: str) -> str:
        """Return what is typed and pasted in a piece of input; hold an unfinished answer."""
        escaped = self._clock() - self._escape < KEY_DELAY
        owed, self._owed = self._owed or escaped, False
        text, self._held = "\x1b" * escaped + self._held + text, ""
        passed = self._passed(text)
        self._escape = self._clock() if passed.endswith("\x1b") else -1.0
        if not owed:
            return passed
        if self._held == text:
            self._owed = True
            return ""
        return passed[1:] if passed.startswith("\x1b") else IGNORED[1:] + passed

    def expired(self) -> str:
        """Return what was held and is a key after all; drop an answer that never ends."""
        key = len(self._held) <= 2
        if not self._held or self._clock() - self._since < (KEY_DELAY if key else ANSWER_DELAY):
            return ""
        held, self._held = self._held[self._owed :], ""
        self._owed = False
        return held if key else ""

    def _passed(self, text: str) -> str:
        passed: list[str] = []
        while text:
            if self._pasting:
                text, start = self._pasted(text, passed), ""
            else:
                typed, start, text = text.partition(PASTE)
                passed += [self._typed(typed), start]
            self._pasting = self._pasting or bool(start)
        return "".join(passed)

    def _pasted(self, text: str, passed: list[str]) -> str:
        """Pass on the text of a paste without ESC, and return what comes after its end."""
        body, end, rest = text.partition(PASTED)
        if not end and (split := _SPLIT_END.search(body)):
            body, self._held = body[: split.start()], split[0]
            self._since = self._clock()
        self._pasting = not end
        passed += [body.replace("\x1b", ""), end]
        return rest

    def _typed(self, text: str) -> str:
        text = _ANSWER.sub("", text)
        if (rest := _UNFINISHED.search(text)) and len(rest[0]) < LONGEST:
            self._held, self._since = rest[0], self._clock()
            return text[: rest.start()]
        return text
