"""Errors of integer operators over all inputs, in the compiled kernel, which fits them first."""

import ctypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.quantizers.operators.truth import true_values
from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.interpret import batch_arguments, values_of
from elitemap.searchspaces.programs.kernels import load
from elitemap.searchspaces.quantizers.operators.reductions import menu, reduced
from elitemap.searchspaces.quantizers.operators.space import Reduced, looks_up
from elitemap.searchspaces.quantizers.operators.targets import Operator

Floats = NDArray[np.float64]

#: Folder of the kernels' sources.
KERNEL = Path(__file__).resolve().parent / "kernel"

_READINGS = ("unsigned", "signed", "float")

#: The golden section: its multiples, modulo 1, lie evenly however many there are.
GOLDEN = (5**0.5 - 1) / 2

#: Inputs that go through a program together, as in the kernel.
_CHUNK = 64


@dataclass(frozen=True)
class Effort:
    """How much work an evaluation is.

    Attributes:
        fitted: Inputs that constants and tables are fitted to.
        turns: Rounds of the fit; 0 takes everything as it is.
        thorough: Whether rounds are long.
        judged: Inputs that errors are measured over; 0 for all.
    """

    fitted: int
    turns: int
    thorough: bool = False
    judged: int = 0


@dataclass(frozen=True)
class Errors:
    """Errors of n operators.

    Attributes:
        badness: float64[n], what fits lessen: the largest error, by its logarithm where errors are
            relative, finite also where an output stands for nothing.
        largest: float64[n].
        mean: float64[n], of the error's size over all inputs; NaN where not all were looked at.
        bias: float64[n], of the error.
        functions: uint64[n], hash of all outputs: equal for equal functions.
    """

    badness: Floats
    largest: Floats
    mean: Floats
    bias: Floats
    functions: NDArray[np.uint64]


@lru_cache(maxsize=8)
def _sampled(o: Operator, room: int) -> tuple[Any, ...]:
    """What cores see and endings take, by reduction, and the true values.

    The first and the last input come first, then the others by multiples of the golden section.
    """
    n = len(o.inputs)
    order = np.mod(np.arange(n) * GOLDEN, 1.0).argsort().argsort()
    chosen = np.concatenate([[0, n - 1], order[(order != 0) & (order != n - 1)]])
    arrays = *reduced(o, room), *true_values(o)
    return tuple(np.ascontiguousarray(a[..., chosen]) for a in arrays)


def measure(batch: Reduced, o: Operator, effort: Effort) -> Errors:
    """Fit constants and tables in place, then measure.

    What is fitted has a whole table if it looks up, else none.
    """
    programs, n = batch.programs, len(o.inputs)
    room = batch.table.shape[1]
    seen, kept, low, high = _sampled(o, room)
    if effort.turns:
        batch.entries[:] = np.where(looks_up(batch.programs)[:, 0], room, 0)
    ending = menu(o, room)[0].ending
    errors, functions = np.empty((len(batch), 4)), np.empty(len(batch), np.uint64)
    load(KERNEL / "operators.c", programs.dialect).operators(
        *batch_arguments(programs),
        pointer(batch.reduction),
        pointer(seen),
        pointer(kept),
        pointer(low),
        pointer(high),
        ctypes.c_size_t(n),
        ctypes.c_int(_READINGS.index(o.reading)),
        ctypes.c_int(ending),
        ctypes.c_int(o.free),
        ctypes.c_int(o.relative),
        ctypes.c_double(2.0**-o.fraction),
        ctypes.c_int(room),
        ctypes.c_size_t(min(effort.fitted, n)),
        ctypes.c_int(effort.turns),
        ctypes.c_int(effort.thorough),
        ctypes.c_size_t(min(effort.judged or n, n)),
        pointer(values_of(programs, _CHUNK)),
        pointer(batch.entries),
        pointer(batch.table),
        pointer(errors),
        pointer(functions),
    )
    badness, largest, mean, bias = errors.T.copy()
    return Errors(badness, largest, mean, bias, functions)
