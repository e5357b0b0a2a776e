"""Families: parametric formulas that generate found ones, verified where nothing was found.

Coefficients of the members are fitted as polynomials of a whole parameter k, exactly, on as many
members as the degree needs and one more. The other members and fresh k must follow: at every k
that is tried the fraction must be identified again, or the family is not reported. Members differ
in their canonical form, since shifts and inflations would make families of any formula.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from elitemap.evaluators.fractions.families.curves import SPARE, Curve, Point, curves, fit
from elitemap.evaluators.fractions.families.familytext import bivariate, quotient
from elitemap.evaluators.fractions.values import deep
from elitemap.evaluators.fractions.values.identify import identify
from elitemap.searchspaces.fractions.canonical import canonical, terminates
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError, trimmed
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation

#: Tells the value of a fraction, None if it is not recognised.
Verify = Callable[[ContinuedFraction], Relation | None]

#: Fresh parameters that must hold, how many are looked at for that, and curves that are verified.
FRESH, LOOKED, TRIED = 3, 8, 60
#: Formulas of one shape that are looked at.
MAX_MEMBERS = 300
#: Degree in k of a value's coefficients.
VALUE_DEGREE = 3


@dataclass(frozen=True)
class Family:
    """A parametric formula.

    Attributes:
        a: Partial denominators as text in n and k; several, separated by ``;``, if interlaced (n is
            then the index divided by the period).
        b: Partial numerators.
        value: The value as text in k, None if its coefficients are no polynomials in k.
        members: (k, formula) that it generates, of those given.
        verified: Values of k without a member at which the fraction was identified.
        unseen: Members that the fit did not use, and verified values of k.
    """

    a: str
    b: str
    value: str | None
    members: tuple[tuple[int, Formula], ...]
    verified: tuple[int, ...]
    unseen: int

    def to_json(self) -> dict[str, Any]:
        """The family as a JSON object."""
        return {
            "text": str(self),
            "a": self.a,
            "b": self.b,
            "value": self.value,
            "members": [{"k": k, "source": str(formula)} for k, formula in self.members],
            "verified": list(self.verified),
            "unseen": self.unseen,
        }

    def __str__(self) -> str:
        """Readable text."""
        ks = [k for k, _ in self.members]
        value = "" if self.value is None else f"{self.value}: "
        return f"{value}a = {self.a}, b = {self.b}, k = {', '.join(map(str, ks))}, ..."


def families(formulas: Sequence[Formula], verify: Verify) -> list[Family]:
    """The families of formulas.

    Args:
        formulas: Of one constant or several; signed fractions are passed over.
        verify: Tells the value of a fraction, as :func:`verifier`.

    Returns:
        Verified families, those with most members first; no two with the same members.
    """
    found: list[Family] = []
    for own in (True, False):
        for group in _groups(formulas, own).values():
            found += _of_group(group, verify, {m for f in found for _, m in f.members})
    return sorted(found, key=lambda family: -len(family.members))


def verifier(constants: Sequence[Constant], digits: int = 60, seconds: float = 2.0) -> Verify:
    """Identification of fractions by their limits.

    Args:
        constants: What values are made of.
        digits: Digits of the limits.
        seconds: Bound on the time of one limit.
    """

    def verify(fraction: ContinuedFraction) -> Relation | None:
        limit = deep.limit(fraction, digits, seconds)
        found = None if limit is None else identify(limit, constants)
        return found.relation if found is not None and found.relation.constants else None

    return verify


Shape = tuple[tuple[int, ...], tuple[int, ...]]
Member = tuple[ContinuedFraction, Formula]


def _groups(formulas: Sequence[Formula], own: bool) -> dict[Shape, dict[Point, Member]]:
    """Members by degrees, and by coefficients: their own, or those of the canonical form."""
    groups: dict[Shape, dict[Point, Member]] = {}
    seen = set()
    for formula in formulas:
        fraction = formula.fraction
        if not isinstance(fraction, ContinuedFraction) or formula.value is None:
            continue
        least = canonical(fraction)
        if least in seen:
            continue
        seen.add(least)
        kept = fraction if own else least
        shape = tuple(map(len, kept.a)), tuple(map(len, kept.b))
        point = tuple(c for side in (*kept.a, *kept.b) for c in side)
        groups.setdefault(shape, {})[point] = kept, formula
    return groups


def _of_group(group: Mapping[Point, Member], verify: Verify, taken: set[Formula]) -> list[Family]:
    """The verified families among fractions of one shape."""
    points = list(group)[:MAX_MEMBERS]
    found: list[Family] = []
    for curve in curves(points)[:TRIED]:
        formulas = {group[points[index]][1] for _, index in curve.members}
        if formulas <= taken:
            continue
        family = _verified(curve, points, group, verify)
        if family is not None:
            found.append(family)
            taken = taken | formulas
    return found


def _verified(
    curve: Curve, points: Sequence[Point], group: Mapping[Point, Member], verify: Verify
) -> Family | None:
    """The family along a curve, if fresh parameters hold."""
    shape = group[points[curve.members[0][1]]][0]
    members = {k: group[points[index]] for k, index in curve.members}
    known = {member[0] for member in members.values()}
    values = {}
    for k in _fresh(sorted(members)):
        fraction = _fraction(curve.at(k), shape)
        if fraction is None or fraction in known:
            continue
        value = verify(fraction)
        if value is None:
            return None
        values[k] = value
        if len(values) == FRESH:
            break
    if len(values) < FRESH:
        return None
    fresh = tuple(sorted(values))
    for k, (fraction, formula) in members.items():
        value = formula.value if fraction == formula.fraction else verify(fraction)
        if value is not None:
            values[k] = value
    a, b = _texts(curve, shape)
    kept = tuple((k, member[1]) for k, member in sorted(members.items()))
    unseen = len(kept) - (curve.degree + SPARE) + len(fresh)
    return Family(a, b, _value_text(values), kept, fresh, unseen)


def _fresh(ks: Sequence[int]) -> list[int]:
    """Parameters to try: the gaps between members and those beyond the last."""
    gaps = [k for k in range(ks[0], ks[-1]) if k not in ks]
    return [*gaps[:LOOKED], *range(ks[-1] + 1, ks[-1] + 1 + LOOKED)][: 2 * LOOKED]


def _fraction(point: Point | None, shape: ContinuedFraction) -> ContinuedFraction | None:
    """The fraction with these coefficients; None if it has none, ends or is degenerate."""
    if point is None:
        return None
    rest = iter(point)
    sides = [
        tuple(trimmed([next(rest) for _ in side]) for side in part) for part in (shape.a, shape.b)
    ]
    found = ContinuedFraction(*sides)
    try:
        canonical(found)
    except FractionError:
        return None
    return None if terminates(found) else found


def _texts(curve: Curve, shape: ContinuedFraction) -> tuple[str, str]:
    """The two sides in n and k."""
    rest = iter(curve.coordinates)
    sides = [[[next(rest) for _ in side] for side in part] for part in (shape.a, shape.b)]
    a, b = ("; ".join(bivariate(side) for side in part) for part in sides)
    return a, b


def _value_text(values: Mapping[int, Relation]) -> str | None:
    """The value in k, if its coefficients, one of them made 1, are polynomials of low degree."""
    names = {value.constants for value in values.values()}
    if len(names) != 1 or len(values) < VALUE_DEGREE + 2:
        return None
    rows = {k: (*value.numerator, *value.denominator) for k, value in values.items()}
    width = len(next(iter(rows.values())))
    for pivot in range(width):
        if all(row[pivot] for row in rows.values()):
            scaled = {k: [fmpq(c, row[pivot]) for c in row] for k, row in rows.items()}
            found = fit(scaled, VALUE_DEGREE)
            if found is not None:
                return quotient(found, next(iter(names)))
    return None
