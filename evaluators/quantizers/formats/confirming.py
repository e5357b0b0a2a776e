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

from elitemap.evaluators.quantizers.formats.bounds import check_possible, least_error
from elitemap.evaluators.quantizers.formats.cost import cost_of
from elitemap.evaluators.quantizers.formats.properties import properties, through
from elitemap.evaluators.quantizers.formats.sources import BESIDE, SOURCES, Source
from elitemap.evaluators.quantizers.formats.taking import taking
from elitemap.searchspaces.quantizers.formats.elements import sound
from elitemap.searchspaces.quantizers.formats.quantizers import QuantizerSpace, read
from elitemap.searchspaces.quantizers.formats.rule import Rule

METHOD = "weights that were not searched with, encoded to bytes, decoded from them"

#: Weights that are drawn to confirm, and of the distributions beside; the seed of the draws.
DRAWN, DRAWN_BESIDE, SEED = 1 << 19, 1 << 17, 20261129

#: Tensors whose bytes are counted: a layer of 1024 by 1024.
REFERENCE = (1 << 20,)


def cosine(x: NDArray[np.floating[Any]], y: NDArray[np.floating[Any]]) -> float:
    """Of two vectors; 0 where one is nothing."""
    power = float((x * x).sum()) * float((y * y).sum())
    return float((x * y).sum()) / math.sqrt(power) if power > 0.0 else 0.0


def beside(rule: Rule, levels: NDArray[np.float32]) -> dict[str, float]:
    """Mean squared errors on fewer draws of a few distributions."""
    found = {}
    for name in BESIDE:
        weights = SOURCES[name].fresh(DRAWN_BESIDE, SEED + 1)
        back = through(rule, levels, weights)[0].astype(np.float64)
        found[name] = float(((back - weights) ** 2).mean())
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
    sent, data = through(rule, levels, weights)
    back = sent.astype(np.float64)
    squares = (back - weights) ** 2
    bits = 8.0 * (rule.bytes(REFERENCE[0]) + element.bytes) / REFERENCE[0]
    drawn = 8.0 * len(data) / DRAWN
    mse, deviation = float(squares.mean()), float(squares.std()) / math.sqrt(DRAWN)
    least = least_error(source, drawn, rule.bits, not rule.block)
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
        "cosine": cosine(weights.astype(np.float64), back),
        "least_mse": least,
        "bits_per_weight": bits,
        "decode_cost": cost_of(space.from_json([document])),
        "mse_beside": beside(rule, levels),
        **taking(rule, element),
        **properties(rule, element),
    }
