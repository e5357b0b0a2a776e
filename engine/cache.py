"""The functional equivalence cache: candidates whose key was evaluated before are not evaluated.

As in AutoML-Zero and "Unified Functional Hashing in Automatic Machine Learning" (arXiv 2302.05433):
a table from functional hash to quality, with forgetting, plus an audit of its own harm.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Floats, Words


class Lookup(NamedTuple):
    """What a cache says about a batch of n keys.

    Attributes:
        fresh: Rows to evaluate, ascending: new keys and audits.
        hit: bool[n], rows whose key was known.
        audited: bool[n], hits that are to be evaluated all the same.
        repeated: bool[n], rows whose key an earlier row of the batch has.
        known: float64[n], the remembered quality of hits, else NaN.
    """

    fresh: NDArray[np.intp]
    hit: NDArray[np.bool_]
    audited: NDArray[np.bool_]
    repeated: NDArray[np.bool_]
    known: Floats


@dataclass(frozen=True)
class Cache:
    """A direct-mapped table: entry ``key mod 2**bits``; a newer key evicts the older.

    Attributes:
        keys: uint64[2**bits], 0 for an empty entry. The key 0 is nobody's: it is never remembered,
            known or repeated.
        quality: float64[2**bits], NaN for a failed evaluation.
        forget: Probability that a hit drops its entry.
        audit: Share of hits evaluated all the same.
    """

    keys: Words
    quality: Floats
    forget: float
    audit: float

    @classmethod
    def empty(cls, bits: int, forget: float, audit: float) -> "Cache":
        """A cache of 2**bits entries; with bits = 0 there is no cache at all."""
        n = 1 << bits if bits else 0
        return cls(np.zeros(n, np.uint64), np.full(n, np.nan), forget, audit)

    def filter(self, keys: Words, rng: np.random.Generator) -> Lookup:
        """Decide which rows to evaluate; entries of forgotten hits are dropped from the table.

        Args:
            keys: uint64[n].
            rng: For forgetting and audits; drawn from in the same way whatever the hits.
        """
        n = len(keys)
        nothing, unknown = np.zeros(n, bool), np.full(n, np.nan)
        if not len(self.keys):
            return Lookup(np.arange(n), nothing, nothing, nothing, unknown)
        repeated = keys != 0
        repeated[np.unique(keys, return_index=True)[1]] = False
        entries = self._entries(keys)
        hit = (self.keys[entries] == keys) & (keys != 0) & ~repeated
        luck = rng.random((2, n))
        audited = hit & (luck[0] < self.audit)
        known = np.where(hit, self.quality[entries], np.nan)
        self.keys[entries[hit & (luck[1] < self.forget)]] = 0
        return Lookup(np.flatnonzero(~repeated & ~hit | audited), hit, audited, repeated, known)

    def remember(self, keys: Words, quality: Floats) -> None:
        """Enter evaluated keys; of two that share an entry the later row stays."""
        if len(self.keys):
            rows = keys != 0
            entries = self._entries(keys[rows])
            self.keys[entries] = keys[rows]
            self.quality[entries] = quality[rows]

    def _entries(self, keys: Words) -> NDArray[np.intp]:
        return (keys & np.uint64(len(self.keys) - 1)).astype(np.intp)


def differ(expected: Floats, found: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Which qualities disagree by more than ``tolerance``; two failures (NaN) agree."""
    close = np.abs(found - expected) <= tolerance
    return ~(close | (np.isnan(expected) & np.isnan(found)))
