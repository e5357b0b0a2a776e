"""What a quotient of polynomials may be fitted to instead of the target itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from elitemap.archive.errors import SearchError
from elitemap.evaluators.elementary.rational.best import BITS, Sampled
from elitemap.evaluators.elementary.rational.nodes import Family
from elitemap.evaluators.elementary.rational.squarings import root
from elitemap.formulas.vocabulary import ball, value_at
from elitemap.searchspaces.elementary.domain import storable, vanishes_at
from elitemap.searchspaces.elementary.targets import Target

#: Most squarings that are tried.
SQUARINGS = 8

#: Places, as parts of the domain, at which a symmetry is looked for, and the bits that must agree.
_PROBES = (Fraction(1, 7), Fraction(3, 7), Fraction(6, 7))
_AGREEING = 100


@dataclass(frozen=True)
class Shape:
    """``offset + t^power P(v) / Q(v)`` to the power 2^squarings, with v = t^step, t = x - shift.

    Attributes:
        name: What tables print, empty for the plain quotient.
        power: 0 or 1.
        step: 1, or 2 for even and odd functions.
        shift: Where a zero of the target is, else 0.
        squarings: How often the quotient is squared.
        offset: What is added to it; None for nothing.
        logistic: Whether the reciprocal of one more than all that is the result.
        mirrored: Whether what is squared is ``2 / (1 + h) - 1`` with the quotient as h, so that
            opposite arguments give reciprocals where h is odd.
    """

    name: str
    power: int
    step: int
    shift: Fraction
    squarings: int
    offset: arb | None = None
    logistic: bool = False
    mirrored: bool = False

    @property
    def around(self) -> int:
        """Operations beside those of the quotient in v."""
        beside = (self.step == 2) + (self.shift != 0) + (self.offset is not None)
        return self.power + beside + self.squarings + 2 * self.logistic + 3 * self.mirrored

    def family(self, n: int, m: int) -> Family:
        """Quotients with degrees (n, m) in v."""
        top = [self.power + self.step * i for i in range(n + 1)]
        return Family(dict.fromkeys(top), dict.fromkeys(self.step * i for i in range(m + 1)))

    def wanted(self, samples: Sampled) -> Sampled:
        """What the quotient itself has to be: roots of the target, of t; errors in its units."""
        values, units = samples.values, samples.units
        if self.logistic:
            # A small error e of g is one of e f^2 of f = 1 / (1 + g).
            units = [(unit / f**2).mid() for unit, f in zip(units, values, strict=True)]
            values = [(1 / f - 1).mid() for f in values]
        squared = root(Sampled(samples.xs, values, units), self.squarings)
        values, units = squared.values, squared.units
        if self.mirrored:
            # A small error e of h is one of 2 e / (1 + h)^2 of 2 / (1 + h) - 1.
            values = [((1 - q) / (1 + q)).mid() for q in values]
            units = [(u * (1 + h) ** 2 / 2).mid() for u, h in zip(units, values, strict=True)]
        if self.offset is not None:
            values = [(value - self.offset).mid() for value in values]
        shift = ball(self.shift)
        return Sampled([(x - shift).mid() for x in samples.xs], values, units)


def shapes(target: Target, samples: Sampled) -> Iterator[Shape]:
    """The shapes worth a trial for a target; call it under the precision of fits."""
    parity = symmetry(target)
    zeros = [
        end
        for end, inwards in ((target.lo, target.hi - target.lo), (target.hi, target.lo - target.hi))
        if storable(end) and vanishes_at(target.expression, end, inwards)
    ]
    if not (target.relative and zeros):
        yield Shape("", 0, 1, Fraction(0), 0)
    for zero in zeros:
        if not (parity == -1 and zero == 0):
            yield Shape("with the zero", 1, 1, zero, 0)
    if parity == 1:
        yield Shape("even", 0, 2, Fraction(0), 0)
    if parity == -1:
        yield Shape("odd", 1, 2, Fraction(0), 0)
    offset = middle(target) if parity == 0 else None
    halfway = offset is not None and _same(offset, arb(0.5))
    if offset is not None:
        yield Shape("odd about its value at 0", 1, 2, Fraction(0), 0, offset)
    if all(value > 0 for value in samples.values) and not (target.relative and zeros):
        for k in range(1, SQUARINGS + 1):
            name = f"{k} squaring" + "s" * (k > 1)
            yield Shape(name, 0, 1, Fraction(0), k)
            if parity == 1:
                yield Shape(f"even, {name}", 0, 2, Fraction(0), k)
            if steps(samples):
                yield Shape(f"logistic, {name}", 0, 1, Fraction(0), k, None, True)
                if halfway:
                    mirrored = f"odd, mirrored, logistic, {name}"
                    yield Shape(mirrored, 1, 2, Fraction(0), k, None, True, True)


def steps(samples: Sampled) -> bool:
    """Whether a target is between 0 and 1, and about a half somewhere, as distributions are."""
    values = samples.values
    within = all(0 < value < 1 for value in values)
    return within and any(value < 0.5 for value in values) and any(value > 0.5 for value in values)


def middle(target: Target) -> arb | None:
    """The value at 0 if the target is odd about it (a distribution function, say); else None."""
    if not target.lo < 0 < target.hi:
        return None
    try:
        offset = target.value(Fraction(0), BITS)
        for part in _PROBES:
            x = min(-target.lo, target.hi) * part
            pair = target.value(x, BITS), target.value(-x, BITS)
            if not _same(pair[0] - offset, offset - pair[1]):
                return None
    except SearchError:
        return None
    return offset.mid()


def symmetry(target: Target) -> int:
    """1 for an even target, -1 for an odd one, else 0: tested, not proved."""
    signs = set()
    for part in _PROBES:
        x = target.lo + (target.hi - target.lo) * part
        try:
            here, there = target.value(x, BITS), _value(target, -x)
        except SearchError:
            return 0
        signs.add(next((s for s in (1, -1) if _same(here, s * there)), 0))
    return signs.pop() if len(signs) == 1 else 0


def _value(target: Target, x: Fraction) -> arb:
    return value_at(target.expression, ball(x), BITS)


def _same(a: arb, b: arb) -> bool:
    return bool(b.is_finite()) and bool(abs(a - b) <= abs(a) * arb(2) ** -_AGREEING)
