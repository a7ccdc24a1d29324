from __future__ import annotations

import pytest

from engine.advice import advice
from engine.notation import override
from engine.presets import find, load_presets


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_alpha_dropout_without_selu_is_warned_of(activation: str) -> None:
    (experiment,) = find("noise/alpha-dropout")
    (sentence,) = advice(override(experiment, [f"layers.0.activation={activation}"]))
    assert "layers.1 (AlphaDropout)" in sentence
    assert sentence.endswith(f"it stands after {activation}.")


def test_no_built_in_preset_needs_advice() -> None:
    assert [advice(each) for each in load_presets().experiments if advice(each)] == []
