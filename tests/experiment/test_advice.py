from __future__ import annotations

import pytest

from hiss.experiment.advice import advice
from hiss.experiment.notation import override
from hiss.library.presets import find, load_presets


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_alpha_dropout_without_selu_is_warned_of(activation: str) -> None:
    (experiment,) = find("noise/alpha-dropout")
    (sentence,) = advice(override(experiment, [f"layers.0.activation={activation}"]))
    assert "layers.1 (AlphaDropout)" in sentence
    assert sentence.endswith(f"it is after {activation}.")


@pytest.mark.parametrize(
    ("preset", "assignment", "said"),
    [
        ("article/hidden-after", "layers.2.activation=linear", "the outputs are linear"),
        ("article/baseline", "layers.1.activation=tanh", "the outputs are tanh"),
        ("article/baseline", "layers.1.activation=softmax", "a single unit is always 1"),
        ("controls/early-stopping", "training.epochs=50", "it waits"),
        ("noise/label-smoothing", "training.loss.from_logits=true", "from_logits: accuracy"),
    ],
)
def test_what_hardly_is_meant_is_warned_of(preset: str, assignment: str, said: str) -> None:
    (experiment,) = find(preset)
    (sentence,) = advice(override(experiment, [assignment]))
    assert said in sentence


def test_logits_are_not_taken_for_a_forgotten_activation() -> None:
    loss = "{class_name = 'BinaryCrossentropy', from_logits = true}"
    assignments = ["layers.1.activation=linear", f"training.loss={loss}"]
    (sentence,) = advice(override(find("article/baseline")[0], assignments))
    assert sentence.startswith("from_logits")


def test_of_two_equal_layers_the_last_is_named() -> None:
    (experiment,) = find("article/hidden-after")
    dense, noise, output = experiment.layers
    twice = experiment.model_copy(update={"layers": (dense, noise, output, noise)})
    assert advice(twice)[0].startswith("layers.3 ")


def test_noise_behind_the_output_layer_is_warned_of() -> None:
    (experiment,) = find("article/hidden-after")
    dense, noise, output = experiment.layers
    behind = experiment.model_copy(update={"layers": (dense, output, noise)})
    assert advice(behind) == (
        "layers.2 (GaussianNoise) is last: the loss is computed from noisy outputs.",
    )


@pytest.mark.parametrize(("patience", "told"), [(7, ()), (8, ("never ends",))])
def test_patience_is_too_long_from_the_epoch_on_that_stops_at_the_last(
    patience: int, told: tuple[str, ...]
) -> None:
    assignments = [
        "training.epochs=10",
        "training.early_stopping.start_from_epoch=1",
        f"training.early_stopping.patience={patience}",
    ]
    said = advice(override(find("controls/early-stopping")[0], assignments))
    assert len(said) == len(told)
    assert all(part in sentence for part, sentence in zip(told, said, strict=True))


def test_no_built_in_preset_needs_advice() -> None:
    assert [advice(each) for each in load_presets().experiments if advice(each)] == []
