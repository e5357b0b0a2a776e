"""Bounds of bins that people like to read: whole numbers, round numbers, powers of ten."""

import math
import sys
from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Whole numbers up to here have a half between them and the next.
_EXACT = 2.0**51

_SMALLEST = 1e-300

# Positive numbers whose largest is so many powers of ten above the smallest have bins of equal
# ratios.
_DECADES = 3.0

# The marks of a decade, from the finest.
_MARKS: tuple[Sequence[int], ...] = (range(1, 10), (1, 2, 5), (1,))


def edges(values: Floats, most: int) -> Floats:
    """Rising bounds of bins that hold all values.

    Whole numbers have a bin each, or so many that the bounds are round. Positive numbers over
    many orders of magnitude have bounds such as 0.01, 0.02, 0.05, 0.1; all others such at equal
    distances. A value at a bound belongs to the bin above it.

    Args:
        values: float64[n], finite.
        most: At most about so many bins; two at least, as zero may have to be a bound.

    Returns:
        float64[bins + 1]; nothing if there are no values.
    """
    if not len(values):
        return np.empty(0)
    low, high, most = float(values.min()), float(values.max()), max(2, most)
    if max(-low, high) < _EXACT and np.array_equal(values, np.rint(values)):
        found = _whole(int(low), int(high), most)
    elif low > 0 and math.log10(high) - math.log10(low) >= _DECADES:
        found = _ratios(low, high, most)
    else:
        found = _distances(low, high, most)
    return _rising(found, low, high)


def places(values: Floats, bounds: Floats) -> NDArray[np.intp]:
    """The bin of each value that lies within the bounds."""
    found = np.searchsorted(bounds, values, side="right") - 1
    return np.asarray(np.clip(found, 0, max(len(bounds) - 2, 0)))


def _whole(low: int, high: int, most: int) -> Floats:
    mark, power = next(s for s in _round(0) if high // _size(s) - low // _size(s) < most)
    step = mark * 10**power
    bounds = np.arange(low // step, high // step + 2, dtype=np.float64) * step
    return np.asarray(bounds - 0.5 if step == 1 else bounds)


def _ratios(low: float, high: float, most: int) -> Floats:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    marks = next((m for m in _MARKS if len(m) * (last - first) <= most), (1,))
    stride = max(1, -(-(last - first) * len(marks) // most))
    powers = range(first, last + stride + 1, stride)
    bounds = np.array([float(f"{mark}e{power}") for power in powers for mark in marks])
    # Without the bins at the ends that hold nothing.
    start = int(np.searchsorted(bounds, low, side="right")) - 1
    stop = int(np.searchsorted(bounds, high, side="right")) + 1
    return bounds[max(start, 0) : stop]


def _distances(low: float, high: float, most: int) -> Floats:
    size = max(abs(low), abs(high))
    # Numbers that agree in their first digits differ by rounding: no reason for many bins.
    width = max(high / most - low / most, size * (1e-12 if high > low else 0.1), _SMALLEST)
    for mark, power in _round(math.floor(math.log10(width))):
        step = float(f"{mark}e{power}")
        first, last = math.floor(low / step), math.floor(high / step)
        if last - first < most:
            break
    return np.array([float(f"{k * mark}e{power}") for k in range(first, last + 2)])


def _rising(bounds: Floats, low: float, high: float) -> Floats:
    """The bounds without what the ends of float64 make of them."""
    bounds = np.unique(np.clip(bounds, -sys.float_info.max, sys.float_info.max))
    bounds[0], bounds[-1] = min(bounds[0], low), max(bounds[-1], high)
    if len(bounds) > 1:
        return bounds
    return np.sort(np.array([low, np.nextafter(low, 0.0 if low else 1.0)]))


def _round(power: int) -> Iterator[tuple[int, int]]:
    """Mark and power of ten of 1, 2, 5, 10, 20, ... times a power of ten."""
    return ((mark, exponent) for exponent in count(power) for mark in (1, 2, 5))


def _size(step: tuple[int, int]) -> int:
    return int(step[0] * 10 ** step[1])
