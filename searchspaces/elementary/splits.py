"""Programs of pieces to begin a search with, which meet where a user says or where it is best.

A piece is a polynomial by Horner's scheme; its coefficients are linear in the fit, so any start
will do. Variation takes it from there, and may move the places.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from flint import arb

from elitemap.archive.errors import UsageError
from elitemap.formulas.parsing import parse_constant
from elitemap.formulas.vocabulary import constant_value
from elitemap.searchspaces.elementary.balancing import balanced
from elitemap.searchspaces.elementary.targets import Target, split
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

_CODES = REAL.opcodes

#: Before how many pieces there are to be.
PIECES = "pieces:"

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


def programs(text: str, target: Target, most: int) -> list[Program]:
    """What a search begins with where a user asks for pieces, the shortest first.

    Args:
        text: Places, or ``pieces:N``; nothing for no pieces.
        target: What is searched.
        most: Most operations.
    """
    pieces = parse_pieces(text)
    if pieces:
        return list(_balanced(target, pieces, most))
    places = parse_places(text, target)
    return [_joined([place], degrees) for degrees in _degrees(2, most) for place in places]


def _balanced(target: Target, pieces: int, most: int) -> Iterator[Program]:
    """Pieces that are equally good; and with places at which the best ones would be.

    Those are where a function has a kink, which the errors of poor pieces hardly show.
    """
    sharp = balanced(target, (_DEGREE,) * pieces)
    for degrees in _degrees(pieces, most):
        for places in (balanced(target, degrees), sharp):
            yield _joined([split(arb(place)) for place in places], degrees)


def check_split(text: str, target: Target) -> None:
    """Refuse what asks for no pieces.

    Raises:
        UsageError: As :func:`parse_pieces` and :func:`parse_places`.
    """
    if not parse_pieces(text):
        parse_places(text, target)


def parse_pieces(text: str) -> int:
    """How many pieces a user asks for, whose places are to be found; 0 where places are told.

    Raises:
        UsageError: For another number than 2 to 4.
    """
    if not text.startswith(PIECES):
        return 0
    number = text.removeprefix(PIECES)
    if number not in ("2", "3", "4"):
        raise UsageError(f"expected split={PIECES}2, 3 or 4, got {text[:40]!r}")
    return int(number)


def _degrees(pieces: int, most: int) -> list[tuple[int, ...]]:
    """Degrees of the pieces, all pairs of two and equal ones of more."""
    if pieces == 2:
        found: list[tuple[int, ...]] = list(product(range(_DEGREE + 1), repeat=2))
    else:
        found = [(degree,) * pieces for degree in range(_DEGREE + 1)]
    within = [degrees for degrees in found if 2 * (sum(degrees) + pieces - 1) <= most]
    return sorted(within, key=lambda degrees: (sum(degrees), degrees))


def _joined(places: Sequence[tuple[float, float]], degrees: Sequence[int]) -> Program:
    """Polynomials that meet at places, from the right to the left."""
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

    chosen = polynomial(degrees[-1], 0.75)
    for k, place in reversed(list(enumerate(places))):
        from_here = put("sub", 0, number(*place))
        left = polynomial(degrees[k], 1.25 + 0.03 * k)
        chosen = put("select", from_here, chosen, left)
    return Program(("x",), tuple(rows), (chosen,))
