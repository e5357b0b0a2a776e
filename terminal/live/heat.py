"""The map as a strip: a block per bin of the map's first axis, its colour or height the quality."""

from collections.abc import Sequence

from rich.text import Text

from elitemap.terminal.viridis import viridis

#: Steps of quality with colours, and the same without: bars of rising height.
_STEPS = 10
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
    for level in levels(strip, _STEPS if colour else len(_BARS)):
        if level < 0:
            text.append(_EMPTY * _WIDTH, style="dim")
        elif colour:
            text.append("█" * _WIDTH, style=viridis(level / (_STEPS - 1)))
        else:
            text.append(_BARS[level] * _WIDTH)
        text.append(" ")
    text.rstrip()
    return text
