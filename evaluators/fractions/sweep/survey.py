"""The first stage of a sweep: float64 or double-double values of a part of a box, by class.

Pairs without a limit are left out by their leading coefficients. What converges fast is evaluated
in float64; what that leaves in doubt, or what needs an expansion of its tail, in double-double.
Pairs that converge like a power of n are only listed: what they are related to is found class by
class.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.fractions.sweep.batched import crossed, first_zeros, paired
from elitemap.evaluators.fractions.sweep.fates import (
    CRITICAL,
    DEEP,
    DIVERGENT,
    LOGARITHMIC,
    QUICK,
    ROOT,
    SLOW,
    ZERO,
    fates,
    leads,
)
from elitemap.evaluators.fractions.sweep.singles import Singles, tolerances
from elitemap.searchspaces.fractions.box import Box

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Values must be known to this relative precision.
KNOWN = 1e-10

#: Depths of interlaced fractions, whose class is not looked at.
INTERLACED = (96, 1000)

#: Where b_n = 0 is looked for; what vanishes later is found to be rational in the end.
LOOKED = 128


@dataclass(frozen=True)
class EnumerationSession:
    """What came of a part of a box.

    Attributes:
        rows: int64[na], numbers of a's.
        columns: int64[nb], numbers of b's that do not vanish anywhere.
        values: float64[na, nb], NaN where there is none.
        tolerance: float64[na, nb], how far a relative difference may come from errors; infinite
            where the value is not known.
        slow: int64[m, 2], pairs of a row and a column that converge like a power of n.
        counts: How many pairs had which fate.
    """

    rows: Integers
    columns: Integers
    values: Floats
    tolerance: Floats
    slow: Integers
    counts: Counter[str]


def survey(box: Box, rows: Integers, columns: Integers) -> EnumerationSession:
    """Evaluate all pairs of some a's with some b's, given by their numbers."""
    b = box.b.coefficients(columns)
    lasting = first_zeros(b, LOOKED) == 0
    counts = Counter(finite=len(rows) * int((~lasting).sum()))
    look = _plain if box.plain else _interlaced
    return look(box, rows, columns[lasting], b[lasting], counts)


def _plain(
    box: Box, rows: Integers, columns: Integers, b: Integers, counts: Counter[str]
) -> EnumerationSession:
    a = box.a.coefficients(rows)
    leads_a, leads_b = leads(a[:, 0]), leads(b[:, 0])
    found = fates(leads_a, leads_b)
    # Neighbours of a kind share the depth of evaluation.
    order_a, order_b = (np.argsort(one.kind, kind="stable") for one in (leads_a, leads_b))
    a, b = a[order_a], b[order_b]
    kinds = leads_a.kind[order_a], leads_b.kind[order_b]
    values, errors = crossed(a, b, kinds, found.depth, found.start)
    tolerance = tolerances(values, errors)
    fate = found.fate[kinds[0][:, None], kinds[1][None, :]]
    at = np.argwhere((fate >= CRITICAL) & ~(tolerance < KNOWN))
    singles = Singles.among(at, a[:, 0], b[:, 0], kinds, found).decided()
    for group in singles.groups((QUICK, DEEP, ROOT)):
        place = tuple(group.at.T)
        values[place], tolerance[place] = group.known(KNOWN / 10)
    hopeless = int(np.isin(fate, (ZERO, DIVERGENT)).sum())
    counts["divergent"] += hopeless + int((singles.fate == DIVERGENT).sum())
    counts["logarithmic"] += int((singles.fate == LOGARITHMIC).sum())
    slow = singles.at[singles.fate == SLOW]
    return _counted(
        EnumerationSession(rows[order_a], columns[order_b], values, tolerance, slow, counts)
    )


def _interlaced(
    box: Box, rows: Integers, columns: Integers, b: Integers, counts: Counter[str]
) -> EnumerationSession:
    a = box.a.coefficients(rows)
    one = np.zeros((1, 1))
    kinds = np.zeros(len(a), np.int32), np.zeros(len(b), np.int32)
    values, errors = crossed(a, b, kinds, np.full((1, 1), INTERLACED[0], np.int32), one)
    tolerance = tolerances(values, errors)
    pairs = np.argwhere(~(tolerance < KNOWN))
    again = paired(a[pairs[:, 0]], b[pairs[:, 1]], INTERLACED[1])
    at = tuple(pairs.T)
    values[at], tolerance[at] = again[0], tolerances(*again)
    nothing = np.empty((0, 2), dtype=np.int64)
    return _counted(EnumerationSession(rows, columns, values, tolerance, nothing, counts))


def _counted(found: EnumerationSession) -> EnumerationSession:
    """With the counts of evaluated and unconverged pairs, and tolerances that say the latter."""
    known = found.tolerance < KNOWN
    counts = found.counts
    evaluated = int(known.sum())
    counts["evaluated"] += evaluated + len(found.slow)
    hopeless = counts["divergent"] + counts["logarithmic"]
    counts["unconverged"] += known.size - evaluated - len(found.slow) - hopeless
    return replace(found, tolerance=np.where(known, found.tolerance, np.inf))
