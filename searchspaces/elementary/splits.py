"""Programs of two pieces that a search may begin with, where a user says that pieces meet.

A piece is a polynomial by Horner's scheme; its coefficients are linear in the fit, so any start
will do. Variation takes it from there, and may move the place.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from elitemap.archive.errors import UsageError
from elitemap.formulas.parsing import parse_constant
from elitemap.formulas.vocabulary import constant_value
from elitemap.searchspaces.elementary.targets import Target, split
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

_CODES = REAL.opcodes

#: Highest degree of a piece, and most places.
_DEGREE, _MOST = 4, 8


def parse_places(text: str, target: Target) -> tuple[tuple[float, float], ...]:
    """The places where pieces meet, as constants of programs.

    Raises:
        UsageError: If one is no constant, or not inside the domain.
    """
    if not text:
        return ()
    parts = text.strip().strip("[]").split(",")
    if len(parts) > _MOST:
        raise UsageError(f"expected at most {_MOST} places in split, got {len(parts)}")
    places = [constant_value(parse_constant(part), 192) for part in parts]
    ends = [Fraction(end) for end in (target.lo, target.hi)]
    for part, place in zip(parts, places, strict=True):
        pair = split(place)
        if not ends[0] < Fraction(pair[0]) + Fraction(pair[1]) < ends[1]:
            raise UsageError(
                f"expected places inside [{', '.join(target.ends)}] in split, got {part[:40]!r}"
            )
    return tuple(split(place) for place in places)


def programs(places: tuple[tuple[float, float], ...], most: int) -> Iterator[Program]:
    """Two polynomials that meet at each place, the shortest first, within so many operations."""
    degrees = sorted(product(range(_DEGREE + 1), repeat=2), key=lambda pair: (sum(pair), pair))
    for below, above in degrees:
        for place in places:
            program = _joined(place, below, above)
            if program.cost <= most:
                yield program


def _joined(place: tuple[float, float], below: int, above: int) -> Program:
    rows: list[Instruction] = []

    def put(name: str, *operands: int) -> int:
        rows.append(Instruction(_CODES[name], operands))
        return len(rows)

    def number(high: float, low: float = 0.0) -> int:
        rows.append(Instruction(_CODES["const"], (), (high, low)))
        return len(rows)

    def polynomial(degree: int, first: float) -> int:
        # Distinct numbers, so that no canonical form makes one of two.
        value = number(first)
        for k in range(degree):
            value = put("add", put("mul", 0, value), number(first + 0.5 + k))
        return value

    from_here = put("sub", 0, number(*place))
    right, left = polynomial(above, 0.75), polynomial(below, 1.25)
    chosen = put("select", from_here, right, left)
    return Program(("x",), tuple(rows), (chosen,))
