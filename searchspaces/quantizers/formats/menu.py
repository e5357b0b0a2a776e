"""All layouts within a budget of bits, and steps from one to another.

Layouts of one *kind* do the same to weights before blocks are encoded: plain ones nothing, others
store so many outliers apart or rotate so many weights. Searches look at plain ones most.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.quantizers.formats.rule import (
    BLOCKS,
    GROUPS,
    INTEGER,
    INTEGERS,
    LEAST_CODE,
    MOST_CODE,
    OUTLIERS,
    ROTATIONS,
    SEED_BYTES,
    Rule,
    apart_bytes,
)

#: How far below a budget layouts are searched, in bits per weight.
DEPTH = 0.6

#: What a tensor has once (its scale, a table) may exceed the budget by so many bits per weight.
SLACK = 0.005

#: Outliers and rotation of each kind, the plain one first.
KINDS = ((0, 0), *((k, 0) for k in OUTLIERS[1:]), *((0, n) for n in ROTATIONS[1:]))

#: Layouts that are looked at for a step; the nearest of them is taken.
_LOOKED = 24

#: Shares of plain layouts among those that are drawn, and of steps that keep the kind.
_PLAIN, _SAME = 0.6, 0.85

#: Columns of a rule's fields.
_BLOCK, _OUTLIERS, _ROTATED, _ROUNDING = 1, 9, 10, 11

Rows = NDArray[np.int32]


@lru_cache(maxsize=1)
def every() -> tuple[Rule, ...]:
    """All possible layouts of the plain kind."""
    scales = [(c, 0, 0) for c in range(INTEGER)]
    scales += [(INTEGER, bits, group) for bits in INTEGERS for group in GROUPS]
    codes = range(LEAST_CODE, MOST_CODE + 1)
    made = (
        Rule(bits, block, codec, width, signed, group, search, offset, choice)
        for bits, block, (codec, width, group), signed, search, offset, choice in product(
            codes, BLOCKS, scales, (0, 1), (0, 1), (0, 1, 2), (0, 1)
        )
    )
    return tuple(rule for rule in made if rule.possible())


@lru_cache(maxsize=1)
def _base() -> Rows:
    """int32[m, fields], the plain layouts."""
    return np.array([rule.row() for rule in every()], np.int32)


def layouts(plain: bool = False) -> Rows:
    """int32[m, fields], all possible layouts of the plain kind, or of all kinds."""
    base, kinds = _base(), KINDS[:1] if plain else KINDS
    return np.concatenate([_of_kind(base[_has(base, kind)], kind) for kind in kinds])


def _has(base: Rows, kind: tuple[int, int]) -> NDArray[np.bool_]:
    """bool[m], which plain layouts there are of a kind as well: those with blocks."""
    return np.asarray((base[:, _BLOCK] > 0) | (kind == KINDS[0]))


def _of_kind(base: Rows, kind: tuple[int, int]) -> Rows:
    """The same layouts of another kind."""
    made = base.copy()
    made[:, _OUTLIERS], made[:, _ROTATED] = kind
    return made


def rate(rule: Rule, sizes: Sequence[int], once: int = 0) -> float:
    """Bits per weight of tensors of these sizes, with ``once`` bytes that all of them share."""
    return 8.0 * (sum(rule.bytes(n) for n in sizes) + once) / sum(sizes)


def affordable(bits: float, sizes: Sequence[int], plain: bool = False, rounding: int = 0) -> Rows:
    """int32[m, fields], the layouts of at most so many bits per weight, not far below.

    Args:
        bits: The budget.
        sizes: Of the tensors.
        plain: Whether only the plain kind is wanted.
        rounding: Index into :data:`.rule.ROUNDINGS`, of all layouts.

    Raises:
        UsageError: If there is none; the message names the least budget.
    """
    counts = np.unique(np.asarray(sizes), return_counts=True)
    each = [(int(n), int(k)) for n, k in zip(*counts, strict=True)]
    base, total = _base().copy(), sum(sizes)
    base[:, _ROUNDING] = rounding
    rates = np.array([8.0 * sum(rule.bytes(n) * k for n, k in each) / total for rule in every()])
    rates += 8.0 * rounding * SEED_BYTES * len(sizes) / total
    if bits + SLACK < rates.min():
        raise UsageError(
            f"expected bits of at least {np.ceil(rates.min() * 100) / 100:g} per weight, "
            f"got {bits:g}"
        )
    found, least = [], min(bits, float(rates.max())) - DEPTH
    for kind in KINDS[:1] if plain else KINDS:
        taken = rates + 8.0 * sum(apart_bytes(kind[0], n) * k for n, k in each) / total
        chosen = (taken <= bits + SLACK) & (taken > least) & _has(base, kind)
        found.append(_of_kind(base[chosen], kind))
    return np.concatenate(found)


class Menu:
    """Layouts to choose from.

    Attributes:
        rows: int32[m, fields], kind by kind.
    """

    def __init__(self, rows: Rows) -> None:
        """The given layouts, in any order."""
        kind = _kinds(rows)
        self.rows = np.ascontiguousarray(rows[np.argsort(kind, kind="stable")])
        self._count = np.bincount(kind, minlength=len(KINDS))
        self._first = np.cumsum(self._count) - self._count
        there = (self._count > 0).astype(float)
        share = there / max(there[1:].sum(), 1.0) * (1.0 - _PLAIN)
        share[0] = _PLAIN * there[0]
        self._share = share / share.sum()

    def drawn(self, n: int, rng: np.random.Generator) -> Rows:
        """N layouts: a kind, then each of it equally likely."""
        return self._of(self._drawn_kinds(n, rng), 1, rng)[:, 0]

    def stepped(self, rules: Rows, rng: np.random.Generator) -> Rows:
        """For each row another layout that differs in few fields, mostly of the same kind."""
        kind = _kinds(rules)
        away = (rng.random(len(rules)) >= _SAME) | (self._count[kind] < 2)
        kind = np.where(away, self._drawn_kinds(len(rules), rng), kind)
        looked = self._of(kind, _LOOKED, rng)
        distance = (looked != rules[:, None, :]).sum(axis=2)
        distance[distance == 0] = self.rows.shape[1] + 1
        return np.asarray(looked[np.arange(len(rules)), distance.argmin(axis=1)])

    def _drawn_kinds(self, n: int, rng: np.random.Generator) -> NDArray[np.intp]:
        return rng.choice(len(KINDS), n, p=self._share)

    def _of(self, kind: NDArray[np.intp], count: int, rng: np.random.Generator) -> Rows:
        """int32[n, count, fields], layouts of given kinds, each equally likely."""
        lots = rng.integers(0, self._count[kind][:, None], (len(kind), count))
        return np.asarray(self.rows[self._first[kind][:, None] + lots])


def _kinds(rows: Rows) -> NDArray[np.intp]:
    """intp[m], indices into :data:`KINDS`."""
    apart = np.searchsorted(OUTLIERS, rows[:, _OUTLIERS])
    turned = np.searchsorted(ROTATIONS, rows[:, _ROTATED])
    return np.where(turned > 0, len(OUTLIERS) - 1 + turned, apart)
