"""Every float32 of a domain through a function, in blocks on all cores, against the true values."""

import ctypes
import math
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.evaluators.float32.functions import Function, Singles
from elitemap.evaluators.float32.jobs import Given, jobs_of
from elitemap.evaluators.float32.pieces import DEGREE
from elitemap.evaluators.float32.settling import settle
from elitemap.formulas.expression import Expression
from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load

KERNEL = Path(__file__).resolve().parent / "kernel"

#: Called with the arguments done and their number; what it returns says whether to go on.
Progress = Callable[[int, int], bool]

#: Floats at a time in one call.
_BLOCK = 1 << 14
#: Arguments of one job that may be left to balls.
_ROOM = 1 << 14


@dataclass(frozen=True)
class Sweep:
    """What a sweep found, proved for every argument that was done.

    Attributes:
        arguments: How many floats the domain has.
        done: How many were done; fewer only if the sweep was stopped.
        max_ulp: Bound of the largest error from above, in units of the last place of the true
            value; infinite where the function gives NaN.
        witness: An argument at which the bound is reached, but for some 2^-20 of a unit.
        max_relative_error: Bound of the largest relative error where the true value is a normal
            float32 in size.
        relative_witness: An argument of it.
        max_absolute_error: Bound of the largest difference to the true value.
        absolute_witness: An argument of it.
        misrounded: Results that are not the float32 nearest to the true value.
        settled: Arguments that were left to ball arithmetic.
        unsettled: Arguments at which it could not be told whether the result is misrounded, as
            where the true value lies exactly between two floats; they do count in ``max_ulp``.
    """

    arguments: int
    done: int
    max_ulp: float
    witness: float
    max_relative_error: float
    relative_witness: float
    max_absolute_error: float
    absolute_witness: float
    misrounded: int
    settled: int
    unsettled: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.done == self.arguments


class _Found(ctypes.Structure):
    """``found`` of ``kernel/compare.c``."""

    _fields_ = (
        ("ulp", ctypes.c_double),
        ("relative", ctypes.c_double),
        ("absolute", ctypes.c_double),
        ("ulp_at", ctypes.c_uint32),
        ("relative_at", ctypes.c_uint32),
        ("absolute_at", ctypes.c_uint32),
        ("unused", ctypes.c_uint32),
        ("misrounded", ctypes.c_uint64),
        ("listed", ctypes.c_uint64),
        ("missed", ctypes.c_uint64),
    )


class _Worst(NamedTuple):
    """The largest error of a kind, and the bits of its argument; None if there is no error."""

    error: float = 0.0
    at: int | None = None


@dataclass(frozen=True)
class _Part:
    """What one job found."""

    done: int = 0
    ulp: _Worst = _Worst()
    relative: _Worst = _Worst()
    absolute: _Worst = _Worst()
    misrounded: int = 0
    settled: int = 0
    unsettled: int = 0

    def __add__(self, other: "_Part") -> "_Part":
        """Both; of equal errors that at the lower bits, so that the order of jobs does not show."""
        return _Part(
            self.done + other.done,
            _larger(self.ulp, other.ulp),
            _larger(self.relative, other.relative),
            _larger(self.absolute, other.absolute),
            self.misrounded + other.misrounded,
            self.settled + other.settled,
            self.unsettled + other.unsettled,
        )


def _larger(one: _Worst, other: _Worst) -> _Worst:
    def order(worst: _Worst) -> tuple[float, int]:
        return worst.error, -(1 << 32 if worst.at is None else worst.at)

    return max(one, other, key=order)


def sweep(
    function: Function,
    expression: Expression,
    domain: tuple[float, float],
    *,
    workers: int | None = None,
    progress: Progress = lambda done, arguments: True,
) -> Sweep:
    """Compare a function with the true one at every float32 of a domain.

    Args:
        function: What is judged.
        expression: The true function.
        domain: Its ends, finite; 0 counts twice, as 0 and -0, if the lower end is negative.
        workers: Threads; as many as there are cores if left out.
        progress: Told after each job of some four million floats; False stops the sweep.

    Returns:
        What holds for the arguments that were done, the same for any number of workers.

    Raises:
        UsageError: If the domain holds no float32.
        ValueError: If the function gives anything but a float32 for each.
        SearchError: If the true function cannot be described; see
            :func:`elitemap.evaluators.float32.pieces.pieces`.
    """
    low, high = _ends(domain)
    jobs = list(jobs_of(expression, low, high))
    total = sum(count for _, count, _ in jobs)
    load(KERNEL / "compare.c")
    threads = workers or os.cpu_count() or 1
    part, waiting, stopped = _Part(), iter(jobs), False
    with ThreadPoolExecutor(threads) as pool:
        running: set[Future[_Job]] = set()
        while not stopped:
            for job in islice(waiting, threads + 1 - len(running)):
                running.add(pool.submit(_run, function, *job))
            if not running:
                break
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            part = sum((_finished(future, expression) for future in ended), part)
            stopped = not progress(part.done, total)
        part = sum((_finished(future, expression) for future in running), part)
    return _told(part, total)


