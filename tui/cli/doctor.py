"""The findings of `hiss doctor`, with those about the terminal, as a table or as JSON."""

from __future__ import annotations

import json
import os
import sys
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hiss.reports.doctor import Finding, Findings, examine
from hiss.tui.cli.output import show, write_out
from hiss.tui.terminal.captured_output import log_path, stderr_in_log
from hiss.tui.terminal.options import chosen_glyphs, refusal


def print_checkup(form: Literal["table", "json"], device: str | None) -> None:
    """Look at machine and terminal and print what was found."""
    terminal = _terminal()
    with stderr_in_log():
        found: Findings = {**examine(device), "terminal": terminal, "files": _files()}
    if form == "json":
        write_out(_as_json(found))
    else:
        show(_as_table(found))


def _terminal() -> tuple[Finding, ...]:
    console = Console(stderr=True)
    problem = refusal()
    return (
        Finding("TERM", os.environ.get("TERM", "")),
        Finding("colours", console.color_system or "none"),
        Finding("size", f"{console.width}x{console.height}"),
        Finding("encoding", getattr(sys.stderr, "encoding", None) or ""),
        Finding("glyphs", chosen_glyphs("auto"), "the finest that this terminal is known to have"),
        Finding("console", "would not open" if problem else "would open", problem),
    )


def _files() -> tuple[Finding, ...]:
    return (Finding("logs", str(log_path().parent)),)


def _as_json(found: Findings) -> str:
    sections = {
        about: {one.name: one.value for one in findings} for about, findings in found.items()
    }
    return json.dumps(sections, ensure_ascii=False, indent=2) + "\n"


def _as_table(found: Findings) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for about, findings in found.items():
        table.add_row(Text(about, "bold"))
        for one in findings:
            table.add_row(*map(Text, (f"  {one.name}", one.value, one.why)))
    return table
