"""A loss, an optimizer or a `train_step` of the user's trains as by stock Keras."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from trainings import agree, run
from user_models import adopted

from hiss.data.seeds import Seeds
from hiss.data.splits import load
from hiss.errors import EngineError
from hiss.experiment.spec import Experiment
from hiss.network.build import build_network
from hiss.network.user_code import make
from hiss.training.backend import load as load_backend


@pytest.fixture(autouse=True, scope="module")
def backend() -> None:
    load_backend("cpu")


def experiment(name: str, *noise: str) -> Experiment:
    return adopted(name, *noise).arms[-1]


def losses_of_keras(given: Experiment) -> list[float]:
    """The test loss of each epoch by the user's own compile and fit, on one batch of all rows."""
    assert given.model is not None
    split = load(given.data)
    model = make(given.model.reference, 1).model
    start = build_network(given, (2,), Seeds(1, 0))
    model.set_weights([each.numpy() for each in start.trainable_variables])
    rows = len(split.x_train)
    assert rows <= given.training.batch_size
    fitted = model.fit(
        split.x_train,
        split.y_train[:, None],
        batch_size=rows,
        epochs=given.training.epochs,
        validation_data=(split.x_test, split.y_test[:, None]),
        shuffle=False,
        verbose=0,
    )
    return list(fitted.history["val_loss"])


REASONS = {
    "own_loss": "its loss `focal` is none of Keras' own",
    "own_loss_and_optimizer": "its loss `Focal` and its optimizer `Signum` are none of Keras' own",
    "stepped": "its train_step is none of Keras' own",
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=() if each == "stepped" else pytest.mark.slow) for each in REASONS],
)
def test_what_is_the_users_own_trains_as_by_stock_keras_and_repeats_bit_for_bit(name: str) -> None:
    given = experiment(name)
    arm, again = run(given), run(given)
    assert arm.engine_note == f"trained by stock fit: {REASONS[name]}"
    ours = arm.curves.series("val_loss", 0)
    np.testing.assert_allclose(ours, losses_of_keras(given), rtol=1e-4)
    np.testing.assert_array_equal(arm.curves.values, again.curves.values)
    assert arm.replicates[0].scores == again.replicates[0].scores
    assert arm.replicates[0].scores["test_loss"] == pytest.approx(ours[-1], rel=1e-5)


@pytest.mark.slow
def test_a_model_compiled_with_metrics_trains_by_either_engine() -> None:
    given = experiment("compiled")
    agree(run(given), run(given, engine="reference"), tolerance=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "site"), [("own_loss", "dense:after:0.9"), ("stepped", "hidden:after:0.9")]
)
def test_noise_acts_there_while_training_alone(name: str, site: str) -> None:
    plain, noisy = (run(each) for each in adopted(name, site).arms)
    assert not np.array_equal(plain.curves.values, noisy.curves.values)
    assert np.isfinite(noisy.curves.values).all()


def test_what_is_taken_over_is_said_with_the_targets_that_a_loss_gets() -> None:
    notes = " ".join(adopted("own_loss").notes)
    assert "compiled with adam, focal, accuracy: taken over" in notes
    assert "its loss focal gets targets of shape (rows, 1)" in notes
    assert "stock fit trains it, which is slower: its loss `focal` is none of Keras' own" in notes
    assert "stock fit" not in " ".join(adopted("compiled").notes)
    assert "fit calls its own train_step" in " ".join(adopted("stepped").notes)


@pytest.mark.slow
def test_the_loss_of_one_of_several_outputs_may_be_the_users() -> None:
    given = experiment("own_loss_of_two_outputs")
    assert given.model is not None and given.model.own_loss == "focal"
    assert np.isfinite(run(given).replicates[0].scores["test_loss"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("own_loss_of_two_units", "loss focal would see the second of its two units alone"),
        ("weighted_loss", "loss_weights, which multiply the loss of its output main by 0.5"),
        ("stepped_logits", "Stepped has a train_step of its own, which trains the model as it is"),
    ],
)
def test_what_hiss_would_change_is_refused_by_name(name: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        adopted(name)
    assert said in caught.value.message


def test_weights_of_losses_that_are_ignored_may_be_any() -> None:
    assert experiment("weighted_aux").training.loss == "bce"


def test_an_optimizer_that_cannot_be_made_again_is_refused(tmp_path: Path) -> None:
    code = (Path(__file__).parents[1] / "assets" / "models.py").read_text(encoding="utf-8")
    code += "\n\nmade = two_layers()\nmade.compile(NoConfig(0.1, extra=1), 'bce')\n"
    (tmp_path / "net.py").write_text(code)
    with pytest.raises(EngineError, match="optimizer NoConfig cannot be made again") as caught:
        adopted(str(tmp_path / "net.py:made"))
    assert "get_config" in caught.value.hint


@pytest.mark.slow
def test_the_same_optimizer_object_starts_each_repeat_afresh(tmp_path: Path) -> None:
    code = (Path(__file__).parents[1] / "assets" / "models.py").read_text(encoding="utf-8")
    code += "\n\nmade = two_layers()\nmade.compile(Signum(0.1, momentum=0.9), Focal())\n"
    (tmp_path / "net.py").write_text(code)
    given = experiment(str(tmp_path / "net.py:made"))
    first, second = run(given, repeats=2).replicates
    assert first.scores != second.scores
    alone = run(given, repeats=1).replicates[0]
    assert alone.scores == first.scores
