"""Comparisons and sweeps that others have followed: undo goes through them one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from hiss.tui.state.model import Comparing, Sweeping

T = TypeVar("T", Comparing, Sweeping)
KEPT = 10
"""Comparisons or sweeps that are kept at most: each holds the curves of all its repeats."""


def chain(value: T | None) -> Iterator[T]:
    """Yield a comparison or a sweep and those before it, the latest first."""
    while value is not None:
        yield value
        value = value.before


def chained(values: Iterable[T]) -> T | None:
    """Return the first of the values, with the others before it in their order."""
    linked: T | None = None
    for value in reversed(list(values)[:KEPT]):
        linked = replace(value, before=linked)
    return linked


def undone(value: T) -> T:
    """Return the one before; the present one comes after all others if it has any runs."""
    before: T | None = value.before
    order = list(chain(before))
    if value.runs:
        order.append(value)
    return chained(order) or value
