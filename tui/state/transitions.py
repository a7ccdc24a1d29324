"""What the console knows, as one frozen value, and how it changes with what the user does.

It imports neither numpy nor pydantic, so that the first picture is not kept waiting for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state import comparing, runs
from hiss.tui.state.model import Lab, Runs, View

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.data.spec import Mode
    from hiss.errors import PresetError
    from hiss.experiment.spec import Experiment, Study


REPEATS = (1, 10, 30, 100)
"""The numbers of repeats that one key goes through."""
MODES: tuple[Mode | None, ...] = (None, "article", "task")


def library_read(
    lab: Lab,
    experiments: tuple[Experiment, ...],
    problems: tuple[PresetError, ...],
    user_presets: frozenset[str] = frozenset(),
) -> Lab:
    """Take in the presets, some of them the user's own, and highlight the first."""
    first = experiments[0].name if experiments else ""
    return replace(
        lab,
        read=True,
        experiments=experiments,
        problems=problems,
        user_presets=user_presets,
        highlighted=first,
    )


def preview_made(lab: Lab, name: str, preview: Preview) -> Lab:
    """Keep what an experiment's data look like."""
    return replace(lab, previews={**lab.previews, name: preview})


def highlighted(lab: Lab, name: str) -> Lab:
    """Move the cursor to an experiment."""
    return replace(lab, highlighted=name)


def mark_toggled(lab: Lab) -> Lab:
    """Mark the highlighted experiment, or take its mark away."""
    return replace(lab, marked=lab.marked ^ {lab.highlighted}) if lab.highlighted else lab


def group_toggled(lab: Lab) -> Lab:
    """Mark the highlighted experiment's whole group, or unmark it when all of it is marked."""
    here = lab.experiment.group if lab.experiment else ""
    names = {one.name for one in lab.experiments if one.group == here}
    return replace(lab, marked=lab.marked - names if names <= lab.marked else lab.marked | names)


def viewed(lab: Lab, view: View) -> Lab:
    """See curves and scores in another way."""
    return replace(lab, view=view)


def repeats_cycled(lab: Lab) -> Lab:
    """Go to the next larger usual number of repeats, and from the largest to one."""
    return replace(lab, repeats=next((n for n in REPEATS if n > max(1, lab.repeats)), REPEATS[0]))


def repeats_set(lab: Lab, repeats: int) -> Lab:
    """Train every arm so many times."""
    return replace(lab, repeats=max(1, repeats))


def declared_cycled(lab: Lab) -> Lab:
    """Go to the next larger usual number of repeats for comparisons and sweeps."""
    return replace(lab, declared=next((n for n in REPEATS[1:] if n > lab.declared), REPEATS[1]))


def declared_set(lab: Lab, repeats: int) -> Lab:
    """Compare and sweep with so many repeats."""
    return replace(lab, declared=max(1, repeats))


def mode_cycled(lab: Lab) -> Lab:
    """Let the presets choose what differs between replicates, or one of the modes."""
    return replace(lab, mode=MODES[(MODES.index(lab.mode) + 1) % len(MODES)])


def seed_set(lab: Lab, seed: int) -> Lab:
    """Draw all that is random from another seed."""
    return replace(lab, seed=max(0, seed))


def study_started(lab: Lab, study: Study, compared: bool = False) -> Lab:
    """Put a study's arms on the screen, in place of earlier runs of the same experiments.

    One that repeats several arms, or is meant to, is compared as well.
    """
    names = {arm.name for arm in study.arms}
    kept = tuple(run for run in lab.runs if run.name not in names)
    fresh = runs.fresh(study, lab.backend is not None)
    if compared or (study.repeats > 1 and len(names) > 1):
        lab = comparing.started(lab, study, fresh)
    return replace(
        lab, phase="running", where="lab", study=study, marked=frozenset(), runs=kept + fresh
    )


def stop_asked(lab: Lab) -> Lab:
    """Note that the running study has been told to stop."""
    return replace(lab, phase="stopping") if lab.running else lab


def study_ended(lab: Lab) -> Lab:
    """Note that the training thread has said its last word; what never began goes."""
    return replace(over_runs(lab, runs.ended), phase="idle")


def over_runs(lab: Lab, change: Callable[[Runs], Runs]) -> Lab:
    """Change the runs of the present study, wherever they are shown."""
    if lab.where == "sweep":
        return replace(lab, sweeping=lab.sweeping.with_stage_runs(change(lab.sweeping.stage_runs)))
    if lab.comparing.study is lab.study:
        compared = replace(lab.comparing, runs=change(lab.comparing.runs))
        lab = replace(lab, comparing=compared)
    return replace(lab, runs=change(lab.runs))


def cleared(lab: Lab) -> Lab:
    """Take all runs off the lab, or while it trains those that are not part of its study."""
    kept = lab.studied if lab.running and lab.where == "lab" else ()
    return replace(lab, runs=kept, study=lab.study if kept else None)


PASSING = ("data", "draft", "opened")
"""Groups of experiments that have no file among the presets: they end with the console."""


def experiments_listed(
    lab: Lab, experiments: tuple[Experiment, ...], own: bool = False, follow: bool = True
) -> Lab:
    """List experiments in place of those of the same names, and let the cursor follow."""
    if not experiments:
        return lab
    from hiss.library.presets import listing_order

    new = {one.name: one for one in experiments}
    kept = [one for one in lab.experiments if one.name not in new]
    listed = tuple(sorted((*kept, *new.values()), key=listing_order))
    previews = {name: each for name, each in lab.previews.items() if name not in new}
    mine = lab.user_presets | new.keys() if own else lab.user_presets
    highlighted = experiments[-1].name if follow else lab.highlighted
    return replace(
        lab, experiments=listed, previews=previews, user_presets=mine, highlighted=highlighted
    )


def experiment_removed(lab: Lab, name: str) -> Lab:
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
        user_presets=lab.user_presets - {name},
        marked=lab.marked - {name},
        highlighted=highlighted,
    )


def drafts_kept(lab: Lab, names: frozenset[str]) -> Lab:
    """Note which experiments have drafts."""
    return lab if lab.drafts == names else replace(lab, drafts=names)


def belongs_to_user(lab: Lab, name: str) -> bool:
    """Whether an experiment may be renamed and deleted."""
    return name in lab.user_presets or name.rpartition("/")[0] in PASSING


def free_name(lab: Lab, name: str) -> str:
    """Return a name that no experiment has, by a number at its end where need be."""
    names = {one.name for one in lab.experiments}
    tries = (f"{name}-{number}" for number in range(2, len(names) + 3))
    return name if name not in names else next(each for each in tries if each not in names)
