"""Transitions of the state: what the user's actions and the studies change in it.

Neither numpy nor pydantic is imported here: the first picture does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from hiss.tui.state import comparing
from hiss.tui.state.model import Ending, Lab, Run, Runs
from hiss.tui.state.runs import fresh_runs, runs_ended, with_arms
from hiss.tui.state.settings import Setting
from hiss.tui.state.view import View

if TYPE_CHECKING:
    from pathlib import Path

    from hiss.data.preview import Preview
    from hiss.data.spec import Mode
    from hiss.errors import PresetError
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.outcomes import Result
    from hiss.tui.state.view import View

REPEATS = (1, 10, 30, 100)
"""The numbers of repeats that one key cycles through."""
MODES: tuple[Mode | None, ...] = (None, "article", "task")
"""The modes that one key cycles through."""
UNSAVED = ("data", "draft", "model", "opened")
"""Groups of experiments that have no file among the presets: they end with the console."""


def library_read(
    lab: Lab,
    experiments: tuple[Experiment, ...],
    problems: tuple[PresetError, ...],
    user_presets: frozenset[str] = frozenset(),
) -> Lab:
    """Keep the presets, some of them the user's, and select the first."""
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
    """Keep the preview of an experiment's data."""
    return replace(lab, previews={**lab.previews, name: preview})


def highlighted(lab: Lab, name: str) -> Lab:
    """Select an experiment; the one of an earlier session is no longer waited for."""
    return replace(lab, highlighted=name, awaited=replace(lab.awaited, highlighted=""))


def mark_toggled(lab: Lab) -> Lab:
    """Mark or unmark the selected experiment."""
    return replace(lab, marked=lab.marked ^ {lab.highlighted}) if lab.highlighted else lab


def group_toggled(lab: Lab) -> Lab:
    """Mark the selected experiment's group, or unmark it when all of it is marked."""
    here = lab.experiment.group if lab.experiment else ""
    names = {one.name for one in lab.experiments if one.group == here}
    return replace(lab, marked=lab.marked - names if names <= lab.marked else lab.marked | names)


def viewed(lab: Lab, view: View) -> Lab:
    """Draw curves and scores in another way."""
    return replace(lab, view=view)


def repeats_cycled(lab: Lab) -> Lab:
    """Set the next larger usual number of repeats; after the largest, one."""
    return replace(lab, repeats=next((n for n in REPEATS if n > max(1, lab.repeats)), REPEATS[0]))


def repeats_set(lab: Lab, repeats: int) -> Lab:
    """Set the number of repeats in the lab."""
    return replace(lab, repeats=max(1, repeats))


def declared_cycled(lab: Lab) -> Lab:
    """Set the next larger usual number of repeats for comparisons and sweeps."""
    return replace(lab, declared=next((n for n in REPEATS[1:] if n > lab.declared), REPEATS[1]))


def declared_set(lab: Lab, repeats: int) -> Lab:
    """Set the number of repeats for comparisons and sweeps."""
    return replace(lab, declared=max(1, repeats))


def mode_cycled(lab: Lab) -> Lab:
    """Set the next mode; None lets the presets choose."""
    return replace(lab, mode=MODES[(MODES.index(lab.mode) + 1) % len(MODES)])


def seed_set(lab: Lab, seed: int) -> Lab:
    """Set the seed of the next study."""
    return replace(lab, seed=max(0, seed))


def study_started(lab: Lab, study: Study, compared: bool = False) -> Lab:
    """Show a study's runs, in place of earlier ones of the same experiments.

    A study that repeats several arms is shown on the comparison screen too, as is any study if
    `compared`.
    """
    names = {arm.name for arm in study.arms}
    kept = tuple(run for run in lab.runs if run.name not in names)
    undo = tuple(run for run in lab.cleared if run.name not in names)
    lab = replace(lab, ending=None, cleared=undo)
    lab = with_arms(lab, (arm.name for arm in study.arms))
    fresh = fresh_runs(lab, study)
    if compared or (study.repeats > 1 and len(names) > 1):
        lab = comparing.started(lab, study, fresh)
    return replace(
        lab, phase="running", where="lab", study=study, marked=frozenset(), runs=kept + fresh
    )


