"""Small pictures for notebooks: a front with what was known before, and the map, as SVG.

Nothing but text is needed to draw them, and lines have the colour of the page's text, so that they
suit light and dark notebooks. Texts from an archive are escaped.
"""

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from elitemap.archive.plain import one_line
from elitemap.archive.reading.heatmaps import Heatmap

#: Pixels: the picture, and what is left for axes on each side.
WIDTH, HEIGHT = 420, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 40

_PROVED, _ESTIMATED, _KNOWN = "#0072b2", "#8c8c8c", "#d55e00"

#: Viridis at even steps, from little to much.
_HEAT = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")


@dataclass(frozen=True)
class Mark:
    """One point of a front.

    Attributes:
        x: Its cost.
        y: Its worth.
        told: What is said of it where it is pointed at.
        proved: Whether something vouches for it.
    """

    x: float
    y: float
    told: str
    proved: bool = True


def front_svg(
    ours: Sequence[Mark], known: Sequence[Mark], across: str, up: str, rising: bool
) -> str:
    """The front as stairs over its cost, baselines dashed.

    Args:
        ours: Elites.
        known: What was known before.
        across: Title of the x axis.
        up: Title of the y axis.
        rising: Whether more is better along y.
    """
    marks = [*ours, *known]
    if not marks:
        return ""
    xs, ys = _scale([m.x for m in marks]), _scale([m.y for m in marks])
    parts = [_axes(xs, ys, across, up)]
    for group, colour, dash in ((known, _KNOWN, "5 4"), (ours, _PROVED, "none")):
        parts.append(_stairs(group, xs, ys, colour, dash, rising))
    for mark in known:
        parts.append(_dot(mark, xs, ys, _KNOWN))
    for mark in ours:
        parts.append(_dot(mark, xs, ys, _PROVED if mark.proved else _ESTIMATED))
    return _picture(parts, f"{up} over {across}: elites of the front and known forms")


def map_svg(cells: Heatmap) -> str:
    """The map: the best quality of each kind of program as colour."""
    filled = np.isfinite(cells.best)
    if not filled.any():
        return ""
    low, high = float(np.nanmin(cells.best)), float(np.nanmax(cells.best))
    ends = [[float(v) for v in edges] for edges in (cells.x_edges, cells.y_edges)]
    xs, ys = (_Scale(edges[0], edges[-1]) for edges in ends)
    parts = [_axes(xs, ys, cells.x_name, cells.y_name)]
    for row, column in zip(*np.nonzero(filled), strict=True):
        x0, x1 = (_across(xs, ends[0][column + k]) for k in (0, 1))
        y0, y1 = (_up(ys, ends[1][row + k]) for k in (0, 1))
        value = float(cells.best[row, column])
        part = (value - low) / (high - low) if high > low else 1.0
        told = f"{cells.value_name} {value:.4g}, {int(cells.count[row, column])} elites"
        parts.append(
            f'<rect x="{x0:.1f}" y="{y1:.1f}" width="{x1 - x0:.1f}" height="{y0 - y1:.1f}" '
            f'fill="{_heat(part)}"><title>{_text(told)}</title></rect>'
        )
    told = f"best {cells.value_name} by {cells.x_name} and {cells.y_name}"
    return _picture(parts, told)


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def part(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5


def _scale(values: Iterable[float]) -> _Scale:
    found = [v for v in values if math.isfinite(v)] or [0.0]
    low, high = min(found), max(found)
    room = 0.05 * (high - low) or 0.5
    return _Scale(low - room, high + room)


def _across(scale: _Scale, value: float) -> float:
    return _LEFT + scale.part(value) * (WIDTH - _LEFT - _RIGHT)


def _up(scale: _Scale, value: float) -> float:
    return HEIGHT - _BOTTOM - scale.part(value) * (HEIGHT - _TOP - _BOTTOM)


def _ticks(scale: _Scale) -> list[float]:
    """About five round numbers."""
    width = scale.high - scale.low
    step = 10.0 ** math.floor(math.log10(width / 5)) if width > 0 else 1.0
    step *= next(k for k in (1, 2, 5, 10) if width / (step * k) <= 6)
    first = math.ceil(scale.low / step)
    return [step * k for k in range(first, math.floor(scale.high / step) + 1)]


def _axes(xs: _Scale, ys: _Scale, across: str, up: str) -> str:
    left, right, top, bottom = _LEFT, WIDTH - _RIGHT, _TOP, HEIGHT - _BOTTOM
    parts = [f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="currentColor"/>']
    for tick in _ticks(xs):
        parts.append(_label(_across(xs, tick), bottom + 15, f"{tick:g}", "middle"))
    for tick in _ticks(ys):
        parts.append(_label(left - 6, _up(ys, tick) + 4, f"{tick:g}", "end"))
    parts.append(_label((left + right) / 2, HEIGHT - 6, across, "middle"))
    middle = (top + bottom) / 2
    parts.append(
        f'<text x="12" y="{middle:.0f}" text-anchor="middle" fill="currentColor" '
        f'transform="rotate(-90 12 {middle:.0f})">{_text(up)}</text>'
    )
    return "".join(parts)


def _stairs(
    marks: Sequence[Mark], xs: _Scale, ys: _Scale, colour: str, dash: str, rising: bool
) -> str:
    """The best so far, from left to right."""
    path, best = "", None
    for mark in sorted(marks, key=lambda m: (m.x, -m.y if rising else m.y)):
        if best is not None and (mark.y <= best if rising else mark.y >= best):
            continue
        x, y = f"{_across(xs, mark.x):.1f}", f"{_up(ys, mark.y):.1f}"
        path += f"M{x} {y}" if best is None else f"H{x}V{y}"
        best = mark.y
    if not path:
        return ""
    path += f"H{WIDTH - _RIGHT}"
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-dasharray="{dash}"/>'


def _dot(mark: Mark, xs: _Scale, ys: _Scale, colour: str) -> str:
    return (
        f'<circle cx="{_across(xs, mark.x):.1f}" cy="{_up(ys, mark.y):.1f}" r="4" fill="{colour}">'
        f"<title>{_text(mark.told)}</title></circle>"
    )


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor">'
        f"{_text(text)}</text>"
    )


def _heat(part: float) -> str:
    """A colour between those of the scale."""
    place = min(max(part, 0.0), 1.0) * (len(_HEAT) - 1)
    k = min(int(place), len(_HEAT) - 2)
    ends = [[int(_HEAT[j][i : i + 2], 16) for i in (1, 3, 5)] for j in (k, k + 1)]
    mixed = [round(a + (place - k) * (b - a)) for a, b in zip(*ends, strict=True)]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _text(text: str) -> str:
    return html.escape(one_line(text))


def _picture(parts: Sequence[str], told: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" font-family="sans-serif" font-size="11">'
        f"<title>{_text(told)}</title>{''.join(parts)}</svg>"
    )
