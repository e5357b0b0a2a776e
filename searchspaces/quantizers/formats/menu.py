"""All layouts within a budget of bits, and steps from one to another."""

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
    Rule,
)

#: How far below a budget layouts are searched, in bits per weight.
DEPTH = 0.6

#: What a tensor has once (its scale, a table) may exceed the budget by so many bits per weight.
SLACK = 0.005

#: Layouts that are looked at for a step; the nearest of them is taken.
_LOOKED = 24

Rows = NDArray[np.int32]


@lru_cache(maxsize=1)
def every() -> tuple[Rule, ...]:
    """All possible layouts."""
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


def rate(rule: Rule, sizes: Sequence[int], once: int = 0) -> float:
    """Bits per weight of tensors of these sizes, with ``once`` bytes that all of them share."""
    return 8.0 * (sum(rule.bytes(n) for n in sizes) + once) / sum(sizes)


def affordable(bits: float, sizes: Sequence[int]) -> Rows:
    """int32[m, fields], the layouts of at most so many bits per weight, not far below.

    Raises:
        UsageError: If there is none; the message names the least budget.
    """
    counts = np.unique(np.asarray(sizes), return_counts=True)
    total = sum(sizes)
    rules = every()
    rates = np.array(
        [
            8.0 * sum(rule.bytes(int(n)) * int(k) for n, k in zip(*counts, strict=True)) / total
            for rule in rules
        ]
    )
    if bits + SLACK < rates.min():
        raise UsageError(
            f"expected bits of at least {np.ceil(rates.min() * 100) / 100:g} per weight, "
            f"got {bits:g}"
        )
    chosen = np.flatnonzero((rates <= bits + SLACK) & (rates > min(bits, rates.max()) - DEPTH))
    return np.array([rules[k].row() for k in chosen], np.int32)


def drawn(menu: Rows, n: int, rng: np.random.Generator) -> Rows:
    """N layouts, each equally likely."""
    return menu[rng.integers(0, len(menu), n)]


def stepped(menu: Rows, rules: Rows, rng: np.random.Generator) -> Rows:
    """For each row another layout that differs in few fields."""
    looked = menu[rng.integers(0, len(menu), (len(rules), _LOOKED))]
    distance = (looked != rules[:, None, :]).sum(axis=2)
    distance[distance == 0] = menu.shape[1] + 1
    return np.asarray(looked[np.arange(len(rules)), distance.argmin(axis=1)])
