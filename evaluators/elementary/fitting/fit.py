"""Fitting the constants of batches of programs, in the compiled kernel."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import batch_arguments, workspace
from elitemap.searchspaces.programs.kernels import load

Floats = NDArray[np.float64]

#: Points of the fit, and those between them where its error is measured; fixed in the kernel.
NODES, CHECKS = 32, 64

#: The same for tables of points.
MANY_NODES, MANY_CHECKS = 256, 1024

#: Folder of the kernels' sources.
KERNEL = Path(__file__).resolve().parent / "kernel"

#: The kernel and its number of check points, by its number of points.
_SOURCES = {NODES: (KERNEL / "fit.c", CHECKS), MANY_NODES: (KERNEL / "fit_many.c", MANY_CHECKS)}


@dataclass(frozen=True)
class Samples:
    """A target at points.

    Attributes:
        points: float64[n], or float64[inputs, n].
        high: float64[n], the target; ``low`` is what its float64 value leaves out.
        low: float64[n].
        weight: float64[n], turns an error into the residual: 1 for absolute errors, 1 / |target|
            for relative ones.
        mean: Whether the root of the mean square counts, and not the largest residual.
    """

    points: Floats
    high: Floats
    low: Floats
    weight: Floats
    mean: bool = False

    def packed(self) -> Floats:
        """The arrays one after another and what counts, as the kernel takes them."""
        numbers = self.points.ravel(), self.high, self.low, self.weight
        return np.concatenate([*numbers, [float(self.mean)]])


@dataclass(frozen=True)
class Screening:
    """What came of a few steps on each of n programs.

    Attributes:
        digits: float64[n], estimated; -inf if there is no finite error.
        evaluated: float64[n], programs evaluated on the way.
        signature: uint64[n], functional hash of where the fit has ended (its error curve), 0 if it
            has not.
    """

    digits: Floats
    evaluated: Floats
    signature: NDArray[np.uint64]


@dataclass(frozen=True)
class Fitted:
    """What came of fitting n programs.

    Attributes:
        digits: float64[n], estimated; -inf if no finite error was found.
        evaluated: float64[n], programs evaluated on the way.
    """

    digits: Floats
    evaluated: Floats


def _work(batch: Batch, checks: int) -> Floats:
    inputs = len(batch.signature.inputs)
    return workspace(2 * (batch.length + inputs) * checks + 2 * batch.length)


def screen(batch: Batch, nodes: Samples) -> Screening:
    """Give every program's constants a few steps towards the target, in place.

    Args:
        batch: n programs; their constants are improved.
        nodes: The target at ``NODES`` (or ``MANY_NODES``) points.
    """
    n = len(batch)
    source, checks = _SOURCES[len(nodes.high)]
    found = Screening(np.empty(n), np.empty(n), np.empty(n, np.uint64))
    load(source, batch.dialect).screen(
        *batch_arguments(batch),
        pointer(nodes.packed()),
        pointer(_work(batch, checks)),
        pointer(found.digits),
        pointer(found.evaluated),
        pointer(found.signature),
    )
    return found


def plunged(
    batch: Batch, divisors: NDArray[np.int16], origins: NDArray[np.int16], nodes: Samples
) -> Fitted:
    """Give every program's constants undamped steps, and then a few towards the target, in place.

    Args:
        batch: n programs with a quotient whose coefficients are constants.
        divisors: int16[n], the values by which they divide there, -1 for a polynomial.
        origins: int16[n, length], below zero for coefficients.
        nodes: The target at ``NODES`` (or ``MANY_NODES``) points.
    """
    n = len(batch)
    source, checks = _SOURCES[len(nodes.high)]
    found = Fitted(np.empty(n), np.empty(n))
    load(source, batch.dialect).plunge(
        *batch_arguments(batch),
        pointer(nodes.packed()),
        pointer(_work(batch, checks)),
        pointer(np.ascontiguousarray(divisors)),
        pointer(np.ascontiguousarray(origins)),
        pointer(found.digits),
        pointer(found.evaluated),
    )
    return found


def fit(batch: Batch, bars: Floats, nodes: Samples, check: Samples) -> Fitted:
    """Fit every program's constants in place.

    Args:
        batch: n programs, best screened; their constants are improved.
        bars: float64[n], digits that enter the program's cell, -inf where there is room; rows that
            stay below get no minimax treatment.
        nodes: The target at ``NODES`` (or ``MANY_NODES``) points.
        check: The target at ``CHECKS`` (or ``MANY_CHECKS``) points, where the error is measured.
    """
    source, checks = _SOURCES[len(nodes.high)]
    fitted = Fitted(np.empty(len(batch)), np.empty(len(batch)))
    load(source, batch.dialect).fit(
        *batch_arguments(batch),
        pointer(np.ascontiguousarray(bars, dtype=np.float64)),
        pointer(nodes.packed()),
        pointer(check.packed()),
        pointer(_work(batch, checks)),
        pointer(fitted.digits),
        pointer(fitted.evaluated),
    )
    return fitted
