"""What rows of weights are multiplied with: second moments of a user's activations.

Of a matrix W and inputs x the square of the product, W x, is on average the sum over rows w of
w C w', where C is the mean of x x'. Nothing else of the inputs matters to errors of products.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Number = TypeVar("Number", np.float32, np.float64)

#: Directions of C that searches look along, what is iterated beside them, and how often. The rest
#: of C counts by its diagonal: errors of different columns have next to nothing in common.
_DIRECTIONS, _BESIDE, _ROUNDS, _SEED = 16, 8, 8, 20261129


@dataclass(frozen=True, eq=False)
class Inputs:
    """Second moments of inputs.

    Attributes:
        factor: float64[rank, columns], F with C = F' F.
        samples: How many inputs C is the mean of.
        given: How many there were.
    """

    factor: Floats
    samples: int
    given: int

    @staticmethod
    def of(samples: Floats, given: int) -> "Inputs":
        """The moments of float64[samples, columns]."""
        count, columns = samples.shape
        factor = np.linalg.qr(samples, mode="r") if count > columns else samples
        return Inputs(np.ascontiguousarray(factor / np.sqrt(count)), count, given)

    @property
    def columns(self) -> int:
        """Length of a row of weights."""
        return int(self.factor.shape[1])

    @property
    def mean_squares(self) -> Singles:
        """float32[columns], the diagonal of C, in units of its largest entry."""
        squares = (self.factor**2).sum(axis=0)
        return np.asarray(squares / squares.max(), np.float32)

    def squares(self, rows: Singles | Floats) -> float:
        """The mean over inputs of the square of their product with float[n, columns]."""
        return float(((rows.astype(np.float64) @ self.factor.T) ** 2).sum())

    @cached_property
    def moments(self) -> Singles:
        """float32[directions + 1, columns]: C as a sum of squares of directions, and a diagonal.

        The directions of most variance by iterating a subspace; the whole diagonal is exact.
        """
        width = min(self.columns, _DIRECTIONS + _BESIDE)
        basis = np.random.default_rng(_SEED).standard_normal((self.columns, width))
        for _ in range(_ROUNDS):
            basis = np.linalg.qr(self.factor.T @ (self.factor @ basis))[0]
        seen = self.factor @ basis
        _, size, turn = np.linalg.svd(seen, full_matrices=False)
        count = min(_DIRECTIONS, len(size))
        directions = (basis @ turn[:count].T * size[:count]).T
        rest = (self.factor**2).sum(axis=0) - (directions**2).sum(axis=0)
        return np.concatenate([directions, np.maximum(rest, 0.0)[None]]).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Products:
    """The same of several segments of weights, as the kernel takes it.

    Attributes:
        inputs: int64[segments, 4], columns, directions, where the first row begins, and where
            moments do.
        moments: float32[n], of all.
        power: float64[segments], squares of products with the weights.
    """

    inputs: NDArray[np.int64]
    moments: Singles
    power: Floats

    @staticmethod
    def of(segments: list[tuple[Singles, Inputs | None, int]]) -> "Products":
        """Of weights, what they are multiplied with, and where the first row begins in them."""
        told, parts, power, at, places = [], [np.zeros(1, np.float32)], [], 1, {}
        for weights, inputs, skip in segments:
            rows = None if inputs is None else whole_rows(weights, inputs.columns, skip)
            if inputs is None or rows is None:
                told.append((0, 0, 0, 0))
                power.append(0.0)
                continue
            if id(inputs) not in places:
                places[id(inputs)] = at
                parts.append(inputs.moments.reshape(-1))
                at += parts[-1].size
            told.append((inputs.columns, len(inputs.moments) - 1, skip, places[id(inputs)]))
            power.append(inputs.squares(rows))
        return Products(np.array(told, np.int64), np.concatenate(parts), np.array(power))


def whole_rows(weights: NDArray[Number], columns: int, skip: int) -> NDArray[Number] | None:
    """[rows, columns], the rows that lie whole in a part of a tensor; None without any.

    Args:
        weights: [n], the part.
        columns: Length of a row.
        skip: Where the first whole row begins.
    """
    count = (weights.size - skip) // columns
    return weights[skip : skip + count * columns].reshape(count, columns) if count > 0 else None
