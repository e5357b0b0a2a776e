"""Training runs that are asked for, whoever makes them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A run is given up where its loss exceeds the first one so many times.
MOST = 50.0

#: Final losses float64[m], NaN for runs that were given up; if kept, losses at each step
#: float64[m, steps], NaN after that, and the last parameters float32[m, entries].
Trained = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]


@dataclass(frozen=True)
class Jobs:
    """Runs to be made.

    Attributes:
        row: int64[m], rows of the batch of rules.
        place: int64[m], which of the runs.
        rate: float64[m], learning rates at the first step; they fall linearly to zero.
    """

    row: NDArray[np.int64]
    place: NDArray[np.int64]
    rate: NDArray[np.float64]
