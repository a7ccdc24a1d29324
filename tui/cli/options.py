"""The options that several verbs share, each said once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from hiss.tui.cli.output import Format

Preset = Annotated[
    str | None, typer.Argument(metavar="PRESET", help="A preset's name, or a .toml file.")
]
Targets = Annotated[
    list[str] | None, typer.Argument(metavar="TARGET…", help="Presets, groups or .toml files.")
]
Repeats = Annotated[
    int | None, typer.Option(min=1, help="Trainings of each, on seeds of their own.")
]
Device = Annotated[
    str | None, typer.Option(metavar="DEVICE", help="cpu, gpu:0 …; chosen when not given.")
]
Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key: layers.1.stddev=0.2."),
]


@dataclass(frozen=True, slots=True)
class How:
    """How a study is trained and written, whatever it trains."""

    seed: Annotated[int, typer.Option(min=0, help="What fixes all that is random.")] = 1
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs of each training.")] = None
    engine: Annotated[
        Literal["fused", "reference"],
        typer.Option(help="Many epochs a step on the device, or stock fit."),
    ] = "fused"
    mode: Annotated[
        Literal["article", "task"] | None,
        typer.Option(help="Repeats on the same rows, or on fresh ones."),
    ] = None
    device: Device = None
    assignments: Assignments = None
    form: Annotated[Format | None, typer.Option("--format", help="How to write it.")] = None
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it, instead of stdout.")
    ] = None
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Draw no progress bar, give no advice.")
    ] = False

    @property
    def changes(self) -> tuple[str, ...]:
        """`--set` and its short form `--epochs` together."""
        epochs = [f"training.epochs={self.epochs}"] if self.epochs else []
        return (*(self.assignments or ()), *epochs)


def takes(**groups: type) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a verb the options of dataclasses, each in the place of the parameter that it names."""
    options = {
        name: inspect.signature(group, eval_str=True).parameters for name, group in groups.items()
    }

    def expanded(verb: Callable[..., None]) -> Callable[..., None]:
        def called(**given: Any) -> None:
            made = {
                name: group(**{option: given.pop(option) for option in options[name]})
                for name, group in groups.items()
            }
            verb(**made, **given)

        signature = inspect.signature(verb, eval_str=True)
        own = [each for name, each in signature.parameters.items() if name not in groups]
        added = [each for parameters in options.values() for each in parameters.values()]
        parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *added)]
        called.__name__, called.__doc__ = verb.__name__, verb.__doc__
        called.__annotations__ = {each.name: each.annotation for each in parameters}
        vars(called)["__signature__"] = signature.replace(parameters=parameters)
        return called

    return expanded
