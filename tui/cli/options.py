"""The options that several verbs share."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import typer

from hiss.errors import EngineError
from hiss.tui.cli.output import OutputFormat, check_writable, choose_format, print_note

DEFAULT_REPEATS = 30
"""Repeats of `compare` and `sweep`: a difference of 0.5 SD is found with a power of about 0.8."""

_REPEATS = "Trainings per experiment, each with its own seed; with --cv one for each fold."
Repeats = Annotated[
    int | None, typer.Option(min=1, show_default=str(DEFAULT_REPEATS), help=_REPEATS)
]
OptionalRepeats = Annotated[int | None, typer.Option(min=1, help=_REPEATS)]
Preset = Annotated[
    str | None, typer.Argument(metavar="PRESET", help="A preset's name, or a .toml file.")
]
Targets = Annotated[
    list[str] | None, typer.Argument(metavar="TARGET…", help="Presets, groups or .toml files.")
]
Device = Annotated[
    str | None,
    typer.Option(metavar="DEVICE", help="Train on cpu, gpu:0 …; by default a GPU if there is one."),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change a setting: layers.1.stddev=0.2; repeatable."
    ),
]

Format = Annotated[
    OutputFormat | None,
    typer.Option("--format", help="Output format; by default that of --output's suffix."),
]
Notify = Annotated[
    str | None,
    typer.Option(
        metavar="COMMAND",
        help="Run when a study ends, with HISS_STATE, HISS_STUDY and HISS_SECONDS; "
        "by default HISS_NOTIFY.",
    ),
]
Bell = Annotated[
    bool, typer.Option(help="Whether a long study ends with a bell and in the window's title.")
]
Metric = Annotated[
    str | None,
    typer.Option(
        metavar="METRIC",
        help="By scikit-learn's or Keras' name: balanced_accuracy, f1, roc_auc, test_loss …",
    ),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="ray[:ADDRESS]|slurm[:KEY=VALUE,…]",
        help="Train on a cluster, or in many processes of this machine (ray).",
    ),
]
Store = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of the kept studies; by default HISS_HOME's."),
]

Snapshots = Annotated[
    bool,
    typer.Option(
        "--snapshots", help="Keep the weights at about fifty epochs, for `hiss explain ID`."
    ),
]

_ID = typer.Argument(metavar="ID", help="A study's ID, or the beginning or end of one.")
StudyId = Annotated[str, _ID]
OptionalStudyId = Annotated[
    str | None, typer.Argument(metavar="ID", help="Its ID; by default the latest unfinished study.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer every question with yes.")]


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How a study is trained."""

    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 1
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs of each training.")] = None
    engine: Annotated[
        Literal["fused", "reference"],
        typer.Option(help="Many epochs per step on the device, or Keras' own fit."),
    ] = "fused"
    mode: Annotated[
        Literal["article", "task"] | None,
        typer.Option(help="Repeat on the same rows, or on fresh rows."),
    ] = None
    class_weight: Annotated[
        str | None,
        typer.Option(
            metavar="WEIGHTS",
            help="Weights of classes in the training loss: balanced, or yes=2,no=1.",
        ),
    ] = None
    device: Device = None
    assignments: Assignments = None

    @property
    def all_assignments(self) -> tuple[str, ...]:
        """The assignments of `--set`, `--epochs` and `--class-weight`."""
        epochs = [f"training.epochs={self.epochs}"] if self.epochs else []
        return (*(self.assignments or ()), *epochs, *_class_weight(self.class_weight))


def _class_weight(given: str | None) -> list[str]:
    """Return `yes=2,no=1` as the assignment of a TOML table."""
    if given is None:
        return []
    if "=" not in given:
        return [f"training.class_weight={given}"]
    from hiss.experiment.notation import parse_value

    pairs = (pair.rpartition("=") for pair in given.split(","))
    weights = {name.strip(): parse_value(value.strip()) for name, _, value in pairs}
    table = ", ".join(f"{json.dumps(key)} = {json.dumps(each)}" for key, each in weights.items())
    return [f"training.class_weight={{{table}}}"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a result goes, and where the study is kept."""

    output_format: Format = None
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the result to a file.")
    ] = None
    force: Annotated[
        bool, typer.Option("--force", help="Replace --output's file if it exists.")
    ] = False
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show neither progress bars nor advice.")
    ] = False
    store: Store = None
    detach: Annotated[
        bool, typer.Option("--detach", help="Train in the background, beyond the terminal's end.")
    ] = False
    yes: Yes = False
    notify: Notify = None
    bell: Bell = True

    @property
    def chosen_format(self) -> OutputFormat:
        """The format that was asked for, or that the file's suffix stands for."""
        return choose_format(self.output_format, self.output)

    def check(self, curves: bool) -> None:
        """Check before training that the result can be written and announced.

        Args:
            curves: Whether every epoch's metrics are to be in it.

        Raises:
            EngineError: The options contradict each other, the file cannot be written, or the
                command not be run.
        """
        from hiss.tui.terminal.announcement import check_command

        check_command(self.notify)
        if curves and self.chosen_format != "json":
            raise EngineError(
                f"--curves goes with --format json, received {self.chosen_format}.",
                "Add --format json, or leave out --curves.",
            )
        if self.output is not None:
            check_writable(self.output, self.force)


@cache
def _fields(group: type) -> Mapping[str, inspect.Parameter]:
    """Return the fields of a dataclass as parameters, evaluated once for all verbs."""
    types = get_type_hints(group, include_extras=True)  # where each field is defined
    parameters = inspect.signature(group).parameters
    return {name: each.replace(annotation=types[name]) for name, each in parameters.items()}


def with_options(**groups: type) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Expand parameters of a verb into the options that a dataclass holds.

    typer reads options from a function's signature. Decorated by
    `@with_options(inputs=UserInputs)`, a verb has an option for each field of `UserInputs` where
    it had the parameter `inputs`; it is called with the instance made of their values.

    Args:
        groups: The dataclass of each parameter to expand.
    """
    fields = {name: _fields(group) for name, group in groups.items()}

    def decorate(verb: Callable[..., None]) -> Callable[..., None]:
        def call_verb(**values: Any) -> None:
            instances = {
                name: group(**{field: values.pop(field) for field in fields[name]})
                for name, group in groups.items()
            }
            try:
                verb(**instances, **values)
            except KeyboardInterrupt:  # before the training, which handles signals itself
                print_note("interrupted")
                raise

        signature = inspect.signature(verb, eval_str=True)
        kept = [each for name, each in signature.parameters.items() if name not in groups]
        added = [each for group in fields.values() for each in group.values()]
        parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*kept, *added)]
        call_verb.__name__, call_verb.__doc__ = verb.__name__, verb.__doc__
        call_verb.__annotations__ = {each.name: each.annotation for each in parameters}
        vars(call_verb)["__signature__"] = signature.replace(parameters=parameters)
        return call_verb

    return decorate
