"""What a command line asks to be trained, from its targets to its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from hiss.errors import EngineError
from hiss.experiment.repetition import proposed_mode
from hiss.experiment.spec import Study
from hiss.results.outcomes import Replicate, Result
from hiss.tui.cli.headless import Interrupted, train
from hiss.tui.cli.options import How
from hiss.tui.cli.output import Format, advise, check_writable, deliver, format_for, remark, render
from hiss.tui.cli.user_inputs import UserInputs

FINISHED, TRAINING_FAILED = 0, 3


@dataclass(frozen=True, slots=True)
class Request:
    """The words of `hiss run`, not yet looked up; None leaves a choice to the presets."""

    targets: tuple[str, ...]
    how: How
    inputs: UserInputs
    repeats: int | None = None
    curves: bool = False

    def study(self) -> Study:
        """The study that is asked for.

        Raises:
            PresetError: A target or an assignment makes no experiment.
        """
        arms = self.inputs.arms(self.targets, self.how.changes)
        return Study(
            arms=arms,
            seed=self.how.seed,
            repeats=self.repeats or max(arm.study.repeats for arm in arms),
            engine=self.how.engine,
            mode=self.how.mode or proposed_mode(arms),
            device=self.how.device,
        )


def carry_out(request: Request) -> int:
    """Train what is asked for and deliver the result; the exit code.

    Raises:
        EngineError: What is asked for cannot be done.
    """
    form = checked_format(request)

    def write(result: Result, terminal: bool) -> str:
        return render(result, form, request.curves, terminal)

    return conduct(request.study(), request.how, write)


def conduct(study: Study, how: How, write: Callable[[Result, bool], str]) -> int:
    """Train a study and deliver what `write` makes of its result; the exit code.

    `write` is told whether it writes for a terminal.
    """
    if not how.quiet:
        advise(study.arms)
    try:
        result, signum = train(study, how.quiet)
    except Interrupted as interrupted:
        leave(interrupted.signum)
    deliver(write(result, for_terminal(how.output)), how.output)
    for arm in result.arms:
        if arm.engine_note:
            remark(f"{arm.experiment.name}: {arm.engine_note}")
    arms = ((arm.experiment.name, arm.replicates) for arm in result.arms)
    return 128 + signum if signum else judge(arms)


def for_terminal(output: Path | None) -> bool:
    """Whether the result is to be read on a terminal."""
    return output is None and sys.stdout.isatty()


def checked_format(request: Request) -> Format:
    """Find out before training how the result is written, and whether it can be."""
    form = format_for(request.how.form, request.how.output)
    if request.curves and form != "json":
        raise EngineError(f"--curves goes with --format json, not {form}.")
    if request.how.output is not None:
        check_writable(request.how.output)
    return form


def judge(arms: Iterable[tuple[str, Iterable[Replicate]]]) -> int:
    """Tell of the trainings that failed, by arm; the exit code."""
    failed = [
        f"{name}, replicate {one.replicate}: {one.reason}"
        for name, replicates in arms
        for one in replicates
        if one.status == "failed"
    ]
    for line in failed:
        print(f"hiss: {line}", file=sys.stderr)
    return TRAINING_FAILED if failed else FINISHED


def leave(signum: int) -> NoReturn:
    """End at once: the thread that trains, or imports TensorFlow, cannot be waited for."""
    print("hiss: interrupted", file=sys.stderr, flush=True)
    os._exit(128 + signum)
