"""Colours of everything that is drawn, for terminals with many colours, sixteen, or none.

Drawings know *inks*, not colours (:mod:`.drawing.sketch`). A :class:`Palette`
gives every ink its style. Backgrounds come from the theme, and what the theme gives for text is
moved towards the foreground until it is legible on that background.

Quality is drawn in :mod:`~elitemap.terminal.viridis`. The end that is close to the background of
the theme is left out. With sixteen colours or none, shades of glyphs carry the order, and colours
(if any) only repeat it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from functools import lru_cache

from rich.color import Color as RichColor
from rich.console import Console
from rich.style import Style
from textual.color import Color, ColorParseError

from elitemap.terminal.viridis import viridis

#: The part of viridis that stands out from a dark and from a light background.
_DARK_PART, _LIGHT_PART = (0.16, 1.0), (0.0, 0.86)

#: Shades from poor to good where colours are few: two glyphs, for even and odd columns of a cell.
SHADES = ("░░", "░▒", "▒▒", "▒▓", "▓▓", "▓█", "██")

#: Steps of quality where there are many colours.
STEPS = 24

#: The sixteen colours as rich knows them, so that they come back as they are from its rounding.
_SIXTEEN = (
    "#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
    "#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
)  # fmt: skip

#: Of the sixteen, per shade from poor to good, for dark and for light backgrounds: lightness rises
#: or falls away from the background.
_DARK_SHADES, _LIGHT_SHADES = (12, 12, 14, 14, 10, 10, 11), (6, 6, 2, 2, 4, 4, 0)

#: Least contrast (WCAG) of marks with the background.
_LEGIBLE = 3.0


class Depth(Enum):
    """How many colours a terminal has."""

    NONE = auto()
    SIXTEEN = auto()
    FULL = auto()


class Ink(IntEnum):
    """What is drawn, whatever its colour; steps of quality follow from ``HEAT``."""

    TEXT = 0
    MUTED = auto()
    STRONG = auto()
    EMPTY = auto()
    EMPTY_CURSOR = auto()
    CANDIDATE = auto()
    CONFIRMED = auto()
    CERTIFIED = auto()
    FRONT = auto()
    BASELINE = auto()
    CURVE = auto()
    SECOND = auto()
    CURSOR = auto()
    HEAT = 16


#: Theme variable and one of the sixteen colours (dark, light) of the inks that have a hue.
_HUES: Mapping[Ink, tuple[str, int, int]] = {
    Ink.CONFIRMED: ("warning", 11, 5),
    Ink.CERTIFIED: ("success", 10, 2),
    Ink.FRONT: ("primary", 14, 4),
    Ink.BASELINE: ("error", 13, 1),
    Ink.CURVE: ("primary", 14, 4),
    Ink.SECOND: ("accent", 11, 1),
}


@dataclass(frozen=True)
class Palette:
    """Styles of inks.

    Attributes:
        depth: How many colours it uses.
        levels: Number of steps of quality; ink ``Ink.HEAT + k`` is step k, and
            ``Ink.HEAT + levels + k`` the same under the cursor.
        styles: By ink.
    """

    depth: Depth
    levels: int
    styles: tuple[Style, ...]

    def shade(self, level: int) -> str:
        """The two glyphs in which step ``level`` is drawn."""
        return "  " if self.depth is Depth.FULL else SHADES[level]


@lru_cache(maxsize=64)
def palette(
    depth: Depth, dark: bool, base: Style, theme: tuple[tuple[str, str], ...] = ()
) -> Palette:
    """The palette for a terminal and a theme.

    Args:
        depth: How many colours the terminal has.
        dark: Whether the background is dark.
        base: Foreground and background of text.
        theme: Theme variables by name; those that are missing or no colour are drawn as text.
    """
    levels = STEPS if depth is Depth.FULL else len(SHADES)
    styles = [base] * (Ink.HEAT + 2 * levels)
    for ink, style in _text(depth, dark, base).items():
        styles[ink] = style
    for ink, hue in _HUES.items():
        styles[ink] = _hue(depth, dark, base, hue, dict(theme))
    for level in range(levels):
        styles[Ink.HEAT + level], styles[Ink.HEAT + levels + level] = _heat(
            depth, dark, base, level
        )
    return Palette(depth, levels, tuple(styles))


def themed(variables: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What :func:`palette` takes from the variables of a theme."""
    wanted = sorted({name for name, _, _ in _HUES.values()})
    return tuple((name, variables[name]) for name in wanted if name in variables)


