"""Settings given as `KEY=VALUE`, applied to all experiments of a command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hiss.errors import EngineError

if TYPE_CHECKING:
    from hiss.experiment.spec import Experiment


def overridden(arms: tuple[Experiment, ...], assignments: Sequence[str]) -> tuple[Experiment, ...]:
    """Return experiments with some keys set otherwise.

    Raises:
        EngineError: An assignment does not fit all of them; it names those that it does not fit.
    """
    from hiss.library.presets import override

    changed: list[Experiment] = []
    refused: dict[str, EngineError] = {}
    for one in arms:
        try:
            changed.append(override(one, assignments))
        except EngineError as error:
            refused[one.name] = error
    if not refused:
        return tuple(changed)
    first = next(iter(refused.values()))
    if len(arms) == 1:
        raise first
    fitting = ", ".join(one.name for one in changed)
    raise EngineError(
        f"{first.message}\nThat is so in {', '.join(refused)}.",
        f"It fits {fitting}: name these alone." if fitting else first.hint,
    )


def overridden_pair(
    arms: tuple[Experiment, ...], assignments: Sequence[str]
) -> tuple[Experiment, ...]:
    """Return the arm without noise, and that with noise, with some keys set otherwise."""
    from hiss.library.presets import override
    from hiss.studies.baselines import is_compared

    plain, *noisy = arms
    shared = [one for one in assignments if not is_compared(one)] if noisy else assignments
    return (override(plain, shared), *(override(one, assignments) for one in noisy))
