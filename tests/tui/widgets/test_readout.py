from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stage import ARTICLE, FINGERPRINT, METRICS, replicate

from hiss.experiment.notation import override
from hiss.experiment.spec import Study
from hiss.results.curves import Curves
from hiss.results.outcomes import ArmStarted, BackendLoaded, ReplicateEnded, TrainingStarted
from hiss.tui.console.reducer import reported
from hiss.tui.state import transitions
from hiss.tui.state.model import Ending, Lab, Waiting
from hiss.tui.state.settings import Setting
from hiss.tui.state.throughput import Throughput, epochs_done, epochs_total
from hiss.tui.state.view import View
from hiss.tui.terminal.latency import QUESTION, LatencyProbe
from hiss.tui.widgets.readout import after_the_last, announcement, idle, readout


def lab_in_training(epochs: int, repeats: int = 1) -> Lab:
    lab = transitions.library_read(Lab(), ARTICLE, ())
    lab = transitions.study_started(lab, Study(arms=ARTICLE[:2], repeats=repeats))
    lab = reported(lab, BackendLoaded(FINGERPRINT))
    curves = Curves(METRICS, repeats, 4000)
    lab = reported(reported(lab, ArmStarted(0, curves)), TrainingStarted(0))
    rows = np.tile(np.array([[0.5, 0.967, 0.6, 0.814]], np.float32), (epochs, 1))
    curves.extend(0, rows)
    return lab


def test_the_readout_shows_epoch_scores_rate_and_time_left() -> None:
    lab = lab_in_training(1234)
    throughput = Throughput().seen(0.0, 34).seen(1.0, 1234)
    assert readout(lab, throughput, 120) == (
        "baseline 1/2 · epoch 1,234/4,000 · train 0.967 · test 0.814 · 1,200 epochs/s · 6 s left"
    )


def test_the_readout_shows_losses_when_losses_are_shown() -> None:
    lab = transitions.viewed(lab_in_training(10), View(quantity="loss"))
    assert "train 0.500 · test 0.600" in readout(lab, Throughput(), 120)


def test_a_narrow_readout_keeps_the_most_important() -> None:
    throughput = Throughput().seen(0.0, 34).seen(1.0, 1234)
    line = readout(lab_in_training(1234), throughput, 42)
    assert line == "1,234/4,000  train 0.967  test 0.814  6 s"


@pytest.mark.parametrize(
    ("width", "repeats", "line"),
    [
        (60, 1, "1,234/4,000  train 0.967  test 0.814  6 s  seed 1 · 1 repeat"),
        (58, 30, "1,234/4,000  test 0.814  3 min 19 s  seed 1 · 30 repeats"),
        (42, 1, "1,234/4,000  train 0.967  test 0.814  6 s"),
    ],
)
def test_a_pane_without_a_title_is_labelled_in_the_readout(
    width: int, repeats: int, line: str
) -> None:
    throughput = Throughput().seen(0.0, 34).seen(1.0, 1234)
    assert readout(lab_in_training(1234, repeats), throughput, width, one_pane=True) == line


def test_a_wide_pane_without_a_title_is_labelled_too() -> None:
    throughput = Throughput().seen(0.0, 34).seen(1.0, 1234)
    line = readout(lab_in_training(1234), throughput, 120, one_pane=True)
    assert line.endswith("6 s left · seed 1 · 1 repeat")
    ending = Ending(1, 1, 0, 2.0, False, "lab", Setting(1, 30, "article"))
    assert "seed 1 · 30 repeats" in after_the_last(ending, "enter trains", 100, one_pane=True)


def test_runs_of_different_settings_are_called_so() -> None:
    lab = lab_in_training(1234)
    older = replace(lab.runs[0], experiment=ARTICLE[3], seed=7)
    lab = replace(lab, runs=(older, *lab.runs))
    assert readout(lab, Throughput(), 80, one_pane=True).endswith("different settings")


def test_dispensable_parts_make_room_for_the_time_left() -> None:
    throughput = Throughput().seen(0.0, 34).seen(1.0, 1234)
    text = readout(lab_in_training(1234, repeats=30), throughput, 78)
    assert text == "baseline 1/2 · 0/30 repeats · epoch 1,234/4,000 · test 0.814 · 3 min 19 s left"


def test_repeats_are_counted_in_the_readout() -> None:
    assert "0/10 repeats" in readout(lab_in_training(10, repeats=10), Throughput(), 120)


