"""The estimate of a study's time on stderr, and the question before hours of training."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import numpy as np
import pytest
import stage
from command import Hiss
from rich.console import Console
from scripted import METRICS, experiment, replicate
from terminal_window import TerminalWindow

from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.results.outcomes import Arm, ArmEnded, ArmStarted, TrainingStarted
from hiss.tui.cli import time_check
from hiss.tui.cli.progress import ProgressBars
from hiss.tui.cli.time_check import QUESTION, UNASKED, TimeCheck

STUDY = Study(arms=(experiment(epochs=1000), experiment("article/other", epochs=3000)), repeats=3)
HOURS = "This study takes about 3 h 20 min in all."


class Shown(ProgressBars):
    """Keeps what is to be shown."""

    def __init__(self) -> None:
        super().__init__(STUDY, Console(), quiet=True)
        self.times: list[str] = []
        self.lines: list[str] = []
        self.questions: list[str] = []
        self.resumed = 0

    def show_whole_time(self, duration: str) -> None:
        self.times.append(duration)

    def announce(self, text: str) -> None:
        self.lines.append(text)

    def ask(self, question: str) -> None:
        self.questions.append(question)

    def resume(self) -> None:
        self.resumed += 1


class Training:
    """A study in training, which has trained 3 epochs every 3 s: 12,000 take 3 h 20 min."""

    def __init__(self, *, yes: bool = False, asks: bool = True) -> None:
        self.second, self.bars = 0, Shown()
        self.check = TimeCheck(STUDY, self.bars, yes=yes, asks=asks)
        self.curves = Curves(METRICS, 3, 1000)
        self.check.handle(ArmStarted(0, self.curves))
        self.check.handle(TrainingStarted(0))

    def train(self, seconds: int) -> bool:
        """Train for some seconds, look every second, and return whether the user says no."""
        for _ in range(seconds):
            for number in range(3) if self.second % 3 == 0 else ():
                self.curves.extend(number, np.zeros((1, len(METRICS)), np.float32))
            if self.check.refused(now=float(self.second)):
                return True
            self.second += 1
        return False


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A terminal without a typed line, and a function that types one."""
    monkeypatch.setattr(time_check, "in_foreground", lambda: True)
    monkeypatch.setattr(time_check, "discard_typed", lambda: None)
    monkeypatch.setattr(time_check, "typed_line", lambda: None)
    return lambda text: monkeypatch.setattr(time_check, "typed_line", lambda: text)


def test_the_whole_time_is_shown_once_it_is_known(typed: Callable[[str], None]) -> None:
    training = Training(yes=True)
    training.train(3)
    assert training.bars.times == []
    training.train(4)
    assert set(training.bars.times) == {"3 h 20 min"}
    assert training.bars.questions == training.bars.lines == []


def test_an_arm_that_has_ended_counts_whole(typed: Callable[[str], None]) -> None:
    training = Training(yes=True)
    training.train(1)
    arm = Arm(STUDY.arms[0], (replicate(),), training.curves)
    training.check.handle(ArmEnded(0, arm))
    training.check.refused(now=10.0)
    # the 2,997 epochs since took 10 s
    assert training.bars.times == ["40 s"]


@pytest.mark.parametrize("answer", ["y\n", "\n", "", "go\n"])
def test_hours_are_asked_about_once_and_training_goes_on(
    typed: Callable[[str], None], answer: str
) -> None:
    training = Training()
    assert training.train(8) is False
    assert training.bars.questions == [f"{HOURS}\n      {QUESTION}"]
    assert training.bars.resumed == 0
    typed(answer)
    assert training.train(8) is False
    assert training.bars.resumed == 1
    assert len(training.bars.questions) == 1


@pytest.mark.parametrize("answer", ["n\n", "No\n"])
def test_no_stops_the_training(typed: Callable[[str], None], answer: str) -> None:
    training = Training()
    training.train(8)
    typed(answer)
    assert training.train(1) is True


def test_without_a_terminal_a_line_says_that_it_goes_on(typed: Callable[[str], None]) -> None:
    training = Training(asks=False)
    assert training.train(9) is False
    assert training.bars.lines == [f"{HOURS} {UNASKED}"]
    assert training.bars.questions == []


def test_a_process_in_the_background_does_not_ask(
    typed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_check, "in_foreground", lambda: False)
    training = Training()
    training.train(9)
    assert training.bars.lines == [f"{HOURS} {UNASKED}"]


@pytest.mark.parametrize(("yes", "lines"), [((), 1), (("--yes",), 0)])
def test_a_command_in_a_pipe_goes_on_and_says_so(
    hiss: Hiss, monkeypatch: pytest.MonkeyPatch, yes: tuple[str, ...], lines: int
) -> None:
    monkeypatch.setattr("hiss.tui.state.throughput.ENOUGH", 0.05)
    monkeypatch.setattr("hiss.tui.state.throughput.LONG", 0.1)
    slow = stage.ScriptedEngine(chunk=500, seconds_per_chunk=0.05)
    monkeypatch.setattr("hiss.tui.cli.training.run_study", slow.run_study)
    outcome = hiss("run", "article/baseline", "--format", "json", *yes)
    assert outcome.code == 0
    assert json.loads(outcome.out)["arms"][0]["preset"] == "article/baseline"
    assert outcome.err.count(UNASKED) == outcome.err.count("\n") == lines


COMMAND = """
import sys, stage
from hiss.tui.cli import training
from hiss.tui.cli.main import main
from hiss.tui.state import throughput

throughput.ENOUGH, throughput.LONG = 0.1, 1
engine = stage.ScriptedEngine(chunk=1, seconds_per_chunk=0.01)
training.run_study = engine.run_study
sys.argv = ["hiss", "run", "article", "--format", "csv", "--epochs", "{epochs}"]
main()
"""


@pytest.mark.parametrize(
    ("answer", "epochs", "code"),
    [("n\r", 3000, 128 + signal.SIGINT), pytest.param("y\r", 100, 0, marks=pytest.mark.slow)],
)
def test_a_command_in_a_terminal_asks(answer: str, epochs: int, code: int) -> None:
    with TerminalWindow(COMMAND.format(epochs=epochs)) as window:
        window.wait_for(QUESTION)
        assert "hiss: This study takes about" in window.screen
        window.press(answer)
        assert window.ended() == code
        assert QUESTION in window.screen
        assert "article/baseline" in window.screen
        assert ("stopping: keeping" in window.screen) is (code != 0)
