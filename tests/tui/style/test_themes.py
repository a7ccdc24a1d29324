from __future__ import annotations

from itertools import product

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from hiss.tui.style.glyphs import GLYPHS
from hiss.tui.style.line_filters import DimFilter, NoColorFilter
from hiss.tui.style.themes import DARK, LIGHT, contrast, picture_style

INKS = ("foreground", "primary", "secondary", "accent", "warning", "error", "success")
GROUNDS = ("background", "surface", "panel")
SHARES = (0.7, 0.8, 1.0)
"""Shares of the foreground that the style sheets give to text."""


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(Color.parse(one), Color.parse(other)) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize(("theme", "ground"), [*product((DARK, LIGHT), GROUNDS)])
def test_text_is_legible_on_every_ground(theme: Theme, ground: str) -> None:
    below = Color.parse(getattr(theme, ground))
    inks = [Color.parse(getattr(theme, name)) for name in INKS]
    inks += [below.blend(Color.parse(theme.foreground or ""), share) for share in SHARES]
    inks.append(Color.parse(theme.variables["footer-key-foreground"]))
    assert min(contrast(ink, below) for ink in inks) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_axes_labels_and_the_names_of_arms_are_legible(theme: Theme) -> None:
    look, below = picture_style(theme, GLYPHS["braille"]), Color.parse(theme.background or "")
    inks = [Color(*rgb) for rgb in (look.axis, look.ceiling, *look.arms)]
    assert min(contrast(ink, below) for ink in inks) >= 4.5


@pytest.mark.parametrize(("theme", "ground", "ink"), [*product((DARK, LIGHT), GROUNDS, INKS)])
def test_dim_text_is_legible(theme: Theme, ground: str, ink: str) -> None:
    below, above = Color.parse(getattr(theme, ground)), Color.parse(getattr(theme, ink))
    style = Style(color=above.rich_color, bgcolor=below.rich_color, dim=True)
    ((_, drawn, _),) = DimFilter().apply([Segment("text", style)], below)
    assert drawn and not drawn.dim and drawn.color and drawn.color.triplet
    assert contrast(Color(*drawn.color.triplet), below) >= 4.5


def test_without_colours_a_marked_ground_is_reversed() -> None:
    ground, marked = Color.parse("#1d252d"), Color.parse("#1d4058")
    below = [Style(color="#d8dee6", bgcolor=one.hex, bold=True) for one in (ground, marked)]
    filtered = NoColorFilter(lambda: DARK).apply([Segment("a", one) for one in below], ground)
    styles = [segment.style for segment in filtered]
    assert [str(style) for style in styles] == ["bold not reverse", "bold reverse"]