def test_the_readout_shows_that_an_arm_waits_or_compiles() -> None:
    lab = transitions.study_started(
        transitions.library_read(Lab(), ARTICLE, ()), Study(arms=ARTICLE)
    )
    assert readout(lab, Throughput(), 80) == "baseline 1/4 · loading TensorFlow …"
    lab = reported(lab, ArmStarted(0, Curves(METRICS, 1, 4000)))
    assert readout(lab, Throughput(), 80) == "baseline 1/4 · compiling …"
    assert readout(lab, Throughput(), 80, waited=3.2) == "baseline 1/4 · compiling 3 s …"


def test_the_readout_shows_that_training_stops() -> None:
    assert "stopping …" in readout(transitions.stop_asked(lab_in_training(10)), Throughput(), 120)


def test_progress_never_passes_the_whole() -> None:
    lab = lab_in_training(4000)
    early = replicate(ARTICLE[0], 0, epochs=500, status="stopped")
    lab = reported(lab, ReplicateEnded(0, early))
    assert epochs_done(lab) == 4000
    assert epochs_total(lab) == 8000


def test_the_rate_is_that_of_the_last_seconds() -> None:
    throughput = Throughput()
    for second in range(20):
        throughput = throughput.seen(
            float(second), second * 10 if second < 10 else 90 + (second - 9) * 1000
        )
    assert throughput.rate == pytest.approx(1000)
    assert throughput.left(19_090) == pytest.approx(9)


def test_no_rate_means_no_time_left() -> None:
    assert Throughput().left(100) is None
    assert Throughput().seen(1.0, 5).seen(1.0, 5).left(100) is None


def test_a_far_terminal_is_drawn_to_less_often() -> None:
    now = [0.0]
    written: list[str] = []
    trip = LatencyProbe(clock=lambda: now[0])
    trip.ask(written.append)
    trip.ask(written.append)
    assert written == [QUESTION]
    assert trip.busy
    now[0] = 0.3
    trip.answered()
    assert trip.interval == pytest.approx(1.2)
    assert not trip.busy


def test_a_terminal_that_never_answers_is_drawn_to_all_the_same() -> None:
    now = [0.0]
    trip = LatencyProbe(clock=lambda: now[0])
    trip.ask(lambda _: None)
    now[0] = 5.0
    assert not trip.busy
    assert trip.interval == 0.2


def test_advice_on_what_is_chosen_replaces_the_keys() -> None:
    loss = "{class_name = 'BinaryCrossentropy', from_logits = true}"
    odd = override(ARTICLE[0], ["layers.1.activation=softmax", f"training.loss={loss}"])
    lab = transitions.library_read(Lab(), (odd, *ARTICLE[1:]), ())
    assert idle(lab, 80).startswith("! softmax of a single unit is always 1")
    assert idle(lab, 80).endswith("(and 1 more)")
    assert idle(transitions.highlighted(lab, ARTICLE[1].name), 80).startswith("nothing marked")


ENDING = Ending(
    begun=2,
    arms=4,
    failed=1,
    seconds=12.4,
    stopped=True,
    where="lab",
    setting=Setting(7, 30, "task"),
)


def test_an_announcement_counts_arms_seconds_and_failures() -> None:
    assert announcement(ENDING) == "stopped: 2 of 4 arms, 12.4 s, 1 repeat failed"
    whole = replace(ENDING, begun=1, arms=1, failed=0, stopped=False, where="sweep")
    assert announcement(whole) == "finished: 1 point, 12.4 s"


def test_a_narrow_announcement_says_what_the_study_was_set_to() -> None:
    short = replace(ENDING, failed=0)
    assert after_the_last(short, "enter trains", 58) == (
        "stopped: 2 of 4 arms, 12.4 s · seed 7 · 30 repeats"
    )
    assert after_the_last(short, "enter trains", 100).endswith("12.4 s · enter trains")


def test_the_readout_counts_the_studies_that_wait() -> None:
    lab = lab_in_training(1234)
    lab = replace(lab, waiting=2 * (Waiting(Study(arms=ARTICLE[2:])),))
    assert readout(lab, Throughput(), 80).endswith("test 0.814 · 2 waiting")
    assert readout(lab, Throughput(), 42) == "1,234/4,000  train 0.967  test 0.814  +2"
    assert readout(transitions.stop_asked(lab), Throughput(), 80).endswith("stopping … · 2 waiting")
