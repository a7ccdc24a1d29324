from __future__ import annotations

import pytest
from rich.cells import cell_len

from hiss.tui.style import ascii

GLYPHS = "−±×²→←↑↓░▒▓█─│┌┐└┘├┤┬┴┼╭╮╰╯●○■□▲△◆◇★☆·•…–σ₀₁₂₉µᵏ≥≤⌫▸"


@pytest.mark.parametrize("one", GLYPHS)
def test_every_character_of_hiss_keeps_its_width_in_ascii(one: str) -> None:
    plain = ascii.to_ascii(one, plain=True)
    assert plain.isascii() and cell_len(plain) == cell_len(one)


def test_signs_keep_their_meaning() -> None:
    assert ascii.to_ascii("−0.2 ± 0.1 × 3 → σ₂", plain=True) == "-0.2 ~ 0.1 x 3 > s2"


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("ascii", b"by -0.2 ~ 0.1 points, 2x3"),
        ("latin-1", "by -0.2 ± 0.1 points, 2×3".encode("latin-1")),
        ("utf-8", "by −0.2 ± 0.1 points, 2×3".encode()),
    ],
)
def test_an_encoding_that_lacks_a_character_writes_it_in_ascii(
    encoding: str, written: bytes
) -> None:
    ascii.register()
    assert "by −0.2 ± 0.1 points, 2×3".encode(encoding, ascii.ERRORS) == written
