from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hiss.data.seeds import Seeds
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment, Study
from hiss.experiment.user_model import UserModel, parse_insertion
from hiss.library.adaptation import with_user_model
from hiss.library.presets import find
from hiss.network.user_code import blamed
from hiss.results.outcomes import Result
from hiss.studies.runner import run_study
from hiss.training.backend import load as load_backend
from hiss.training.model_summary import summarize_model

HEAD = """\
import keras
import numpy as np
import tensorflow as tf
from keras import layers
"""
PLAIN = """
def build():
    return keras.Sequential([
        keras.Input((2,)),
        layers.Dense(8, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ])
"""
BRANCHES = """
def build():
    x = keras.Input((2,))
    left = layers.Dense(8, activation="relu")(x)
    right = layers.BatchNormalization()(layers.Dense(8, activation="tanh")(x))
    both = layers.Concatenate(name="both")([left, right])
    return keras.Model(x, layers.Dense(1, activation="sigmoid")(layers.Dropout(0.3)(both)))
"""
WHERE_XLA_STOPS = """
class Doubled(layers.Layer):
    def call(self, x):
        y = tf.numpy_function(lambda v: 2 * v, [x], tf.float32)
        y.set_shape(x.shape)
        return y


def build():
    return keras.Sequential([keras.Input((2,)), Doubled(), layers.Dense(1, activation="sigmoid")])
"""
OWN_STATE = """
class Counter(layers.Layer):
    def build(self, shape):
        self.calls = tf.Variable(0.0, trainable=False)

    def call(self, x):
        self.calls.assign_add(1.0)
        return x + 0 * self.calls


def build():
    return keras.Sequential([keras.Input((2,)), Counter(), layers.Dense(1, activation="sigmoid")])
"""
GLOBAL_SEEDS = """
class Jitter(layers.Layer):
    def call(self, x, training=False):
        return x + keras.random.normal(keras.ops.shape(x)) if training else x


def build():
    return keras.Sequential([keras.Input((2,)), Jitter(), layers.Dense(1, activation="sigmoid")])
"""
DRAWN_CONSTANT = """
class Projected(layers.Layer):
    def __init__(self):
        super().__init__()
        self.matrix = tf.constant(np.random.normal(size=(2, 200)), tf.float32)

    def call(self, x):
        return x @ self.matrix


def build():
    return keras.Sequential([keras.Input((2,)), Projected(), layers.Dense(1, activation="sigmoid")])
"""
RANDOM_SIZE = """
def build(seed):
    return keras.Sequential(
        [keras.Input((2,)), layers.Dense(3 + seed % 50), layers.Dense(1, activation="sigmoid")]
    )
"""

Write = Callable[[str], str]


@pytest.fixture(autouse=True, scope="module")
def backend() -> None:
    load_backend("cpu")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a Python file and refer to its `build`."""

    def written(text: str) -> str:
        path = tmp_path / "net.py"
        path.write_text(HEAD + text, encoding="utf-8")
        return f"{path}:build"

    return written


def arms(reference: str, *noise: str, epochs: int = 3) -> tuple[Experiment, ...]:
    (baseline,) = find("article/baseline")
    training = baseline.training.model_copy(update={"epochs": epochs})
    own = UserModel(reference=reference, noise=tuple(map(parse_insertion, noise)))
    return with_user_model(baseline.model_copy(update={"training": training}), own)


def train(*experiments: Experiment, repeats: int = 2, **changes: Any) -> Result:
    study = Study(arms=experiments, repeats=repeats, device="cpu", **changes)
    return run_study(study, lambda event: None, threading.Event())


def losses(result: Result, arm: int = 0) -> list[float]:
    return [one.scores["train_loss"] for one in result.arms[arm].replicates]


def build(experiment: Experiment, replicate: int = 0) -> Any:
    from hiss.network.build import build_network

    return build_network(experiment, (2,), Seeds(1, replicate))


def first_layer(experiment: Experiment) -> Any:
    from hiss.network.user_model import user_network

    return user_network(build(experiment)).model.layers[0]


@pytest.mark.slow
def test_both_ways_train_a_model_alike(write: Write) -> None:
    plain = arms(write(PLAIN.replace("layers.Dropout(0.2),", "")), epochs=20)
    fused, reference = train(*plain), train(*plain, engine="reference")
    assert fused.arms[0].engine_note == "trained by the fused engine"
    assert reference.arms[0].engine_note == "trained by stock fit, as requested"
    np.testing.assert_allclose(losses(fused), losses(reference), rtol=1e-4)


def test_replicates_differ_and_arms_start_alike(write: Write) -> None:
    plain, noisy = arms(write(PLAIN), "dense:after:0.5")
    first, again, other = build(plain), build(plain), build(plain, replicate=1)
    np.testing.assert_array_equal(first.get_weights()[0], again.get_weights()[0])
    assert np.abs(first.get_weights()[0] - other.get_weights()[0]).max() > 0.01
    np.testing.assert_array_equal(first.get_weights()[0], build(noisy).get_weights()[0])


def test_a_model_that_a_function_returns_twice_is_copied(write: Write) -> None:
    text = PLAIN.replace("def build", "def make")
    text += "\n\nmade = make()\n\n\ndef build():\n    return made\n"
    (plain,) = arms(write(text))
    first, other, again = build(plain), build(plain, 1), build(plain, 1)
    assert np.abs(first.get_weights()[0] - other.get_weights()[0]).max() > 0.01
    np.testing.assert_array_equal(other.get_weights()[0], again.get_weights()[0])


def test_weights_that_the_function_loads_are_kept(write: Write) -> None:
    text = PLAIN.replace("return ", "made = ") + (
        "    made.layers[0].set_weights([np.full((2, 8), 0.25), np.zeros(8)])\n    return made\n"
    )
    for replicate in (0, 1):
        built = build(arms(write(text))[0], replicate)
        assert (built.get_weights()[0] == 0.25).all()


@pytest.mark.parametrize(
    ("noise", "shown"),
    [
        ("dense:before:0.1", "x₂ ─ σ.1 ─ Dense 8 relu ─ Dropout .2 ─ Dense 1 sigmoid"),
        ("dense:after:0.1", "x₂ ─ Dense 8 relu ─ σ.1 ─ Dropout .2 ─ Dense 1 sigmoid"),
        (
            "dense_1:before:0.1:Dropout",
            "x₂ ─ Dense 8 relu ─ Dropout .2 ─ Dropout .1 ─ Dense 1 sigmoid",
        ),
    ],
)
def test_noise_stands_where_it_was_put(write: Write, noise: str, shown: str) -> None:
    _, noisy = arms(write(PLAIN), noise)
    assert summarize_model(noisy).diagram == shown


def test_noise_in_a_graph_reaches_each_input_afresh(write: Write) -> None:
    text = """
