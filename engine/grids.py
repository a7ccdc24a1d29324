"""Grids of strengths: those that are tried first, and those that are written down."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from engine.errors import EngineError
from engine.vocabulary import fits, phrase

COARSE = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0)
"""A first grid: about three points a decade, and no noise as a point of its own."""
SHARES = (0.0, 0.03, 0.1, 0.2, 0.3)
"""A first grid of the share of labels that are wrong, or smoothed away."""
RATES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7)
"""A first grid of the share of units that are dropped."""
PENALTIES = (0.0, 0.0001, 0.001, 0.01, 0.1)
"""A first grid of penalties on weights."""
ETAS = (0.0, 0.0001, 0.001, 0.01, 0.1, 1.0)
"""A first grid of the variance of gradient noise: a point a decade."""
GRIDS = {
    "eta": ETAS,
    "rate": RATES,
    "dropout": RATES,
    "recurrent_dropout": RATES,
    "label_noise": SHARES,
    "label_smoothing": SHARES,
    "l1": PENALTIES,
    "l2": PENALTIES,
    "weight_decay": PENALTIES,
}
"""First grids by what the strength is called; `COARSE` where it is called otherwise."""
UP_TO_ONE: Mapping[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}


def coarse(strength: str) -> tuple[float, ...]:
    """Return a first grid for what is called `stddev`, `rate`, `l2` and so on."""
    return GRIDS.get(strength, COARSE)


def least(strength: str) -> float:
    """Return what is hardly worth telling from 0: a tenth of the first grid's smallest."""
    return coarse(strength)[1] / 10


def parse_grid(
    text: str, key: str = "stddev", accepts: Mapping[str, Any] = UP_TO_ONE
) -> tuple[float, ...]:
    """Read strengths from `0,0.01,0.1`: sorted, each once.

    Args:
        text: the numbers between commas.
        key: what to call the text in messages.
        accepts: what each number may be, as a JSON schema.

    Raises:
        EngineError: if one is not such a number.
    """
    return tuple(sorted({_strength(part.strip(), key, accepts) for part in text.split(",")}))


def _strength(text: str, key: str, accepts: Mapping[str, Any]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and fits(accepts, value)):
        wanted = phrase(accepts).replace("a number", "numbers", 1)
        grid = ",".join(f"{one:g}" for one in COARSE if fits(accepts, one))
        raise EngineError(
            f"{key}: expected {wanted}, received {text or 'nothing'}.", f"Write a grid as {grid}."
        )
    return value
