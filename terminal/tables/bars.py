"""A curve as a line of bars, for pages of text."""

from collections.abc import Sequence

from rich.text import Text

_BARS = "▁▂▃▄▅▆▇█"

#: Columns of a line at most.
WIDTH = 33


def bars(ys: Sequence[float | None]) -> Text:
    """Evenly spaced values as bars between the least and the largest; a dot where there is none.

    Of more than :data:`WIDTH` values so many are taken, the first and the last among them.
    """
    taken = [ys[k] for k in _places(len(ys))]
    known = [y for y in taken if y is not None]
    low, span = min(known, default=0.0), (max(known, default=0.0) - min(known, default=0.0)) or 1.0
    levels = (
        "·" if y is None else _BARS[min(int((y - low) / span * len(_BARS)), len(_BARS) - 1)]
        for y in taken
    )
    return Text("".join(levels), no_wrap=True, overflow="crop")


def _places(count: int) -> list[int]:
    if count <= WIDTH:
        return list(range(count))
    return [round(k * (count - 1) / (WIDTH - 1)) for k in range(WIDTH)]
