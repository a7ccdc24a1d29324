"""The choice of a model of the user's: which one, on whose data, with what noise and weights.

Neither numpy nor pydantic is imported here: the first picture does not wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hiss.tui.state.choices import Choice

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment
    from hiss.experiment.user_model import UserModel, Weights

GROUP = "model"
"""Group of the experiments that are made of models."""
ENDINGS = (".py", ".keras")
"""How the names of files end in which models are."""
WEIGHTS: tuple[Weights | None, ...] = (None, "draw", "keep")
"""What one key cycles through."""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model, the experiment whose data it trains on, and the noise in it."""

    reference: str
    """`FILE.py:NAME` or `FILE.keras`, absolute."""
    data: str = ""
    """Name of the experiment whose data and training settings it takes."""
    noise: tuple[str, ...] = ()
    """`dense:after:0.1`, as `--noise` takes it."""
    weights: Weights | None = None
    """Whether its weights are drawn or kept; None for what is usual."""

    @property
    def path(self) -> Path:
        """What tells it from other files that are opened: the reference."""
        return Path(self.reference)

    @property
    def name(self) -> str:
        """What it is called: `network.py:build`."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Opened:
    """A table, a preset or a model whose experiments are listed, or will be once it is read."""

    choice: Choice | ModelChoice
    names: frozenset[str] = frozenset()
    """Names of its experiments; empty while a file of an earlier session is still to be read."""


def split(text: str) -> tuple[str, str]:
    """Split `network.py:build` into the path and the name, which is empty where none is given."""
    path, colon, name = text.rpartition(":")
    return (path, name) if colon and path.endswith(".py") else (text, "")


def is_model_file(path: Path) -> bool:
    """Return whether models are in a file, by its ending."""
    return path.suffix.lower() in ENDINGS


def data_for(opened: tuple[Opened, ...], name: str) -> str:
    """Return the experiment whose data a model takes: that of a name, or the one a model took."""
    found = choice_of(opened, name)
    return name if found is None else found.data


def choice_of(opened: tuple[Opened, ...], name: str) -> ModelChoice | None:
    """Return the model of an experiment that was made of one; None if it was not."""
    taken = (each.choice for each in opened if name in each.names)
    return next((each for each in taken if isinstance(each, ModelChoice)), None)


def noise_put(choice: ModelChoice, site: str) -> ModelChoice:
    """Put noise into the model, in place of the same kind at the same place."""
    kept = tuple(each for each in choice.noise if _place(each) != _place(site))
    return replace(choice, noise=(*kept, site))


def noise_removed(choice: ModelChoice, layer: str) -> ModelChoice:
    """Remove the noise before and after a layer."""
    return replace(choice, noise=tuple(each for each in choice.noise if _layer(each) != layer))


def noise_at(choice: ModelChoice, layer: str) -> tuple[str, ...]:
    """Return the noise before and after a layer: `after:0.1`."""
    return tuple(each.removeprefix(f"{layer}:") for each in choice.noise if _layer(each) == layer)


def weights_switched(choice: ModelChoice) -> ModelChoice:
    """Draw the weights for each repeat, or keep those that it has, or what is usual."""
    following = WEIGHTS[(WEIGHTS.index(choice.weights) + 1) % len(WEIGHTS)]
    return replace(choice, weights=following)


def user_model(choice: ModelChoice) -> UserModel:
    """Return the model for the engine.

    Raises:
        EngineError: The noise has another form, or there is no such file.
    """
    from hiss.experiment.user_model import UserModel, parse_insertion

    noise = tuple(map(parse_insertion, choice.noise))
    return UserModel(reference=choice.reference, noise=noise, weights=choice.weights)


def listed_as(arms: tuple[Experiment, ...], choice: ModelChoice) -> tuple[Experiment, ...]:
    """Return experiments on a model under the names in the list: `model/build-baseline`."""
    path, name = split(choice.reference)
    stem = name or Path(path).stem
    names = (f"{GROUP}/{stem}-baseline", f"{GROUP}/{stem}")
    baseline, *noisy = (
        arm.model_copy(update={"name": name}) for arm, name in zip(arms, names, strict=False)
    )
    return baseline, *(
        arm.model_copy(update={"study": arm.study.model_copy(update={"partner": names[0]})})
        for arm in noisy
    )


def _layer(site: str) -> str:
    return site.split(":")[0]


def _place(site: str) -> tuple[str, ...]:
    """Return the layer, the side and the kind of noise, without its strength."""
    layer, where, _, *kind = site.split(":")
    return (layer, where, *kind)
