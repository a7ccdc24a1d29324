"""p-values of several tests taken together."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjust p-values so that the chance of any false alarm among them stays below alpha.

    None, a test that could not be made, stays None and does not count towards the family.
    Source: Holm, 1979, "A simple sequentially rejective multiple test procedure".
    """
    made = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(made):
        largest = max(largest, min(1.0, p * (len(made) - rank)))
        adjusted[place] = largest
    return tuple(adjusted)
