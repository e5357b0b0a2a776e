"""Which reduction is the cheaper one, where a function has one with tables beside the usual one.

Both are priced with a plain core, the polynomial of least degree by Horner's rule that keeps the
bound. What a search finds costs that or less in either. Where no polynomial keeps it, as none of
few terms is near a quotient, the other one is the cheaper.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.asked import Asked
from elitemap.evaluators.float32.measures import units
from elitemap.evaluators.float32.pricing import costs
from elitemap.evaluators.float32.sensitivity import sensitivity
from elitemap.searchspaces.elementary.float32.batches import priced
from elitemap.searchspaces.elementary.float32.functions import (
    CHEAPEST,
    TABLE,
    USUAL,
    Single,
    has_tables,
    resolve,
)
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

#: Relative errors, in units, up to which there are reductions of two parts; for larger ones cores
#: are about other forms, too.
_FEW = 16.0

#: Of a relative error, what a polynomial may leave: of absolute ones roundings need nothing.
_SHARE = 0.5

#: The largest degree that is tried, and at how many points it is looked at.
_LARGEST, _POINTS = 16, 40

Floats = NDArray[np.float64]


def settled(name: str, asked: Asked, most: float, absolute: float | None) -> str:
    """What :data:`.functions.CHEAPEST` stands for; any other value as it is.

    Args:
        name: A named target or an expression in x.
        asked: Settings as they are meant.
        most: Units of the last place that are asked for.
        absolute: The absolute error that is asked for; None for no such.
    """
    if asked.reduction != CHEAPEST or not has_tables(name, absolute):
        return asked.reduction if asked.reduction != CHEAPEST else USUAL
    if absolute is None and not most <= _FEW:
        return USUAL
    found = {
        value: resolve(name, asked.domain, value, most, absolute).searched
        for value in (USUAL, TABLE)
    }
    return min(found, key=lambda value: _cost(found[value], asked, most, absolute))


def _cost(single: Single, asked: Asked, most: float, absolute: float | None) -> float:
    """Cycles with a polynomial; infinite where none that is tried suffices."""
    degree = _degree(single, most, absolute)
    if degree is None:
        return math.inf
    core = _horner(degree)
    batch = Batch.from_programs([core], len(core.instructions))
    return float(costs(priced(batch, single.reduction), asked.cpu.model)[0])


def _degree(single: Single, most: float, absolute: float | None) -> int | None:
    """The least degree of polynomials that suffice in all pieces; None if none does."""
    tables = single.reduction.tables
    pieces = [] if tables is None else [piece for _, piece in tables.used]
    parts = [
        replace(single, domain=(piece.low, piece.high), reduction=piece.reduction, specials=())
        for piece in pieces
    ]
    least = 0
    for part in parts or [single]:
        left = _Left(part, most, absolute)
        while left.by(least) > 1.0:
            least += 1
            if least > _LARGEST:
                return None
    return least


class _Left:
    """What the polynomials through Chebyshev's points leave of a core, as a share of the bound."""

    def __init__(self, single: Single, most: float, absolute: float | None) -> None:
        reduction = single.reduction
        self._core, self._ends = reduction.core, reduction.core.inner
        self._points = np.sort(_nodes(_POINTS))
        places = self._places(self._points)
        self._wanted, _ = self._core.sample(places)
        if absolute is None:
            size, _ = (reduction.size or reduction.core).sample(places)
            self._unit = _SHARE * most * units(size)
        else:
            self._unit = absolute / sensitivity(single, places)

    def by(self, degree: int) -> float:
        """The largest error of that of a degree."""
        nodes = _nodes(degree + 1)
        known, _ = self._core.sample(self._places(nodes))
        fitted = np.polynomial.chebyshev.chebfit(nodes, known, degree)
        found = np.polynomial.chebyshev.chebval(self._points, fitted)
        return float((np.abs(found - self._wanted) / self._unit).max())

    def _places(self, nodes: Floats) -> Floats:
        low, high = self._ends
        return (low + high) / 2 + (high - low) / 2 * nodes


def _nodes(many: int) -> Floats:
    found: Floats = np.cos(np.pi * (np.arange(many) + 0.5) / many)
    return found


def _horner(degree: int) -> Program:
    """A polynomial of any constants."""
    rows = [Instruction(REAL.opcodes["const"], (), (2.0 + k, 0.0)) for k in range(degree + 1)]
    value = degree + 1
    for k in range(degree):
        rows.append(Instruction(REAL.opcodes["fma"], (value, 0, degree - k)))
        value = len(rows)
    return Program(("x",), tuple(rows), (value,))
