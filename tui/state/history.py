"""Transitions of the list of kept studies, and of how the running one is kept.

Neither numpy nor pydantic is imported here: the first picture does not wait for them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hiss.tui.state import comparing
from hiss.tui.state.kept import History, KeptAs, Row
from hiss.tui.state.model import Lab, Waiting

if TYPE_CHECKING:
    from hiss.experiment.spec import Study
    from hiss.store.entries import Entry

MOST_MADE = 40
"""Studies whose IDs are known without reading the list, at most."""
GONE_ON = ("interrupted", "stopped", "failed")
"""States of studies that can be resumed."""


def changed(lab: Lab, **values: Any) -> Lab:
    """Change fields of the history; the same state if nothing differs."""
    history: History = replace(lab.history, **values)
    return lab if history == lab.history else replace(lab, history=history)


def listed(lab: Lab, rows: tuple[Row, ...], problems: tuple[str, ...] = ()) -> Lab:
    """List the kept studies; the selected one stays selected, and marks of deleted ones go."""
    states = {row.id: row.entry.state for row in rows}
    marked = tuple(one for one in lab.history.marked if one in states)
    said = lab.history.interrupted
    still = states.get(said.partition(" ")[0]) == "interrupted"
    return changed(
        lab, rows=rows, problems=problems, read=True, marked=marked, interrupted=said * still
    )


def moved(lab: Lab, step: int) -> Lab:
    """Select a study some places further down or up."""
    shown, now = lab.history.shown, lab.history
    if not shown:
        return lab
    place = max(0, min(len(shown) - 1, now.place + step))
    return changed(lab, cursor=shown[place].id)


def selected(lab: Lab, name: str) -> Lab:
    """Select a study."""
    return changed(lab, cursor=name)


def mark_toggled(lab: Lab) -> Lab:
    """Mark the selected study, or unmark it."""
    row, now = lab.history.selected, lab.history.marked
    if row is None:
        return lab
    left = tuple(one for one in now if one != row.id)
    return changed(lab, marked=left if row.id in now else (*now, row.id))


def filtered(lab: Lab, text: str) -> Lab:
    """List the studies that hold a text; the selected one stays if it is among them."""
    lab = changed(lab, text=text)
    row = lab.history.selected
    return changed(lab, cursor=row.id if row else "")


def forgotten(lab: Lab, name: str) -> Lab:
    """Take a study that has been deleted from the list, and select the one after it."""
    shown, place = lab.history.shown, lab.history.place
    after = [row.id for row in (*shown[place + 1 :], *reversed(shown[:place]))]
    cursor = lab.history.cursor if lab.history.cursor != name else next(iter(after), "")
    rows = tuple(row for row in lab.history.rows if row.id != name)
    left = tuple(pair for pair in lab.history.made if pair[1] != name)
    return changed(listed(lab, rows, lab.history.problems), cursor=cursor, made=left)


def interruption_found(lab: Lab, entry: Entry, key: str) -> Lab:
    """Say that the latest study was interrupted, unless something has been started since."""
    if lab.running or lab.ending is not None:
        return lab
    group = entry.presets[0].partition("/")[0] if entry.presets else entry.title
    said = f"{entry.id} ({group}, {entry.kind}) was interrupted: {key}, then R goes on"
    rows = lab.history.rows or (Row(entry),)  # R can be pressed before the list has been read
    return changed(lab, interrupted=said, rows=rows)


def keeping_began(lab: Lab, name: str, problem: str) -> Lab:
    """Note under which ID the running study is kept, or why it is not."""
    lab = changed(lab, current=name, problem=problem, interrupted="", watched="")
    if lab.where == "sweep" and lab.sweeping.study is not None:
        return replace(lab, sweeping=replace(lab.sweeping, kept=name))
    return made(lab, lab.study, name) if lab.study is not None else lab


def made(lab: Lab, study: Study, name: str) -> Lab:
    """Note the ID of a study that is trained or opened here."""
    others = tuple(pair for pair in lab.history.made if pair[1] != name)
    return changed(lab, made=((study, name), *others)[:MOST_MADE])


def id_of(lab: Lab, study: Study) -> str:
    """Return the ID under which a study is kept; empty if that is not known."""
    return next((name for each, name in lab.history.made if each == study), "")


def recording_toggled(lab: Lab) -> Lab:
    """Keep snapshots of the weights with the studies that are started next, or no longer."""
    return changed(lab, recording=not lab.history.recording)


def keeping_changed(lab: Lab, problem: str) -> Lab:
    """Note that what is trained is not on disk any more, or is again."""
    return changed(lab, problem=problem)


def kept_as(lab: Lab, compared: bool = False) -> KeptAs:
    """Return what the study that has just been started is kept as."""
    snapshots = lab.history.recording
    if lab.where == "sweep":
        now = lab.sweeping
        return KeptAs(
            kind="sweep",
            search=now.search,
            refine=now.stage == "finer",
            confirm=now.stage == "confirmation",
            metric=now.metric,
            snapshots=snapshots,
            id="" if now.stage == "grid" else now.kept,
        )
    if compared:
        baseline, metric = lab.comparing.baseline, comparing.metric(lab)
        return KeptAs("compare", baseline=baseline, metric=metric, snapshots=snapshots)
    return KeptAs(snapshots=snapshots)


def waits_as(entry: Waiting, snapshots: bool) -> KeptAs:
    """Return what a study of the queue is kept as if it does not begin here."""
    if entry.search is not None:
        kept = entry.sweep.kept if entry.sweep else ""
        finer, confirm = entry.stage == "finer", entry.stage == "confirmation"
        return KeptAs("sweep", entry.search, finer, confirm, id=kept, snapshots=snapshots)
    return KeptAs("compare" if entry.origin == "compare" else "run", snapshots=snapshots)
