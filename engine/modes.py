"""The two modes of repetition, in words."""

from __future__ import annotations

from engine.sources import SOURCES
from engine.spec import Data, Mode


def varied(mode: Mode, data: Data) -> str:
    """What differs from one replicate to the next: `other weights and noise, the same rows`."""
    if mode == "article":
        others = "weights, noise and wrong labels" if data.label_noise else "weights and noise"
        return f"other {others}, the same rows"
    if SOURCES[data.name].kind == "table":
        return "other splits, weights and noise"
    return "other training rows, weights and noise"
