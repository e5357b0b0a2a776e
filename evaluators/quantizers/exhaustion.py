"""Errors of approximate multipliers over all pairs of operands, in the compiled kernel.

Errors are those of the approximate product of the rounded operands against the exact product of
the operands before rounding, relative to the latter, for independent mantissas that are uniform
between powers of two. Nothing is sampled: every pair of codes is visited, and over the numbers that
round to them the error is integrated in closed form.
"""

import ctypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.interpret import batch_arguments, values_of
from elitemap.searchspaces.programs.kernels import load
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.tabled import Tabled

Floats = NDArray[np.float64]

#: Folder of the kernels' sources.
KERNEL = Path(__file__).resolve().parent / "kernel"

_SOURCE = KERNEL / "multiplier.c"

#: A mean error from which on a field was out of range: one such pair of codes costs more.
_OUT = 64.0


@dataclass(frozen=True)
class Errors:
    """Errors of n multipliers; NaN where a field leaves the range from -S to 3 S.

    Attributes:
        mean: float64[n], mean of the relative error's magnitude.
        largest: float64[n], its supremum.
        bias: float64[n], mean of the relative error.
        sums: float64[n], the error of sums of products of normal numbers of one sign, relative.
        functions: uint64[n], hash of all products: equal for equal functions.
    """

    mean: Floats
    largest: Floats
    bias: Floats
    sums: Floats
    functions: NDArray[np.uint64]


@lru_cache(maxsize=16)
def _format(mantissas: Mantissas) -> tuple[NDArray[np.int32], Floats, Floats, Floats]:
    """Where the pieces of each code begin, the pieces, and values of fields with logarithms."""
    pieces = [mantissas.pieces(code) for code in range(mantissas.codes)]
    first = np.cumsum([0, *map(len, pieces)], dtype=np.int32)
    rows = np.array([piece for of in pieces for piece in of])
    rows = np.ascontiguousarray(np.hstack([rows, np.log(rows[:, :2])]))
    one = 1 << mantissas.fraction
    value = mantissas.value(np.arange(-one, 3 * one))
    return first, rows, value, np.log(value)


def fit(batch: Tabled, mantissas: Mantissas) -> Errors:
    """Fit every table from zero, in place, and measure the errors.

    Entries go to the least mean error, then together to the least sum of mean error and the
    magnitudes of both biases. That is a descent: it need not end at the best table.
    """
    return _run(batch, mantissas, fitting=True)


def measure(batch: Tabled, mantissas: Mantissas) -> Errors:
    """The errors with the tables as they are."""
    return _run(batch, mantissas, fitting=False)


def _run(batch: Tabled, mantissas: Mantissas, fitting: bool) -> Errors:
    programs, pairs = batch.programs, mantissas.codes**2
    errors, functions = np.empty((len(batch), 4)), np.empty(len(batch), np.uint64)
    load(_SOURCE, programs.dialect).multipliers(
        *batch_arguments(programs),
        pointer(mantissas.operands),
        ctypes.c_size_t(pairs),
        ctypes.c_int(batch.table.shape[1]),
        ctypes.c_int(fitting),
        ctypes.c_int(mantissas.codes),
        ctypes.c_int(mantissas.fraction),
        pointer(mantissas.shares),
        *(pointer(array) for array in _format(mantissas)),
        pointer(values_of(programs, pairs)),
        pointer(np.empty(pairs, np.int32)),
        pointer(np.empty(pairs, np.uint8)),
        pointer(batch.entries),
        pointer(batch.table),
        pointer(errors),
        pointer(functions),
    )
    errors[errors[:, 0] >= _OUT] = np.nan
    return Errors(errors[:, 0], errors[:, 1], errors[:, 2], errors[:, 3], functions)
