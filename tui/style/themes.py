"""The two themes, and the colours that pictures take from them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.color import Color
from textual.theme import Theme

from hiss.tui.style.glyphs import GlyphSet

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PictureStyle:
    """The colours and characters of a picture."""

    glyphs: GlyphSet
    axis: Rgb
    ceiling: Rgb
    arms: tuple[Rgb, ...]
    """A colour for every arm or class, told apart in 256 colours too."""
    faint: tuple[Rgb, ...]
    """The same, nearer to the background: training curves and bands."""


DARK = Theme(
    name="hiss-dark",
    primary="#56b4e9",
    secondary="#e69f00",
    accent="#e69f00",
    warning="#e69f00",
    error="#f2784b",
    success="#2fbf9b",
    foreground="#d8dee6",
    background="#0f1418",
    surface="#151b21",
    panel="#1d252d",
    dark=True,
    variables={"border": "#3a4650", "footer-key-foreground": "#e69f00"},
)
LIGHT = Theme(
    name="hiss-light",
    primary="#005f9e",
    secondary="#a85200",
    accent="#a85200",
    warning="#a85200",
    error="#b3361b",
    success="#00735a",
    foreground="#20262c",
    background="#fafaf7",
    surface="#f1f1ec",
    panel="#e4e4dd",
    dark=False,
    variables={"border": "#b4b8b4", "footer-key-foreground": "#a85200"},
)

_ON_DARK = ("#56b4e9", "#e69f00", "#2fbf9b", "#e08fc0", "#f0e442", "#f2784b")
_ON_LIGHT = ("#0072b2", "#c25e00", "#00805f", "#a23b80", "#7a6a00", "#46505a")
"""Okabe and Ito's colours, shifted to stand out from each background."""

FAINTNESS = 0.45
"""How far a training curve's colour is taken towards the background."""


def picture_style(theme: Theme, glyphs: GlyphSet) -> PictureStyle:
    """The colours and characters of pictures under a theme."""
    background = Color.parse(theme.background or ("#000000" if theme.dark else "#ffffff"))
    arms = [Color.parse(one) for one in (_ON_DARK if theme.dark else _ON_LIGHT)]
    ink = Color.parse(theme.foreground or ("#ffffff" if theme.dark else "#000000"))
    return PictureStyle(
        glyphs=glyphs,
        axis=background.blend(ink, 0.5).rgb,
        ceiling=background.blend(ink, 0.6).rgb,
        arms=tuple(one.rgb for one in arms),
        faint=tuple(one.blend(background, FAINTNESS).rgb for one in arms),
    )
