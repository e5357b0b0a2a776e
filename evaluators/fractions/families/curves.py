"""Whole points on polynomial curves: which of many coefficient vectors one parameter generates.

Found are points on a line whose places on it are an arithmetic progression (with gaps) or the
values of a quadratic polynomial at consecutive integers, and points on a curve of degree 2 or 3
along which some coordinate grows linearly.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_poly

Point = tuple[int, ...]

#: Parts of a progression that are tried when it does not hold as a whole.
STEPS = (1, 2, 3, 4, 6)
#: Degrees of the curves that are not lines.
DEGREES = (2, 3)
#: Points beyond those that a fit needs: one that the fit must meet, and one not shown to it.
SPARE = 2


@dataclass(frozen=True)
class Curve:
    """Points P(k) for whole k.

    Attributes:
        coordinates: One polynomial in k per coordinate.
        members: (k, index of a point), by increasing k.
        degree: Largest degree of the coordinates.
    """

    coordinates: tuple[fmpq_poly, ...]
    members: tuple[tuple[int, int], ...]
    degree: int

    def at(self, k: int) -> Point | None:
        """The point at k, None where it is not whole."""
        values = [polynomial(k) for polynomial in self.coordinates]
        if any(value.q != 1 for value in values):
            return None
        return tuple(int(value.p) for value in values)


def curves(points: Sequence[Point]) -> list[Curve]:
    """The curves through at least degree + 3 of different points, those with most points first.

    Args:
        points: All of one dimension.
    """
    found: dict[tuple[int, frozenset[int]], Curve] = {}
    for curve in itertools.chain(_lines(points), _bent(points)):
        key = curve.degree, frozenset(index for _, index in curve.members)
        found.setdefault(key, curve)
    return sorted(found.values(), key=lambda curve: (-len(curve.members), curve.degree))


def fit(places: Mapping[int, Sequence[fmpq | int]], most: int) -> list[fmpq_poly] | None:
    """Polynomials of degree at most ``most`` through values at whole places, exactly.

    Args:
        places: Values of each coordinate by place; at least ``most`` + 2 places.
        most: Degree.

    Returns:
        One polynomial per coordinate; None if they do not meet all values.
    """
    first = sorted(places)[: most + 1]
    width = len(places[first[0]])
    found = [_interpolated([(k, places[k][c]) for k in first]) for c in range(width)]
    good = all(p(k) == v for k, row in places.items() for p, v in zip(found, row, strict=True))
    return found if good else None


def _interpolated(pairs: Sequence[tuple[int, fmpq | int]]) -> fmpq_poly:
    """Newton's form of the polynomial through the pairs."""
    total, basis = fmpq_poly([0]), fmpq_poly([1])
    for k, value in pairs:
        total += basis * ((fmpq(value) - total(k)) / basis(k))
        basis *= fmpq_poly([-k, 1])
    return total


def _lines(points: Sequence[Point]) -> Iterator[Curve]:
    """Lines through at least four points."""
    seen: dict[tuple[Point, Point], dict[int, int]] = {}
    for (i, p), (j, q) in itertools.combinations(enumerate(points), 2):
        step = [y - x for x, y in zip(p, q, strict=True)]
        scale = math.gcd(*step)
        pivot = next(c for c, s in enumerate(step) if s)
        scale = scale if step[pivot] > 0 else -scale
        direction = tuple(s // scale for s in step)
        for index, point in ((i, p), (j, q)):
            place = point[pivot] // direction[pivot]
            base = tuple(x - place * s for x, s in zip(point, direction, strict=True))
            seen.setdefault((direction, base), {})[place] = index
    for places in seen.values():
        if len(places) >= 1 + SPARE:
            yield from _along(points, places)


def _along(points: Sequence[Point], places: Mapping[int, int]) -> Iterator[Curve]:
    """The parts of a line that are progressions or quadratic sequences."""
    ordered = sorted(places)
    spacing = math.gcd(*(t - ordered[0] for t in ordered))
    for factor in STEPS:
        step = spacing * factor
        for residue in sorted({t % step for t in ordered}):
            part = [t for t in ordered if t % step == residue]
            if len(part) > 1 + SPARE:
                members = [((t - part[0]) // step, places[t]) for t in part]
                yield from _curve(points, members, 1)
    for run in _runs(ordered):
        yield from _curve(points, [(k, places[t]) for k, t in enumerate(run)], 2)


def _runs(ordered: Sequence[int]) -> Iterator[list[int]]:
    """Longest runs with a constant second difference that is not zero."""
    gaps = [y - x for x, y in itertools.pairwise(ordered)]
    bends = [y - x for x, y in itertools.pairwise(gaps)]
    start = 0
    for bend, group in itertools.groupby(bends):
        size = len(list(group))
        if bend and size + 2 > 2 + SPARE:
            yield list(ordered[start : start + size + 2])
        start += size


def _bent(points: Sequence[Point]) -> Iterator[Curve]:
    """Curves of higher degree, seeded by points that are equally spaced in one coordinate."""
    for c in range(len(points[0]) if points else 0):
        by_value: dict[int, list[int]] = {}
        for index, point in enumerate(points):
            by_value.setdefault(point[c], []).append(index)
        for degree, step in itertools.product(DEGREES, STEPS):
            for first in sorted(by_value):
                places = [first + step * k for k in range(degree + SPARE)]
                if (first - step) not in by_value and all(t in by_value for t in places):
                    seeds = itertools.product(*(by_value[t] for t in places))
                    yield from _extended(points, by_value, places, seeds, degree)


def _extended(
    points: Sequence[Point],
    by_value: Mapping[int, Sequence[int]],
    places: Sequence[int],
    seeds: Iterable[Sequence[int]],
    degree: int,
) -> Iterator[Curve]:
    """The curves that meet their seeds, with all further points on them."""
    first, step = places[0], places[1] - places[0]
    for seed in itertools.islice(seeds, 256):
        if not _follow([points[index] for index in seed]):
            continue
        found = fit({k: points[index] for k, index in enumerate(seed)}, degree)
        if found is None or max(p.degree() for p in found) != degree:
            continue
        members = []
        for value, indices in by_value.items():
            k, rest = divmod(value - first, step)
            wanted = [p(k) for p in found]
            members += [(k, i) for i in indices if not rest and list(points[i]) == wanted]
        yield from _curve(points, members, degree)


def _follow(seed: Sequence[Point]) -> bool:
    """Whether the highest difference vanishes, so that a curve of lower degree meets all."""
    last = len(seed) - 1
    weights = [(-1) ** k * math.comb(last, k) for k in range(last + 1)]
    columns = zip(*seed, strict=True)
    return all(sum(w * x for w, x in zip(weights, c, strict=True)) == 0 for c in columns)


def _curve(
    points: Sequence[Point], members: Sequence[tuple[int, int]], degree: int
) -> Iterator[Curve]:
    """The curve, if it has enough members."""
    members = sorted(members)
    if len(members) > degree + SPARE:
        found = fit({k: points[index] for k, index in members}, degree)
        if found is not None:
            yield Curve(tuple(found), tuple(members), degree)
