"""A domain cut into jobs, each with what the true function is there."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.pieces import Piece, packed, pieces, runs
from elitemap.formulas.expression import Expression

Packed = tuple[NDArray[np.uint64], NDArray[np.float64], NDArray[np.float64]]

#: Pieces; or whether it is the cosine, of what ``kernel/turns.h`` knows without pieces.
Given = Packed | bool

#: Bits of the first float, how many follow each other, and the true function there.
Job = tuple[int, int, Given]

#: Floats of one job at most: between jobs a sweep can be stopped.
_LONGEST = 1 << 22

#: Functions whose values at huge arguments the kernel knows by itself, and from where on: pieces
#: of a size that turns allow would be too many.
TURNED = {"sin(x)": False, "cos(x)": True}
_FAR = 128.0

_SIGN = 1 << 31


def jobs_of(expression: Expression, low: float, high: float) -> Iterator[Job]:
    """The jobs of a domain of finite floats.

    Raises:
        SearchError: See :func:`.pieces.pieces`.
    """
    turned = TURNED.get(str(expression))
    if turned is None:
        yield from _described(list(pieces(expression, low, high)))
        return
    near = max(low, -_FAR), min(high, _FAR)
    if near[0] <= near[1]:
        yield from _described(list(pieces(expression, *near)))
    edge = int(np.float32(_FAR).view(np.uint32))
    for first, last in runs(low, high):
        yield from _split(max(first, (first & _SIGN) + edge + 1), last + 1, turned)


def _described(made: list[Piece]) -> Iterator[Job]:
    """Runs with the pieces of their sign."""
    negative = [p for p in made if p.first >= _SIGN]
    for run in (negative, made[len(negative) :]):
        if run:
            arrays = packed(run)
            yield from _split(int(arrays[0][0]), int(arrays[0][-1]), arrays)


def _split(first: int, end: int, given: Given) -> Iterator[Job]:
    for start in range(first, end, _LONGEST):
        yield start, min(_LONGEST, end - start), given
