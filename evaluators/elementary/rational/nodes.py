"""A program as a graph of the four operations, with the family of quotients that each value spans.

Factors common to numerator and denominator are not looked for (powers of x apart), as in the kernel
``spans.c``, which decides the same for whole batches.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from elitemap.evaluators.elementary.rational.expansions import (
    Coefficient,
    Expansion,
    monomial,
    over,
    plus,
    times,
)
from elitemap.searchspaces.programs.program import Program

#: Highest power of x that is followed.
HIGHEST = 40

#: Coefficients by exponent; None for one that depends on the program's constants.
Terms = Mapping[int, Coefficient]


@dataclass(frozen=True)
class Family:
    """All quotients of two polynomials with given monomials.

    Attributes:
        top: The numerator's coefficients.
        bottom: The denominator's.
    """

    top: Terms
    bottom: Terms

    @property
    def known(self) -> bool:
        """Whether any coefficient is given, which fixes the common scale of both polynomials."""
        return any(c is not None for c in (*self.top.values(), *self.bottom.values()))

    @property
    def dimension(self) -> int:
        """How many numbers choose a member."""
        free = [c for c in (*self.top.values(), *self.bottom.values()) if c is None]
        return len(free) - (0 if self.known else 1)

    @property
    def key(self) -> tuple[tuple[tuple[int, Coefficient], ...], ...]:
        """The family as a value that can be looked up."""
        return tuple(sorted(self.top.items())), tuple(sorted(self.bottom.items()))


class NoFamily(Exception):
    """A value is no quotient of polynomials, or one of too high a degree."""


@dataclass(frozen=True, eq=False)
class Node:
    """A value of a program.

    Attributes:
        kind: ``x``, ``constant``, or the operation (``add``, ``sub``, ``mul``, ``div``).
        parts: Its operands.
        family: What it spans.
        far: Its expansion about infinity, in 1/x.
        near: Its expansion about zero.
        constants: Numbers of the constants that it depends on.
    """

    kind: str
    parts: tuple["Node", ...]
    family: Family
    far: Expansion
    near: Expansion
    constants: frozenset[int]

    def _with(self, kind: str, other: Any, rules: "_Rules") -> "Node":
        if not isinstance(other, Node):
            raise TypeError("expected two values of a program")
        far, near = rules.series(self.far, other.far), rules.series(self.near, other.near)
        if far is None or near is None:
            raise NoFamily("expected no value that vanishes")
        family = rules.family(self.family, other.family)
        return Node(kind, (self, other), family, far, near, self.constants | other.constants)

    def __add__(self, other: Any) -> "Node":
        """The sum."""
        return self._with("add", other, _Rules(_sum, plus))

    def __sub__(self, other: Any) -> "Node":
        """The difference."""
        rules = _Rules(lambda a, b: _sum(a, b, -1), lambda a, b: plus(a, b, -1))
        return self._with("sub", other, rules)

    def __mul__(self, other: Any) -> "Node":
        """The product."""
        return self._with("mul", other, _Rules(_product, times))

    def __truediv__(self, other: Any) -> "Node":
        """The quotient."""
        rules = _Rules(lambda a, b: _product(a, Family(b.bottom, b.top)), over)
        return self._with("div", other, rules)


@dataclass(frozen=True)
class _Rules:
    """What an operation does to families and to expansions."""

    family: Callable[[Family, Family], Family]
    series: Callable[[Expansion, Expansion], Expansion | None]


def graph(program: Program) -> Node:
    """The result of a program of one input as a graph.

    Raises:
        NoFamily: If it is no quotient of polynomials of moderate degrees.
    """
    one: Terms = {0: 1}
    number = iter(range(len(program.instructions)))

    def constant(_: Fraction) -> Node:
        series = monomial(0, None)
        family = Family({0: None}, one)
        return Node("constant", (), family, series, series, frozenset({next(number)}))

    identity = Family({1: 1}, one)
    x = Node("x", (), identity, monomial(-1), monomial(1), frozenset())
    try:
        result = program.run(object(), [x], constant)[0]
    except (AttributeError, TypeError, ValueError) as problem:
        raise NoFamily("expected a program of the four operations") from problem
    return result  # type: ignore[no-any-return]


def _times(a: Terms, b: Terms) -> dict[int, Coefficient]:
    made: dict[int, Coefficient] = {}
    for i, u in a.items():
        for j, v in b.items():
            term = None if u is None or v is None else u * v
            made[i + j] = term if i + j not in made else _joined(made[i + j], term)
    return made


def _joined(u: Coefficient, v: Coefficient) -> Coefficient:
    return None if u is None or v is None else u + v


def _plus(a: Terms, b: Terms, sign: int) -> dict[int, Coefficient]:
    made = dict(a)
    for e, v in b.items():
        term = None if v is None else sign * v
        made[e] = term if e not in made else _joined(made[e], term)
    return made


def _sum(a: Family, b: Family, sign: int = 1) -> Family:
    top = _plus(_times(a.top, b.bottom), _times(b.top, a.bottom), sign)
    return _reduced(top, _times(a.bottom, b.bottom))


def _product(a: Family, b: Family) -> Family:
    return _reduced(_times(a.top, b.top), _times(a.bottom, b.bottom))


def _reduced(top: Terms, bottom: Terms) -> Family:
    top = {e: c for e, c in top.items() if c != 0}
    bottom = {e: c for e, c in bottom.items() if c != 0}
    if not top or not bottom or max(*top, *bottom) >= HIGHEST:
        raise NoFamily("expected a quotient of moderate degrees")
    common = min(*top, *bottom)
    return Family(
        {e - common: c for e, c in top.items()}, {e - common: c for e, c in bottom.items()}
    )
