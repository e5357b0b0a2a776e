"""Targets of two variables: what a program shall approximate on a box, and in which error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError, UsageError
from elitemap.formulas.expression import VARIABLES, Expression
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.elementary.bivariate.measures import measure_on
from elitemap.searchspaces.elementary.bivariate.regions import (
    Box,
    check_defined,
    find_zero,
    parse_box,
    require_no_zero,
    value_at,
)
from elitemap.searchspaces.elementary.measures import Measure, parse_error
from elitemap.searchspaces.elementary.targets import split

Floats = NDArray[np.float64]

#: name: (expression, domain, error). The angle is that of the octant to which others are reduced.
NAMED: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "atan2": ("atan2(y, x)", "1/2,1,0,1", "absolute"),
        "hypot": ("hypot(x, y)", "1/2,1,0,1", "relative"),
        "pow": ("x**y", "1/2,2,-1,1", "relative"),
    }
)


@dataclass(frozen=True)
class BivariateTarget:
    """A function of x and y, a closed box and an error mode.

    Attributes:
        name: The named target, or the expression as text.
        expression: The tree.
        box: Where.
        relative: Whether the error is |P/T - 1|; otherwise |P - T|.
        ends: Bounds of x, then of y, as text.
        measure: How errors are measured.
    """

    name: str
    expression: Expression
    box: Box
    relative: bool
    ends: tuple[str, str, str, str]
    measure: Measure

    @property
    def error_mode(self) -> str:
        """``relative``, ``absolute``, or what the measure is called."""
        return self.measure.said

    @property
    def mean(self) -> bool:
        """Whether the error is the root of a mean square, and not the largest."""
        return self.measure.name == "mean"

    def weight(self, x: float, y: float, bits: int) -> arb:
        """What the error at an argument is multiplied by."""
        weight = self.measure.weight
        return arb(1) if weight is None else value_at(weight, Fraction(x), Fraction(y), bits + 32)

    def units(self, points: Floats, values: Floats) -> Floats:
        """float64[n], factors that turn P - f into errors, at float64[2, n] with their values."""
        factors = 1.0 / np.abs(values) if self.relative else np.ones(len(values))
        if self.measure.weight is None:
            return factors
        weights = [float(self.weight(x, y, 64).mid()) for x, y in points.T.tolist()]
        found: Floats = factors * weights
        return found

    @property
    def where(self) -> str:
        """The box in words."""
        return "[{}, {}] × [{}, {}]".format(*self.ends)

    @property
    def inner(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The least and the largest float64 of each side."""
        return _inner(self.box.x), _inner(self.box.y)

    def value(self, x: float, y: float, bits: int) -> arb:
        """The target at an exact argument, to the given relative accuracy.

        Raises:
            SearchError: If that is not reached (no finite value there).
        """
        working = bits + 32
        while working < 16 * bits:
            found = value_at(self.expression, Fraction(x), Fraction(y), working)
            if found.is_finite() and (found.is_exact() or found.rel_accuracy_bits() >= bits):
                return found
            working *= 2
        if found.is_finite() and found.contains(0):
            return found
        raise SearchError(f"{self.name} has no accurate value at ({x:.17g}, {y:.17g})")

    def grid(self, n: int) -> Floats:
        """float64[2, n * n], x and y of a product of Chebyshev points with both ends."""
        angles = np.pi * np.arange(n) / (n - 1)
        sides = []
        for low, high in self.inner:
            points = (low + high) / 2 - (high - low) / 2 * np.cos(angles)
            sides.append(np.clip(points, low, high))
        return np.stack([side.ravel() for side in np.meshgrid(*sides, indexing="ij")])

    def sample(self, points: Floats) -> tuple[Floats, Floats]:
        """Values at float64[2, n] arguments: (hi, lo), float64[n] each.

        Raises:
            SearchError: If there is no finite value at an argument.
        """
        pairs = [split(self.value(x, y, 120)) for x, y in points.T.tolist()]
        high, low = np.array(pairs).T
        return np.ascontiguousarray(high), np.ascontiguousarray(low)


def _inner(side: tuple[Fraction, Fraction]) -> tuple[float, float]:
    low, high = map(float, side)
    low = low if Fraction(low) >= side[0] else float(np.nextafter(low, np.inf))
    high = high if Fraction(high) <= side[1] else float(np.nextafter(high, -np.inf))
    return low, high


def is_bivariate(name: str) -> bool:
    """Whether a target is a function of x and y: named, or an expression with y."""
    return name.strip() in NAMED or re.search(r"\by\b", name) is not None


def resolve_bivariate(
    name: str, domain: str | None, error: str | None, weight: str = ""
) -> BivariateTarget:
    """The target a user means.

    Args:
        name: A name of :data:`NAMED` or an expression in x and y.
        domain: ``lo,hi,lo,hi``, or None for the default.
        error: ``relative``, ``absolute``, ``mean``, ``blend:FLOOR``, or None for the default:
            relative where the target has no zero on the box.
        weight: An expression in x and y by which errors are multiplied; empty for 1.

    Raises:
        UsageError: With the cure, for everything that is not a target on a box.
    """
    text, usual_domain, usual_error = _lookup(name.strip())
    expression = parse(text, VARIABLES)
    if missing := [v for v in VARIABLES if v not in expression.variables]:
        raise UsageError(
            f"expected a function of x and y, got '{text[:60]}' without {missing[0]}; write a "
            "function of one variable in x alone"
        )
    kind = None if error is None else parse_error(error)
    sides = parse_box(usual_domain if domain is None else domain)
    (x0, x1), (y0, y1) = ((a.near, b.near) for a, b in sides)
    box = Box((x0, x1), (y0, y1))
    check_defined(expression, box)
    if kind == "relative":
        require_no_zero(expression, box)
    mode = kind or usual_error
    if mode is None or (mode == "relative" and domain is not None and kind is None):
        mode = "relative" if find_zero(expression, box) is None else "absolute"
    measure = measure_on(mode, weight, expression, box)
    short = next((key for key, row in NAMED.items() if row[0] == str(expression)), str(expression))
    (a, b), (c, d) = sides
    return BivariateTarget(
        short, expression, box, mode == "relative", (str(a), str(b), str(c), str(d)), measure
    )


def _lookup(name: str) -> tuple[str, str, str | None]:
    """Expression, usual domain and usual error mode (None: decided by the zeros)."""
    if name in NAMED:
        return NAMED[name]
    expression = str(parse(name, VARIABLES))
    for text, domain, error in NAMED.values():
        if expression == text:
            return text, domain, error
    return name, "0,1,0,1", None
