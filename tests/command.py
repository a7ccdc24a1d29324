"""The outcome of a command line: its exit code and its output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Hiss = Callable[..., Outcome]
