"""The functional equivalence cache: candidates whose key was evaluated before are not evaluated.

As in AutoML-Zero and "Unified Functional Hashing in Automatic Machine Learning" (arXiv 2302.05433):
a table from functional hash to quality, with forgetting, plus an audit of its own harm.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Counts, Floats, Samples, Words


class Lookup(NamedTuple):
    """What a cache says about a batch of n keys.

    Attributes:
        fresh: Rows to evaluate, ascending: new keys and audits.
        hit: bool[n], rows whose key was known.
        audited: bool[n], hits that are to be evaluated all the same.
        repeated: bool[n], rows whose key an earlier row of the batch has.
        known: float64[n], the remembered quality of hits, else NaN.
        drawn: Of the hits the remembered samples, else none; None where evaluations are not noisy.
    """

    fresh: NDArray[np.intp]
    hit: NDArray[np.bool_]
    audited: NDArray[np.bool_]
    repeated: NDArray[np.bool_]
    known: Floats
    drawn: Samples | None


@dataclass(frozen=True)
class Cache:
    """A direct-mapped table: entry ``key mod 2**bits``; a newer key evicts the older.

    Attributes:
        keys: uint64[2**bits], 0 for an empty entry. The key 0 is nobody's: it is never remembered,
            known or repeated.
        quality: float64[2**bits], NaN for a failed evaluation.
        forget: Probability that a hit drops its entry.
        audit: Share of hits evaluated all the same.
        samples: Of each entry, where evaluations are noisy: its quality is their mean, and an audit
            adds to them.
    """

    keys: Words
    quality: Floats
    forget: float
    audit: float
    samples: Samples | None = None

    @classmethod
    def empty(cls, bits: int, forget: float, audit: float, noisy: bool = False) -> "Cache":
        """A cache of 2**bits entries; with bits = 0 there is no cache at all."""
        n = 1 << bits if bits else 0
        samples = Samples(np.zeros(n, np.int64), np.zeros(n)) if noisy else None
        return cls(np.zeros(n, np.uint64), np.full(n, np.nan), forget, audit, samples)

    def filter(self, keys: Words, rng: np.random.Generator) -> Lookup:
        """Decide which rows to evaluate; entries of forgotten hits are dropped from the table.

        Args:
            keys: uint64[n].
            rng: For forgetting and audits; drawn from in the same way whatever the hits.
        """
        n = len(keys)
        nothing, unknown = np.zeros(n, bool), np.full(n, np.nan)
        if not len(self.keys):
            return Lookup(np.arange(n), nothing, nothing, nothing, unknown, self._drawn(nothing))
        repeated = keys != 0
        repeated[np.unique(keys, return_index=True)[1]] = False
        entries = self._entries(keys)
        hit = (self.keys[entries] == keys) & (keys != 0) & ~repeated
        luck = rng.random((2, n))
        audited = hit & (luck[0] < self.audit)
        known = np.where(hit, self.quality[entries], np.nan)
        drawn = self._drawn(hit, entries)
        self.keys[entries[hit & (luck[1] < self.forget)]] = 0
        fresh = np.flatnonzero(~repeated & ~hit | audited)
        return Lookup(fresh, hit, audited, repeated, known, drawn)

    def remember(self, keys: Words, quality: Floats, samples: Samples | None = None) -> None:
        """Enter evaluated keys; of two that share an entry the later row stays."""
        if not len(self.keys):
            return
        rows = keys != 0
        entries = self._entries(keys[rows])
        self.keys[entries] = keys[rows]
        self.quality[entries] = quality[rows]
        if self.samples is not None and samples is not None:
            self.samples.count[entries] = samples.count[rows]
            self.samples.spread[entries] = samples.spread[rows]

    def _drawn(
        self, hit: NDArray[np.bool_], entries: NDArray[np.intp] | None = None
    ) -> Samples | None:
        """The samples of the hits; none for the other rows."""
        if self.samples is None:
            return None
        count: Counts = np.zeros(len(hit), np.int64)
        spread = np.zeros(len(hit))
        if entries is not None:
            count[hit] = self.samples.count[entries[hit]]
            spread[hit] = self.samples.spread[entries[hit]]
        return Samples(count, spread)

    def _entries(self, keys: Words) -> NDArray[np.intp]:
        return (keys & np.uint64(len(self.keys) - 1)).astype(np.intp)


def differ(expected: Floats, found: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Which qualities disagree by more than ``tolerance``; two failures (NaN) agree."""
    close = np.abs(found - expected) <= tolerance
    return ~(close | (np.isnan(expected) & np.isnan(found)))
