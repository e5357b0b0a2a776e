"""HQQ (Badri and Shaji, 2023): a zero point found by half-quadratic splitting.

Codes are round(x * s + z) with the inverse scale s of a block's range; z goes to the mean of what
codes would have it be, weights less their largest errors (shrunk by an l_p norm below 1), again and
again.
"""

import numpy as np

from elitemap.evaluators.quantizers.formats.peers.peer import (
    Peer,
    Singles,
    encoded,
    in_blocks,
    laid_out,
)
from elitemap.searchspaces.quantizers.formats.elements import PLAIN, Element
from elitemap.searchspaces.quantizers.formats.encoding import Encoded
from elitemap.searchspaces.quantizers.formats.rule import FP16, Rule

#: The settings that are published with the method.
_NORM, _BETA, _KAPPA, _TURNS = 0.7, 10.0, 1.01, 20

#: Weights of a block, and the largest code.
_BLOCK, _LAST = 64, 15.0


def _shrunk(x: Singles, beta: float) -> Singles:
    """The step towards less of the l_p norm."""
    size = np.abs(x)
    with np.errstate(divide="ignore"):
        less = size - np.power(size, np.float32(_NORM - 1.0)) / np.float32(beta)
    return np.asarray(np.sign(x) * np.maximum(less, 0.0), np.float32)


def _zeros(blocks: Singles, inverse: Singles, zero: Singles) -> Singles:
    """float32[blocks, 1], zero points; ends where the mean error grows again."""
    best, beta = np.inf, _BETA
    kept = zero
    for _ in range(_TURNS):
        codes = np.clip(np.rint(blocks * inverse + zero), 0, _LAST)
        back = (codes - zero) / inverse
        error = float(np.abs(blocks - back).mean())
        if error >= best:
            break
        best, kept = error, zero
        zero = (codes - (blocks - _shrunk(blocks - back, beta)) * inverse).mean(1, keepdims=True)
        beta *= _KAPPA
    return np.asarray(kept, np.float32)


def half_quadratic() -> Peer:
    """HQQ of 4 bits in blocks of 64, scale and zero as binary16."""
    rule = Rule(4, _BLOCK, FP16, 0, 0, 0, 1, 1, 0)

    def encode(weights: Singles) -> Encoded:
        blocks = in_blocks(weights, _BLOCK)
        low, high = blocks.min(1, keepdims=True), blocks.max(1, keepdims=True)
        inverse = np.float32(_LAST) / np.maximum(high - low, np.float32(1e-4))
        zero = _zeros(blocks, inverse, -low * inverse)
        scale = (1.0 / inverse).astype(np.float16)
        offset = (-zero / inverse).astype(np.float16)
        codes = np.clip(np.rint(blocks * inverse + zero), 0, _LAST).astype(np.uint8)
        sizes = np.abs(offset[:, 0]).view(np.uint16).astype(np.uint32)
        stored = scale[:, 0].view(np.uint16).astype(np.uint32)
        return encoded(weights.size, codes, stored, offsets=sizes, below=offset[:, 0] < 0)

    return laid_out(rule, Element(PLAIN, None, tuple(map(float, range(16))), True), encode)
