"""Plots of digits against operations; the same data give the same bytes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.baselines.table import UNPUBLISHED, Row, families

_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "elitemap",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_MAX_OPS = 20
_COLOURS = matplotlib.colormaps["tab10"].colors  # type: ignore[attr-defined]
#: Families that get a line of their own, where a target has them.
_LINES = {
    "Taylor": "Taylor",
    "minimax polynomial, Horner": "minimax polynomial",
    "minimax rational, Horner": "minimax rational, Horner",
    "minimax rational, continued fraction": "minimax rational, continued fraction",
    "minimax with identities": "minimax with identities",
    "coth fraction, squarings": "coth fraction",
    "f10 family": "f10 family",
}


def plot_target(
    target: str, error: str, rows: Sequence[Row], found: Sequence[Mapping[str, Any]], folder: Path
) -> str:
    """Baselines as lines, what searches found as points; returns the file's name."""
    with matplotlib.rc_context(_SETTINGS):
        figure, axes = _canvas(f"{target} on [{rows[0]['domain']}], {error} error")
        table = families(rows)
        for colour, (family, label) in zip(_COLOURS, _LINES.items(), strict=False):
            _line(axes, table.get(family, {}), label, color=colour, marker="o", markersize=3)
        _line(axes, _envelope(rows), "best known", color="black", linewidth=2)
        nested = {ops: d for name in UNPUBLISHED for ops, d in table.get(name, {}).items()}
        _line(axes, nested, "nested, fitted", color="grey", linestyle=":", marker="d", markersize=3)
        _points(axes, found, "searches", "crimson")
        name = "".join(c if c.isalnum() else "-" for c in target).strip("-")
        return _saved(figure, axes, folder / f"{name}-{error}.svg")


def plot_peers(
    peers: Sequence[Mapping[str, Any]],
    known: Sequence[Row],
    found: Sequence[Mapping[str, Any]],
    folder: Path,
) -> str:
    """Other systems' results on 2^x with the best known; returns the file's name."""
    with matplotlib.rc_context(_SETTINGS):
        figure, axes = _canvas("2^x on (0, 1]: other systems")
        _line(axes, _envelope(known), "best known", color="black", linewidth=2)
        for colour, system in zip(_COLOURS, sorted({row["system"] for row in peers}), strict=False):
            _points(axes, [r for r in peers if r["system"] == system], system, colour)
        _points(axes, found, "searches", "crimson")
        return _saved(figure, axes, folder / "peers.svg")


def _canvas(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel="operations", ylabel="digits", xlim=(0, _MAX_OPS + 0.5))
    axes.set_xticks(range(0, _MAX_OPS + 1, 2))
    return figure, axes


def _line(axes: Axes, digits: Mapping[int, float], label: str, **style: Any) -> None:
    """The points of a family that beat all its cheaper ones, as stairs: in between nothing is."""
    better: dict[int, float] = {}
    for ops in sorted(digits):
        if digits[ops] > max(better.values(), default=0.0):
            better[ops] = digits[ops]
    if better:
        axes.plot(list(better), list(better.values()), drawstyle="steps-post", label=label, **style)


def _points(axes: Axes, found: Iterable[Mapping[str, Any]], label: str, colour: Any) -> None:
    pairs = [(row["ops"], row["digits"]) for row in found if row["digits"] is not None]
    if pairs:
        x, y = zip(*pairs, strict=True)
        axes.scatter(x, y, s=18, marker="x", color=colour, label=label, zorder=5)


def _envelope(rows: Sequence[Row]) -> dict[int, float]:
    """The best published digits with at most so many operations."""
    envelope: dict[int, float] = {}
    for ops in range(1, _MAX_OPS + 1):
        known = [r for r in rows if r["ops"] <= ops and r["family"] not in UNPUBLISHED]
        if known:
            envelope[ops] = max(row["digits"] for row in known)
    return envelope


def _saved(figure: Figure, axes: Axes, path: Path) -> str:
    axes.set_ylim(0, min(30.0, axes.get_ylim()[1]))
    axes.legend(fontsize="small", loc="upper left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    return path.name
