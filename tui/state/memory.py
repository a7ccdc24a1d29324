"""What the console remembers from one session to the next.

Neither numpy nor pydantic is imported here: the first picture does not wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hiss.tui.state.choices import Choice
from hiss.tui.state.kept import History
from hiss.tui.state.model import Awaited, Comparing, Lab, Sweeping
from hiss.tui.state.models import ModelChoice, Opened
from hiss.tui.state.view import View

if TYPE_CHECKING:
    from hiss.data.spec import Mode
    from hiss.experiment.spec import Experiment

MOST_OPENED = 20
"""Largest number of opened files that are remembered, the latest: each is read at the start."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the user had set, chosen and opened."""

    theme: str = ""
    """Name of the theme; empty for the usual one."""
    screen: str = "lab"
    seed: int = 1
    repeats: int = 0
    """Number of replicates in the lab; 0 for what the presets propose."""
    declared: int = 30
    """Number of replicates in comparisons and sweeps."""
    mode: Mode | None = None
    recording: bool = False
    """Whether snapshots of the weights are kept with the studies that are started."""
    view: View = field(default_factory=View)
    highlighted: str = ""
    marked: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    """Names of the experiments on the comparison screen."""
    swept: str = ""
    """Name of the experiment on the sweep screen."""
    opened: tuple[Choice, ...] = ()
    """The files that were opened, and the columns that were chosen; the latest last."""
    models: tuple[ModelChoice, ...] = ()
    """The models that were opened, and the noise in them; the latest last."""


def remembered(lab: Lab, theme: str, screen: str) -> Memory:
    """Return what is to be remembered of a state.

    Files are forgotten with the last of their experiments. Which repeat is shown is not
    remembered: it belongs to runs that end with the session.
    """
    listed = {one.name for one in lab.experiments}
    opened = [each.choice for each in lab.opened if not each.names or each.names & listed]
    return Memory(
        theme=theme,
        screen=screen,
        seed=lab.seed,
        repeats=lab.repeats,
        declared=lab.declared,
        mode=lab.mode,
        recording=lab.history.recording,
        view=replace(lab.view, replicate=None),
        highlighted=lab.awaited.highlighted or lab.highlighted,
        marked=tuple(sorted(lab.marked | lab.awaited.marked)),
        compared=lab.comparing.targets,
        swept=lab.sweeping.target,
        opened=tuple(each for each in opened if isinstance(each, Choice))[-MOST_OPENED:],
        models=tuple(each for each in opened if isinstance(each, ModelChoice))[-MOST_OPENED:],
    )


def begun(memory: Memory) -> Lab:
    """Return the state in which a session begins, before any preset is listed."""
    return Lab(
        awaited=Awaited(memory.highlighted, frozenset(memory.marked)),
        opened=(*map(Opened, memory.opened), *map(Opened, memory.models)),
        view=memory.view,
        repeats=memory.repeats,
        declared=memory.declared,
        seed=memory.seed,
        mode=memory.mode,
        comparing=Comparing(memory.compared),
        sweeping=Sweeping(memory.swept),
        history=History(recording=memory.recording),
    )


def waiting(lab: Lab) -> tuple[Choice | ModelChoice, ...]:
    """Return the files of an earlier session to read next: tables, then models on their data."""
    found = tuple(each.choice for each in lab.opened if not each.names)
    return tuple(each for each in found if isinstance(each, Choice)) or found


def found_again(lab: Lab) -> Lab:
    """Select and mark what is listed by now; once all files are read, give up what is not.

    Marks come too late once something has been trained: the user does not expect them any more.
    """
    listed = frozenset(one.name for one in lab.experiments)
    if lab.awaited.highlighted in listed:
        lab = replace(
            lab,
            highlighted=lab.awaited.highlighted,
            awaited=replace(lab.awaited, highlighted=""),
        )
    if not lab.arms:
        marked = lab.awaited.marked & listed
        left = replace(lab.awaited, marked=lab.awaited.marked - listed)
        lab = replace(lab, marked=lab.marked | marked, awaited=left)
    return lab if waiting(lab) else _settled(lab, listed)


def _settled(lab: Lab, listed: frozenset[str]) -> Lab:
    targets = tuple(name for name in lab.comparing.targets if name in listed)
    if targets != lab.comparing.targets:
        lab = replace(lab, comparing=replace(lab.comparing, targets=targets))
    if lab.sweeping.target not in listed:
        lab = replace(lab, sweeping=replace(lab.sweeping, target=""))
    return replace(lab, awaited=Awaited())


def file_opened(lab: Lab, choice: Choice | ModelChoice, experiments: tuple[Experiment, ...]) -> Lab:
    """Remember a file that the user has opened, in place of what was opened in its place."""
    names = frozenset(one.name for one in experiments)
    kept = [
        each
        for each in lab.opened
        if not each.names & names and (each.names or each.choice.path != choice.path)
    ]
    awaited = replace(lab.awaited, highlighted="")
    return replace(lab, opened=(*kept, Opened(choice, names)), awaited=awaited)


def file_read(lab: Lab, choice: Choice | ModelChoice, experiments: tuple[Experiment, ...]) -> Lab:
    """Take the experiments of a file of an earlier session, which are listed now."""
    names = frozenset(one.name for one in experiments)
    opened = tuple(Opened(choice, names) if each == Opened(choice) else each for each in lab.opened)
    return found_again(replace(lab, opened=opened))


def file_gone(lab: Lab, choice: Choice | ModelChoice) -> Lab:
    """Forget a file of an earlier session that cannot be read any more."""
    opened = tuple(each for each in lab.opened if each != Opened(choice))
    return found_again(replace(lab, opened=opened))
