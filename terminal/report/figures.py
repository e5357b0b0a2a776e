"""Figures as values: what a chart shows, in words and as Vega-Lite.

Vega-Lite is JSON, and is written as such here: a library that writes it (Altair) was used, and took
half the time of a report.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.plain import one_line

#: Mid-tones that people with any colour vision tell apart, on white and on black (Okabe and Ito).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c", "#b8a000")

#: Width of a chart that does not adapt to a page.
WIDTH = 640

#: Characters of its title.
LONGEST = 90

#: Widest range of whole numbers that all get a tick.
TICKS = 20

Spec = Mapping[str, Any]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

# The page decides: text and lines take the colour of the text around them.
_INK = "currentColor"

#: Settings of all charts.
LOOKS: Spec = {
    "background": "transparent",
    "font": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
    "view": {"stroke": None, "fill": _INK, "fillOpacity": 0.05},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "domainColor": _INK,
        "tickColor": _INK,
        "gridColor": _INK,
        "gridOpacity": 0.12,
        "domainOpacity": 0.5,
        "tickOpacity": 0.5,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 500,
        "titlePadding": 8,
        "labelOverlap": True,
    },
    "legend": {
        "orient": "bottom",
        "symbolOpacity": 1,
        "labelColor": _INK,
        "titleColor": _INK,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 500,
    },
    "title": {"color": _INK, "fontSize": 13, "fontWeight": 600, "anchor": "start"},
}


@dataclass(frozen=True)
class Chart:
    """One chart: its name among its figure's charts, and its Vega-Lite specification."""

    label: str
    spec: Spec


@dataclass(frozen=True)
class Figure:
    """Charts of which one is shown at a time.

    Attributes:
        id: Name of the figure in the page and of its files.
        title: What it shows.
        caption: How to read it.
        charts: At least one.
        small: Whether several stand side by side where there is room.
        subject: What its chapter is about; pictures that stand alone say so.
    """

    id: str
    title: str
    caption: str
    charts: tuple[Chart, ...]
    small: bool = False
    subject: str = ""


def specification(chart: Spec, height: int, description: str) -> Spec:
    """A chart as Vega-Lite that takes the width and the colours of the page around it.

    Args:
        chart: Its data, marks and encodings.
        height: Pixels.
        description: What a screen reader says.
    """
    return {
        "$schema": _SCHEMA,
        "description": description,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        **chart,
        "config": LOOKS,
    }


def quantity(field: str, **more: Any) -> dict[str, Any]:
    """The encoding of a number."""
    return {"field": field, "type": "quantitative", **more}


def word(field: str, **more: Any) -> dict[str, Any]:
    """The encoding of a text."""
    return {"field": field, "type": "nominal", **more}


#: Where a click on a mark leads, if its row has such an address.
LINK = {"condition": {"test": "isValid(datum.href)", **word("href")}}


def inline(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> Spec:
    """Rows as ``data`` and ``transform`` of a chart, in half the space of rows with their names.

    They are lists of numbers, from which the chart takes its fields. (Vega reads CSV too, but
    compiles a function for it, which the page's policy forbids.)

    Args:
        rows: With these fields; what is missing is null in the chart.
        names: Of the fields.
    """
    values = [[_short(row.get(name)) for name in names] for row in rows]
    fields = [{"calculate": f"datum[{k}]", "as": name} for k, name in enumerate(names)]
    return {"data": {"values": values}, "transform": fields}


def rounded(value: float, digits: int) -> float:
    """A number with so many significant digits; what is not finite stays."""
    return float(f"{value:.{digits}g}")


def ticks(low: float, high: float) -> dict[str, Any]:
    """Settings of an axis of whole numbers: all of them where there is room."""
    if high - low > TICKS:
        return {"format": "~d"}
    return {"format": "~d", "values": list(range(math.ceil(low), math.floor(high) + 1))}


def sharp(values: Sequence[float], steps: int = 10_000) -> list[float]:
    """Numbers to at least so many steps between the smallest and the largest."""
    span = max(values, default=0.0) - min(values, default=0.0)
    if not 0 < span < math.inf:
        return list(values)
    places = math.ceil(math.log10(steps / span))
    return [round(value, places) for value in values]


def alone(spec: Spec, title: str = "") -> Spec:
    """The chart with a width, a white background and a title of its own, for a file."""
    text = one_line(title)
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return {**spec, "width": WIDTH, "background": "white", **({"title": shown} if shown else {})}


def _short(value: Any) -> Any:
    """Whole numbers without a point."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return int(value) if whole else value
