"""Pairs of a box that need double-double: near a limit of convergence, or in doubt in float64."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.fractions.sweep.batched import Values, expanded
from elitemap.evaluators.fractions.sweep.fates import CRITICAL, Fates, critical, expansion_of

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Estimated error bounds are widened by this, and by what comparisons themselves round.
CAUTION, ROUNDING = 4.0, 2e-15

#: Depths at which tails are expanded, one after the other until a value is known.
DEPTHS = (128, 512, 2048)


@dataclass(frozen=True)
class Singles:
    """Pairs of a part of a box that are looked at one by one.

    Attributes:
        at: int64[m, 2], row and column of each.
        a: int64[m, width], the coefficients.
        b: int64[m, width].
        fate: int8[m].
        growth: int64[m], the power of n that r goes like.
    """

    at: Integers
    a: Integers
    b: Integers
    fate: NDArray[np.int8]
    growth: Integers

    @staticmethod
    def among(
        at: Integers, a: Integers, b: Integers, kinds: tuple[NDArray[np.int32], ...], fates: Fates
    ) -> "Singles":
        """Some pairs of the a's and b's of a part; kinds say which of the fates are theirs."""
        rows, columns = at.T
        place = kinds[0][rows], kinds[1][columns]
        return Singles(at, a[rows], b[columns], fates.fate[place], fates.growth[place])

    def take(self, rows: NDArray[np.generic]) -> "Singles":
        """Some of them."""
        return Singles(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def decided(self) -> "Singles":
        """With the fates of critical pairs decided by further coefficients."""
        fate = self.fate.copy()
        for da, db, members in self._degrees(fate == CRITICAL):
            fate[members] = critical(
                _of_degree(self.a[members], da), _of_degree(self.b[members], db)
            )
        return replace(self, fate=fate)

    def groups(self, wanted: tuple[int, ...]) -> "list[Singles]":
        """Pairs of some fates, by degrees, expansion of the tail; coefficients without zeros."""
        found = []
        for fate in wanted:
            for da, db, members in self._degrees(self.fate == fate):
                one = self.take(members)
                found.append(replace(one, a=_of_degree(one.a, da), b=_of_degree(one.b, db)))
        return found

    def known(self, precision: float) -> tuple[Floats, Floats]:
        """Values of a group, deep enough for a relative precision, and their tolerances."""
        expansion = expansion_of(int(self.fate[0]), int(self.growth[0]))
        found = deepened(expansion, self.a, self.b, precision)
        return found.high, tolerances(found.high, found.error)

    def _degrees(self, among: NDArray[np.bool_]) -> list[tuple[int, int, Integers]]:
        where = np.flatnonzero(among)
        if not len(where):
            return []
        da, db = (
            side.shape[1] - 1 - (side[where] != 0).argmax(axis=1) for side in (self.a, self.b)
        )
        return [
            (int(x), int(y), where[(da == x) & (db == y)])
            for x, y in np.unique(np.stack([da, db], axis=1), axis=0)
        ]


def _of_degree(coefficients: Integers, degree: int) -> Integers:
    """Without the zeros before the leading coefficient."""
    return coefficients[:, coefficients.shape[1] - 1 - degree :]


def tolerances(values: Floats, errors: Floats) -> Floats:
    """Relative differences from the values that errors may make up."""
    with np.errstate(all="ignore"):
        found: Floats = CAUTION * errors / np.abs(values) + ROUNDING
    return np.where(np.isfinite(found), found, np.inf)


def deepened(expansion: int, a: Integers, b: Integers, precision: float) -> Values:
    """Double-double values of fractions of a kind, as deep as a relative precision needs.

    Args:
        expansion: As for :func:`~elitemap.evaluators.fractions.batched.expanded`.
        a: int64[n, da + 1].
        b: int64[n, db + 1].
        precision: What is aimed at; it may not be reached.
    """
    found = expanded(expansion, a, b, DEPTHS[0])
    for depth in DEPTHS[1:]:
        poor = np.flatnonzero(~(found.error < precision * np.abs(found.high)))
        if not len(poor):
            break
        better = expanded(expansion, a[poor], b[poor], depth)
        found.high[poor], found.low[poor] = better.high, better.low
        found.error[poor] = better.error
    return found
