"""Rows of candidates: all that the engine knows of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Words = NDArray[np.uint64]


class Batch(Protocol):
    """Struct-of-arrays rows of candidates; :class:`elitemap.native.rows.Rows` has all of it."""

    def __len__(self) -> int:
        """Number of rows."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name."""

    def from_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Rows like these from the arrays that :meth:`arrays` gave."""

    def take(self, rows: NDArray[Any]) -> Self:
        """A copy of the given rows (indices or mask)."""

    def put(self, slots: NDArray[np.intp], other: Self) -> None:
        """Overwrite rows."""

    @classmethod
    def concatenate(cls, batches: Sequence[Self]) -> Self:
        """All rows of several batches, in order."""


B = TypeVar("B", bound=Batch)
