"""What the comparison's titles and lines say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui import comparing, plan

if TYPE_CHECKING:
    from tui.state import Lab


def planned(lab: Lab) -> str:
    """Say what is compared with what, and how."""
    arms = comparing.arms(lab)
    names = ", ".join(arm.name.rpartition("/")[2] for arm in arms)
    base = lab.comparing.baseline.rpartition("/")[2]
    against = f"against {base}" if base else "against their baselines"
    return f"{names} · {against}" if arms else ""


def caption(lab: Lab) -> str:
    """Say what the table is about: the metric, its unit, and what is shaded."""
    found = lab.comparing.comparisons
    if not found:
        return "Verdicts"
    from tui import verdict_tables

    return verdict_tables.caption(found)


def progress(lab: Lab) -> str:
    """Say whether what is shown is final."""
    found = lab.comparing.comparisons
    if not found:
        return ""
    declared = f"{found[0].declared} repeats"
    if not any(one.interim for one in found):
        return f"{declared}, as declared"
    return (
        f"interim · {declared} declared" if any(one.n for one in found) else f"{declared} declared"
    )


def idle(lab: Lab, width: int) -> str:
    """Say what can be started."""
    count = len(comparing.arms(lab))
    if count < 2:
        return "p chooses presets to compare"
    repeats = plan.repeats(lab, "compare")
    return f"{count} arms × {repeats} repeats · enter trains them"
