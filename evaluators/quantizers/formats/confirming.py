"""Quantizers confirmed: weights that the search has not seen go to bytes and come back.

Decoding is NumPy's and sees bytes and levels alone. Bits are those of the bytes. What is better
than any code of its rate can be, or than any scalar quantizer of a tensor, is an error of this
program, and raises.
"""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.evaluators.quantizers.formats.cost import cost_of
from elitemap.evaluators.quantizers.formats.lloyd import least_scalar
from elitemap.evaluators.quantizers.formats.sources import BESIDE, SOURCES, Source
from elitemap.searchspaces.quantizers.formats.elements import Element, sound
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read
from elitemap.searchspaces.quantizers.formats.rule import Rule

METHOD = "weights that were not searched with, encoded to bytes, decoded from them"

#: Weights that are drawn to confirm, and of the distributions beside; the seed of the draws.
DRAWN, DRAWN_BESIDE, SEED = 1 << 19, 1 << 17, 20261129

#: Tensors whose bytes are counted: a layer of 1024 by 1024.
REFERENCE = (1 << 20,)

#: Standard errors by which luck may beat a bound.
LUCK = 6.0


def squares_of(
    rule: Rule,
    levels: NDArray[np.float32],
    weights: NDArray[np.float32],
    importance: NDArray[np.float32] | None = None,
) -> tuple[NDArray[np.float64], bytes]:
    """float64[n], squared errors after a way through bytes, and the bytes."""
    data = pack(rule, encode(rule, levels, weights, importance))
    back = decode(rule, levels, weights.size, data)
    return (back.astype(np.float64) - weights) ** 2, data


def beside(rule: Rule, levels: NDArray[np.float32]) -> dict[str, float]:
    """Mean squared errors on fewer draws of a few distributions."""
    found = {}
    for name in BESIDE:
        weights = SOURCES[name].fresh(DRAWN_BESIDE, SEED + 1)
        found[name] = float(squares_of(rule, levels, weights)[0].mean())
    return found


def confirm(
    document: Mapping[str, Any], space: QuantizerSpace, source: Source, seed: int = SEED
) -> dict[str, Any] | None:
    """The certificate of a quantizer for a distribution; None if its levels are none.

    Args:
        document: The quantizer.
        space: That it is of.
        source: The distribution.
        seed: Of the draw.

    Raises:
        FormatError: If the document is no quantizer.
        SearchError: If the result is better than is possible.
    """
    rule, element = read(document)
    levels = element.levels(rule)
    if not sound(levels):
        return None
    weights = source.fresh(DRAWN, seed)
    squares, data = squares_of(rule, levels, weights)
    bits = 8.0 * (rule.bytes(REFERENCE[0]) + element.bytes) / REFERENCE[0]
    drawn = 8.0 * len(data) / DRAWN
    mse, deviation = float(squares.mean()), float(squares.std()) / math.sqrt(DRAWN)
    least = source.least(drawn)
    if not rule.block and source.descends:
        least = max(least, least_scalar(source, 1 << rule.bits))
    check_possible(mse, least, deviation)
    return {
        "method": METHOD,
        "source": source.name,
        "drawn": DRAWN,
        "seed": seed,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "mse": mse,
        "deviation": deviation,
        "sqnr_db": -10.0 * math.log10(mse),
        "least_mse": least,
        "bits_per_weight": bits,
        "decode_cost": cost_of(space.from_json([document])),
        "mse_beside": beside(rule, levels),
        **properties(rule, element),
    }


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


def properties(rule: Rule, element: Element) -> dict[str, Any]:
    """What is true of the levels: whether zero is one, they rise with codes, and are symmetric."""
    levels = element.levels(rule)
    rising = np.diff(levels.astype(np.float64), axis=1)
    mirrored = all(np.array_equal(np.sort(row), np.sort(-row)) for row in levels.astype(np.float64))
    return {
        "exact_zero": bool((levels == 0).any(axis=1).all()),
        "monotone": bool((rising > 0).all()),
        "symmetric": bool(mirrored),
    }
