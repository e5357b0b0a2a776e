"""Polynomials with adapted coefficients: degree n in n + floor(n/2) + 2 operations.

Knuth's scheme with Eve's choice of the shift: with y = x + s and w = y^2 the polynomial is
``(...(z (w - a1) + b1)(w - a2) + b2 ...)(w - am) + bm``, z linear or quadratic in y. The a_i are
the roots of the odd part of the shifted polynomial; they are all real if the roots of the
polynomial lie in one half-plane, and the last sum or difference disappears if the shift is a
critical point or the real part of a root. References: Knuth, The Art of Computer Programming 2,
section 4.6.4, theorem E; Eve, Numerische Mathematik 6 (1964).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import flint

from elitemap.evaluators.elementary.baselines.forms import Coefficients, divided, shifted
from elitemap.evaluators.elementary.baselines.numbers import Number, arb

#: Below this degree Horner's scheme is as cheap.
LEAST_DEGREE = 5
_ZERO = 2.0**-90
_POLISHING = 5


@dataclass(frozen=True)
class Adapted:
    """The constants of the scheme: the shift, the innermost polynomial and the pairs (a, b)."""

    shift: Number
    core: tuple[Number, ...]
    pairs: tuple[tuple[Number, Number], ...]

    def __call__(self, x: Number) -> Number:
        """The polynomial's value, operation by operation."""
        y = x + self.shift
        w = y * y
        value = y * self.core[-1] + self.core[-2]
        if len(self.core) == 3:
            value = value * y + self.core[0]
        for a, b in self.pairs:
            value = value * (w if a == 0 else w - a)
            value = value if b == 0 else value + b
        return value


def adapt(p: Coefficients) -> Adapted | None:
    """The cheapest adapted scheme of a polynomial of degree >= 5, or None if none is real."""
    for shift in _shifts(p):
        for scheme in _schemes(p, shift):
            if any(a == 0 or b == 0 for a, b in scheme.pairs):
                return scheme
    return None


def _shifts(p: Coefficients) -> list[Number]:
    """Real critical points and real parts of roots, extremes first."""
    slope = [k * c for k, c in enumerate(p)][1:]
    points = [r.real.mid() for r in _roots(slope) if _is_real(r)]
    points += [r.real.mid() for r in _roots(p)]
    points.sort(key=float)
    order = sorted(range(len(points)), key=lambda k: min(k, len(points) - 1 - k))
    return [points[k] for k in order]


def _roots(p: Coefficients) -> list[Number]:
    """Complex roots to working precision: isolated coarsely, then polished by Newton's method."""
    coefficients = [c.mid() for c in p]
    polynomial = flint.acb_poly(coefficients)
    slope = polynomial.derivative()
    roots = []
    for r in flint.arb_poly(coefficients).complex_roots():
        for _ in range(_POLISHING):
            r = (r.mid() - polynomial(r.mid()) / slope(r.mid())).mid()
        roots.append(r)
    return roots


def _is_real(root: Number) -> bool:
    return bool(abs(root.imag) < _ZERO * (1 + abs(root.real)))


def _schemes(p: Coefficients, point: Number) -> Iterator[Adapted]:
    """The schemes for one shift; any root may come outermost, where a remainder may vanish."""
    moved = shifted(p, point)
    roots = _real_roots(moved[1::2]) or []
    for outermost in roots:
        rest, pairs = list(moved), []
        for a in [outermost, *(r for r in roots if r is not outermost)]:
            rest, remainder = _divided_by_square(rest, a)
            pairs.append((_snapped(a), _snapped(remainder)))
        yield Adapted((-point).mid(), tuple(rest), tuple(reversed(pairs)))


def _real_roots(odd: Sequence[Number]) -> list[Number] | None:
    try:
        roots = _roots(odd)
    except ValueError:
        return None
    if len(roots) < len(odd) - 1 or not all(map(_is_real, roots)):
        return None
    return [r.real.mid() for r in roots]


def _divided_by_square(p: Sequence[Number], a: Number) -> tuple[list[Number], Number]:
    """Quotient by y^2 - a and the constant remainder (the linear one vanishes by choice of a)."""
    divisor = [-a, arb(0), arb(1)]
    whole, rest = divided(p, divisor)
    return whole, rest[0]


def _snapped(value: Number) -> Number:
    return arb(0) if abs(value) < _ZERO else value
