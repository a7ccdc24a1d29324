from __future__ import annotations

import pytest

from hiss.experiment.diagram import diagram
from hiss.library.presets import find


@pytest.mark.parametrize(
    ("preset", "line"),
    [
        ("article/baseline", "x₂ ─ Dense 500 relu ─ Dense 1 sigmoid"),
        ("article/input-noise", "x₂ ─ σ.01 ─ Dense 500 relu ─ Dense 1 sigmoid"),
        ("article/hidden-before", "x₂ ─ Dense 500 ─ σ.1 ─ relu ─ Dense 1 sigmoid"),
        (
            "patterns/cnn",
            "x 8×8×1 ─ ×.0625 ─ Conv2D 32 3×3 ─ Conv2D 32 3×3 ─ MaxPool ─ σ.1 ─ Flatten"
            " ─ Dense 10 softmax",
        ),
        ("patterns/rnn-sine", "x 16×1 ─ LSTM 32 ─ σ.5 ─ relu ─ Dense 1 sigmoid"),
        ("noise/annealed", "x₂ ─ Dense 500 relu ─ σ.3 cosine ─ Dense 1 sigmoid"),
        ("noise/dropout", "x₂ ─ Dense 500 relu ─ Dropout .5 ─ Dense 1 sigmoid"),
        ("noise/gradients", "x₂ ─ Dense 500 relu ─ Dense 1 sigmoid · gradient noise .01"),
        ("noise/labels", "x₂ ─ Dense 500 relu ─ Dense 1 sigmoid · label noise .1"),
        ("noise/warm-up", "x₂ ─ Dense 500 relu ─ σ.1 warmup ─ Dense 1 sigmoid"),
        ("noise/weights", "x₂ ─ Dense 500 relu (weights σ.1) ─ Dense 1 sigmoid"),
        ("controls/early-stopping", "x₂ ─ Dense 500 relu ─ Dense 1 sigmoid · early stopping"),
        ("controls/l2", "x₂ ─ Dense 500 relu L2 .001 ─ Dense 1 sigmoid"),
        ("regression/diabetes", "x₁₀ ─ Dense 100 ─ σ.5 ─ relu ─ Dense 1 ─ ×77+152"),
    ],
)
def test_a_network_is_drawn_in_one_line(preset: str, line: str) -> None:
    assert diagram(find(preset)[0]) == line
