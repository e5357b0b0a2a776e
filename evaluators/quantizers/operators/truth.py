"""True values of integer operators: as float64 for a search, and as balls for certificates.

An input of a seed is the upper half of a float32 and stands for all numbers that have it; the true
values of such an input are an interval. Both ends are given for every input.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray
from scipy import special

from elitemap.formulas.precision import precision
from elitemap.searchspaces.quantizers.operators.targets import Operator, Words

Floats = NDArray[np.float64]

#: Bits of balls.
BITS = 96


def _ends(words: Words) -> tuple[Floats, Floats]:
    """The least float32 with an upper half, and the end of those that have it."""
    low = (words.astype(np.uint32) << np.uint32(16)).view(np.float32).astype(np.float64)
    up = np.ldexp(2.0**-7, (words >> 7).astype(np.int64) - 127)
    return low, low + up


def _fixed(o: Operator) -> Floats:
    return np.ldexp(o.inputs.view(np.int32).astype(np.float64), -o.fraction)


def true_values(o: Operator) -> tuple[Floats, Floats]:
    """float64[n] twice, least and largest true value of each input."""
    if o.name == "softmax-exp":
        value = np.exp(-_fixed(o))
        return value, value
    if o.name == "gelu-int":
        value = _fixed(o) * special.ndtr(_fixed(o))
        return value, value
    low, high = _ends(o.inputs)
    if o.name == "rsqrt-seed":
        return 1.0 / np.sqrt(high), 1.0 / np.sqrt(low)
    return 1.0 / high, 1.0 / low


_BALLS: dict[str, Callable[[Any], Any]] = {
    "softmax-exp": lambda x: (-x).exp(),
    "gelu-int": lambda x: x * (1 + (x / flint.arb(2).sqrt()).erf()) / 2,
    "rsqrt-seed": lambda x: x.rsqrt(),
    "reciprocal-seed": lambda x: 1 / x,
}


@lru_cache(maxsize=8)
def true_balls(o: Operator) -> tuple[list[Any], list[Any]]:
    """Balls of the same, each of the true real number."""
    function = _BALLS[o.name]
    with precision(BITS):
        if o.reading != "float":
            balls = [function(flint.arb(x)) for x in _fixed(o).tolist()]
            return balls, balls
        low, high = _ends(o.inputs)
        return [function(flint.arb(x)) for x in high.tolist()], [
            function(flint.arb(x)) for x in low.tolist()
        ]
