"""Nanoseconds per element of compiled functions, side by side."""

import ctypes
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load

Singles = NDArray[np.float32]

_SOURCE = Path(__file__).resolve().parent / "kernel" / "timing.c"

#: Elements: argument and result fit the first cache.
ELEMENTS = 4096

#: Elements of argument and result that no cache holds: 64 MB together.
IN_MEMORY = 1 << 23

#: Elements of a call whose latency is measured; fixed in the kernel.
CHAIN = 16

#: Bytes of a cache line.
_LINE = 64

_TURNS, _CALLS, _CHAINED = 200, 8, 64

#: Above it a machine is too busy for a figure.
NOISY = 0.25


@dataclass(frozen=True)
class Timing:
    """What one function took.

    Attributes:
        ns: Nanoseconds for one element, the least of all turns.
        ratio: To the reference (a polynomial of degree 8 by Horner's rule), least to least.
        spread: How much longer the median turn took, as a share of the least.
    """

    ns: float
    ratio: float
    spread: float

    @property
    def noisy(self) -> bool:
        """Whether the machine was too busy for the figure to mean much."""
        return self.spread > NOISY


def timings(
    functions: Sequence[Any], arguments: Sequence[NDArray[Any]], turns: int = _TURNS
) -> list[Timing]:
    """Time functions in turns, with the reference.

    Args:
        functions: Of ``void f(const float *x, float *y, size_t n)``, or of arrays of 16 bits, from
            loaded libraries.
        arguments: [n] for each, of its type, all of one length: :data:`ELEMENTS` are in the first
            cache.
        turns: How many.
    """
    library = load(_SOURCE)
    every = [*functions, library.reference]
    own = np.linspace(-1.0, 1.0, len(arguments[0]), dtype=np.float32)
    points = _aligned((*arguments, own))
    elements, many = len(own), len(every)
    (result,) = _aligned([np.empty(elements, np.float32)])
    spent = np.empty((turns, many))
    library.timed(
        _addresses([ctypes.cast(f, ctypes.c_void_p) for f in every]),
        ctypes.c_size_t(many),
        _addresses([x.ctypes.data for x in points]),
        pointer(result),
        ctypes.c_size_t(elements),
        ctypes.c_int(turns),
        ctypes.c_int(_CALLS if elements <= ELEMENTS else 1),
        pointer(spent),
    )
    least, median = spent.min(axis=0), np.median(spent, axis=0)
    return [
        Timing(float(least[k]), float(least[k] / least[-1]), float(median[k] / least[k] - 1.0))
        for k in range(many - 1)
    ]


def latencies(
    functions: Sequence[Any], arguments: Sequence[Singles], turns: int = _TURNS
) -> list[float]:
    """Nanoseconds of a call on :data:`CHAIN` elements that waits for the results of the one before.

    Args:
        functions: As for :func:`timings`.
        arguments: float32[n] for each, n at least :data:`CHAIN`.
        turns: How many; the least of them counts.
    """
    spent = np.empty((turns, len(functions)))
    points = _aligned(arguments)
    load(_SOURCE).chained(
        _addresses([ctypes.cast(f, ctypes.c_void_p) for f in functions]),
        ctypes.c_size_t(len(functions)),
        _addresses([x.ctypes.data for x in points]),
        ctypes.c_int(turns),
        ctypes.c_int(_CHAINED),
        ctypes.c_uint32(0),
        pointer(spent),
    )
    found: list[float] = spent.min(axis=0).tolist()
    return found


def _aligned(arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """The arrays, each at the beginning of a cache line: vectors across two take twice as long."""
    known: dict[int, NDArray[Any]] = {}
    for x in arrays:
        if id(x) not in known:
            line = _LINE // x.itemsize
            room = np.empty(len(x) + line, x.dtype)
            first = -room.ctypes.data // x.itemsize % line
            known[id(x)] = room[first : first + len(x)]
            known[id(x)][:] = x
    return [known[id(x)] for x in arrays]


def _addresses(these: Sequence[Any]) -> Any:
    return (ctypes.c_void_p * len(these))(*these)


def python_time(function: Callable[[Any], Any], x: NDArray[Any], turns: int = _TURNS) -> float:
    """Nanoseconds for one element of a call from Python, the least of many."""
    function(x)
    least = float("inf")
    for _ in range(turns):
        begun = time.perf_counter_ns()
        function(x)
        least = min(least, time.perf_counter_ns() - begun)
    return least / len(x)
