"""Tables of levels in batches: which shape goes with a layout, what a table begins with."""

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.quantizers.formats.elements import (
    DOUBLE,
    LARGEST_POWER,
    MIRRORED,
    MOST_ENTRIES,
    PLAIN,
    PROGRAM,
    SHIFTED,
    SUMS,
    parts,
)

#: Columns of a rule's fields.
_BITS, _CHOICE = 0, 8

#: The shape that goes with a layout without and with choices.
_TURNED = np.array(
    [
        [PROGRAM, PLAIN, MIRRORED, PLAIN, MIRRORED, SUMS],
        [PROGRAM, SHIFTED, DOUBLE, DOUBLE, SHIFTED, SHIFTED],
    ],
    np.int32,
)

Integers = NDArray[np.int32]
Singles = NDArray[np.float32]


def settled(rule: Integers, shape: Integers) -> Integers:
    """int32[n], shapes that go with their layouts."""
    return np.asarray(_TURNED[rule[:, _CHOICE], shape])


def entries(rule: Integers, shape: Integers) -> Integers:
    """int32[n], how many entries the tables of rows have."""
    codes = 1 << rule[:, _BITS]
    high, low = parts(rule[:, _BITS])
    each = [0 * codes, codes, codes // 2, 2 * codes, codes + 1, (1 << high) + (1 << low)]
    return np.asarray(np.choose(shape, each))


def grids(rule: Integers, shape: Integers, rng: np.random.Generator) -> Singles:
    """float32[n, 32], tables to begin with: grids, bent by a random power and shaken a little.

    A second set of levels is the first one with a random number added. Of sums the first part is a
    grid, the second a smaller one between its steps.
    """
    shape, codes = settled(rule, shape)[:, None], (1 << rule[:, :1]).astype(np.float64)
    at = np.arange(MOST_ENTRIES) + np.zeros((len(rule), 1))
    places = 2.0 * np.mod(at, codes) / (codes - 1.0) - 1.0
    places = np.where(shape == MIRRORED, (at + 0.5) / (codes / 2 - 0.5), places)
    high, low = (np.asarray(1 << part).astype(float)[:, None] for part in parts(rule[:, _BITS]))
    summed = np.where(at < high, at / high, (at - high + 0.5) / (high * low))
    places = np.where(shape == SUMS, summed, places)
    bent = np.sign(places) * np.abs(places) ** rng.uniform(0.8, 1.6, (len(rule), 1))
    bent += rng.normal(0, 0.01, bent.shape)
    added = rng.normal(0, 0.1, (len(rule), 1))
    bent += np.where((shape == DOUBLE) & (at >= codes), added, 0.0)
    return np.where((shape == SHIFTED) & (at == codes), added, bent).astype(np.float32)


def rounded(table: Singles, shape: Integers) -> Singles:
    """Tables of whole numbers, of which the largest is 127; of sums powers of two, up to 64."""
    largest = np.abs(table).max(axis=1, keepdims=True)
    most = np.where(shape == SUMS, LARGEST_POWER, 127.0)[:, None]
    factor = np.divide(most, largest, out=np.zeros_like(most), where=largest > 0)
    scaled = table * factor
    size = np.abs(scaled)
    below = np.exp2(np.floor(np.log2(np.maximum(size, 1.0))))
    power = np.where(size < 0.5, 0.0, np.where(size < 1.5 * below, below, 2.0 * below))
    power = np.sign(scaled) * np.minimum(power, LARGEST_POWER)
    # The sum leaves no negative zero.
    made = np.where(shape[:, None] == SUMS, power, np.rint(scaled)) + 0.0
    return np.asarray(made, np.float32)
