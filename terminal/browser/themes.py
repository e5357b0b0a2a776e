"""The two themes of the browser, and how to change between dark and light ones."""

from textual.theme import Theme

#: Whatever else Textual offers can be chosen in the command palette.
DARK = Theme(
    name="elitemap-dark",
    primary="#5fb3d9",
    secondary="#3b7f9e",
    accent="#e8a33d",
    foreground="#d8dee4",
    background="#11161b",
    surface="#171d24",
    panel="#202933",
    success="#63c174",
    warning="#e5c453",
    error="#f0716b",
    dark=True,
    variables={
        "block-cursor-background": "#2d5f7a",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "footer-key-foreground": "#e8a33d",
        "scrollbar": "#2d3a46",
        "scrollbar-hover": "#3b4b5a",
        "scrollbar-active": "#5fb3d9",
        "scrollbar-background": "#171d24",
        "scrollbar-background-hover": "#171d24",
        "scrollbar-background-active": "#171d24",
        "scrollbar-corner-color": "#171d24",
    },
)

LIGHT = Theme(
    name="elitemap-light",
    primary="#12648a",
    secondary="#4d7f97",
    accent="#a8480e",
    foreground="#1c2530",
    background="#fcfcfa",
    surface="#f4f4f0",
    panel="#e6e8e8",
    success="#1f7a37",
    warning="#8a6100",
    error="#b3261e",
    dark=False,
    variables={
        "block-cursor-background": "#bcdff0",
        "block-cursor-foreground": "#0b2230",
        "block-cursor-text-style": "bold",
        "footer-key-foreground": "#a8480e",
        "scrollbar": "#c3cacf",
        "scrollbar-hover": "#a9b3ba",
        "scrollbar-active": "#12648a",
        "scrollbar-background": "#f0f0ec",
        "scrollbar-background-hover": "#f0f0ec",
        "scrollbar-background-active": "#f0f0ec",
        "scrollbar-corner-color": "#f0f0ec",
    },
)

#: Dark themes of Textual's own that have a light counterpart, in both directions.
_PAIRS = (
    (DARK.name, LIGHT.name),
    ("textual-dark", "textual-light"),
    ("solarized-dark", "solarized-light"),
    ("catppuccin-mocha", "catppuccin-latte"),
    ("rose-pine", "rose-pine-dawn"),
    ("atom-one-dark", "atom-one-light"),
    ("ansi-dark", "ansi-light"),
)


def counterpart(name: str, dark: bool) -> str:
    """The theme to change to from this one, which is dark or not."""
    pairs = dict(_PAIRS) | {light: dark_one for dark_one, light in _PAIRS}
    return pairs.get(name, LIGHT.name if dark else DARK.name)