def build():
    x = keras.Input((2,))
    both = layers.Concatenate(name="both")([layers.Dense(4)(x), layers.Dense(4)(x)])
    return keras.Model(x, layers.Activation("linear")(both))
"""
    plain, noisy = map(build, arms(write(text), "both:before:1.0"))
    x = np.ones((4000, 2), np.float32)
    added = np.asarray(noisy(x, training=True)) - np.asarray(plain(x))
    np.testing.assert_allclose(added.std(axis=0), 1, atol=0.1)
    assert np.abs(np.corrcoef(added.T) - np.eye(8)).max() < 0.1
    np.testing.assert_array_equal(noisy(x, training=False), plain(x))


def test_a_graph_with_noise_still_drops_units_in_training(write: Write) -> None:
    _, noisy = arms(write(BRANCHES), "both:after:0.0")
    made, x = build(noisy), np.ones((100, 2), np.float32)
    assert np.asarray(made(x, training=True)).std() > 0.01
    assert np.asarray(made(x, training=False)).std() < 1e-5


@pytest.mark.slow
def test_a_graph_trains_the_fused_way(write: Write) -> None:
    result = train(*arms(write(BRANCHES), "both:after:0.1"))
    assert {arm.engine_note for arm in result.arms} == {"trained by the fused engine"}
    assert losses(result, 0) != losses(result, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WHERE_XLA_STOPS, "XLA cannot compile PyFunc in layer `doubled` (Doubled)"),
        (OWN_STATE, "state is in a tf.Variable, `Variable` in layer `counter` (Counter)"),
        (GLOBAL_SEEDS, "Keras' global seed generator in layer `jitter` (Jitter)"),
        (DRAWN_CONSTANT, "its repeats differ in constants"),
        (RANDOM_SIZE, "its repeats differ in their layers"),
    ],
)
def test_what_cannot_be_fused_is_trained_by_stock_fit(write: Write, text: str, reason: str) -> None:
    result = train(*arms(write(text), epochs=1), repeats=1)
    assert result.arms[0].engine_note.startswith("trained by stock fit: ")
    assert reason in result.arms[0].engine_note
    assert result.arms[0].replicates[0].status == "finished"


def test_a_changed_file_is_run_again(write: Write) -> None:
    assert first_layer(arms(write(PLAIN))[0]).units == 8
    reference = write(PLAIN.replace("Dense(8", "Dense(16"))
    path = Path(reference.rpartition(":")[0])
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 10**9))
    assert first_layer(arms(reference)[0]).units == 16


def test_what_the_file_prints_stays_off_stdout(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    build(arms(write("print('hello')\n" + PLAIN))[0])
    assert capsys.readouterr().out == ""


def test_what_native_code_writes_stays_off_stdout(
    write: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    text = 'import os\nos.write(1, b"raw")\nos.system("echo by a child")\n'
    build(arms(write(text + PLAIN))[0])
    seen = capfd.readouterr()
    assert seen.out == ""
    assert "rawby a child\n" in seen.err
    os.write(1, b"result")
    assert capfd.readouterr().out == "result"


def test_a_bug_of_hiss_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), blamed(tmp_path / "net.py"):
        raise ZeroDivisionError


@pytest.fixture
def neighbours() -> Iterator[None]:
    yield
    sys.modules.pop("neighbour_of_net", None)


def test_the_file_can_import_its_neighbours(write: Write, tmp_path: Path, neighbours: None) -> None:
    (tmp_path / "neighbour_of_net.py").write_text("UNITS = 5\n", encoding="utf-8")
    text = "from neighbour_of_net import UNITS\n" + PLAIN.replace("Dense(8", "Dense(UNITS")
    assert first_layer(arms(write(text))[0]).units == 5


LAST = 'layers.Dense(1, activation="sigmoid")'
MISTAKES = {
    "a name": (PLAIN.replace("keras.Seq", "kreas.Seq"), "line 7, in build: NameError"),
    "syntax": ("def build(:\n", "line 5: SyntaxError"),
    "an exit": ("raise SystemExit(3)\n", "line 5, in <module>: SystemExit: 3"),
    "an argument": (PLAIN.replace("Dense(8", "Dense(-8"), "line 9, in build: ValueError"),
    "no function": (
        "def biuld():\n    pass\n",
        "or model `build`. Did you mean `biuld`?",
    ),
    "no model": ("def build():\n    return 3\n", "expected a keras.Model"),
    "a class without call": (
        "class M(keras.Model):\n    pass\nbuild = M\n",
        "does not have a `call()` method",
    ),
    "a layer": ("build = layers.Dense(1)\n", "expected a keras.Model, received Dense"),
    "other rows": (PLAIN.replace("(2,)", "(7,)"), "rows of shape [7]; those of the data have [2]"),
    "more outputs": (PLAIN.replace(LAST, "layers.Dense(2)"), "expected 1 output"),
    "logits": (PLAIN.replace(LAST, "layers.Dense(1)"), "hiss trains on probabilities"),
    "a required argument": (
        PLAIN.replace("build()", "build(units)"),
        "expected a function that can be called as build(): missing a required argument: 'units'",
    ),
    "a NUL byte": (PLAIN + "\0", "it cannot be run: SyntaxError"),
    "another float": (
        PLAIN.replace("    return", "    keras.config.set_floatx('float64')\n    return"),
        "sets Keras' floatx to float64; hiss trains in float32",
    ),
    "endless recursion": ("def build():\n    return build()\n", "RecursionError"),
    "an error of the loss alone": (
        "class Odd(layers.Layer):\n    def compute_output_shape(self, shape):\n"
        "        return shape\n    def call(self, x):\n"
        "        self.add_loss(tf.constant('a'))\n        return x\n"
        + PLAIN.replace("layers.Dropout(0.2)", "Odd()"),
        "its model cannot be trained: ",
    ),
    "an error of the gradient alone": (
        "@tf.custom_gradient\ndef odd(x):\n    def gradient(upstream):\n        return 1 / 0\n"
        "    return x, gradient\n"
        "class Odd(layers.Layer):\n    def compute_output_shape(self, shape):\n"
        "        return shape\n    def call(self, x):\n        return odd(x)\n"
        + PLAIN.replace("layers.Dropout(0.2)", "Odd()"),
        "line 8, in gradient: ZeroDivisionError",
    ),
    "a late error": (
        "class Late(layers.Layer):\n    def call(self, x, training=False):\n"
        "        return self.lost if training else x\n"
        + PLAIN.replace("layers.Dropout(0.2)", "Late()"),
        "line 7, in call: AttributeError: 'Late' object has no attribute 'lost'",
    ),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_file_is_told_with_its_line(write: Write, text: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        train(*arms(write(text), epochs=1), repeats=1)
    assert said in caught.value.message


def test_an_unknown_layer_is_named_with_the_known_ones(write: Write) -> None:
    with pytest.raises(EngineError, match=r"no layer `dens`\. Did you mean `dense`") as caught:
        build(arms(write(PLAIN), "dens:after:0.1")[1])
    assert "dense, dropout, dense_1" in caught.value.hint


def test_names_that_keras_chose_count_from_the_start(write: Write) -> None:
    reference = write(PLAIN)
    for _ in range(2):
        build(arms(reference, "dense_1:after:0.1")[1])


def test_a_model_is_looked_at_by_the_names_of_its_layers(write: Write) -> None:
    (plain,) = arms(write(PLAIN))
    seen = summarize_model(plain)
    assert seen.diagram == "x₂ ─ Dense 8 relu ─ Dropout .2 ─ Dense 1 sigmoid"
    assert [(place.name, place.shape, place.weights) for place in seen.places] == [
        ("dense", (8,), 24),
        ("dropout", (8,), 0),
        ("dense_1", (1,), 9),
    ]
