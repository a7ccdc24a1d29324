"""A user's model and noise in it, written `dense:before:0.1` or `body/deep:after:0.2:Dropout`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from hiss.data.spec import Frozen
from hiss.errors import EngineError, expected
from hiss.keras_names.checks import check_class
from hiss.keras_names.lookup import words
from hiss.noise.registry import NOISE_LAYERS
from hiss.validation import describe, refuse

EXAMPLE = "For example --noise dense:after:0.1, or --noise dense:after:0.2:Dropout."


class Insertion(Frozen):
    """A noise layer inserted into a user's model, before or after one of its layers."""

    layer: str
    """Name of the model's layer; `body/deep` for the layer `deep` of the model `body` in it."""
    where: Literal["before", "after"]
    strength: Annotated[float, Field(ge=0, le=1)]
    """The noise layer's `stddev` or `rate`, in [0, 1]."""
    class_name: str = "GaussianNoise"

    @property
    def argument(self) -> str:
        """Name of the noise layer's argument for its strength."""
        return str(words()["layers"][self.class_name]["required"][0])

    @model_validator(mode="after")
    def _class_is_noise(self) -> Insertion:
        layers = words()["layers"]
        strengths = [["rate"], *([kind.strength] for kind in NOISE_LAYERS.values())]
        noise = [name for name in layers if layers[name]["required"] in strengths]
        if self.class_name not in noise:
            refuse([expected("class_name", f"one of {', '.join(noise)}", self.class_name)])
        refuse(check_class("layers", self.class_name, {self.argument: self.strength}))
        return self


KERAS_FILE = ".keras"
"""How the names of files end that Keras saves models in."""
Weights = Literal["draw", "keep"]
"""What a replicate starts from: `draw` is weights that the initializers draw for it, `keep` those
that the model has."""


class UserModel(Frozen):
    """A user's network: what a Python file makes or defines under a name, or a saved model.

    A name stands for a function that returns a `keras.Model`, for a subclass of it, or for a model.
    """

    reference: str
    """`FILE.py:NAME` or `FILE.keras`; given on the command line, never in a preset."""
    noise: tuple[Insertion, ...] = ()
    weights: Weights | None = None
    """None keeps the weights of a model that is made for each replicate, by a function or a class,
    and draws those of one that is there already."""
    output: Annotated[int, Field(ge=0)] = 0
    """Which of its outputs is trained and scored, from 0."""
    logits: bool = False
    """Whether this output is logits, which hiss turns into probabilities."""
    two_units: bool = False
    """Whether it has a unit for each of two classes; the second's probability is scored."""
    metrics: tuple[str, ...] = ()
    """The metrics that it was compiled with, as Keras names them: `accuracy`, `AUC`."""
    own_loss: str = ""
    """Name of the loss that it was compiled with, if that is none of Keras' own; it is taken in
    place of the training's."""
    own_optimizer: str = ""
    """Class of the optimizer that it was compiled with, if that is none of Keras' own."""
    own_step: str = ""
    """`train_step` or `compute_loss`, whichever its class defines: `fit` of the model itself calls
    it."""

    @model_serializer(mode="wrap")
    def _as_before(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is as it always was: blocks are named by a hash of this."""
        written: dict[str, Any] = write(self)
        fields = type(self).model_fields
        return {
            key: value
            for key, value in written.items()
            if key == "noise" or fields[key].is_required() or value != fields[key].default
        }

    @property
    def only_by_stock_fit(self) -> str:
        """Why stock `fit` alone trains it; empty if the fused engine may."""
        parts = (("loss", self.own_loss), ("optimizer", self.own_optimizer))
        named = [f"its {kind} `{name}`" for kind, name in parts if name]
        named += [f"its {self.own_step}"] if self.own_step else []
        verb = "is" if len(named) == 1 else "are"
        return f"{' and '.join(named)} {verb} none of Keras' own" if named else ""

    @property
    def file(self) -> Path:
        """The file that defines it."""
        saved = self.reference.endswith(KERAS_FILE)
        return Path(self.reference if saved else self.reference.rpartition(":")[0])

    @property
    def name(self) -> str:
        """What it is called in messages: `network.py:build`, `net.keras`."""
        return Path(self.reference).name


def parse_insertion(text: str) -> Insertion:
    """Return the noise that `LAYER:before|after:STRENGTH[:CLASS]` describes.

    Raises:
        EngineError: if the text has another form, or no noise layer accepts the strength.
    """
    layer, *rest = text.split(":")
    if not layer or len(rest) not in (2, 3):
        wanted = "expected LAYER:before:STRENGTH or LAYER:after:STRENGTH"
        raise EngineError(f"--noise: {wanted}, received {text!r}.", EXAMPLE)
    names = ("where", "strength", "class_name")
    try:
        return Insertion.model_validate({"layer": layer, **dict(zip(names, rest, strict=False))})
    except ValidationError as error:
        raise EngineError(f"--noise {text}: {' '.join(describe(error, {}))}", EXAMPLE) from error


def format_insertion(insertion: Insertion) -> str:
    """Return the text that `parse_insertion` reads as this insertion."""
    kind = "" if insertion.class_name == "GaussianNoise" else f":{insertion.class_name}"
    return f"{insertion.layer}:{insertion.where}:{insertion.strength:g}{kind}"
