"""The options that several verbs share, each said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from tui.output import Format

Preset = Annotated[
    str | None, typer.Argument(metavar="PRESET", help="A preset's name, or a .toml file.")
]
Targets = Annotated[
    list[str] | None, typer.Argument(metavar="TARGET…", help="Presets, groups or .toml files.")
]
Repeats = Annotated[
    int | None, typer.Option(min=1, help="Trainings of each, on seeds of their own.")
]
Seed = Annotated[int, typer.Option(min=0, help="What fixes all that is random.")]
Epochs = Annotated[int | None, typer.Option(min=1, help="Epochs of each training.")]
Way = Annotated[
    Literal["fused", "reference"],
    typer.Option(help="Many epochs a step on the device, or stock fit."),
]
ModeOrNone = Annotated[
    Literal["article", "task"] | None,
    typer.Option(help="Repeats on the same rows, or on fresh ones."),
]
Device = Annotated[
    str | None, typer.Option(metavar="DEVICE", help="cpu, gpu:0 …; chosen when not given.")
]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key: layers.1.stddev=0.2."),
]
Form = Annotated[Format | None, typer.Option("--format", help="How to write it.")]
Output = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Where to write it, instead of stdout.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Draw no progress bar, give no advice.")]


def changes(assignments: list[str] | None, epochs: int | None) -> tuple[str, ...]:
    """Put `--set` and its short form `--epochs` together."""
    return (*(assignments or ()), *([f"training.epochs={epochs}"] if epochs else ()))