def depth_of(console: Console, no_color: bool) -> Depth:
    """How many colours a console has.

    Args:
        console: The console of the app.
        no_color: Whether the user asked for none.
    """
    if no_color or console.no_color or console.color_system is None:
        return Depth.NONE
    return Depth.FULL if console.color_system in ("256", "truecolor") else Depth.SIXTEEN


def contrast(one: Color, other: Color) -> float:
    """Contrast of two colours after WCAG 2: 1 for equal ones, 21 for black and white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _text(depth: Depth, dark: bool, base: Style) -> dict[Ink, Style]:
    """Inks without a hue."""
    back, fore = _known(base.bgcolor), _known(base.color)
    if depth is Depth.FULL and back and fore:
        muted = base + Style.from_color(fore.blend(back, 0.4).rich_color)
    elif depth is Depth.SIXTEEN:
        muted = base + Style(color=_SIXTEEN[7 if dark else 8])
    else:
        muted = base + Style(dim=True)
    return {
        Ink.MUTED: muted,
        Ink.STRONG: base + Style(bold=True),
        Ink.EMPTY: muted,
        Ink.EMPTY_CURSOR: base + Style(bold=True),
        Ink.CURSOR: base + Style(bold=True, reverse=True),
    }


def _hue(
    depth: Depth, dark: bool, base: Style, hue: tuple[str, int, int], theme: Mapping[str, str]
) -> Style:
    name, on_dark, on_light = hue
    if depth is Depth.NONE:
        return base
    if depth is Depth.SIXTEEN:
        return base + Style(color=_SIXTEEN[on_dark if dark else on_light])
    try:
        wanted = Color.parse(theme.get(name, ""))
    except ColorParseError:
        return base
    back, fore = _known(base.bgcolor), _known(base.color)
    if wanted.ansi is None and back and fore:
        wanted = _legible(wanted, back, fore)
    return base + Style.from_color(wanted.rich_color)


def _heat(depth: Depth, dark: bool, base: Style, level: int) -> tuple[Style, Style]:
    """The styles of a step of quality, without and with the cursor."""
    if depth is Depth.FULL:
        low, high = _DARK_PART if dark else _LIGHT_PART
        colour = Color.parse(viridis(low + (high - low) * level / (STEPS - 1)))
        ink = max(
            (Color.parse("#000000"), Color.parse("#ffffff")), key=lambda c: contrast(c, colour)
        )
        style = base + Style.from_color(ink.rich_color, colour.rich_color)
        return style, style + Style(bold=True)
    if depth is Depth.SIXTEEN:
        number = (_DARK_SHADES if dark else _LIGHT_SHADES)[level]
        return base + Style(color=_SIXTEEN[number]), base + Style(bold=True)
    return base, base + Style(bold=True)


def _legible(colour: Color, back: Color, fore: Color) -> Color:
    """The colour, moved towards the foreground as far as its contrast needs."""
    for step in range(11):
        moved = colour.blend(fore, step / 10)
        if contrast(moved, back) >= _LEGIBLE:
            return moved
    return fore


def _known(colour: RichColor | None) -> Color | None:
    """The colour if its red, green and blue are known; a terminal's own are not."""
    if colour is None or colour.triplet is None:
        return None
    return Color(*colour.triplet)


def _luminance(colour: Color) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
