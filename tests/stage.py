"""A scripted engine: the tests of the console train nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from explained import scripted_explanation, scripted_frame, scripted_live

from hiss.data.preview import Preview
from hiss.data.spec import Data
from hiss.errors import EngineError, PresetError
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.training import Keras, Training
from hiss.experiment.user_model import UserModel
from hiss.library.adaptation import with_user_model
from hiss.results.curves import Curves
from hiss.results.outcomes import (
    Arm,
    ArmEnded,
    ArmStarted,
    Fingerprint,
    Keeping,
    Listener,
    Replicate,
    ReplicateEnded,
    Result,
    StudyEnded,
    TrainingStarted,
)
from hiss.store.album import Album
from hiss.store.blocks import Block, BlockKey
from hiss.store.keeper import Keeper
from hiss.store.records import Record, versions
from hiss.training import machine
from hiss.training.model_summary import Adopted, LayerSummary, ModelSummary, OpenedModel
from hiss.tui.state.explaining import Asked
from hiss.views.explanation import usual
from hiss.views.frames import Lacking

if TYPE_CHECKING:
    from hiss.tui.workers.protocols import Found

METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
FINGERPRINT = Fingerprint("0.1.0", "3.11.9", "2.21.0", "3.15.1", "a CPU", "CPU")
FINALS = {"baseline": 0.757, "input-noise": 0.771, "hidden-before": 0.814, "hidden-after": 0.814}


def experiment(name: str, epochs: int = 4000) -> Experiment:
    layers = [Keras(class_name="Dense", units=500, activation="relu")]
    if "input" in name:
        layers.insert(0, Keras(class_name="GaussianNoise", stddev=0.01))
    if "hidden" in name:
        layers.append(Keras(class_name="GaussianNoise", stddev=0.1))
    layers.append(Keras(class_name="Dense", units=1, activation="sigmoid"))
    return Experiment(
        name=name,
        title=name.rpartition("/")[2].replace("-", " ").capitalize(),
        data=Data(name="make_circles", n_samples=100, noise=0.1, random_state=1, train_size=30),
        layers=tuple(layers),
        training=Training(epochs=epochs),
    )


def here() -> Fingerprint:
    """The versions and the machine of the tests."""
    known = versions()
    names = ("hiss", "python", "tensorflow", "keras")
    cpu = f"{machine.processor()} × {machine.cores()}"
    return Fingerprint(*(known[name] for name in names), cpu, "cpu")  # type: ignore[call-arg]


ARTICLE = tuple(
    experiment(f"article/{name}")
    for name in ("baseline", "input-noise", "hidden-before", "hidden-after")
)
OTHERS = (experiment("patterns/mlp", 200), experiment("extensions/input-and-hidden", 4000))


def circles() -> Preview:
    random = np.random.default_rng(1)
    angle = np.tile(np.linspace(0, 2 * np.pi, 50, endpoint=False), 2)
    radius = np.repeat([1.0, 0.8], 50)
    points = np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1)
    points += 0.1 * random.standard_normal(points.shape)
    return Preview(
        points=points.astype(np.float32),
        axes=("x1", "x2"),
        targets=np.repeat([0, 1], 50).astype(np.float32),
        classes=("0", "1"),
        task="binary",
        train_rows=30,
        test_rows=70,
        shape=(2,),
        bayes_accuracy=0.8406,
        bayes_rmse=None,
    )


def history(experiment: Experiment, replicate: int = 0) -> np.ndarray:
    """Return metrics, shape (epochs, metrics), that look like those of the article."""
    return _history(experiment.name, experiment.training.epochs, replicate)


@lru_cache(1000)
def _history(name: str, epochs: int, replicate: int) -> np.ndarray:
    random = np.random.default_rng([replicate, sum(name.encode())])
    t = np.arange(epochs) * 4000 / epochs
    final = FINALS.get(name.rpartition("/")[2], 0.8)
    rise = 1 - np.exp(-t / 250)
    rough = 0.02 if "input" in name else 0.004
    train = np.round((0.5 + 0.5 * rise + rough * random.standard_normal(epochs)) * 30) / 30
    test = 0.5 + 0.34 * rise - (0.84 - final) * np.clip(t / 2500, 0, 1)
    test = np.round((test + 0.006 * random.standard_normal(epochs)) * 70) / 70
    loss = 0.7 * np.exp(-t / 900) + 0.01
    val_loss = 0.7 - 0.25 * rise + t / 6000
    columns = (loss, train.clip(0, 1), val_loss, test.clip(0, 1))
    return np.stack(columns, axis=1).astype(np.float32)


def replicate(
    experiment: Experiment, number: int, epochs: int | None = None, status: str = "finished"
) -> Replicate:
    rows = history(experiment, number)[:epochs]
    loss, train, val_loss, test = (float(one) for one in rows[-1])
    best = int(rows[:, 3].argmax())
    return Replicate(
        replicate=number,
        status=status,  # type: ignore[arg-type]
        epochs=len(rows),
        scores={
            "train_accuracy": train,
            "test_accuracy": test,
            "train_loss": loss,
            "test_loss": val_loss,
        },
        best_test_accuracy=float(rows[best, 3]),
        best_epoch=best + 1,
        seconds=1.5,
    )


@dataclass
class ScriptedEngine:
    """Reports what an engine would, at the pace that a test sets with `gate`."""

    experiments: tuple[Experiment, ...] = ARTICLE + OTHERS
    problems: tuple[PresetError, ...] = ()
    user_presets: frozenset[str] = frozenset()
    chunk: int = 100
    seconds_per_chunk: float = 0.0
    loaded: threading.Event | None = None
    """TensorFlow is loaded once it is set; at once if None."""
    gate: threading.Event = field(default_factory=threading.Event)
    """Training continues only while it is set."""
    half: int | None = None
    """The epoch at which an arm waits for the gate; None never waits."""
    error: Exception | None = None
    errors: dict[str, Exception] = field(default_factory=dict)
    """Errors of single studies by the name of their first arm."""
    prepared: list[Study] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)
    stopped: list[bool] = field(default_factory=list)
    fingerprint: Fingerprint = FINGERPRINT
    """The machine and the versions that are kept with what it trains."""
    opened: list[UserModel] = field(default_factory=list)
    """The models that were made."""
    asked: list[Asked] = field(default_factory=list)
    """What it was to explain."""
    records: list[Record | None] = field(default_factory=list)
    """Where that was kept."""
    silent: bool = False
    """Whether it finds nothing, as after a stop."""
    lacking: bool = False
    """Whether no arm has snapshots before they are made."""
    albums: list[Album | None] = field(default_factory=list)
    """Where the snapshots of each study were to go."""
    taken: list[str] = field(default_factory=list)
    """Names of the arms that were taken from the store instead of trained."""

    def load_presets(self) -> SimpleNamespace:
        return SimpleNamespace(
            experiments=self.experiments, problems=self.problems, user_presets=self.user_presets
        )

    def preview(self, experiment: Experiment) -> Preview:
        return circles()

    def load(self, device: str | None) -> Fingerprint:
        if self.loaded is not None:
            self.loaded.wait()
        return FINGERPRINT

    def prepare(self, study: Study) -> None:
        self.prepared.append(study)

    def open_model(self, experiment: Experiment, model: UserModel) -> OpenedModel:
        self.opened.append(model)
        if error := self.errors.get(model.name, self.error):
            raise error
        for site in model.noise:
            if site.layer not in ("dense", "dense_1"):
                raise EngineError(f"--noise {site.layer}: {model.name} has no such layer.")
        adopted = Adopted(
            with_user_model(experiment, model),
            (
                f"{model.name}: compiled with sgd, binary_crossentropy, accuracy: taken over",
                f"{model.name}: its weights are drawn for each repeat; --model-weights keep goes "
                "on from its own",
            ),
        )
        places = (
            LayerSummary("dense", "Dense 32 relu", (32,), 96),
            LayerSummary("dense_1", "Dense 1 sigmoid", (1,), 33),
        )
        return OpenedModel(adopted, ModelSummary("x₂ ─ Dense 32 relu ─ Dense 1 sigmoid", places))

    def explain(
        self,
        asked: Asked,
        record: Record | None,
        listen: Listener,
        stop: threading.Event,
        show: Callable[[Found], None],
    ) -> None:
        self.asked.append(asked)
        self.records.append(record)
        if self.error:
            raise self.error
        study = asked.study
        if self.silent:
            return
        if self.lacking and not asked.make:
            show(Lacking(tuple(arm.name for arm in study.arms), 12.0))
            return
        for place, one in enumerate(study.arms):
            listen(ArmStarted(place, Curves(METRICS, study.repeats, one.training.epochs)))
            show(scripted_live(place))
        while self.half is not None and not self.gate.wait(0.01):
            pass
        explanation = scripted_explanation(study, asked.search)
        show(explanation)
        for share in (0.0, 0.5):
            if not stop.is_set():
                show(scripted_frame(study, share, asked.chosen or usual(explanation)))

    def run_study(
        self,
        study: Study,
        listen: Listener,
        stop: threading.Event,
        keeper: Keeper | None = None,
        album: Album | None = None,
    ) -> Result:
        self.studies.append(study)
        self.albums.append(album)
        if error := self.errors.get(study.arms[0].name, self.error):
            raise error
        arms = []
        for place, one in enumerate(study.arms):
            if not stop.is_set():
                arms.append(self._kept_arm(study, place, one, listen, stop, keeper))
        if keeper is not None:
            keeper.flush()
            if keeper.problem:
                listen(Keeping(keeper.problem))
        self.stopped.append(stop.is_set())
        result = Result(study, tuple(arms), FINGERPRINT, 1.0)
        listen(StudyEnded(result))
        return result

    def _kept_arm(
        self,
        study: Study,
        place: int,
        one: Experiment,
        listen: Listener,
        stop: threading.Event,
        keeper: Keeper | None,
    ) -> Arm:
        """Take an arm from the store, or train it and keep it as one block."""
        key = BlockKey.of(study, one, range(study.repeats))
        kept = keeper.block(key) if keeper else None
        if kept is None:
            arm = self._arm(study, place, one, listen, stop)
            if keeper is not None and not stop.is_set():
                inputs = f"{one.data.name} {study.seed}"
                keeper.keep(Block.of(key, arm.replicates, arm.curves, inputs, self.fingerprint, ""))
            return arm
        self.taken.append(one.name)
        curves = Curves(METRICS, study.repeats, one.training.epochs)
        kept.fill(curves)
        arm = Arm(one, kept.replicates, curves)
        listen(ArmStarted(place, curves))
        for each in kept.replicates:
            listen(ReplicateEnded(place, each))
        listen(ArmEnded(place, arm))
        return arm

    def _arm(
        self, study: Study, place: int, one: Experiment, listen: Listener, stop: threading.Event
    ) -> Arm:
        curves = Curves(METRICS, study.repeats, one.training.epochs)
        listen(ArmStarted(place, curves))
        stop.wait(5 * self.seconds_per_chunk)
        listen(TrainingStarted(place))
        ended: list[Replicate] = []
        for number in range(study.repeats):
            if not stop.is_set():
                ended.append(self._replicate(one, number, curves, stop))
                listen(ReplicateEnded(place, ended[-1]))
        arm = Arm(one, tuple(ended), curves)
        listen(ArmEnded(place, arm))
        return arm

    def _replicate(
        self, one: Experiment, number: int, curves: Curves, stop: threading.Event
    ) -> Replicate:
        rows = history(one, number)
        for start in range(0, len(rows), self.chunk):
            if self.half is not None and start >= self.half:
                while not stop.is_set() and not self.gate.wait(0.01):
                    pass
            if stop.is_set():
                break
            curves.extend(number, rows[start : start + self.chunk])
            if self.seconds_per_chunk:
                stop.wait(self.seconds_per_chunk)
        epochs = int(curves.counts[number])
        return replicate(one, number, max(1, epochs), "stopped" if stop.is_set() else "finished")
