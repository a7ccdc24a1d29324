"""`hiss doctor`: the machine, the terminal and the choices of hiss."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hiss.tui.cli.options import Device
from hiss.tui.cli.output import print_renderable, write_stdout

if TYPE_CHECKING:
    from rich.table import Table

    from hiss.reports.doctor import Finding, Findings


def doctor(
    output_format: Annotated[
        Literal["table", "json"], typer.Option("--format", help="Output format.")
    ] = "table",
    device: Device = None,
) -> None:
    """Show what hiss finds on this machine, what it chooses, and why."""
    findings = find_all(device)
    if output_format == "json":
        write_stdout(_as_json(findings))
    else:
        print_renderable(_as_table(findings))


def find_all(device: str | None) -> Findings:
    """Return the findings about the machine, the terminal and the files of hiss."""
    from hiss.reports.doctor import Finding, examine
    from hiss.tui.terminal.captured_output import log_path, stderr_in_log

    terminal = _terminal_findings()
    with stderr_in_log():
        machine = examine(device)
    files = (Finding("logs", str(log_path().parent)),)
    return {**machine, "terminal": terminal, "files": files}


def _terminal_findings() -> tuple[Finding, ...]:
    from rich.console import Console

    from hiss.reports.doctor import Finding
    from hiss.tui.terminal.options import chosen_glyphs, refusal

    console = Console(stderr=True)
    problem = refusal()
    return (
        Finding("TERM", os.environ.get("TERM", "")),
        Finding("colours", console.color_system or "none"),
        Finding("size", f"{console.width}x{console.height}"),
        Finding("encoding", getattr(sys.stderr, "encoding", None) or ""),
        Finding("glyphs", chosen_glyphs("auto"), "the finest that this terminal supports"),
        Finding("console", "cannot open" if problem else "can open", problem),
    )


def _as_json(findings: Findings) -> str:
    sections = {
        section: {each.name: each.value for each in group} for section, group in findings.items()
    }
    return json.dumps(sections, ensure_ascii=False, indent=2) + "\n"


def _as_table(findings: Findings) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for section, group in findings.items():
        table.add_row(Text(section, "bold"))
        for each in group:
            table.add_row(*map(Text, (f"  {each.name}", each.value, each.why)))
    return table
