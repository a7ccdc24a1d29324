"""What the console needs of an engine, and what screens need of the console."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.errors import PresetError
    from hiss.experiment.spec import Experiment, Study
    from hiss.results.outcomes import Fingerprint, Listener, Result


class Presets(Protocol):
    """The experiments that can be chosen from, and the preset files that cannot be read."""

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """Every experiment, group by group."""
        ...

    @property
    def problems(self) -> tuple[PresetError, ...]:
        """What is wrong with the files that hold none."""
        ...

    @property
    def user_presets(self) -> frozenset[str]:
        """Names of the experiments that are the user's."""
        ...


class Engine(Protocol):
    """What the console needs of an engine; every call comes from the one thread that works."""

    def load_presets(self) -> Presets:
        """Read all presets."""
        ...

    def preview(self, experiment: Experiment) -> Preview:
        """Make an experiment's data to look at."""
        ...

    def load(self, device: str | None) -> Fingerprint:
        """Import TensorFlow and choose a device."""
        ...

    def prepare(self, study: Study) -> None:
        """Do beforehand what the start of a study would wait for."""
        ...

    def run_study(self, study: Study, listen: Listener, stop: threading.Event) -> Result:
        """Train a study's arms, reporting as it goes."""
        ...
