"""What a command line asks for: the study to train and the format of its result."""

from __future__ import annotations

from dataclasses import dataclass

from hiss.data.theory import bayes_accuracy
from hiss.experiment.spec import (
    Study,
    check_repeats,
    describe_repetition,
    proposed_mode,
    proposed_repeats,
)
from hiss.tui.cli.options import TrainingOptions
from hiss.tui.cli.user_inputs import UserInputs
from hiss.tui.state.settings import counted


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of a verb that trains; the presets decide what is None."""

    targets: tuple[str, ...]
    training: TrainingOptions
    inputs: UserInputs
    repeats: int | None = None
    default_repeats: int | None = None
    """Instead of those that the presets propose, where there are no folds."""

    @property
    def assignments(self) -> tuple[str, ...]:
        """The settings of all arms, as `KEY=VALUE`."""
        return (*self.inputs.split_assignments, *self.training.all_assignments)

    def study(self) -> Study:
        """Return the study of the targets.

        Raises:
            EngineError: A target or an assignment makes no experiment, or there are more repeats
                than folds.
        """
        arms = self.inputs.arms(self.targets, self.training.all_assignments)
        study = Study(
            arms=arms,
            seed=self.training.seed,
            repeats=self.repeats or proposed_repeats(arms, self.default_repeats),
            engine=self.training.engine,
            mode=self.training.mode or proposed_mode(arms),
            device=self.training.device,
        )
        check_repeats(study)
        return study


def describe_study(study: Study) -> str:
    """Return a sentence about how a study repeats, with the Bayes accuracy in task mode."""
    data = study.arms[0].data
    mode, repetition = study.mode.capitalize(), describe_repetition(study.mode, data)
    sentence = (
        f"{mode} mode: {counted(study.repeats, 'repeat')} with {repetition}; seed {study.seed}."
    )
    best = None
    if study.mode == "task" and all(arm.data == data for arm in study.arms):
        best = bayes_accuracy(data)
    return sentence if best is None else f"{sentence} Bayes accuracy {best:.3f}."
