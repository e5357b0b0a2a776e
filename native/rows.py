"""Batches as struct-of-arrays: fields declared as data, rows taken, put and concatenated.

A batch of any space is a subclass of :class:`Rows` that says which fields it has; the engine moves
rows without knowing what they mean, and kernels get the arrays.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Field:
    """One array of a batch.

    Attributes:
        name: Its name in the batch and in saved states; never changed.
        dtype: Type of its numbers.
        shape: Shape of one row.
        fill: What empty rows hold.
    """

    name: str
    dtype: type[np.generic]
    shape: tuple[int, ...] = ()
    fill: int = 0


class Rows:
    """n rows, an array with that leading axis for each field, found as an attribute of its name."""

    fields: tuple[Field, ...]

    def __init__(self, fields: Sequence[Field], n: int) -> None:
        """Make n empty rows.

        Args:
            fields: The arrays, at least one.
            n: Number of rows.
        """
        self.fields = tuple(fields)
        for f in self.fields:
            setattr(self, f.name, np.full((n, *f.shape), f.fill, f.dtype))

    def __len__(self) -> int:
        """Number of rows."""
        return len(getattr(self, self.fields[0].name))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name: what snapshots store."""
        return {f.name: getattr(self, f.name) for f in self.fields}

    def from_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Rows like these from the arrays that :meth:`arrays` gave.

        Raises:
            KeyError: If a field is missing.
            ValueError: If an array is not of this batch's shape and type.
        """
        made = copy.copy(self)
        for f in self.fields:
            array = arrays[f.name]
            if array.dtype != np.dtype(f.dtype):
                raise ValueError(f"expected {f.name} of {np.dtype(f.dtype)}, got {array.dtype}")
            setattr(made, f.name, array.reshape(len(array), *f.shape))
        return made

    def take(self, rows: NDArray[Any]) -> Self:
        """A copy of the given rows (indices or a mask), in their order."""
        return self._with({name: array[rows] for name, array in self.arrays().items()})

    def put(self, slots: NDArray[np.intp], other: Self) -> None:
        """Overwrite the given rows by the rows of another batch."""
        for name, array in self.arrays().items():
            array[slots] = getattr(other, name)

    @classmethod
    def concatenate(cls, batches: Sequence[Self]) -> Self:
        """All rows of several batches of the same fields, in order."""
        every = [batch.arrays() for batch in batches]
        return batches[0]._with({n: np.concatenate([a[n] for a in every]) for n in every[0]})

    def _with(self, arrays: Mapping[str, NDArray[Any]]) -> Self:
        made = copy.copy(self)
        for name, array in arrays.items():
            setattr(made, name, array)
        return made
