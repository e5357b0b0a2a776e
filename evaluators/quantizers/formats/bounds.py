"""Errors that no quantizer can have: where one has them, bits or errors are counted wrongly."""

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.evaluators.quantizers.formats.lloyd import least_scalar
from elitemap.evaluators.quantizers.formats.sources import Source

#: Standard errors by which luck may beat a bound; and the share of it by which figures without luck
#: may be off: closed forms are interpolated, samples have no far tails.
LUCK, ROUNDED = 6.0, 0.01


def least_error(source: Source, rate: float, bits: int, scalar: bool) -> float:
    """The least mean squared error of a code.

    Args:
        source: What is coded.
        rate: Bits per weight of all bytes: Shannon's bound.
        bits: Of the code of a weight.
        scalar: Whether that is all that tells weights of a tensor apart: then Lloyd and Max's, too.
    """
    least = source.least(rate)
    return max(least, least_scalar(source, 1 << bits)) if scalar and source.descends else least


def check_possible(mse: float, least: float, deviation: float) -> None:
    """Raise if an error is less than can be.

    Raises:
        SearchError: If it is.
    """
    if mse < least - LUCK * deviation:
        raise SearchError(
            f"expected a mean squared error of at least {least:.6g} at this rate, got {mse:.6g}: "
            "bits or errors are counted wrongly, please report it"
        )


def check_all(
    source: Source,
    errors: NDArray[np.float64],
    rates: NDArray[np.float64],
    rules: NDArray[np.int32],
) -> None:
    """The same of what a search measures.

    Args:
        source: What is coded.
        errors: float64[n], NaN for what is no quantizer.
        rates: float64[n], bits per weight.
        rules: int32[n, fields], layouts.

    Raises:
        SearchError: If an error is less than can be.
    """
    shannon = source.power * 4.0**-rates
    scalar = rules[:, 1] == 0
    # Blocks are far above Shannon's bound: nearly always there is nothing more to look at.
    for row in np.flatnonzero((errors < shannon) | (scalar & np.isfinite(errors))).tolist():
        least = least_error(source, float(rates[row]), int(rules[row, 0]), bool(scalar[row]))
        check_possible(float(errors[row]), least, ROUNDED * least / LUCK)
