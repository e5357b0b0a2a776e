"""Points of a Pareto plot as data: arrays, the front, and the order in which keys visit them."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.pareto import undominated
from elitemap.archive.records import STATUSES
from elitemap.engine.protocols import Baseline


class Placed(Protocol):
    """What a point has in an archive's answer."""

    @property
    def x(self) -> float:
        """Its first objective."""

    @property
    def y(self) -> float:
        """Its second objective."""

    @property
    def id(self) -> str:
        """Id of the program."""

    @property
    def status(self) -> str:
        """How far it has been checked."""


class Known(NamedTuple):
    """A baseline in the plane."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points in a plane.

    Attributes:
        x_name: Objective to the right.
        y_name: Objective upwards.
        x: float64[n], all finite.
        y: float64[n], all finite.
        ids: Program ids.
        status: uint8[n], indices into ``STATUSES``.
        signs: For x and for y, +1 if more is better, -1 if less is.
        front: intp[k], indices of the points that no other dominates, by rising x.
        known: What is known.
    """

    x_name: str
    y_name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    ids: Sequence[str]
    status: NDArray[np.uint8]
    signs: tuple[int, int]
    front: NDArray[np.intp]
    known: tuple[Known, ...] = ()

    def __len__(self) -> int:
        """Number of points."""
        return len(self.x)


def cloud(
    x_name: str,
    y_name: str,
    points: Iterable[Placed],
    signs: tuple[int, int] = (-1, -1),
    baselines: Iterable[Baseline] = (),
) -> Cloud:
    """Points as the plot takes them.

    Args:
        x_name: Objective to the right.
        y_name: Objective upwards.
        points: With ``x``, ``y``, ``id`` and ``status``; those not finite are left out. A status
            that is unknown counts as candidate.
        signs: For x and for y, +1 if more is better, -1 if less is.
        baselines: What is known; those that lack one of the two objectives are left out.
    """
    rows = list(points)
    x = np.array([p.x for p in rows], dtype=np.float64)
    y = np.array([p.y for p in rows], dtype=np.float64)
    codes: dict[str, int] = {name: code for code, name in enumerate(STATUSES)}
    status = np.array([codes.get(p.status, 0) for p in rows], dtype=np.uint8)
    kept = np.isfinite(x) & np.isfinite(y)
    ids = [p.id for p, keep in zip(rows, kept.tolist(), strict=True) if keep]
    placed = [
        Known(b.name, b.objectives.get(x_name, math.nan), b.objectives.get(y_name, math.nan))
        for b in baselines
    ]
    known = tuple(b for b in placed if math.isfinite(b.x) and math.isfinite(b.y))
    x, y, status = x[kept], y[kept], status[kept]
    best = front(x, y, signs)
    return Cloud(x_name, y_name, x, y, ids, status, signs, best, known)


def front(
    x: NDArray[np.float64], y: NDArray[np.float64], signs: tuple[int, int]
) -> NDArray[np.intp]:
    """Points that nothing dominates, by rising x."""
    best = undominated(np.stack((signs[0] * x, signs[1] * y), axis=1))
    return best[:: -signs[0]]


def visits(columns: NDArray[np.intp], y: NDArray[np.float64]) -> NDArray[np.intp]:
    """The order in which up and down visit points: column by column, from low to high."""
    return np.lexsort((y, columns))


def along_front(points: Cloud, index: int, right: int) -> int:
    """The next point of the front to the right (1) or left (-1); the last one at the end."""
    places = points.x[points.front]
    if not len(places):
        return index
    here = np.flatnonzero(points.front == index)
    if here.size:
        place = int(here[0]) + right
    elif right > 0:
        place = int(np.searchsorted(places, points.x[index], side="right"))
    else:
        place = int(np.searchsorted(places, points.x[index], side="left")) - 1
    return int(points.front[min(max(place, 0), len(places) - 1)])
