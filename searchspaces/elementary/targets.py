"""Targets: what a program shall approximate, where, and in which error.

Named targets come with their usual domain and error mode. Any expression of the vocabulary is a
target as well, on [0, 1] unless a domain is given; its error mode is then relative if the target is
free of zeros on the closed domain and absolute otherwise.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError, UsageError
from elitemap.formulas.expression import ARITIES, Expression
from elitemap.formulas.parsing import parse
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball, value_at
from elitemap.searchspaces.elementary.domain import (
    End,
    check_defined,
    check_end,
    find_zero,
    parse_domain,
    require_no_zero,
    value_at_end,
    vanishes_at,
)
from elitemap.searchspaces.elementary.measures import Measure, measure_of, parse_error

Floats = NDArray[np.float64]

#: name: (expression, domain, error). Relative with a zero at an end means the half-open interval.
#: Logarithms, lgamma and digamma are absolute: the first are added to an exponent, all cross zero.
NAMED: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "exp2": ("exp2(x)", "0,1", "relative"),
        "exp": ("exp(x)", "0,1", "relative"),
        "expm1": ("expm1(x)", "0,1", "relative"),
        "log2": ("log2(x)", "1,2", "absolute"),
        "log": ("log(x)", "1,2", "absolute"),
        "log10": ("log10(x)", "1,2", "absolute"),
        "log1p": ("log1p(x)", "0,1", "relative"),
        "sin": ("sin(x)", "0,pi/4", "relative"),
        "cos": ("cos(x)", "0,pi/4", "relative"),
        "tan": ("tan(x)", "0,pi/4", "relative"),
        "asin": ("asin(x)", "0,1/2", "relative"),
        "acos": ("acos(x)", "0,1/2", "relative"),
        "atan": ("atan(x)", "0,1", "relative"),
        "sinh": ("sinh(x)", "0,1", "relative"),
        "cosh": ("cosh(x)", "0,1", "relative"),
        "tanh": ("tanh(x)", "0,1", "relative"),
        "asinh": ("asinh(x)", "0,1", "relative"),
        "acosh": ("acosh(x)", "5/4,2", "relative"),
        "atanh": ("atanh(x)", "0,1/2", "relative"),
        "sqrt": ("sqrt(x)", "1,4", "relative"),
        "cbrt": ("cbrt(x)", "1,8", "relative"),
        "erf": ("erf(x)", "0,2", "relative"),
        "erfc": ("erfc(x)", "0,2", "relative"),
        "gelu": ("gelu(x)", "-4,4", "absolute"),
        "sigmoid": ("sigmoid(x)", "-4,4", "relative"),
        "softplus": ("softplus(x)", "-4,4", "relative"),
        "gamma": ("gamma(x)", "1,2", "relative"),
        "lgamma": ("lgamma(x)", "1,2", "absolute"),
        "digamma": ("digamma(x)", "1,2", "absolute"),
        "airyai": ("airyai(x)", "0,1", "relative"),
        "airybi": ("airybi(x)", "0,1", "relative"),
        "lambertw": ("lambertw(x)", "0,1", "relative"),
    }
)


@dataclass(frozen=True)
class Target:
    """A function of x, a closed domain and an error mode.

    Attributes:
        name: The named target, or the expression as text.
        expression: The tree.
        lo: Lower end of the domain; just below it if that is irrational, so that no float64 lies
            between.
        hi: Upper end, or just above it.
        relative: Whether the error is |P/T - 1|; otherwise |P - T|.
        ends: Both ends as text, exactly.
        measure: What the error is multiplied by beside that, and whether a mean counts; None for
            the plain relative or absolute error.
    """

    name: str
    expression: Expression
    lo: Fraction
    hi: Fraction
    relative: bool
    ends: tuple[str, str]
    measure: Measure | None = None

    @property
    def inner(self) -> tuple[float, float]:
        """The least and the largest float64 of the domain."""
        low, high = float(self.lo), float(self.hi)
        low = low if Fraction(low) >= self.lo else float(np.nextafter(low, np.inf))
        high = high if Fraction(high) <= self.hi else float(np.nextafter(high, -np.inf))
        return low, high

    @property
    def error_mode(self) -> str:
        """``relative``, ``absolute``, or what the measure is called."""
        return self.judged.said

    @property
    def judged(self) -> Measure:
        """How errors are measured."""
        return self.measure or Measure("relative" if self.relative else "absolute")

    @property
    def mean(self) -> bool:
        """Whether the error is the root of a mean square, and not the largest."""
        return self.judged.name == "mean"

    def weight(self, x: Fraction, bits: int) -> arb:
        """What the error at an argument is multiplied by."""
        weight = self.judged.weight
        return arb(1) if weight is None else value_at(weight, _exactly(x, bits + 32), bits + 32)

    def units(self, xs: Floats, values: Floats) -> Floats:
        """float64[n], factors that turn P - f into errors, at arguments with their values."""
        factors = 1.0 / np.abs(values) if self.relative else np.ones(len(xs))
        if self.judged.weight is None:
            return factors
        found: Floats = factors * [float(self.weight(Fraction(x), 64).mid()) for x in xs.tolist()]
        return found

    def sample(self, xs: Floats) -> tuple[Floats, Floats]:
        """Values at exact float64 arguments.

        Args:
            xs: float64[n].

        Returns:
            (hi, lo): float64[n] each; hi + lo agrees with the target to about 2^-106 relative.

        Raises:
            SearchError: If the target has no finite value at an argument.
        """
        hi, lo = np.empty(len(xs)), np.empty(len(xs))
        for k, x in enumerate(xs.tolist()):
            hi[k], lo[k] = split(self.value(Fraction(x), 120))
        return hi, lo

    def value(self, x: Fraction, bits: int) -> arb:
        """The target at an exact argument, to the given relative accuracy.

        Raises:
            SearchError: If that is not reached (no finite value there).
        """
        working = bits + 32
        while working < 64 * bits:
            found = value_at(self.expression, _exactly(x, working), working)
            if found.is_finite() and found.rel_accuracy_bits() >= bits:
                return found
            working *= 2
        raise SearchError(f"{self.name} has no accurate value at x = {float(x):.17g}")

    def chebyshev(self, n: int) -> Floats:
        """Increasing float64 arguments, dense towards the ends, where minimax errors peak.

        Ends are included but for 0 (where programs may divide by x) and ends at which the target
        has no value or, under relative error, a zero.

        Args:
            n: Number of arguments, at least 2.
        """
        low, high = self._usable(self.lo), self._usable(self.hi)
        # Half a step of the angle is left out at an end that is not usable.
        first = 0.0 if high else 0.5
        angles = np.pi * (np.arange(n) + first) / (n - 1 + first + (0.0 if low else 0.5))
        middle, radius = float((self.lo + self.hi) / 2), float((self.hi - self.lo) / 2)
        xs = np.sort(middle + radius * np.cos(angles))
        xs[xs == 0.0] = radius / (16 * n)
        # Rounding may have carried some over an end.
        found: Floats = np.clip(xs, *self.inner)
        return found

    def _usable(self, end: Fraction) -> bool:
        if end == 0:
            return False
        value = value_at(self.expression, _exactly(end, 128), 128)
        return bool(value.is_finite()) and not (self.relative and value.contains(0))


def _exactly(x: Fraction, bits: int) -> arb:
    with precision(max(bits, 64), 1):
        return ball(x)


def split(value: arb) -> tuple[float, float]:
    """The midpoint of a ball as a sum of two float64, each correctly rounded."""
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    exact = Fraction(mantissa) * Fraction(2) ** exponent
    hi = float(exact)
    return hi, float(exact - Fraction(hi))


def resolve_target(
    name: str,
    domain: str | None = None,
    error: str | None = None,
    weight: str = "",
    halved: bool = False,
) -> Target:
    """The target a user means.

    Args:
        name: A name of :data:`NAMED` or an expression in x.
        domain: ``lo,hi``, or None for the default.
        error: ``relative``, ``absolute``, ``mean``, ``blend:FLOOR``, or None for the default.
        weight: An expression in x by which errors are multiplied; empty for 1.
        halved: Whether programs are odd or even with the target, so that a zero at 0 is theirs too
            and no harm under relative error.

    Raises:
        UsageError: With the cure, for everything that is not a target on a domain.
    """
    kind = None if error is None else parse_error(error)
    text, usual_domain, usual_error = _lookup(name.strip())
    expression = parse(text)
    if expression.constant:
        raise UsageError(f"expected a function of x, got the constant '{text[:60]}'; use x in it")
    ends = parse_domain(usual_domain if domain is None else domain)
    lo, hi = (end.near for end in ends)
    check_defined(expression, lo, hi)
    mode = kind or usual_error or _error_mode(expression, *ends)
    if mode == "relative":
        require_no_zero(expression, lo * 0 if halved and lo == -hi else lo, hi)
    for end in ends:
        check_end(expression, end, mode == "relative")
    short = next((key for key, row in NAMED.items() if row[0] == str(expression)), str(expression))
    first, last = map(str, ends)
    measure = None
    if weight.strip() or mode not in ("relative", "absolute"):
        measure = measure_of(mode, weight, expression, lo, hi)
    return Target(short, expression, lo, hi, mode == "relative", (first, last), measure)


def _lookup(name: str) -> tuple[str, str, str | None]:
    """Expression, default domain and default error mode (None: decided by the zeros)."""
    if name in NAMED:
        return NAMED[name]
    if name.isidentifier() and name != "x":
        if ARITIES.get(name, 0) == 2:
            raise UsageError(f"expected arguments for {name}, got none; write '{name}(1/2, x)'")
        near = difflib.get_close_matches(name.lower(), NAMED, 1)
        cure = f"did you mean {near[0]}?" if near else "use one of " + ", ".join(NAMED)
        raise UsageError(f"unknown target '{name[:40]}'; {cure} (or any expression in x)")
    for text, domain, error in NAMED.values():
        if name.replace(" ", "") == text:
            return text, domain, error
    return name, "0,1", None


def _error_mode(expression: Expression, first: End, last: End) -> str:
    lo, hi = first.near, last.near
    zero = any(
        vanishes_at(expression, end.near, inwards)
        if end.rational
        else value_at_end(expression, end).contains(0)
        for end, inwards in ((first, hi - lo), (last, lo - hi))
    )
    return "absolute" if zero or find_zero(expression, lo, hi) is not None else "relative"
