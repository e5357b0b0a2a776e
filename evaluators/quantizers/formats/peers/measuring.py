"""What a peer is worth: the draws that certificates of elites rest on, through its own bytes."""

import math
from collections.abc import Mapping

import numpy as np

from elitemap.evaluators.quantizers.formats.bounds import check_possible
from elitemap.evaluators.quantizers.formats.confirming import (
    DRAWN,
    SEED,
    cosine,
)
from elitemap.evaluators.quantizers.formats.confirming_weights import sent
from elitemap.evaluators.quantizers.formats.peers.peer import Peer
from elitemap.evaluators.quantizers.formats.sources import Source
from elitemap.evaluators.quantizers.formats.tensors import Singles, Tensor


def measured(peer: Peer, source: Source) -> dict[str, float]:
    """Bits, error and cost of a peer on fresh draws of a distribution.

    Raises:
        SearchError: If the error is less than is possible at the rate of the bytes.
    """
    weights = source.fresh(DRAWN, SEED)
    data = peer.encode(weights)
    back = peer.decode(data, DRAWN).astype(np.float64)
    squares = (back - weights) ** 2
    bits, mse = 8.0 * len(data) / DRAWN, float(squares.mean())
    check_possible(mse, source.least(bits), float(squares.std()) / math.sqrt(DRAWN))
    return _told(peer, bits, mse, cosine(weights.astype(np.float64), back))


def measured_weights(peer: Peer, tensors: Mapping[str, Tensor], most: int) -> dict[str, float]:
    """The same on tensors, as certificates tell errors; importance counts, but not for encoders."""

    def way(part: Singles, importance: Singles | None) -> tuple[Singles, bytes]:
        data = peer.encode(part)
        return peer.decode(data, part.size), data

    found = sent(tensors, most, way)
    told = _told(peer, 8.0 * found.bytes / found.weights, found.mse, found.cosine)
    return {**told, **found.more}


def _told(peer: Peer, bits: float, mse: float, alike: float) -> dict[str, float]:
    return {
        "bits_per_weight": bits,
        "mse": mse,
        "sqnr_db": -10.0 * math.log10(max(mse, 1e-300)),
        "decode_cost": peer.cost,
        "cosine": alike,
    }
