"""hiss's own engine, as the console's engine thread calls it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hiss.data.preview import Preview
    from hiss.experiment.spec import Experiment, Study
    from hiss.experiment.user_model import UserModel
    from hiss.results.outcomes import Fingerprint, Listener, Result
    from hiss.store.album import Album
    from hiss.store.keeper import Keeper
    from hiss.store.records import Record
    from hiss.training.model_summary import OpenedModel
    from hiss.tui.state.explaining import Asked
    from hiss.tui.workers.protocols import Found, Presets
    from hiss.views.subject import Subject


class RealEngine:
    """hiss's own engine, imported piece by piece where it is first needed."""

    _subject: Subject | None = None
    """What was explained last, with what has been found of it."""

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
        album: Album | None = None,
    ) -> Result:
        """Train a study's arms, reporting events to `listen`, until `stop` is set."""
        from hiss.studies.runner import run_study

        return run_study(study, listen, stop, keeper, album)

    def explain(
        self,
        asked: Asked,
        record: Record | None,
        listen: Listener,
        stop: threading.Event,
        show: Callable[[Found], None],
    ) -> None:
        """Show the views of a study's networks, from what has been found of it before on."""
        from hiss.views.subject import Question, Subject

        question = Question(asked.study, asked.baseline or None, asked.search)
        folder = record and record.folder
        before = self._subject
        if before is None or (before.question, before.folder) != (question, folder):
            self._subject = before = Subject(question, record)
        before.look(asked.chosen, asked.make, listen, stop, show)
