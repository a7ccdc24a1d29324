"""hiss's own engine, as the console needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from hiss.tui.workers.protocols import Presets

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.experiment.spec import Experiment, Study
    from hiss.experiment.user_model import UserModel
    from hiss.results.outcomes import Fingerprint, Listener, Result
    from hiss.store.album import Album
    from hiss.store.keeper import Keeper
    from hiss.training.model_summary import OpenedModel
    from hiss.views.explanation import Explanation, Frame, LiveArm


class RealEngine:
    """hiss's own engine, imported piece by piece where it is first needed."""

    _album: tuple[Study, Album] | None = None
    """The snapshots of the study that was explained last."""

    def load_presets(self) -> Presets:
        """Read all presets."""
        from hiss.library.presets import load_presets

        return load_presets()

    def preview(self, experiment: Experiment) -> Preview:
        """Make a preview of an experiment's data."""
        from hiss.data.preview import preview

        return preview(experiment.data)

    def load(self, device: str | None) -> Fingerprint:
        """Import TensorFlow and choose a device."""
        from hiss.training import backend, machine

        with machine.import_without_gc():
            fingerprint = backend.load(device)
            import hiss.studies.runner  # noqa: F401
        return fingerprint

    def prepare(self, study: Study) -> None:
        """Compile a study's first network."""
        from hiss.studies.runner import prepare

        prepare(study)

    def open_model(self, experiment: Experiment, model: UserModel) -> OpenedModel:
        """Make a user's model on the data of an experiment."""
        from hiss.training.model_summary import open_model

        return open_model(experiment, model)

    def run_study(
        self,
        study: Study,
        listen: Listener,
        stop: threading.Event,
        keeper: Keeper | None = None,
    ) -> Result:
        """Train a study's arms, reporting events to `listen`, until `stop` is set."""
        from hiss.studies.runner import run_study

        return run_study(study, listen, stop, keeper)

    def explain(
        self,
        study: Study,
        listen: Listener,
        stop: threading.Event,
        show: Callable[[Explanation | Frame | LiveArm], None],
    ) -> None:
        """Show the views of a study's networks, which are trained for it where need be."""
        from hiss.store.album import Album
        from hiss.views.explain import explain_study

        if self._album is None or self._album[0] != study:
            self._album = study, Album(None)
        explain_study(study, listen, stop, self._album[1], show)
