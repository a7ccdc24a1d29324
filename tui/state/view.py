"""How curves and scores are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quantity = Literal["accuracy", "loss"]
BandKind = Literal["sd", "ci95"]


@dataclass(frozen=True, slots=True)
class View:
    """How curves and scores are drawn."""

    quantity: Quantity = "accuracy"
    smooth: bool = False
    """Whether curves are drawn as moving averages."""
    band: BandKind = "sd"
    """The band about the mean of replicates: standard deviation, or 95 % confidence interval."""
    training: bool | None = None
    """Whether training curves are drawn; None draws them only for a single arm."""
    every: bool = False
    """Whether every replicate is drawn behind the mean, instead of a band."""
    replicate: int | None = None
    """Number of the only replicate that is drawn, from 0; None draws the mean."""
    strips: bool = False
    """Whether a dot plot of every replicate's score is drawn instead of the table."""
