"""float64 as whole numbers in the same order, neighbours by neighbours; both zeros are 0."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ordinals = NDArray[np.int64]

_MAGNITUDE = np.int64(0x7FFF_FFFF_FFFF_FFFF)


def ordinals(values: Floats) -> Ordinals:
    """int64[n] from float64[n] without NaNs."""
    words = np.ascontiguousarray(values, np.float64).view(np.int64)
    return np.where(words < 0, -(words & _MAGNITUDE), words)


def floats(numbers: Ordinals) -> Floats:
    """The inverse; 0 becomes the positive zero."""
    words = np.abs(numbers)
    return np.where(numbers < 0, -words.view(np.float64), words.view(np.float64))


def ordinal(value: float) -> int:
    """The number of one float64."""
    return int(ordinals(np.array([value]))[0])


def nth(number: int) -> float:
    """The float64 of a number."""
    return float(floats(np.array([number], np.int64))[0])
