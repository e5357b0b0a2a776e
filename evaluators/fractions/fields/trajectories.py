"""Conjugate fields that are tried, their simplest fractions, and whose trajectory a fraction is."""

import functools
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flint import fmpq

from elitemap.evaluators.fractions.contiguous.matrices import fraction_of
from elitemap.evaluators.fractions.contiguous.table import Table
from elitemap.evaluators.fractions.contiguous.twists import Asymptote, asymptote
from elitemap.evaluators.fractions.fields.conjugate import Conjugate, Direction, Place
from elitemap.searchspaces.fractions.continued import ContinuedFraction

#: Parameters, the simplest ones first: what directions converge like depends on the degree alone.
CUBICS = ((0, 1), (1, 1), (1, 2))
QUADRATICS = tuple((*low, high) for low in itertools.product((0, 1), repeat=3) for high in (1, 2))
STARTS: tuple[Place, ...] = tuple(
    (fmpq(*x), fmpq(*y)) for x, y in (((1,), (1,)), ((1,), (0,)), ((1,), (1, 2)), ((1, 2), (1,)))
)
#: Directions of the simplest fractions: x alone, y alone, both.
SIMPLEST = ((1, 0), (0, 1), (1, 1), (1, -1))
#: Coordinates of directions that are compared.
REACH = 3


@dataclass(frozen=True)
class Trajectory:
    """A direction in a field from a start.

    Attributes:
        field: The field.
        start: x and y at n = 0.
        direction: Steps in x and y for one of n.
    """

    field: Conjugate
    start: Place
    direction: Direction

    def fraction(self) -> ContinuedFraction | None:
        """Its canonical fraction; None if that degenerates."""
        found = fraction_of(self.field.step(self.start, self.direction))
        return found if found is not None and found.b[0] else None

    def __str__(self) -> str:
        """As in ``direction (2, 3) from (1, 1) in the field of conjugate cubics 0, 1``."""
        x, y = self.start
        return f"direction {self.direction} from ({x}, {y}) in the field of {self.field}"


def primitive(dimensions: int, reach: int) -> Iterator[tuple[int, ...]]:
    """Directions without a common divisor, each coordinate up to a size."""
    for found in itertools.product(range(-reach, reach + 1), repeat=dimensions):
        if math.gcd(*found) == 1:
            yield found


@functools.cache
def simplest() -> Table[Trajectory]:
    """The simplest trajectories by their fractions."""
    found: dict[ContinuedFraction, Trajectory] = {}
    for parameters, start in itertools.product((*CUBICS, *QUADRATICS), STARTS):
        for direction in SIMPLEST:
            one = Trajectory(Conjugate(parameters), start, direction)
            fraction = one.fraction()
            if fraction is not None:
                found.setdefault(fraction, one)
    return Table(found)


def trajectory(home: ContinuedFraction) -> Trajectory | None:
    """The trajectory that a canonical fraction is exactly, among those that are tried.

    Raises:
        FractionError: If the fraction is degenerate.
    """
    return _converging(asymptote(home)).get(home)


@functools.lru_cache(maxsize=64)
def _converging(like: Asymptote) -> Mapping[ContinuedFraction, Trajectory]:
    """All trajectories that converge like something, by their fractions."""
    found: dict[ContinuedFraction, Trajectory] = {}
    for family in (CUBICS, QUADRATICS):
        for direction, limit in _asymptotes(family[0]):
            for parameters, start in itertools.product(family if limit == like else (), STARTS):
                one = Trajectory(Conjugate(parameters), start, direction)
                fraction = one.fraction()
                if fraction is not None:
                    found.setdefault(fraction, one)
    return found


@functools.cache
def _asymptotes(parameters: tuple[int, ...]) -> tuple[tuple[Direction, Asymptote], ...]:
    """What the fractions along all directions of a field converge like."""
    found = []
    for x, y in primitive(2, REACH):
        fraction = Trajectory(Conjugate(parameters), STARTS[0], (x, y)).fraction()
        if fraction is not None:
            found.append(((x, y), asymptote(fraction)))
    return tuple(found)
