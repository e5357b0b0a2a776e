"""Emitters: who becomes a parent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from deap import base, tools
from numpy.typing import NDArray

from elitemap.archive.pareto import undominated
from elitemap.engine.islands.weights import draw
from elitemap.engine.protocols import Floats

Indices = NDArray[np.intp]

#: The emitters, in the order of their weights.
EMITTERS = ("uniform", "curiosity", "pareto")

#: Curiosity of a new elite, and what an offspring adds to its parent's (Cully and Demiris, "Quality
#: and Diversity Optimization", 2018): offspring that entered the map, and others.
CURIOSITY_START, CURIOSITY_GAIN, CURIOSITY_LOSS, CURIOSITY_LEAST = 1.0, 1.0, -0.05, 0.01


@dataclass(frozen=True)
class Pool:
    """What parents are chosen from in one generation.

    Attributes:
        slots: intp[m], filled slots by ascending cell.
        starts: intp[cells in use + 1], where the slots of each cell begin.
        curiosity: float64[m].
        front: intp[k], slots of the Pareto emitter.
    """

    slots: Indices
    starts: Indices
    curiosity: Floats
    front: Indices

    @classmethod
    def of(cls, slots: Indices, depth: int, curiosity: Floats, front: Indices) -> "Pool":
        """The pool of a map with ``depth`` slots per cell; ``curiosity`` has a row per slot."""
        cells = slots // depth
        starts = np.flatnonzero(np.r_[True, np.diff(cells) != 0, True])
        return cls(slots, starts, curiosity[slots], front)

    def uniform(self, n: int, rng: np.random.Generator) -> Indices:
        """Choose n slots: each cell in use is equally likely, then each elite in it."""
        cell = rng.integers(0, len(self.starts) - 1, n)
        width = self.starts[cell + 1] - self.starts[cell]
        return self.slots[self.starts[cell] + (rng.random(n) * width).astype(np.intp)]

    def curious(self, n: int, rng: np.random.Generator) -> Indices:
        """Choose n slots, likely where offspring have entered the map lately."""
        return self.slots[draw(self.curiosity, n, rng)]

    def pareto(self, n: int, rng: np.random.Generator) -> Indices:
        """Choose n slots of the Pareto emitter."""
        return self.front[rng.integers(0, len(self.front), n)]

    def choose(self, emitters: Indices, rng: np.random.Generator) -> Indices:
        """One parent for each row's emitter (an index into :data:`EMITTERS`)."""
        parents = np.empty(len(emitters), np.intp)
        for index, select in enumerate((self.uniform, self.curious, self.pareto)):
            rows = np.flatnonzero(emitters == index)
            parents[rows] = select(len(rows), rng)
        return parents


def wonder(curiosity: Floats, parents: Indices, success: NDArray[np.bool_]) -> None:
    """Change the parents' curiosity in place by the fate of their offspring."""
    change = np.where(success, CURIOSITY_GAIN, CURIOSITY_LOSS)
    np.add.at(curiosity, parents, change)
    np.clip(curiosity, CURIOSITY_LEAST, None, out=curiosity)


def select_front(
    objectives: Mapping[str, Floats], pareto: Sequence[tuple[str, int]], size: int
) -> Indices:
    """The best ``size`` rows by NSGA-II (Deb 2002): front by front, the last one by crowding.

    Args:
        objectives: float64[n] by name; rows with a NaN are left out.
        pareto: Names and signs, +1 to maximise.
        size: Rows wanted.

    Returns:
        Rows, ascending.
    """
    values = signed(objectives, pareto)
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    if values.shape[1] == 1:  # no fronts, just an order, which DEAP's sort does not know
        best = np.argsort(-values[rows, 0], kind="stable")[:size]
        return np.sort(rows[best])
    weights = (1.0,) * values.shape[1]
    fitness = type("Fitness", (base.Fitness,), {"weights": weights})
    pool = [_Row(fitness(tuple(values[row])), int(row)) for row in rows]
    chosen = tools.selNSGA2(pool, min(size, len(pool)), nd="log") if pool else []
    return np.array(sorted(row.index for row in chosen), np.intp)


def first_front(objectives: Mapping[str, Floats], pareto: Sequence[tuple[str, int]]) -> Indices:
    """Rows that no other row dominates, by the first objective; of equal rows the first."""
    values = signed(objectives, pareto)
    rows = np.flatnonzero(np.isfinite(values).all(axis=1))
    return rows[undominated(values[rows])]


def signed(objectives: Mapping[str, Floats], pareto: Sequence[tuple[str, int]]) -> Floats:
    """float64[n, objectives], all to be maximised.

    An objective that no row knows is left out: some are known only after certification.
    """
    columns = [sign * np.asarray(objectives[name]) for name, sign in pareto]
    known = [column for column in columns if not np.isnan(column).all()]
    return np.stack(known or columns, axis=1)


@dataclass(frozen=True)
class _Row:
    """What DEAP's selection needs: something with a fitness."""

    fitness: base.Fitness
    index: int
