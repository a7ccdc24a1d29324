"""The settings that made runs: what labels the pictures and tables that show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hiss.data.spec import Mode

MOST_REPEATS = 10_000
LARGEST_SEED = 2**31 - 1
SEVERAL = "different settings"
"""The label of runs that were not all made by the same settings."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a study was set to when it was started."""

    seed: int
    repeats: int
    mode: Mode
    kept: str = ""
    """ID of the kept study that was opened; empty if it was trained here."""

    @property
    def words(self) -> tuple[str, str, str]:
        """The seed, the repeats and the mode in words."""
        return f"seed {self.seed}", counted(self.repeats, "repeat"), f"{self.mode} mode"


class Made(Protocol):
    """Something that a study has made, such as a run."""

    @property
    def setting(self) -> Setting:
        """What the study was set to."""
        ...


def counted(count: int, noun: str) -> str:
    """Return a number before its noun: `1 repeat`, `1,000 repeats`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def label(runs: Sequence[Made]) -> str:
    """Return what made runs, as in `seed 1 · 30 repeats · article mode`; empty without runs."""
    settings = list(dict.fromkeys(run.setting for run in runs))
    if len(settings) > 1:
        return SEVERAL
    return " · ".join(filter(None, (*settings[0].words, settings[0].kept))) if settings else ""


def titled(title: str, runs: Sequence[Made]) -> str:
    """Return the title of a pane, followed by what made the runs that it shows."""
    return " · ".join(filter(None, (title, label(runs))))


def differences(runs: Sequence[Made]) -> tuple[str, ...]:
    """Return for every run the settings in which runs differ; nothing where all are the same."""
    settings = [run.setting for run in runs]
    differing = [len(set(values)) > 1 for values in zip(*map(astuple, settings), strict=True)]
    if not any(differing):
        return ()
    return tuple(
        ", ".join(word for word, differs in zip(_parts(one), differing, strict=True) if differs)
        for one in settings
    )


def _parts(setting: Setting) -> tuple[str, ...]:
    """Return every field of a setting in words."""
    return (*setting.words, setting.kept or "here")
