"""Telling a user who looks elsewhere how a study has ended: bell, title, message, command."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Thread

from hiss.errors import EngineError
from hiss.tui.terminal.printable import printable

THRESHOLD = 10.0
"""Seconds of a study from which on the user may have looked elsewhere meanwhile."""
PATIENCE = 3.0
"""Seconds that a command has to end before the exit code is returned without it."""
VARIABLE = "HISS_NOTIFY"
"""The environment variable with the usual command."""
BELL = "\a"
SAVE_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
"""XTWINOPS (ctlseqs of xterm): push the title of the window on a stack, and pop it."""
_WITHOUT_TITLE = ("", "dumb", "linux", "vt", "cons", "eterm", "ansi", "unknown")
"""How `TERM` begins where there is no title, and the sequence may be drawn."""
_OSC_9 = ("iTerm.app", "WezTerm", "ghostty", "xterm-kitty", "xterm-ghostty", "foot", "wezterm")
"""`TERM_PROGRAM` or `TERM` of terminals that show OSC 9, by their documentation.

iterm2.com/documentation-escape-codes.html, wezterm.org/escape-sequences.html, the option
desktop-notifications of ghostty.org/docs/config/reference, sw.kovidgoyal.net/kitty/
desktop-notifications (as the legacy protocol), foot-ctlseqs(7). Windows Terminal and ConEmu have
other uses for OSC 9, and get none.
"""
_OSC_777 = "rxvt-unicode"
"""How `TERM` begins where OSC 777 reaches the extension `notify`, by urxvt(7)."""
_VTE = 4600
"""The `VTE_VERSION` that ignores OSC 777 where it does not show it, as Fedora's does."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """How a study has ended."""

    state: str
    """`finished`, `stopped`, `interrupted` or `failed`."""
    study: str
    """What the study is about: `article/baseline and 3 more`."""
    seconds: float

    @property
    def is_long(self) -> bool:
        """Whether the study took so long that the user may look elsewhere."""
        return self.seconds >= THRESHOLD

    @property
    def rings(self) -> bool:
        """Whether the user does not know yet: a study that they have stopped ends silently."""
        return self.state not in ("stopped", "interrupted")

    @property
    def text(self) -> str:
        """The announcement in a line that a terminal can take."""
        return printable(f"hiss: {self.state} {self.study}").replace("\n", " ")[:200]

    def sequences(self, environment: Mapping[str, str]) -> str:
        """Return what sets the title of this terminal and has it show a message."""
        return title_sequence(self.text, environment) + message_sequence(self.text, environment)


def title_sequence(text: str, environment: Mapping[str, str]) -> str:
    """Return what sets the title of the window (OSC 2); nothing where it has none."""
    term = environment.get("TERM", "")
    has_none = term in _WITHOUT_TITLE or term.startswith(tuple(filter(None, _WITHOUT_TITLE)))
    return "" if has_none else f"\x1b]2;{text}\x1b\\"


def message_sequence(text: str, environment: Mapping[str, str]) -> str:
    """Return what shows a message on the desktop; nothing where that is not known to work.

    Nothing inside tmux and screen: they would have to be configured to pass it on, and ring
    their own bell.
    """
    if "TMUX" in environment or "STY" in environment:
        return ""
    term = environment.get("TERM", "")
    if environment.get("TERM_PROGRAM") in _OSC_9 or term.removesuffix("-direct") in _OSC_9:
        return f"\x1b]9;{text}\x1b\\"
    version = environment.get("VTE_VERSION", "")
    is_vte = version.isascii() and version.isdecimal() and int(version[:9]) >= _VTE
    if term.startswith(_OSC_777) or is_vte:
        return f"\x1b]777;notify;hiss;{text.removeprefix('hiss: ').replace(';', ',')}\x1b\\"
    return ""


def check_command(command: str | None) -> None:
    """Check before training that a command can be run.

    Raises:
        EngineError: It is no command line, or there is no such program.
    """
    if command:
        try:
            program = shlex.split(command)[0]
        except (ValueError, IndexError) as error:
            raise EngineError(f"--notify {command}: {error}.", "Quote it as in a shell.") from error
        if shutil.which(program) is None:
            hint = "The command is run without a shell: --notify 'sh -c \"…\"' starts one."
            raise EngineError(f"--notify: there is no program `{program}`.", hint)


def run_command(
    command: str | None, announcement: Announcement, output: int, patience: float | None
) -> str:
    """Run the user's command, or the usual one, with the announcement in its environment.

    It runs without a shell and in a session of its own, so that it outlives the terminal.

    Args:
        command: as a shell would split it; None for that of `HISS_NOTIFY`, empty for none.
        announcement: becomes `HISS_STATE`, `HISS_STUDY` and `HISS_SECONDS`.
        output: the descriptor of the log, which takes what the command writes.
        patience: seconds to wait for its end; None waits as long as it takes.

    Returns:
        Why it failed, in a line; empty if it did not, or not yet.
    """
    name = f"--notify {command}" if command else f"{VARIABLE}={os.environ.get(VARIABLE)}"
    try:
        words = shlex.split(os.environ.get(VARIABLE, "") if command is None else command)
        if not words:
            return ""
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={
                **os.environ,
                "HISS_STATE": announcement.state,
                "HISS_STUDY": printable(announcement.study),
                "HISS_SECONDS": f"{announcement.seconds:.1f}",
            },
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"{name}: {getattr(error, 'strerror', None) or error}"
    waiter = Thread(target=process.wait, daemon=True, name="notify")
    waiter.start()
    waiter.join(patience)
    return f"{name}: ended with code {process.returncode}" if process.returncode else ""
