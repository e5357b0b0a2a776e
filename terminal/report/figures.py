"""Figures as values: what a chart shows, in words and as Vega-Lite."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from elitemap.terminal.plain import one_line

#: Mid-tones that people with any colour vision tell apart, on white and on black (Okabe and Ito).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c", "#b8a000")

#: Width of a chart that does not adapt to a page.
WIDTH = 640

#: Characters of its title.
LONGEST = 90

#: Widest range of whole numbers that all get a tick.
TICKS = 20

Spec = Mapping[str, Any]

# The page decides: text and lines take the colour of the text around them.
_INK = "currentColor"
_CONFIG = {
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


def specification(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart, height: int, description: str
) -> Spec:
    """A chart as Vega-Lite that takes the width and the colours of the page around it.

    Args:
        chart: The chart.
        height: Pixels.
        description: What a screen reader says.
    """
    whole = chart.properties(
        width="container", height=height, description=description, autosize=_fit()
    )
    found: dict[str, Any] = whole.to_dict()
    return {**found, "config": _CONFIG}


def ticks(low: float, high: float) -> dict[str, Any]:
    """Settings of an axis of whole numbers: all of them where there is room."""
    if high - low > TICKS:
        return {"format": "~d"}
    return {"format": "~d", "values": list(range(math.ceil(low), math.floor(high) + 1))}


def alone(spec: Spec, title: str = "") -> Spec:
    """The chart with a width, a white background and a title of its own, for a file."""
    text = one_line(title)
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return {**spec, "width": WIDTH, "background": "white", **({"title": shown} if shown else {})}


def _fit() -> alt.AutoSizeParams:
    return alt.AutoSizeParams(type="fit-x", contains="padding")
