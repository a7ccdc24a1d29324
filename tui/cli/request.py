"""What a command line asks for: the study to train and the format of its result."""

from __future__ import annotations

from dataclasses import dataclass

from hiss.data.theory import bayes_accuracy
from hiss.experiment.spec import Study, describe_repetition, proposed_mode
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

    def study(self) -> Study:
        """Return the study of the targets.

        Raises:
            EngineError: A target or an assignment makes no experiment.
        """
        arms = self.inputs.arms(self.targets, self.training.all_assignments)
        return Study(
            arms=arms,
            seed=self.training.seed,
            repeats=self.repeats or max(arm.study.repeats for arm in arms),
            engine=self.training.engine,
            mode=self.training.mode or proposed_mode(arms),
            device=self.training.device,
        )


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
