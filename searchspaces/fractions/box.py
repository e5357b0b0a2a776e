"""Boxes of continued fractions: every pair of a polynomial a(n) and a polynomial b(n) of two sides.

A side is as large as the product of its ranges and never held as a whole: any part of it is
computed from its numbers, the last range counting fastest.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.continued import (
    MAX_PERIOD,
    ContinuedFraction,
    Polynomial,
    trimmed,
)
from elitemap.searchspaces.fractions.template import Template, parse

Integers = NDArray[np.int64]

#: Columns of a part of a box that may be narrower than b's side.
BROAD = 2**14

#: Sides are numbered with signed 64-bit integers.
MAX_SIDE = 2**62


@dataclass(frozen=True)
class Side:
    """The polynomials that one side of the fractions may have, numbered from 0.

    Attributes:
        templates: One family per residue of n modulo the period.
    """

    templates: tuple[Template, ...]

    @staticmethod
    def parse(text: str) -> "Side":
        """Read a side: one family, or p of them separated by semicolons for an interlaced one.

        The families of an interlaced side give the terms p n, p n + 1, ..., p n + p - 1.

        Raises:
            UsageError: In one line, with the cure, if a family is malformed or the side too large.
        """
        parts = text.split(";")
        if len(parts) > MAX_PERIOD:
            raise UsageError(f"expected a period of at most {MAX_PERIOD}, got {len(parts)}")
        found = Side(tuple(parse(part) for part in parts))
        if found.size >= MAX_SIDE:
            raise UsageError("expected fewer than 2**62 polynomials on a side; narrow the ranges")
        return found

    @property
    def size(self) -> int:
        """How many there are."""
        return math.prod(template.size for template in self.templates)

    @property
    def period(self) -> int:
        """Length of the interlacing."""
        return len(self.templates)

    @property
    def width(self) -> int:
        """Coefficients per polynomial: the largest degree and one."""
        return max(template.degree for template in self.templates) + 1

    def coefficients(self, numbers: Integers) -> Integers:
        """Coefficients of the polynomials with these numbers.

        Args:
            numbers: int64[m] in 0..size-1.

        Returns:
            int64[m, period, width], leading term first, zeros before it where the degree is lower.
        """
        rest = np.asarray(numbers, dtype=np.int64)
        found = np.zeros((len(rest), self.period, self.width), dtype=np.int64)
        for residue in reversed(range(self.period)):
            template = self.templates[residue]
            values: list[Integers] = []
            for low, high in reversed(template.ranges):
                rest, digit = np.divmod(rest, high - low + 1)
                values.insert(0, digit + low)
            for monomial, coefficient in template.terms:
                column = found[:, residue, self.width - 1 - monomial[0]]
                column += _product(coefficient, values, monomial[1:])
        return found

    def polynomials(self, numbers: Sequence[int]) -> list[tuple[Polynomial, ...]]:
        """The polynomials with these numbers, one per residue each."""
        rows = self.coefficients(np.array(numbers, dtype=np.int64)).tolist()
        return [tuple(trimmed(polynomial) for polynomial in row) for row in rows]


def _product(coefficient: int, values: Sequence[Integers], powers: Sequence[int]) -> Any:
    total: Any = np.int64(coefficient)
    for value, power in zip(values, powers, strict=True):
        if power:
            total = total * value**power
    return total


@dataclass(frozen=True)
class Box:
    """Every a of one side with every b of another.

    Attributes:
        a: The partial denominators.
        b: The partial numerators.
    """

    a: Side
    b: Side

    @staticmethod
    def parse(a: str, b: str) -> "Box":
        """Read a box.

        Raises:
            UsageError: As :meth:`Side.parse`.
        """
        return Box(Side.parse(a), Side.parse(b))

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return self.a.size * self.b.size

    @property
    def plain(self) -> bool:
        """Whether no side is interlaced."""
        return self.a.period == self.b.period == 1

    def tile(self, pairs: int) -> tuple[int, int]:
        """Rows and columns of a part of about so many pairs.

        Parts are broad, for disguises of one formula mostly differ in b, but not so broad that
        there is but a row of them.
        """
        columns = min(self.b.size, pairs, max(BROAD, pairs // self.a.size))
        return max(min(self.a.size, pairs // columns), 1), columns

    def fraction(self, a: int, b: int) -> ContinuedFraction:
        """The pair of the a with one number and the b with another, with a common period."""
        return self.fractions([(a, b)])[0]

    def fractions(self, pairs: Sequence[tuple[int, int]]) -> list[ContinuedFraction]:
        """As :meth:`fraction`, for many pairs."""
        period = math.lcm(self.a.period, self.b.period)
        a, b = (
            side.polynomials([pair[k] for pair in pairs]) for k, side in enumerate((self.a, self.b))
        )
        return [
            ContinuedFraction(stretched(one, period), stretched(other, period))
            for one, other in zip(a, b, strict=True)
        ]


def stretched(polynomials: tuple[Polynomial, ...], period: int) -> tuple[Polynomial, ...]:
    """The same sequence as interlaced polynomials of a multiple of their period.

    Number n = period k + r is number times k + r div p of the residue r mod p before, times being
    period/p: polynomials are composed with that linear function.
    """
    p = len(polynomials)
    times = period // p
    if times == 1:
        return polynomials
    return tuple(_composed(polynomials[r % p], times, r // p) for r in range(period))


def _composed(polynomial: Polynomial, factor: int, offset: int) -> Polynomial:
    """The polynomial at factor k + offset, as one in k."""
    total = [0]
    for coefficient in polynomial:
        raised = [factor * c for c in total] + [0]
        for k, c in enumerate(total):
            raised[k + 1] += offset * c
        raised[-1] += coefficient
        total = raised
    return trimmed(total)
