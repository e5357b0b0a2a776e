"""The colours of quality: viridis, whose lightness rises evenly.

So it reads the same with any colour vision, and in greys.
"""

#: From poor to good, evenly spaced.
_RAMP = (
    "#440154", "#48186a", "#472d7b", "#424086", "#3b528b", "#33638d", "#2c728e", "#26828e",
    "#21918c", "#1fa088", "#28ae80", "#3fbc73", "#5ec962", "#84d44b", "#addc30", "#d8e219",
    "#fde725",
)  # fmt: skip


def viridis(share: float) -> str:
    """The colour, as ``#rrggbb``, at a share of the way from poor (0) to good (1)."""
    place = share * (len(_RAMP) - 1)
    index = min(int(place), len(_RAMP) - 2)
    ends = zip(_parts(_RAMP[index]), _parts(_RAMP[index + 1]), strict=True)
    return "#" + "".join(f"{int(a + (b - a) * (place - index)):02x}" for a, b in ends)


def _parts(colour: str) -> list[int]:
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
