"""Axes as values: from numbers to shares of an axis, ticks, and the labels of ticks.

Numbers from an archive may be of any size, also near the ends of float64, so nothing here computes
``high - low`` without looking.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Ratio of the largest to the smallest value from which a logarithmic axis tells more.
WIDE = 100.0

#: Powers of ten between which numbers are written without an exponent.
_PLAIN_FROM, _PLAIN_TO = -3, 6


class Tick(NamedTuple):
    """A mark on an axis: its share of the axis in [0, 1], and what is written at it."""

    share: float
    label: str


@dataclass(frozen=True)
class Scale:
    """One axis.

    Attributes:
        low: Value at share 0, below ``high``.
        high: Value at share 1.
        log: Whether equal ratios (and not equal differences) are equally far apart.
    """

    low: float
    high: float
    log: bool = False

    def shares(self, values: ArrayLike) -> NDArray[np.float64]:
        """Shares of the axis, clipped to [0, 1]; NaN for NaN, and 0 for what has no logarithm."""
        number = np.asarray(values, dtype=np.float64)
        low, high = self.low, self.high
        if self.log:
            number = np.log10(np.where(number > 0, number, np.where(np.isnan(number), np.nan, low)))
            low, high = math.log10(low), math.log10(high)
        # Halves: the difference of two float64 of opposite sign may overflow.
        share = (number / 2 - low / 2) / (high / 2 - low / 2)
        return np.asarray(np.clip(share, 0.0, 1.0))


def scale(values: ArrayLike, log: bool | None = None) -> Scale:
    """The axis that shows all finite values.

    Args:
        values: Any numbers; those that are not finite are left out.
        log: Whether the axis is logarithmic; by default where nothing is negative and the largest
            value is at least a hundred times the smallest positive one.
    """
    number = np.asarray(values, dtype=np.float64)
    finite = number[np.isfinite(number)]
    positive = finite[finite > 0]
    if log is None:
        log = bool(
            positive.size
            and finite.min() >= 0
            and positive.max() / WIDE >= positive.min()
            and 2 * positive.size > finite.size
        )
    if log and positive.size:
        return _logarithmic(float(positive.min()), float(positive.max()))
    if not finite.size:
        return Scale(0.0, 1.0)
    return _linear(float(finite.min()), float(finite.max()))


def ticks(axis: Scale, most: int) -> list[Tick]:
    """At most so many ticks at round values within the axis, rising."""
    if most < 1:
        return []
    values, step = (_decades(axis, most), 0.0) if axis.log else _round_values(axis, most)
    shares = axis.shares(values)
    return [Tick(float(s), label(v, step)) for s, v in zip(shares, values, strict=True)]


def label(value: float, step: float = 0.0) -> str:
    """A number as short as possible.

    Args:
        value: The number.
        step: Distance to its neighbours, from which it is to be told; 0 for four digits.
    """
    if not math.isfinite(value):
        return "∞" if value > 0 else "-∞" if value < 0 else "—"
    if value == 0:
        return "0"
    size = _size(value)
    finest = _size(step) if step > 0 else size - 3
    if _PLAIN_FROM <= size < _PLAIN_TO:
        text = f"{value:.{max(0, -finest)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    mantissa, _, exponent = f"{value:.{min(max(size - finest, 0), 15)}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"


def _size(value: float) -> int:
    """The power of ten of the leading digit."""
    return math.floor(math.log10(abs(value)) + 1e-9)


def _linear(low: float, high: float) -> Scale:
    largest = float(np.finfo(np.float64).max)
    if low == high:
        room = abs(low) / 2 or 0.5
        low, high = max(low - room, -largest), min(high + room, largest)
    return Scale(low, high) if high / 2 - low / 2 > 0 else Scale(low - 0.5, low + 0.5)


def _logarithmic(low: float, high: float) -> Scale:
    if low == high:
        low, high = low / 2 or low, min(high * 2, float(np.finfo(np.float64).max))
    return Scale(low, high, log=True) if low < high else Scale(0.0, 1.0)


def _round_values(axis: Scale, most: int) -> tuple[list[float], float]:
    """Multiples of 1, 2 or 5 times a power of ten, and that."""
    span = axis.high / 2 - axis.low / 2
    power = 10.0 ** math.floor(math.log10(max(span, 1e-300)))
    for factor in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50):
        step = factor * power
        if not math.isfinite(step):
            break
        first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
        if 1 <= last - first + 1 <= most:
            return [number * step for number in range(first, last + 1)], step
    return [], 0.0


def _decades(axis: Scale, most: int) -> list[float]:
    """Powers of ten; within a few decades 1, 2 and 5 times those."""
    first = math.ceil(math.log10(axis.low) - 1e-9)
    last = math.floor(math.log10(axis.high) + 1e-9)
    powers = [float(f"1e{n}") for n in range(max(first - 1, -307), min(last + 1, 308) + 1)]
    low, high = axis.low * (1 - 1e-9), axis.high * (1 + 1e-9)
    for factors in ((1, 2, 5), (1, 3)):
        fine = [f * p for p in powers for f in factors if low <= f * p <= high]
        if last - first <= 2 and len(fine) <= most:
            return fine
    whole = [p for p in powers if low <= p <= high]
    stride = max(1, -(-len(whole) // most))
    return whole[::stride]
