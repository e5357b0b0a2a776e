"""Constants of programs that span whole families of quotients, without descent.

Least squares on the constants of a deep fraction creeps along curved valleys, and from most starts
it never arrives: on the way some constants would have to pass infinity. In the coefficients of the
quotient the problem is linear, and :mod:`peeling` turns those into constants.
"""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.evaluators.elementary.rational.best import (
    BITS,
    POINTS,
    Member,
    Sampled,
    best,
    interpolant,
    sampled,
)
from elitemap.evaluators.elementary.rational.nodes import Family, NoFamily, graph
from elitemap.evaluators.elementary.rational.peeling import NotPeeled, constants_of
from elitemap.evaluators.elementary.rational.spans import Spans, spans
from elitemap.evaluators.elementary.rational.squarings import Counts, root, stripped
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.targets import Target, split
from elitemap.searchspaces.programs.batch import Batch

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

#: A program is solved only if that gains so many digits.
GAIN = 0.05

#: A program is solved only if its family promises so many digits more than matter: where all are
#: solved that gain a little, cells fill with members of few families, and what leads on is lost.
MARGIN = 2.5

#: Programs that are remembered; then all are forgotten.
MOST_KEPT = 100_000

#: Interpolants are mostly worse than the best members by less than so many digits.
_LAG = 1.2


@dataclass(frozen=True)
class Solution:
    """What a structure's constants must be.

    Attributes:
        constants: float64[m, 2], in the order of the instructions; None if they were not found.
        digits: Of the member, on many points.
        signature: Of the function, for caches.
    """

    constants: Floats | None
    digits: float
    signature: int


_NOTHING = Solution(None, -math.inf, 0)


class Families:
    """Interpolants and best members of families for one function, remembered."""

    def __init__(self, samples: Sampled) -> None:
        """Bind the function."""
        self.samples = samples
        self.interpolants: dict[object, Member | None] = {}
        self.members: dict[object, Member] = {}

    def promise(self, top: int, bottom: int) -> float:
        """Digits that no member with the given monomials exceeds by much."""
        member = self.interpolant(_any(top, bottom))
        return -math.inf if member is None else _LAG - math.log10(member.error)

    def interpolant(self, family: Family) -> Member | None:
        """A member that is cheap to have; promises go by it, whatever is known by then."""
        if family.key not in self.interpolants:
            self.interpolants[family.key] = interpolant(family, self.samples)
        return self.interpolants[family.key]

    def best(self, family: Family, member: Member) -> Member:
        """The best member of a family, from its interpolant."""
        if family.key not in self.members:
            self.members[family.key] = best(family, self.samples, member)
        return self.members[family.key]


