"""What a peer is worth: the draws that certificates of elites rest on, through its own bytes."""

import math

import numpy as np

from elitemap.evaluators.quantizers.formats.confirming import DRAWN, SEED, check_possible
from elitemap.evaluators.quantizers.formats.measuring import Weights
from elitemap.evaluators.quantizers.formats.peers.peer import Peer
from elitemap.evaluators.quantizers.formats.sources import Source


def measured(peer: Peer, source: Source) -> dict[str, float]:
    """Bits, error and cost of a peer on fresh draws of a distribution.

    Raises:
        SearchError: If the error is less than is possible at the rate of the bytes.
    """
    weights = source.fresh(DRAWN, SEED)
    data = peer.encode(weights)
    squares = (peer.decode(data, DRAWN).astype(np.float64) - weights) ** 2
    bits, mse = 8.0 * len(data) / DRAWN, float(squares.mean())
    check_possible(mse, source.least(bits), float(squares.std()) / math.sqrt(DRAWN))
    return _told(peer, bits, mse)


def measured_weights(peer: Peer, weights: Weights) -> dict[str, float]:
    """The same on tensors, each with an error relative to its mean square."""
    total, error = 0, 0.0
    for start, end in zip(weights.first[:-1], weights.first[1:], strict=True):
        tensor = weights.values[start:end]
        data = peer.encode(tensor)
        squares = (peer.decode(data, tensor.size).astype(np.float64) - tensor) ** 2
        total += len(data)
        error += float(squares.sum()) / float((tensor.astype(np.float64) ** 2).mean())
    n = int(weights.first[-1])
    return _told(peer, 8.0 * total / n, error / n)


def _told(peer: Peer, bits: float, mse: float) -> dict[str, float]:
    return {
        "bits_per_weight": bits,
        "mse": mse,
        "sqnr_db": -10.0 * math.log10(max(mse, 1e-300)),
        "decode_cost": peer.cost,
    }
