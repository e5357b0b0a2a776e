"""Which of many fractions are worth identifying: a first look at their values in 64 bits."""

import ctypes
from collections.abc import Sequence

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.evaluators.fractions.factorial import KERNEL, Growth
from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load
from elitemap.searchspaces.fractions.batch import FractionBatch
from elitemap.searchspaces.fractions.constants import Constant

#: Verdicts: no short relation, a rational value, a value that could not be had.
UNRELATED, RATIONAL, UNKNOWN = -1, -2, -3

#: Bits of a constant that a pair of float64 numbers holds, and some more.
BITS = 160


def suspected(
    batch: FractionBatch, grown: Growth, constants: Sequence[Constant]
) -> NDArray[np.int16]:
    """The index of the first constant that each value may be a simple Möbius image of.

    Values are computed with 19 digits, and relations with coefficients to about 1,000 count. One
    value in a few thousand is suspected by chance, one in ten thousand held to be rational.

    Args:
        batch: n candidates.
        grown: Their convergence.
        constants: What values may be related to.

    Returns:
        int16[n]: an index, or one of the verdicts of this module.
    """
    verdicts = np.empty(len(batch), np.int16)
    order = np.where(grown.factorial, 2 * grown.degree_a - grown.degree_b, 0).astype(np.int32)
    pairs = np.array([_pair(one) for one in constants], np.float64).reshape(-1, 2)
    load(KERNEL / "relations.c").relations(
        ctypes.c_size_t(len(batch)),
        ctypes.c_size_t(batch.a.shape[1]),
        ctypes.c_size_t(batch.b.shape[1]),
        pointer(batch.a),
        pointer(batch.b),
        pointer(grown.rate),
        pointer(order),
        ctypes.c_size_t(len(pairs)),
        pointer(pairs),
        pointer(verdicts),
    )
    return verdicts


def _pair(constant: Constant) -> tuple[float, float]:
    """High and low part."""
    ball = constant.ball(BITS)
    high = float(ball.mid())
    return high, float((ball - arb(high)).mid())