class Solver:
    """Solves programs for one target and remembers what came out."""

    def __init__(self, target: Target) -> None:
        """Sample nothing yet: that takes a moment and is needed where programs are evaluated."""
        self.target = target
        self.points = target.chebyshev(POINTS)
        self.roots: dict[int, Families | None] = {}
        self.solutions: dict[bytes, Solution] = {}

    def solve(self, batch: Batch, bars: Floats, digits: Floats, signatures: Words) -> None:
        """Put solved constants into the programs that gain by it, in place.

        What becomes of a program depends on nothing but itself and its bar.

        Args:
            batch: n programs.
            bars: float64[n], digits below which nothing matters.
            digits: float64[n], digits so far; raised where a program is solved.
            signatures: uint64[n], functional hashes; replaced where a program is solved.
        """
        if not len(batch):
            return
        inner, squarings = stripped(batch)
        found = spans(inner)
        rows = np.flatnonzero(found.top)
        bound = np.array([self._promise(k, *pair) for k, pair in _spanned(found, squarings, rows)])
        wanted = np.maximum(np.maximum(bars, digits + GAIN), 0.0)
        for row in rows[bound > wanted[rows] + MARGIN].tolist():
            solution = self._solution(inner, row, int(squarings[row]))
            if solution.constants is not None and solution.digits > wanted[row]:
                batch.constant[row, _constants(batch, row)] = solution.constants
                digits[row], signatures[row] = solution.digits, solution.signature

    def _promise(self, squarings: int, top: int, bottom: int) -> float:
        families = self._families(squarings)
        return -math.inf if families is None else families.promise(top, bottom)

    def _families(self, squarings: int) -> Families | None:
        """Of what is squared so often; None where there is no such function."""
        if squarings not in self.roots:
            self.roots[squarings] = self._sampled(squarings)
        return self.roots[squarings]

    def _sampled(self, squarings: int) -> Families | None:
        with precision(BITS):
            try:
                samples = sampled(self.target)
            except SearchError:  # the target has no value at some point
                return None
            if squarings and not all(value > 0 for value in samples.values):
                return None
            return Families(root(samples, squarings))

    def _solution(self, batch: Batch, row: int, squarings: int) -> Solution:
        """What the structure of a program needs, from memory if it was met before."""
        size = int(batch.size[row])
        structure = batch.opcode[row, :size].tobytes() + batch.operand[row, :size].tobytes()
        structure += batch.output[row].tobytes() + bytes([squarings])
        if structure not in self.solutions:
            if len(self.solutions) >= MOST_KEPT:
                self.solutions.clear()
            self.solutions[structure] = self._solved(batch, row, squarings)
        return self.solutions[structure]

    def _solved(self, batch: Batch, row: int, squarings: int) -> Solution:
        families = self._families(squarings)
        try:
            node = graph(batch.program(row))
        except NoFamily:
            return _NOTHING
        slots = _constants(batch, row)
        if families is None or node.family.dimension != len(slots):
            return _NOTHING
        member = families.interpolant(node.family)
        if member is None:
            return _NOTHING
        member = families.best(node.family, member)
        try:
            with precision(BITS):
                found = constants_of(node, member.quotient)
                if not all(found[k].is_finite() for k in range(len(slots))):
                    return _NOTHING
                constants = np.array([split(found[k]) for k in range(len(slots))])
        except (NotPeeled, ZeroDivisionError, KeyError, OverflowError):
            return _NOTHING
        if not _smooth(batch, row, constants[:, 0], self.points):
            return _NOTHING
        key = hashlib.sha256(repr((squarings, node.family.key)).encode()).digest()[:8]
        return Solution(constants, -math.log10(member.error), int.from_bytes(key, "little"))


def _spanned(
    found: Spans, squarings: Counts, rows: NDArray[np.intp]
) -> list[tuple[int, tuple[int, int]]]:
    """Squarings and monomials of rows."""
    pairs = zip(found.top[rows].tolist(), found.bottom[rows].tolist(), strict=True)
    return list(zip(squarings[rows].tolist(), pairs, strict=True))


def _any(top: int, bottom: int) -> Family:
    """The family with given monomials and all coefficients free, which holds every narrower one."""
    return Family(*(dict.fromkeys(_bits(mask)) for mask in (top, bottom)))


def _bits(mask: int) -> list[int]:
    return [e for e in range(mask.bit_length()) if mask >> e & 1]


def _smooth(batch: Batch, row: int, constants: Floats, xs: Floats) -> bool:
    """Whether no divisor changes its sign on the way: what passes infinity is hard to prove."""
    values, supply = [xs], iter(constants.tolist())
    with np.errstate(all="ignore"):
        for k, code in enumerate(batch.opcode[row, : int(batch.size[row])].tolist()):
            primitive = batch.dialect.primitives[code]
            if primitive.literal is not None:
                values.append(np.full(len(xs), next(supply)))
                continue
            operands = [values[v] for v in batch.operand[row, k, : primitive.arity].tolist()]
            values.append(primitive.run(*operands))
            if primitive.divisor is not None:
                divisor = operands[primitive.divisor]
                if not (np.all(divisor > 0) or np.all(divisor < 0)):
                    return False
    return True


def _constants(batch: Batch, row: int) -> NDArray[np.intp]:
    """Slots of a program's constants."""
    opcodes = batch.opcode[row, : int(batch.size[row])].tolist()
    return np.array([k for k, code in enumerate(opcodes) if batch.dialect.is_constant(code)], int)
