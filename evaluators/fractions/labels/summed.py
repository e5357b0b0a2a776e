"""The hypergeometric series of a formula's constant, where the fraction has Euler's form.

Euler's form makes a tail of the fraction a Möbius image of S = t(N) + t(N+1) + ..., with quotients
t(k+1)/t(k) that are rational in k; the fraction's value is a Möbius image of the constant. Both are
exact, so the constant is one of S. The convergents are the partial sums, which takes a solution of
the recurrence that is a hypergeometric term; gauges keep that, so they lead to no further series.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_poly

from elitemap.evaluators.fractions.labels.euler import Euler, check, euler
from elitemap.evaluators.fractions.labels.explanations import forms
from elitemap.evaluators.fractions.labels.splits import SurdPolynomial
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.links import FARTHEST, Moebius, link, steps, times
from elitemap.searchspaces.fractions.ratio import terminates
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.series.closed import closed
from elitemap.searchspaces.fractions.series.series import Series, series

#: Numerator and denominator of t(k+1)/t(k).
Quotient = tuple[fmpq_poly, fmpq_poly]


def summed(formula: Formula) -> Series | None:
    """The series of a formula's constant.

    Args:
        formula: Any.

    Returns:
        A series of the constant, of 1/(c0 + c1 constant), or, of several constants, of a quotient
        of combinations; None without one that has rational coefficients and terms in closed form,
        or if the form is very far from the fraction.
    """
    fraction = formula.fraction
    if formula.value is None or not formula.value.constants:
        return None
    if not isinstance(fraction, ContinuedFraction) or terminates(fraction):
        return None
    try:
        images = _images(fraction)
        found = next((_solved(formula.value, of, *quotient) for of, quotient in images), None)
        return found if found is None or closed(found) else None
    except FractionError:
        return None


def _images(fraction: ContinuedFraction) -> Iterator[tuple[Moebius, Quotient]]:
    """The maps from sums S = 1 + ... to the fraction's value, and their quotients from k = 0 on."""
    _, outer = link(fraction)
    for form in forms(fraction):
        found = euler(form)
        quotient = None if found is None or found.start > FARTHEST else _quotient(found)
        if found is None or quotient is None or not check(found, form):
            continue
        ends = found.ends()
        if all(end.rational for end in ends):
            a, b, c = (end.fraction for end in ends)
            # From S to the tail, on to the form's value and the canonical one's, to the fraction's.
            tail = times(steps(form, found.start), _whole((a, b, c, Fraction(0))))
            yield times(times(outer, _inverse(link(form)[1])), tail), quotient


def _quotient(form: Euler) -> Quotient | None:
    """t(k+1)/t(k) for k = 0, 1, ... from the form's first term; None if it is not rational."""
    if not all(c.rational for side in (form.h1, form.h2, form.f) for c in side):
        return None
    h1, h2, f = map(_rational, (form.h1, form.h2, form.f))
    n = form.start
    above = h1(fmpq_poly([n + 1, 1])) * f(fmpq_poly([n, 1]))
    return above, h2(fmpq_poly([n + 2, 1])) * f(fmpq_poly([n + 2, 1]))


def _rational(polynomial: SurdPolynomial) -> fmpq_poly:
    return fmpq_poly([fmpq(c.fraction.numerator, c.fraction.denominator) for c in polynomial[::-1]])


def _solved(value: Relation, of: Moebius, above: fmpq_poly, below: fmpq_poly) -> Series:
    """The series of what a value that is (of S) is a relation of, S = 1 + ..."""
    s, t, u, v = _inverse(of)
    up = [s * n + t * d for n, d in zip(value.numerator, value.denominator, strict=True)]
    down = [u * n + v * d for n, d in zip(value.numerator, value.denominator, strict=True)]
    if len(up) != 2:
        left = Relation.of(value.constants, up, down)
        scale = _scale(left.numerator, up) / _scale(left.denominator, down)
        return series(left, Fraction(0), scale, above, below)
    left, constant, factor = _alone(value.constants, up, down)
    return series(left, constant, factor, above, below)


def _scale(lowest: Sequence[int], given: Sequence[int]) -> Fraction:
    """What a row was multiplied by when its relation was brought to lowest terms."""
    return next(Fraction(a, b) for a, b in zip(lowest, given, strict=True) if b)


def _alone(
    names: Sequence[str], up: Sequence[int], down: Sequence[int]
) -> tuple[Relation, Fraction, Fraction]:
    """Left, constant and factor of left = constant + factor S, S = (up0 + up1 c)/(down0 + ...)."""
    (p, q), (r, s) = up, down
    if not s:
        return Relation.of(names, [0, 1], [1, 0]), Fraction(-p, q), Fraction(r, q)
    # S = q/s + (p - q r/s)/(r + s c), and r + s c is the scale times whole numbers without divisor.
    scale = math.gcd(r, s) if s > 0 else -math.gcd(r, s)
    slope = (p - Fraction(q * r, s)) / scale
    left = Relation.of(names, [1, 0], [r // scale, s // scale])
    return left, -Fraction(q, s) / slope, 1 / slope


def _inverse(of: Moebius) -> Moebius:
    s, t, u, v = of
    return v, -t, -u, s


def _whole(entries: Sequence[Fraction]) -> Moebius:
    scale = 1
    for entry in entries:
        scale *= entry.denominator
    s, t, u, v = (int(entry * scale) for entry in entries)
    return s, t, u, v