def _told(part: _Part, total: int) -> Sweep:
    def at(bits: int | None) -> float:
        return math.nan if bits is None else float(np.uint32(bits).view(np.float32))

    return Sweep(
        arguments=total,
        done=part.done,
        max_ulp=part.ulp.error,
        witness=at(part.ulp.at),
        max_relative_error=part.relative.error,
        relative_witness=at(part.relative.at),
        max_absolute_error=part.absolute.error,
        absolute_witness=at(part.absolute.at),
        misrounded=part.misrounded,
        settled=part.settled,
        unsettled=part.unsettled,
    )


def _ends(domain: tuple[float, float]) -> tuple[float, float]:
    """The outermost float32 within the domain."""
    low, high = domain
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise UsageError(f"expected a finite domain with its lower end first, got {low!r},{high!r}")
    with np.errstate(over="ignore"):
        first, last = np.float32(low), np.float32(high)
    if float(first) < low:
        first = np.nextafter(first, np.float32(np.inf))
    if float(last) > high:
        last = np.nextafter(last, np.float32(-np.inf))
    if first > last:
        raise UsageError(f"expected a domain that holds a float32, got {low!r},{high!r}")
    return float(first), float(last)


#: What a job found, and the arguments and results that the float64 reference left open.
_Job = tuple[_Part, NDArray[np.uint32], Singles]


def _run(function: Function, first: int, count: int, given: Given) -> _Job:
    found = _Found()
    listed, results = np.empty(_ROOM, np.uint32), np.empty(_ROOM, np.float32)
    kernel = load(KERNEL / "compare.c")
    for at in range(first, first + count, _BLOCK):
        n = min(_BLOCK, first + count - at)
        y = function(np.arange(at, at + n, dtype=np.uint32).view(np.float32))
        if y.dtype != np.float32 or y.shape != (n,):
            raise ValueError(f"expected float32[{n}] of the function, got {y.dtype}{list(y.shape)}")
        numbers: list[Any] = [ctypes.c_uint32(at), ctypes.c_uint64(n), pointer(y)]
        left = [ctypes.byref(found), pointer(listed), pointer(results), ctypes.c_uint64(_ROOM)]
        if isinstance(given, bool):
            kernel.compare_turned(*numbers, ctypes.c_int(given), *left)
            continue
        start, frames, coefficients = given
        piece = int(np.searchsorted(start, at, side="right")) - 1
        numbers += [pointer(start), ctypes.c_uint64(piece), pointer(frames), pointer(coefficients)]
        kernel.compare(*numbers, ctypes.c_int(DEGREE), *left)
    part = _Part(
        done=count,
        ulp=_worst(found.ulp, found.ulp_at),
        relative=_worst(found.relative, found.relative_at),
        absolute=_worst(found.absolute, found.absolute_at),
        misrounded=found.misrounded,
        unsettled=found.missed,
    )
    return part, listed[: found.listed].copy(), results[: found.listed].copy()


def _worst(error: float, at: int) -> _Worst:
    """An error of a job, infinite where the function is NaN."""
    if error == 0.0:
        return _Worst()
    return _Worst(math.inf if math.isnan(error) else error, at)


def _finished(future: Future[_Job], expression: Expression) -> _Part:
    """A job's part with what balls settle, in this thread: their precision is the process's."""
    part, left, results = future.result()
    for bits, value in zip(left.tolist(), results.tolist(), strict=True):
        ulp, wrong = settle(expression, bits, value)
        part += _Part(
            ulp=_Worst(ulp, bits),
            misrounded=int(bool(wrong)),
            settled=1,
            unsettled=int(wrong is None),
        )
    return part
