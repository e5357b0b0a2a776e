"""The best member of a family of quotients: a linear problem, solved by exchange.

Numerator P and denominator Q enter P(x) - f(x) Q(x) linearly. An interpolant at Chebyshev points is
one linear system; equal errors of alternating sign at m + 1 points are a few more, with the last Q
in the weights, which converge fast (Werner's and Maehly's variants of Remez's exchange; Cody, "A
survey of practical rational and polynomial approximation of functions", SIAM Review 12, 1970).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat, arb_poly
from numpy.typing import NDArray

from elitemap.evaluators.elementary.rational.nodes import Family, Terms
from elitemap.evaluators.elementary.rational.peeling import Quotient
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball
from elitemap.searchspaces.elementary.targets import Target

Floats = NDArray[np.float64]

#: Working precision: errors down to 1e-30 and ill-conditioned systems.
BITS = 256

#: Points on which errors are looked at.
POINTS = 128

_ROUNDS = 10
#: An exchange ends where it lowers the largest error by less than this part: the fit of the
#: program's constants goes on from there.
_WORTHWHILE = 0.01


@dataclass(frozen=True)
class Member:
    """A member of a family.

    Attributes:
        quotient: The member.
        errors: float64[:data:`POINTS`], in units of the target where the error is relative.
        error: The largest of them in size.
    """

    quotient: Quotient
    errors: Floats
    error: float


@dataclass(frozen=True)
class Sampled:
    """A target at points, in extended precision.

    Attributes:
        xs: Increasing arguments, dense towards the ends.
        values: The target there.
        units: The error that counts as 1: the size of the value under relative error.
    """

    xs: list[arb]
    values: list[arb]
    units: list[arb]


def sampled(target: Target, points: int = POINTS) -> Sampled:
    """A target at Chebyshev points.

    Raises:
        SearchError: If it has no value at one of them.
    """
    xs = target.chebyshev(points).tolist()
    values = [target.value(Fraction(x), BITS - 64).mid() for x in xs]
    units = [abs(v) if target.relative else arb(1) for v in values]
    if target.judged.weight is not None:
        weights = [target.weight(Fraction(x), BITS) for x in xs]
        units = [(unit / weight).mid() for unit, weight in zip(units, weights, strict=True)]
    return Sampled([arb(x) for x in xs], values, units)


def interpolant(family: Family, target: Sampled) -> Member | None:
    """The member that takes the target's values at as many points as it has free numbers.

    Returns:
        None if there is none or it has a pole between the points.
    """
    with precision(BITS):
        count = family.dimension
        nodes = [(2 * k + 1) / (2 * count) for k in range(count)]
        places = sorted({_place(target, node) for node in nodes})
        return _measured(_solved(family, target, places), target)


def best(family: Family, target: Sampled, start: Member) -> Member:
    """The member with the least largest error on the points, from an interpolant."""
    with precision(BITS):
        found = member = start
        for _ in range(_ROUNDS):
            places = _alternation(member.errors, family.dimension + 1)
            if places is None:
                break
            # Equal errors of these signs, in the units of the last denominator.
            weights = [
                arb(float(np.sign(member.errors[k])))
                * target.units[k]
                * member.quotient.bottom(target.xs[k])
                for k in places
            ]
            following = _measured(_solved(family, target, places, weights), target)
            if following is None:
                break
            done = following.error > found.error * (1 - _WORTHWHILE)
            member = following
            found = member if member.error < found.error else found
            if done:
                break
    return found


def _place(target: Sampled, part: float) -> int:
    """The point nearest to a Chebyshev angle, as a part of half a turn."""
    return round(part * (len(target.xs) - 1))


def _solved(
    family: Family, target: Sampled, places: Sequence[int], weights: Sequence[arb] = ()
) -> Quotient | None:
    """Solve P - f Q = E weight at the places for the free coefficients, and E with weights."""
    free = [(side, e) for side in (0, 1) for e, c in _sides(family)[side].items() if c is None]
    given = [
        {e: ball(Fraction(c)) for e, c in side.items() if c is not None} for side in _sides(family)
    ]
    if not family.known:
        side, e = free.pop()
        given[side][e] = arb(1)
    rows, right = [], []
    for number, k in enumerate(places):
        x, f = target.xs[k], target.values[k]
        row = [x**e * (-f if side else 1) for side, e in free]
        rows.append([*row, -weights[number]] if weights else row)
        right.append(f * _at(given[1], x) - _at(given[0], x))
    n = len(right)
    if n != len(rows[0]):
        return None
    try:
        solution = arb_mat(rows).solve(arb_mat(n, 1, right))
    except ZeroDivisionError:
        return None
    for (side, e), value in zip(free, [solution[i, 0].mid() for i in range(n)], strict=False):
        given[side][e] = value
    return Quotient(*(_polynomial(terms) for terms in given))


def _sides(family: Family) -> tuple[Terms, Terms]:
    return family.top, family.bottom


def _at(terms: dict[int, arb], x: arb) -> arb:
    return sum((c * x**e for e, c in terms.items()), arb(0))


def _polynomial(terms: dict[int, arb]) -> arb_poly:
    return arb_poly([terms.get(e, arb(0)) for e in range(max(terms) + 1)])


def _measured(quotient: Quotient | None, target: Sampled) -> Member | None:
    if quotient is None:
        return None
    bottoms = [float(quotient.bottom(x).mid()) for x in target.xs]
    if min(bottoms) <= 0.0 <= max(bottoms):
        return None
    errors = _errors(quotient, target)
    error = float(np.abs(errors).max())
    return Member(quotient, errors, error) if np.isfinite(error) and error > 0.0 else None


def _errors(quotient: Quotient, target: Sampled) -> Floats:
    top, bottom = quotient.top, quotient.bottom
    rows = zip(target.xs, target.values, target.units, strict=True)
    return np.array([float((top(x) / bottom(x) - f) / unit) for x, f, unit in rows])


def _alternation(errors: Floats, count: int) -> list[int] | None:
    """Places of alternating extrema, the smallest dropped until so many are left; None if fewer."""
    changes = np.flatnonzero(np.signbit(errors[1:]) != np.signbit(errors[:-1])) + 1
    runs = np.split(np.arange(len(errors)), changes)
    places = [int(run[np.argmax(np.abs(errors[run]))]) for run in runs]
    while len(places) > count:
        sizes = np.abs(errors[places])
        if len(places) == count + 1:
            del places[0 if sizes[0] < sizes[-1] else -1]
        else:
            k = int(np.argmin(sizes[1:] + sizes[:-1]))
            del places[k : k + 2]
    return places if len(places) == count else None
