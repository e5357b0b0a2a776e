"""Softmax with 8 bits by an integer exponential: sums of rows beside those of the exact one.

Codes are rounded quotients of 2^8; a quotient of 1 has the largest code. Rows of exact softmax,
rounded in the same way, do not sum to 1 either, so they are what to compare with.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.quantizers.operators.targets import REACH, Words

#: Lengths of rows, the number of rows of each, and the seed of the logits (normal, deviation 1).
LENGTHS, ROWS, SEED = (64, 256), 400, 20261129

#: Bits of a probability.
BITS = 8


def softmax_rows(words: Words) -> dict[str, float]:
    """By length, the mean sum of a row and what exact softmax has, and the mean absolute error.

    Args:
        words: uint32[n], the exponential of 0, 1/S, 2/S and so on below the maximum.
    """
    told: dict[str, float] = {}
    for length in LENGTHS:
        logits = np.random.default_rng([SEED, length]).standard_normal((ROWS, length))
        below = logits.max(axis=1, keepdims=True) - logits
        steps = np.minimum(np.rint(below * (len(words) // REACH)).astype(np.int64), len(words) - 1)
        exact = np.exp(-below)
        true = exact / exact.sum(axis=1, keepdims=True)
        wanted = np.minimum(np.rint(true * (1 << BITS)), (1 << BITS) - 1)
        got = quotients(words[steps])
        told[f"row_sum_{length}"] = float(got.sum(axis=1).mean()) / (1 << BITS)
        told[f"row_sum_exact_{length}"] = float(wanted.sum(axis=1).mean()) / (1 << BITS)
        told[f"row_error_{length}"] = float(np.abs(got / (1 << BITS) - true).mean())
    return told


def quotients(exponentials: NDArray[np.uint32]) -> NDArray[Any]:
    """int64[rows, n], codes of each exponential over the sum of its row: one division a row."""
    wide = exponentials.astype(np.uint64)
    total = wide.sum(axis=1, keepdims=True)
    shift = np.uint64(BITS)
    made = ((wide << shift) + total // np.uint64(2)) // total
    return np.asarray(np.minimum(made, np.uint64((1 << BITS) - 1)), np.int64)
