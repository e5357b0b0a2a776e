"""Families of polynomials in n as text: dense ranges of coefficients, or templates with ranges.

Dense forms list ranges from the leading term down, ``1..13,-13..13``. Templates are sums and
products in which every pair of square brackets is a parameter of its own, as in
``(2*n + 1)*([-50..50]*n*(n + 1) + [-50..50])``; they are read by
:mod:`~elitemap.searchspaces.fractions.grammar`.
"""

import re
from dataclasses import dataclass

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.grammar import (
    EXAMPLE,
    MAX_COEFFICIENT,
    MAX_RANGES,
    Monomial,
    Range,
    ordered,
    parse_template,
)

MAX_LENGTH = 2000

_RANGE = re.compile(r"\s*([-+]?\d+)\s*(?:\.\.\s*([-+]?\d+)\s*)?", re.ASCII)


@dataclass(frozen=True)
class Template:
    """A polynomial in n whose coefficients are polynomials in parameters with ranges.

    Attributes:
        ranges: Smallest and largest value of every parameter, inclusive.
        terms: Pairs of a monomial and its whole coefficient.
    """

    ranges: tuple[Range, ...]
    terms: tuple[tuple[Monomial, int], ...]

    @property
    def size(self) -> int:
        """How many choices of the parameters there are."""
        total = 1
        for low, high in self.ranges:
            total *= high - low + 1
        return total

    @property
    def degree(self) -> int:
        """Largest power of n."""
        return max((monomial[0] for monomial, _ in self.terms), default=0)

    @property
    def bound(self) -> int:
        """No coefficient of n and nothing met in computing it exceeds this in absolute value."""
        total = 1
        for monomial, coefficient in self.terms:
            size = abs(coefficient)
            for (low, high), power in zip(self.ranges, monomial[1:], strict=True):
                size *= max(abs(low), abs(high), 1) ** power
            total += size
        return total


def parse(text: str) -> Template:
    """Read one family of polynomials.

    Raises:
        UsageError: In one line, with the cure, if the text is neither dense nor a template, or
            exceeds a bound.
    """
    if not text.strip():
        raise UsageError(f"expected ranges of coefficients, got nothing; {EXAMPLE}")
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"expected at most {MAX_LENGTH} characters of coefficients, got {len(text)}; shorten it"
        )
    parts = text.split(",")
    if all(_RANGE.fullmatch(part) for part in parts):
        found = _dense(parts)
    else:
        found = Template(*parse_template(text))
    if found.bound >= MAX_COEFFICIENT:
        raise UsageError("expected coefficients below 2**62 in absolute value; narrow the ranges")
    return found


def _dense(parts: list[str]) -> Template:
    if len(parts) > MAX_RANGES:
        raise UsageError(
            f"expected at most {MAX_RANGES} ranges, got {len(parts)}; lower the degree"
        )
    ranges = []
    for part in parts:
        match = _RANGE.fullmatch(part)
        assert match is not None
        ranges.append(ordered(match[1], match[2] or match[1]))
    units = [tuple(int(j == k) for j in range(len(parts))) for k in range(len(parts))]
    terms = [((len(parts) - 1 - k, *unit), 1) for k, unit in enumerate(units)]
    return Template(tuple(ranges), tuple(terms))
