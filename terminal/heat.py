"""The map as a strip: a block per bin of the map's first axis, its colour or height the quality."""

from collections.abc import Sequence

from rich.text import Text

#: Perceptual ramp from poor to good (viridis), and the same without colour.
_COLOURS = (
    "#440154", "#482878", "#3e4989", "#31688e", "#26828e",
    "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725",
)  # fmt: skip
_BARS = "▁▂▃▄▅▆▇█"
_EMPTY = "·"

#: Columns per block.
_WIDTH = 3


def levels(strip: Sequence[float | None], steps: int) -> list[int]:
    """Quality as 0 .. steps - 1 between the poorest and the best filled bin; -1 for empty ones."""
    filled = [value for value in strip if value is not None]
    low = min(filled, default=0.0)
    span = (max(filled, default=1.0) - low) or 1.0
    return [
        -1 if value is None else min(int((value - low) / span * steps), steps - 1)
        for value in strip
    ]


def heat(strip: Sequence[float | None], colour: bool) -> Text:
    """Draw the strip in one line.

    Args:
        strip: Best quality of each bin, None where there is no elite.
        colour: Whether the terminal shows colours; without, quality is the height of a bar.
    """
    text = Text(no_wrap=True, overflow="crop")
    for level in levels(strip, len(_COLOURS) if colour else len(_BARS)):
        if level < 0:
            text.append(_EMPTY * _WIDTH, style="dim")
        elif colour:
            text.append("█" * _WIDTH, style=_COLOURS[level])
        else:
            text.append(_BARS[level] * _WIDTH)
        text.append(" ")
    text.rstrip()
    return text
