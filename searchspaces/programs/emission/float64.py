"""What is known of the float64 evaluation of a program, and the places where its code is mended.

A program may tend to a limit where one of its divisors vanishes or overflows; IEEE 754 has no
limits and gives NaN or an infinity there. Mended code returns a constant, or a multiple of ``x``,
on a small interval around such a place.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: What one mend costs each time the function is called; a multiple of x costs a product besides.
COST = "2 comparisons and a selection"


@dataclass(frozen=True)
class Mend:
    """One interval on which the code does not return what the program computes.

    Attributes:
        low: First argument, finite.
        high: Last argument, finite.
        value: What is returned, or what ``x`` is multiplied by.
        times_x: Whether it is multiplied by ``x``.
        upper: Proved bound of the error on the interval with this value.
    """

    low: float
    high: float
    value: float
    times_x: bool = False
    upper: float = math.inf

    def __str__(self) -> str:
        """What the code does, in words."""
        result = f"{self.value!r} * x" if self.times_x else repr(self.value)
        return f"{result} for x in [{self.low!r}, {self.high!r}]"

    def to_json(self) -> dict[str, Any]:
        """The mend as a JSON object."""
        return {
            "low": self.low,
            "high": self.high,
            "value": self.value,
            "times_x": self.times_x,
            "upper": self.upper,
            "cost": f"{COST}, 1 product" if self.times_x else COST,
        }


@dataclass(frozen=True)
class Float64:
    """What is known of the code.

    Attributes:
        finite: Whether the (mended) code gives a finite result for every float64 of the domain that
            was looked at.
        proved: Whether that is proved for every float64 of the domain.
        where: Where it is not finite, in words; empty if it is.
        mends: The places that are mended, in rising order.
        places: Arguments at or beside which something vanishes or overflows on the way.
    """

    finite: bool
    proved: bool
    where: str = ""
    mends: tuple[Mend, ...] = ()
    places: tuple[float, ...] = ()


def mended(mends: Sequence[Mend], xs: Floats, ys: Floats) -> Floats:
    """The results of mended code.

    Args:
        mends: The mends.
        xs: float64[n], arguments.
        ys: float64[n], what the program itself gives for them.

    Returns:
        float64[n].
    """
    for mend in mends:
        inside = (xs >= mend.low) & (xs <= mend.high)
        ys = np.where(inside, mend.value * xs if mend.times_x else mend.value, ys)
    return ys
