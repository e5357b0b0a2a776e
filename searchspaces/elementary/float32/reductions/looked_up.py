"""Reductions to a magnitude with constants of cores looked up piece by piece, for large errors.

Cores are about the function itself: errors of 7 to 18 bits bear what is lost without a place in the
middle of each piece, and need few terms.
"""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from elitemap.searchspaces.elementary.float32.assembly import Assembly, rounded
from elitemap.searchspaces.elementary.float32.reduction import Piece, Reduction, Tables
from elitemap.searchspaces.elementary.float32.reductions.cuts import Cut, best, places
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.instruction import Instruction

#: Entries of a table: one vector register.
ENTRIES = 16

#: Pieces are compared by the rest of a polynomial of so many terms, from values at so many points.
_TERMS, _POINTS = 3, 8


def looked_up(plain: Reduction) -> Reduction:
    """A reduction with tables.

    Args:
        plain: Without; its core's argument is a magnitude, or the opposite of one.
    """
    core = plain.core
    sign = -1 if core.hi == 0 else 1
    limit = rounded(float(max(-core.lo, core.hi)))
    cut, left = best(limit, ENTRIES, _left(core, sign))
    pieces: list[Piece | None] = [None] * ENTRIES
    for number, (low, high) in zip(cut.numbers, cut.ends, strict=True):
        ends = sorted((sign * Fraction(low), sign * Fraction(high)))
        there = replace(core, lo=ends[0], hi=ends[1], ends=(str(ends[0]), str(ends[1])))
        alone = replace(plain, core=there, reach=(low, high))
        pieces[number % ENTRIES] = Piece(low, high, alone)
    made, where = _with_places(plain, cut, sign, short=False)
    short, (place,) = _with_places(plain, cut, sign, short=True)
    main = cut.numbers[int(np.argmax(left))] % ENTRIES
    return replace(made, tables=Tables(where, tuple(pieces), short, place, main))


def _left(core: Target, sign: int) -> Callable[[float, float], float]:
    """What a polynomial leaves in a piece."""
    nodes = np.cos(np.pi * (np.arange(_POINTS) + 0.5) / _POINTS)

    def left(low: float, high: float) -> float:
        values, _ = core.sample(sign * ((low + high) / 2 + (high - low) / 2 * nodes))
        terms = np.polynomial.chebyshev.chebfit(nodes, values, _POINTS - 1)
        return float(abs(terms[_TERMS]))

    return left


def _with_places(
    plain: Reduction, cut: Cut, sign: int, short: bool
) -> tuple[Reduction, tuple[int, ...]]:
    """The reduction with what tells pieces apart before the core."""
    code = Assembly(1)
    code.rows = list(plain.before)
    added = code.single(cut.added)
    total = code.do("fadd" if sign > 0 else "fsub", *(plain.argument, added)[::sign])
    where = places(code, code.do("bits", total), cut, ENTRIES, short)
    offset = len(plain.before)
    moved = len(code.rows) - offset
    rest = tuple(
        Instruction(i.opcode, tuple(k + moved if k > offset else k for k in i.operands), i.constant)
        for i in plain.after
    )
    name = f"{plain.name}-pieces"
    return replace(plain, name=name, before=tuple(code.rows), after=rest), where
