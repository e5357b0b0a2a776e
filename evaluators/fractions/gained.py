"""How the digits of a continued fraction grow with its terms, to be looked at: no certificate."""

import math

import numpy as np
from flint import arb

from elitemap.engine.protocols import Curve
from elitemap.evaluators.fractions.values.agreement import relation_value
from elitemap.evaluators.fractions.values.enclosure import ball, bits_for, fixed, log10
from elitemap.evaluators.fractions.values.products import walk
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.formula import Formula

#: Convergents that are compared with the value, and the digits of the value.
TERMS, DIGITS = 400, 1000


def digits_gained(formula: Formula) -> Curve | None:
    """The digits of the first convergents that are those of the formula's value.

    Args:
        formula: A formula.

    Returns:
        -log10 of the distance from the value, relative to it where it is larger than 1, by number
        of terms: at most :data:`DIGITS`, NaN where a convergent is infinite. None for a formula
        without a value.

    Raises:
        UsageError: If the value names constants outside the vocabulary.
    """
    if formula.value is None:
        return None
    bits = bits_for(DIGITS) + 64
    value = relation_value(formula.value, DIGITS)
    with precision(bits):
        size = max(0.0, log10(value.mid()))
        digits = [
            _digits(value, None if q == 0 else ball(int(fixed(p, q, bits)), 2, bits), size)
            for p, q in walk(formula.fraction, 0, TERMS)
        ]
    terms = np.arange(1, len(digits) + 1, dtype=np.float64)
    return Curve(terms, np.array(digits, np.float64), "terms", "digits")


def _digits(value: arb, convergent: arb | None, size: float) -> float:
    """Digits that agree, at most :data:`DIGITS`."""
    if convergent is None:
        return math.nan
    distance = (convergent - value).abs_upper()
    return min(size - log10(distance), float(DIGITS))
