"""What cores approximate, at many float32 at once."""

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.elementary.targets import Target

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bits = NDArray[np.bool_]

#: Where a core has no value, next to its zero, it is looked at so far from there.
_ASIDE = 2.0**-40

#: Terms (an even number: none of the places is the middle) of the series by which values of cores
#: are interpolated, where it is compared with them, how near it must come, and below which share of
#: the largest size it is not trusted.
_TERMS, _LOOKED_AT, _TRUSTED, _SMALL = 64, 100, 2.0**-30, 2.0**-10


def core_values(target: Target, points: Singles) -> Floats:
    """What the core approximates, at float32 within its domain or just beside it.

    Smooth functions are interpolated; what that leaves inaccurate, and others, balls compute.
    """
    xs = points.astype(np.float64)
    found, trusted = _interpolated(target, xs)
    for k in np.flatnonzero(~trusted).tolist():
        found[k] = _core_value(target, xs[k])
    return found


def _core_value(target: Target, x: float) -> float:
    try:
        return float(target.sample(np.array([x]))[0][0])
    except SearchError:
        aside = _ASIDE * float(target.hi - target.lo)
        return float(target.sample(np.array([x + aside]))[0][0])


def _interpolated(target: Target, xs: Floats) -> tuple[Floats, Bits]:
    """float64[n] by Chebyshev's series, and where that is trusted: nowhere if it is not smooth.

    Of a function with a zero at 0 it is the series of f(x) / x, so that small values are accurate.
    """
    low, high = float(xs.min()), float(xs.max())
    odd = low <= 0.0 <= high and _vanishes(target)

    def series_of(x: Floats) -> Floats:
        values = np.array([_core_value(target, v) for v in x.tolist()])
        return values / np.where(x == 0.0, 1.0, x) if odd else values

    middle, radius = (low + high) / 2, max((high - low) / 2, 1e-30)
    made = np.polynomial.chebyshev.Chebyshev.interpolate(
        lambda u: series_of(middle + radius * u), _TERMS - 1
    )
    found = made((xs - middle) / radius)
    seen = np.arange(0, len(xs), max(len(xs) // _LOOKED_AT, 1))
    wanted = series_of(xs[seen])
    fine = np.abs(found[seen] - wanted) <= _TRUSTED * np.abs(wanted)
    smooth = bool((fine | (xs[seen] == 0.0)).all())
    trusted = smooth & (np.abs(found) > _SMALL * np.abs(found).max())
    if odd:
        found = found * xs
    return found, trusted & (xs != 0.0)


def _vanishes(target: Target) -> bool:
    try:
        return float(target.sample(np.array([0.0]))[0][0]) == 0.0
    except SearchError:
        return False
