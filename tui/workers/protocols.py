"""What the console needs of an engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.errors import PresetError
    from hiss.experiment.spec import Experiment, Study
    from hiss.experiment.user_model import UserModel
    from hiss.results.outcomes import Fingerprint, Listener, Result
    from hiss.store.album import Album
    from hiss.store.keeper import Keeper
    from hiss.store.records import Record
    from hiss.training.model_summary import OpenedModel
    from hiss.tui.state.explaining import Asked
    from hiss.views.explanation import Explanation
    from hiss.views.frames import Frame, Lacking, LiveArm, Looking

    Found = Explanation | Frame | LiveArm | Lacking | Looking


class Presets(Protocol):
    """The experiments of all presets, and the problems of preset files that cannot be read."""

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """Every experiment, group by group."""
        ...

    @property
    def problems(self) -> tuple[PresetError, ...]:
        """The errors of the files that hold no valid preset."""
        ...

    @property
    def user_presets(self) -> frozenset[str]:
        """Names of the experiments that are presets of the user's."""
        ...


class Engine(Protocol):
    """What the console needs of an engine.

    The engine thread makes every call; background jobs call `preview` too.
    """

    def load_presets(self) -> Presets:
        """Read all presets."""
        ...

    def preview(self, experiment: Experiment) -> Preview:
        """Make a preview of an experiment's data."""
        ...

    def load(self, device: str | None) -> Fingerprint:
        """Import TensorFlow and choose a device."""
        ...

    def prepare(self, study: Study) -> None:
        """Compile a study's first network beforehand."""
        ...

    def open_model(self, experiment: Experiment, model: UserModel) -> OpenedModel:
        """Make a user's model on the data of an experiment."""
        ...

    def run_study(
        self,
        study: Study,
        listen: Listener,
        stop: threading.Event,
        keeper: Keeper | None = None,
        album: Album | None = None,
    ) -> Result:
        """Train a study's arms, reporting events to `listen`, until `stop` is set.

        What the keeper has already is not trained again; it keeps the rest. The album keeps
        snapshots of the weights.
        """
        ...

    def explain(
        self,
        asked: Asked,
        record: Record | None,
        listen: Listener,
        stop: threading.Event,
        show: Callable[[Found], None],
    ) -> None:
        """Show the views of a study's networks, from the snapshots beside its record if it is kept.

        Arms without snapshots are trained for them only if that is asked for.
        """
        ...