def stop_asked(lab: Lab) -> Lab:
    """Mark the running study as stopping."""
    return replace(lab, phase="stopping") if lab.running else lab


def study_reported(lab: Lab, result: Result) -> Lab:
    """Keep how a study ended."""
    replicates = [one for arm in result.arms for one in arm.replicates]
    setting = Setting(result.study.seed, result.study.repeats, result.study.mode)
    ending = Ending(
        begun=len(result.arms),
        arms=len(result.study.arms),
        failed=sum(one.status == "failed" for one in replicates),
        seconds=result.seconds,
        stopped=len(result.arms) < len(result.study.arms)
        or any(one.status == "stopped" for one in replicates),
        where=lab.where,
        setting=setting,
    )
    return replace(lab, ending=ending)


def study_ended(lab: Lab) -> Lab:
    """End the study, and drop the runs that never began."""
    return replace(over_runs(lab, runs_ended), phase="idle")


def over_runs(lab: Lab, change: Callable[[Runs], Runs]) -> Lab:
    """Change the runs of the present study on every screen that shows them."""
    if lab.where == "sweep":
        return replace(lab, sweeping=lab.sweeping.with_stage_runs(change(lab.sweeping.stage_runs)))
    if lab.comparing.study is lab.study:
        compared = replace(lab.comparing, runs=change(lab.comparing.runs))
        lab = replace(lab, comparing=compared)
    return replace(lab, runs=change(lab.runs))


def cleared(lab: Lab) -> Lab:
    """Drop all runs of the lab; while its study runs, only those of earlier studies."""
    kept = lab.studied if lab.running and lab.where == "lab" else ()
    dropped = tuple(run for run in lab.runs if run not in kept)
    if not dropped:
        return lab
    return replace(lab, runs=kept, cleared=dropped)


def restored(lab: Lab) -> Lab:
    """Bring back the runs that were cleared or replaced last.

    Those that they replace on the screen are kept for a further undo; those of the running study
    stay.
    """
    busy = lab.studied if lab.running and lab.where == "lab" else ()
    held = {run.name for run in busy}
    back: dict[str, Run] = {}
    for run in lab.cleared:
        if run.name not in held:
            back.setdefault(run.name, run)
    rest = tuple(run for run in lab.cleared if back.get(run.name) is not run)
    replaced = tuple(run for run in lab.runs if run.name in back)
    kept = tuple(run for run in lab.runs if run.name not in back)
    return replace(lab, runs=(*back.values(), *kept), cleared=(*rest, *replaced))


def experiments_listed(
    lab: Lab, experiments: tuple[Experiment, ...], own: bool = False, follow: bool = True
) -> Lab:
    """Add experiments to the list, in place of those of the same names.

    Args:
        lab: The state.
        experiments: The experiments to add.
        own: Whether they are saved among the user's presets.
        follow: Whether the last of them is selected.
    """
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


def problem_solved(lab: Lab, path: Path) -> Lab:
    """Drop the error of a preset file that has been written again."""
    left = tuple(one for one in lab.problems if not one.message.startswith(f"{path}: "))
    return lab if left == lab.problems else replace(lab, problems=left)


def experiment_removed(lab: Lab, name: str) -> Lab:
    """Remove an experiment from the list, and select the one before it."""
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
    """Keep the names of the experiments that have drafts."""
    return lab if lab.drafts == names else replace(lab, drafts=names)


def named(lab: Lab, name: str) -> Experiment | None:
    """Return the experiment of a name; None if it is not listed."""
    return next((one for one in lab.experiments if one.name == name), None)


def belongs_to_user(lab: Lab, name: str) -> bool:
    """Return whether an experiment can be deleted: a preset of the user's, or unsaved."""
    return name in lab.user_presets or name.rpartition("/")[0] in UNSAVED


def free_name(lab: Lab, name: str) -> str:
    """Return a name that no experiment has, with a number at its end if needed."""
    names = {one.name for one in lab.experiments}
    tries = (f"{name}-{number}" for number in range(2, len(names) + 3))
    return name if name not in names else next(each for each in tries if each not in names)
