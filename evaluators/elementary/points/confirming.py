"""Programs confirmed on points that the search has not seen, with a stated confidence."""

import math
from typing import Any

import numpy as np

from elitemap.evaluators.elementary.points.table import Table
from elitemap.searchspaces.programs.emission.vectors import evaluate
from elitemap.searchspaces.programs.program import Program

#: With which what is said of other points is true.
CONFIDENCE = 0.95

#: Of the normal distribution, one-sided.
_QUANTILE = 1.645

METHOD = "points that the search has not seen, float64 evaluation"


def confirm(program: Program, held: Table, domain: tuple[float, float]) -> dict[str, Any]:
    """The certificate of a program.

    Of n points drawn like the others the largest error bounds that of all but a share p of further
    ones with confidence 1 - (1 - p)^n (S. S. Wilks, "Determination of sample sizes for setting
    tolerance limits", Annals of Mathematical Statistics 12, 1941). The mean of squares has an upper
    limit by the central limit theorem.

    Args:
        program: One input, one output.
        held: The points that were held out.
        domain: Least and largest x of all points.
    """
    errors = held.errors(evaluate(program, held.x))
    largest, count = float(errors.max()), len(errors)
    share = 1 - (1 - CONFIDENCE) ** (1 / count)
    squares = errors**2
    root = math.sqrt(float(squares.mean()))
    limit = math.sqrt(float(squares.mean() + _QUANTILE * squares.std(ddof=1) / math.sqrt(count)))
    error, digits = (root, limit) if held.error == "mean" else (largest, largest)
    return {
        "target": "points",
        "domain": [repr(end) for end in domain],
        "error": held.error,
        "method": METHOD,
        "held_out": count,
        "confidence": CONFIDENCE,
        "largest_error": largest,
        "share_beyond": share,
        "mean_error": root,
        "mean_error_limit": limit,
        "held_out_error": error,
        "held_out_digits": -math.log10(max(digits, 1e-300)) if np.isfinite(digits) else None,
        "says": says(held.error, largest, share, limit),
        "failure": "measured on points that were held out, nothing is proved",
    }


def says(error: str, largest: float, share: float, limit: float) -> str:
    """What is known of further points, in words."""
    if error == "mean":
        return (
            f"with {CONFIDENCE:.0%} confidence (normal approximation) the root of the mean square "
            f"error at points drawn like these is at most {limit:.4g}"
        )
    return (
        f"with {CONFIDENCE:.0%} confidence at most {share:.2%} of points drawn like these have an "
        f"error above {largest:.4g}"
    )
