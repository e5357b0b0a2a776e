import itertools

import pytest
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from elitemap.terminal.browser.drawing.colours import (
    SHADES,
    Depth,
    Ink,
    contrast,
    depth_of,
    palette,
    themed,
)
from elitemap.terminal.browser.themes import DARK, LIGHT

THEMES = [
    *(theme for theme in BUILTIN_THEMES.values() if not theme.ansi),
    DARK,
    LIGHT,
]
MARKS = [Ink.CONFIRMED, Ink.CERTIFIED, Ink.FRONT, Ink.BASELINE, Ink.CURVE, Ink.SECOND, Ink.MUTED]


def of(theme, depth):
    variables = theme.to_color_system().generate()
    base = Style(
        color=Color.parse(variables["foreground"]).rich_color,
        bgcolor=Color.parse(variables["background"]).rich_color,
    )
    return palette(depth, theme.dark, base, themed(variables))


def known(colour):
    return Color(*colour.get_truecolor())


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_marks_are_legible_in_every_theme(theme):
    styles = of(theme, Depth.FULL).styles
    for ink in MARKS:
        # What is muted is as legible as the theme lets text be, less its share.
        least = 3.0 if ink is not Ink.MUTED else 1.8
        assert contrast(known(styles[ink].color), known(styles[ink].bgcolor)) >= least, ink.name


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_steps_of_quality_are_even_and_unlike_the_background(theme):
    colours = of(theme, Depth.FULL)
    heat = [known(s.bgcolor) for s in colours.styles[Ink.HEAT : Ink.HEAT + colours.levels]]
    back = known(colours.styles[Ink.TEXT].bgcolor)
    light = [contrast(colour, Color.parse("#000000")) for colour in heat]
    assert light == sorted(light)
    assert all(b / a > 1.02 for a, b in itertools.pairwise(light))
    assert min(abs(c.r - back.r) + abs(c.g - back.g) + abs(c.b - back.b) for c in heat) > 60


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_cursor_is_legible_on_every_step(theme):
    colours = of(theme, Depth.FULL)
    for style in colours.styles[Ink.HEAT + colours.levels :]:
        assert contrast(known(style.color), known(style.bgcolor)) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_256_colours_keep_the_order(theme):
    colours = of(theme, Depth.FULL)
    heat = [
        known(s.bgcolor.downgrade(ColorSystem.EIGHT_BIT))
        for s in colours.styles[Ink.HEAT : Ink.HEAT + colours.levels]
    ]
    light = [contrast(colour, Color.parse("#000000")) for colour in heat]
    assert all(b / a > 0.85 for a, b in itertools.pairwise(light))
    assert len(set(light)) >= 10 and light[-1] > 4 * light[0]


@pytest.mark.parametrize("dark", [True, False])
def test_sixteen_colours_survive_their_rounding(dark):
    base = Style(color="#e0e0e0", bgcolor="#101010") if dark else Style.parse("#111111 on #f0f0f0")
    colours = palette(Depth.SIXTEEN, dark, base)
    behind = base.bgcolor.downgrade(ColorSystem.STANDARD).number
    inks = [*MARKS, *range(Ink.HEAT, Ink.HEAT + colours.levels)]
    wanted = [colours.styles[ink].color for ink in inks]
    rounded = [colour.downgrade(ColorSystem.STANDARD).number for colour in wanted]
    assert len(set(zip(wanted, rounded, strict=True))) == len(set(wanted)) == len(set(rounded))
    assert behind not in rounded
    assert len(set(rounded[:4])) == 4


def test_without_colours_nothing_depends_on_them():
    base = Style(color="#e0e0e0", bgcolor="#101010")
    colours = palette(Depth.NONE, True, base, (("primary", "#ff0000"),))
    assert {(style.color, style.bgcolor) for style in colours.styles} == {
        (base.color, base.bgcolor)
    }
    assert len(set(SHADES)) == colours.levels
    assert [colours.shade(k) for k in range(colours.levels)] == list(SHADES)


@pytest.mark.parametrize("variables", [{}, {"primary": "auto 60%"}, {"primary": "nonsense"}])
def test_a_theme_that_lacks_a_colour_is_drawn_as_text(variables):
    base = Style(color="#e0e0e0", bgcolor="#101010")
    assert palette(Depth.FULL, True, base, themed(variables)).styles[Ink.FRONT] == base


def test_a_terminals_own_colours_are_left_to_it():
    theme = BUILTIN_THEMES["ansi-dark"]
    variables = theme.to_color_system().generate()
    colours = palette(Depth.FULL, True, Style.parse("default on default"), themed(variables))
    assert colours.styles[Ink.FRONT].color.number == 4
    assert colours.styles[Ink.MUTED].dim


@pytest.mark.parametrize(
    "system, no_color, expected",
    [
        ("truecolor", False, Depth.FULL),
        ("256", False, Depth.FULL),
        ("standard", False, Depth.SIXTEEN),
        (None, False, Depth.NONE),
        ("truecolor", True, Depth.NONE),
    ],
)
def test_how_many_colours_a_console_has(system, no_color, expected):
    console = Console(color_system=system, force_terminal=True, _environ={})
    assert depth_of(console, no_color) is expected
    assert depth_of(Console(color_system=system, no_color=True), False) is Depth.NONE
