"""Elites as struct-of-arrays: candidates with their scores and their descent.

One layout serves the population of an island (one row per slot of its grid), migrants, ancestors
and what the coordinator merges.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Self

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import B, Counts, Evaluator, Floats, Samples, Scores, Space, Words

#: Uid of "no parent": the elite came from a random program.
NOBODY = np.uint64(0)

#: Operator of random programs, of elites scored more thoroughly, and of what a search begins with.
RANDOM, REFINE, START = -1, -2, -3


@dataclass
class Elites(Generic[B]):
    """Rows of elites.

    Attributes:
        batch: The candidates.
        cell: int64[n], the cell each belongs to.
        quality: float64[n].
        fingerprint: uint64[n].
        uid: uint64[n], unique within a run, never 0; larger in children than in parents of the same
            island.
        parent: uint64[n], uid of the parent or 0.
        operator: int16[n], index into the space's operators, or :data:`RANDOM`, :data:`REFINE`,
            :data:`START`.
        objectives: float64[n, objectives], columns in the order of the sorted names.
        measures: float64[n, axes].
        count: int64[n], samples behind the quality; 1 where evaluations are not noisy.
        spread: float64[n], their sum of squared deviations from the quality, which is their mean.
    """

    batch: B
    cell: NDArray[np.int64]
    quality: Floats
    fingerprint: Words
    uid: Words
    parent: Words
    operator: NDArray[np.int16]
    objectives: Floats
    measures: Floats
    count: Counts
    spread: Floats

    @classmethod
    def empty(cls, space: Space[B], n: int, objectives: int, axes: int) -> Self:
        """Make n rows to be overwritten."""
        return cls(
            space.empty(n),
            np.zeros(n, np.int64),
            np.full(n, -np.inf),
            np.zeros(n, np.uint64),
            np.zeros(n, np.uint64),
            np.zeros(n, np.uint64),
            np.full(n, RANDOM, np.int16),
            np.full((n, objectives), np.nan),
            np.full((n, axes), np.nan),
            np.ones(n, np.int64),
            np.zeros(n),
        )

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.uid)

    def take(self, rows: NDArray[Any]) -> Self:
        """A copy of the given rows (indices or mask)."""
        return type(self)(self.batch.take(rows), *(a[rows] for a in self._scalars()))

    def put(self, slots: NDArray[np.intp], other: Self) -> None:
        """Overwrite rows."""
        self.batch.put(slots, other.batch)
        for mine, theirs in zip(self._scalars(), other._scalars(), strict=True):
            mine[slots] = theirs

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """All rows of one or more parts, in order."""
        batch = type(parts[0].batch).concatenate([part.batch for part in parts])
        columns = zip(*(part._scalars() for part in parts), strict=True)
        return cls(batch, *(np.concatenate(column) for column in columns))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All arrays by name: the batch's with the prefix ``batch.``."""
        named = {f"batch.{name}": array for name, array in self.batch.arrays().items()}
        names = (f.name for f in fields(self)[1:])
        return named | dict(zip(names, self._scalars(), strict=True))

    @classmethod
    def from_arrays(cls, like: B, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The inverse of :meth:`arrays`, the candidates in a batch like the given one."""
        prefix = "batch."
        own = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
        n = len(arrays["uid"])
        # States of before there was noise have no samples.
        certain: dict[str, NDArray[Any]] = {"count": np.ones(n, np.int64), "spread": np.zeros(n)}
        found = (arrays[f.name] if f.name in arrays else certain[f.name] for f in fields(cls)[1:])
        return cls(like.from_arrays(own), *found)

    def named(self, names: Sequence[str]) -> dict[str, Floats]:
        """The objectives by name."""
        return {name: self.objectives[:, column] for column, name in enumerate(names)}

    def _scalars(self) -> list[NDArray[Any]]:
        return [getattr(self, f.name) for f in fields(self)[1:]]


def from_scores(
    scores: Scores[B],
    cells: NDArray[np.intp],
    descent: tuple[Words, Words, NDArray[np.int16]],
) -> Elites[B]:
    """Scored candidates as elites.

    Args:
        scores: What the evaluator returned.
        cells: Their cells.
        descent: Uids, parents and operators.
    """
    columns = [np.asarray(scores.objectives[name]) for name in sorted(scores.objectives)]
    n = len(cells)
    samples = scores.samples or Samples(np.ones(n, np.int64), np.zeros(n))
    return Elites(
        scores.batch,
        cells.astype(np.int64),
        scores.quality,
        scores.fingerprints,
        *descent,
        np.stack(columns, axis=1) if columns else np.empty((n, 0)),
        scores.measures,
        samples.count,
        samples.spread,
    )


def restated(elites: Elites[B], scores: Scores[B]) -> Elites[B]:
    """The same elites, worth what other scores say; fingerprints stay, as they tell functions."""
    scored = from_scores(
        scores, elites.cell.astype(np.intp), (elites.uid, elites.parent, elites.operator)
    )
    return replace(scored, batch=elites.batch, fingerprint=elites.fingerprint)


def columns_of(evaluator: Evaluator[Any]) -> list[str]:
    """Names of the evaluator's objectives in the order of their columns."""
    return sorted(objective.name for objective in evaluator.objectives)


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as an npz file in memory; nothing is pickled."""
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise TypeError(f"expected plain data, got objects in {name!r}")
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack(data: bytes) -> "np.lib.npyio.NpzFile":
    """The inverse of :func:`pack`; arrays are read when asked for.

    Raises:
        ValueError: If the data are not of :func:`pack`, or hold pickled objects.
    """
    loaded = np.load(io.BytesIO(data), allow_pickle=False)
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        raise ValueError("expected the arrays of a saved search state")
    return loaded
