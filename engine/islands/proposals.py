"""A generation up to its evaluation: parents, offspring, and which of them to evaluate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.cache import Lookup
from elitemap.engine.islands.emitters import Pool
from elitemap.engine.islands.state import IslandState
from elitemap.engine.islands.weights import draw
from elitemap.engine.map.elites import NOBODY, RANDOM, START
from elitemap.engine.protocols import B, Space, Words

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Proposals(Generic[B]):
    """Candidates and where they come from.

    Attributes:
        batch: The candidates.
        parents: intp[n], slots of the parents, -1 for random programs.
        lineage: uint64[n], uids of the parents, 0 for random programs.
        operators: intp[n], below zero for random programs and what a search begins with.
        emitters: intp[n], -1 for random programs.
    """

    batch: B
    parents: Indices
    lineage: Words
    operators: Indices
    emitters: Indices


@dataclass(frozen=True)
class Fresh(Generic[B]):
    """The proposals that are to be evaluated.

    Attributes:
        batch: Canonical candidates.
        rows: intp[m], their rows among the proposals.
        keys: uint64[m].
        lookup: What the cache of structures said of all valid proposals.
        invalid: Proposals that are no candidates.
    """

    batch: B
    rows: Indices
    keys: Words
    lookup: Lookup
    invalid: int


def random_proposals(space: Space[B], n: int, rng: np.random.Generator) -> Proposals[B]:
    """Random programs."""
    nobody, operators = np.full(n, -1, np.intp), np.full(n, RANDOM, np.intp)
    return Proposals(space.random(n, rng), nobody, np.full(n, NOBODY), operators, nobody)


def given_proposals(space: Space[B], documents: Sequence[Mapping[str, Any]]) -> Proposals[B]:
    """What a search begins with."""
    n = len(documents)
    nobody, start = np.full(n, -1, np.intp), np.full(n, START, np.intp)
    return Proposals(space.from_json(documents), nobody, np.full(n, NOBODY), start, nobody)


def offspring(
    space: Space[B],
    state: IslandState[B],
    front: Indices,
    config: SearchConfig,
    n: int,
    rng: np.random.Generator,
) -> Proposals[B]:
    """Variations of elites that the emitters choose; partners are uniform over cells."""
    grid, elites = state.grid, state.elites
    pool = Pool.of(grid.filled(), grid.depth, state.curiosity, front)
    emitters = draw(state.emitters.probabilities(config.least_weight), n, rng)
    operators = draw(state.operators.probabilities(config.least_weight), n, rng)
    parents = pool.choose(emitters, rng)
    partners = pool.uniform(n, rng)
    batch = space.vary(
        elites.batch.take(parents), elites.batch.take(partners), operators.astype(np.uint8), rng
    )
    return Proposals(batch, parents, elites.uid[parents], operators, emitters)


def sift(
    space: Space[B], state: IslandState[B], proposals: Proposals[B], rng: np.random.Generator
) -> Fresh[B]:
    """Bring proposals to canonical form and drop what is invalid or known."""
    canonical, valid = space.canonical(proposals.batch)
    rows = np.flatnonzero(valid)
    if len(rows) < len(valid):
        canonical = canonical.take(rows)
    keys = space.keys(canonical)
    lookup = state.caches[0].filter(keys, rng)
    return Fresh(
        canonical.take(lookup.fresh),
        rows[lookup.fresh],
        keys[lookup.fresh],
        lookup,
        len(valid) - len(rows),
    )


def descent(proposals: Proposals[Any], rows: Indices) -> tuple[Words, NDArray[np.int16]]:
    """Parents' uids and operators of the given rows, as elites record them."""
    return proposals.lineage[rows], proposals.operators[rows].astype(np.int16)
