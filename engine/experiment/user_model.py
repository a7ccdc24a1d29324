"""A user's model and the noise in it, written `dense:before:0.1` or `dense:after:0.2:Dropout`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

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
    """Name of the model's layer."""
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


class UserModel(Frozen):
    """A user's network: a Python function that returns an uncompiled `keras.Model`."""

    reference: str
    """`FILE.py:FUNCTION`; given on the command line, never in a preset."""
    noise: tuple[Insertion, ...] = ()


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
