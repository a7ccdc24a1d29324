"""How the list of presets changes with what the user makes, brings along and takes away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.state import Lab, group

if TYPE_CHECKING:
    from engine.spec import Experiment

PASSING = ("data", "draft", "opened")
"""Groups of experiments that have no file among the presets: they end with the console."""


def added(
    lab: Lab, experiments: tuple[Experiment, ...], own: bool = False, follow: bool = True
) -> Lab:
    """List experiments in place of those of the same names, and let the cursor follow."""
    if not experiments:
        return lab
    from engine.presets import listing_order

    new = {one.name: one for one in experiments}
    kept = [one for one in lab.experiments if one.name not in new]
    listed = tuple(sorted((*kept, *new.values()), key=listing_order))
    previews = {name: each for name, each in lab.previews.items() if name not in new}
    mine = lab.own | new.keys() if own else lab.own
    highlighted = experiments[-1].name if follow else lab.highlighted
    return replace(lab, experiments=listed, previews=previews, own=mine, highlighted=highlighted)


def removed(lab: Lab, name: str) -> Lab:
    """Take an experiment off the list, and the cursor to the one before it."""
    names = [one.name for one in lab.experiments]
    place = names.index(name)
    rest = tuple(one for one in lab.experiments if one.name != name)
    highlighted = lab.highlighted
    if highlighted == name:
        highlighted = rest[max(0, place - 1)].name if rest else ""
    return replace(
        lab,
        experiments=rest,
        own=lab.own - {name},
        marked=lab.marked - {name},
        highlighted=highlighted,
    )


def drafts_kept(lab: Lab, names: frozenset[str]) -> Lab:
    """Note which experiments have drafts."""
    return lab if lab.drafts == names else replace(lab, drafts=names)


def belongs_to_user(lab: Lab, name: str) -> bool:
    """Whether an experiment may be renamed and deleted."""
    return name in lab.own or group(name) in PASSING


def free_name(lab: Lab, name: str) -> str:
    """Return a name that no experiment has, by a number at its end where need be."""
    names = {one.name for one in lab.experiments}
    tries = (f"{name}-{number}" for number in range(2, len(names) + 3))
    return name if name not in names else next(each for each in tries if each not in names)
