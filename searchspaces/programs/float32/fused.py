"""The fused multiply-add of float32 on arrays, with one rounding."""

from typing import Any

import numpy as np


def fused(a: Any, b: Any, c: Any) -> Any:
    """``a * b + c`` rounded once to float32.

    The product of two float32 is exact in float64. The sum is rounded to odd there (Boldo and
    Melquiond, 2008), which leaves the final rounding to float32 the right one: float64 has
    more than two bits more than it needs.

    Args:
        a: float32, scalar or array; ``b`` and ``c`` as well.
        b: The other factor.
        c: What is added.
    """
    x, y, z = (np.asarray(v, np.float64) for v in (a, b, c))
    with np.errstate(all="ignore"):
        product = x * y
        total = product + z
        back = total - product
        lost = (product - (total - back)) + (z - back)
        inexact = np.isfinite(total) & (lost != 0.0) & (total.view(np.int64) & 1 == 0)
        away = np.where((lost > 0.0) == (total > 0.0), np.int64(1), np.int64(-1))
        odd = np.where(inexact, total.view(np.int64) + away, total.view(np.int64))
        return odd.view(np.float64).astype(np.float32)[()]
