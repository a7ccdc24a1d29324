"""The user's own table and model: their options, and the experiments made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hiss.errors import EngineError
from hiss.tui.cli.assignments import overridden, overridden_pair
from hiss.tui.cli.output import print_note
from hiss.tui.cli.table_inputs import TableInputs, print_looks

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment


@dataclass(frozen=True)
class UserInputs(TableInputs):
    """The user's own table and model; a preset provides what is None."""

    model: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.py:NAME|FILE.keras",
            help="Your own network: a function, a keras.Model or a subclass of it; runs FILE.py.",
        ),
    ] = None
    noise: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAYER:before|after:STRENGTH", help="Noise to insert into --model; repeatable."
        ),
    ] = None

    model_weights: Annotated[
        Literal["draw", "keep"] | None,
        typer.Option(
            help="Draw --model's weights for each repeat, or train on from those it has; by "
            "default drawn, but for those that a function sets."
        ),
    ] = None

    def arms(self, targets: Sequence[str], assignments: Sequence[str]) -> tuple[Experiment, ...]:
        """Return the experiments that targets name, each once, on the user's table if there is one.

        Args:
            targets: Names of presets or groups, or paths of preset files. With none, a small
                network is made for the table.
            assignments: Settings to change, as `KEY=VALUE`. A strength of noise does not apply
                to the arm without noise.

        Raises:
            EngineError: A target does not exist, the table cannot be trained on, or an assignment
                does not fit.
        """
        from hiss.library.presets import find

        assignments = (*self.split_assignments, *assignments)
        found = tuple({one.name: one for target in targets for one in find(target)}.values())
        if self.data is None:
            print_looks(found)
        arms = tuple(map(self.adapt_to_table, found)) or self._experiments_for_table()
        arms = self._with_model(arms)
        if found and self.model is None:
            return _weighable(overridden(arms, assignments))
        changed = _weighable(overridden_pair(arms, assignments))
        if self.model is None:
            return changed
        adopted = tuple(_without_own(arm, assignments) for arm in _adopted(changed))
        return overridden_pair(adopted, assignments)  # over what was taken over too

    def adapt_to_table(self, experiment: Experiment) -> Experiment:
        """Return a preset changed to train on the user's table; unchanged if there is no table."""
        data = self.table_data
        if data is None:
            return experiment
        from hiss.library.adaptation import adapt_to_table, describe_changes

        changed = adapt_to_table(experiment, data)
        print_note(describe_changes(experiment, changed))
        return changed

    def _experiments_for_table(self) -> tuple[Experiment, ...]:
        """Make a small network for the user's table, without noise and with it."""
        data = self.table_data
        if data is None:
            raise EngineError(
                "There is nothing to train.",
                "Name a preset (`hiss list` shows them), or add --data FILE --target COLUMN.",
            )
        from hiss.library.templates import experiments_for

        arms = experiments_for(data)
        print_note(arms[0].description)
        return arms

    def _with_model(self, arms: tuple[Experiment, ...]) -> tuple[Experiment, ...]:
        """Return the user's model on the data of the first arm; the arms if there is no model."""
        if self.model is None:
            self._check_no_model_options()
            return arms
        from hiss.experiment.user_model import UserModel, parse_insertion
        from hiss.library.adaptation import with_user_model
        from hiss.network.user_code import split_reference

        if self.data is None and len(arms) > 1:
            names = ", ".join(arm.name for arm in arms)
            raise EngineError(
                f"--model: expected one preset, whose data it trains on; received {names}.",
                f"For example {arms[0].name}.",
            )
        file, name = split_reference(self.model)
        noise = tuple(map(parse_insertion, self.noise or ()))
        reference = f"{file}:{name}" if name else str(file)
        model = UserModel(reference=reference, noise=noise, weights=self.model_weights)
        return with_user_model(arms[0], model)

    def _check_no_model_options(self) -> None:
        """Refuse the options of a model where there is no --model."""
        hint = "To change a preset's layers, use --set layers.1.stddev=0.2."
        for flag, given in (("--noise", self.noise), ("--model-weights", self.model_weights)):
            if given:
                raise EngineError(f"{flag} goes with --model FILE.py:NAME.", hint)


def _weighable(arms: tuple[Experiment, ...]) -> tuple[Experiment, ...]:
    """Return experiments whose class weights name classes that there are."""
    from hiss.data.weights import check_class_weight

    for arm in arms:
        check_class_weight(arm.data, arm.training.class_weight)
    return arms


def _without_own(arm: Experiment, assignments: Sequence[str]) -> Experiment:
    """Return an experiment without the model's own loss or optimizer where one is assigned."""
    kinds = [
        kind
        for kind in ("loss", "optimizer")
        if any(each.startswith(f"training.{kind}") for each in assignments)
    ]
    if arm.model is None or not kinds:
        return arm
    model = arm.model.model_copy(update={f"own_{kind}": "" for kind in kinds})
    return arm.model_copy(update={"model": model})


def _adopted(arms: tuple[Experiment, ...]) -> tuple[Experiment, ...]:
    """Return experiments fitted to what the user's model is, and print what is taken over."""
    from hiss.training.model_summary import adopt_model
    from hiss.tui.terminal.captured_output import stderr_in_log

    with stderr_in_log():
        adopted = adopt_model(arms)
    for note in adopted.notes:
        print_note(note)
    return adopted.arms
