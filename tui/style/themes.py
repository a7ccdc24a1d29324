"""The two themes, and the colours that pictures take from them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.color import Color
from textual.theme import Theme

from hiss.tui.style.glyphs import GlyphSet

Rgb = tuple[int, int, int]
"""Red, green and blue, each from 0 to 255."""


@dataclass(frozen=True, slots=True)
class PictureStyle:
    """The colours and characters of a picture."""

    glyphs: GlyphSet
    axis: Rgb
    ceiling: Rgb
    """The line at the best possible accuracy."""
    arms: tuple[Rgb, ...]
    """A colour for every arm or class, distinct in 256 colours too."""
    faint: tuple[Rgb, ...]
    """The same, nearer to the background: training curves and bands."""

    def color(self, arm: int, faint: bool = False) -> Rgb:
        """Return the colour of an arm or class; they repeat after the last."""
        colors = self.faint if faint else self.arms
        return colors[arm % len(colors)]

    def symbol(self, arm: int, hollow: bool = False) -> str:
        """Return the symbol of an arm; where colours repeat, other symbols go with them."""
        symbols = self.glyphs.hollow if hollow else self.glyphs.filled
        return symbols[(arm + arm // len(self.arms)) % len(symbols)]


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
    secondary="#9e4d00",
    accent="#9e4d00",
    warning="#9e4d00",
    error="#b3361b",
    success="#00735a",
    foreground="#20262c",
    background="#fafaf7",
    surface="#f1f1ec",
    panel="#e4e4dd",
    dark=False,
    variables={"border": "#b4b8b4", "footer-key-foreground": "#9e4d00"},
)

_ON_DARK = ("#56b4e9", "#e69f00", "#2fbf9b", "#e08fc0", "#f0e442", "#f2784b")
_ON_LIGHT = ("#0072b2", "#b45700", "#00805f", "#a23b80", "#7a6a00", "#46505a")
"""Okabe and Ito's colours, 2008, shifted to stand out from each background."""

LEGIBLE = 0.7
"""Share of the ink in the colour of dim text: it has a contrast of 4.5:1 on every ground."""
CONTRAST = 4.5
"""Smallest contrast of text with its ground. Source: WCAG 2.2, success criterion 1.4.3."""
FAINTNESS = 0.45
"""Share of the background in the colour of a training curve."""


def picture_style(theme: Theme, glyphs: GlyphSet) -> PictureStyle:
    """Return the colours and characters of pictures under a theme."""
    background = Color.parse(theme.background or ("#000000" if theme.dark else "#ffffff"))
    arms = [Color.parse(one) for one in (_ON_DARK if theme.dark else _ON_LIGHT)]
    ink = Color.parse(theme.foreground or ("#ffffff" if theme.dark else "#000000"))
    return PictureStyle(
        glyphs=glyphs,
        axis=background.blend(ink, LEGIBLE).rgb,
        ceiling=background.blend(ink, 0.75).rgb,
        arms=tuple(one.rgb for one in arms),
        faint=tuple(one.blend(background, FAINTNESS).rgb for one in arms),
    )


def dimmed(ink: Color, ground: Color) -> Color:
    """Return a colour nearer to its ground, as near as `LEGIBLE` and `CONTRAST` allow."""
    for share in (LEGIBLE, 0.8, 0.9):
        if contrast(faint := ground.blend(ink, share), ground) >= CONTRAST:
            return faint
    return ink


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    Source: WCAG 2.2, definitions of contrast ratio and relative luminance.
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    parts = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in color.normalized
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def hex_color(color: Rgb) -> str:
    """Return a colour as Rich and Textual read it: `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*color)
