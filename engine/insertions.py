"""Noise for a user's model, as it is written: `dense:before:0.1`, `dense:after:0.2:Dropout`."""

from __future__ import annotations

from pydantic import ValidationError

from engine.errors import EngineError
from engine.problems import describe
from engine.spec import Insertion

EXAMPLE = "For example --noise dense:after:0.1, or --noise dense:after:0.2:Dropout."


def parse_insertion(text: str) -> Insertion:
    """Return the noise that `LAYER:before|after:STRENGTH[:CLASS]` describes.

    Raises:
        EngineError: if it describes none.
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


def spelt(site: Insertion) -> str:
    """Write an insertion as it is read."""
    kind = "" if site.class_name == "GaussianNoise" else f":{site.class_name}"
    return f"{site.layer}:{site.where}:{site.strength:g}{kind}"
