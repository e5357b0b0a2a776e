"""Peers that differ in how a block gets its scale: Microscaling, Four over Six, IF4."""

from collections.abc import Sequence

import numpy as np

from elitemap.evaluators.quantizers.formats.peers.peer import (
    Peer,
    Singles,
    cost,
    encoded,
    in_blocks,
    laid_out,
    nearest,
    ratio,
    squares,
    stored,
)
from elitemap.searchspaces.quantizers.formats.elements import DOUBLE, MIRRORED, Element
from elitemap.searchspaces.quantizers.formats.encoding import Encoded
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.rule import E4M3, E8M0, Rule

#: Magnitudes of E2M1 (OCP Microscaling), the largest of them, and the exponent of that.
E2M1 = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_MOST, _EXPONENT = 6.0, 2

_FP4 = Element(MIRRORED, None, E2M1)
_LEVELS = np.array([*E2M1, *(-x for x in E2M1)], np.float32)

#: The whole numbers of IF4, as wide as E2M1; codes are those of two's complement.
_INT4 = np.array([k * _MOST / 7 for k in (*range(8), *range(-8, 0))], np.float32)

#: The largest scale of E4M3; Four over Six leaves room for one that is half as large again.
_E4M3, _E4M3_ROOM = 448.0, 256.0


def microscaled(add: float = 0.0) -> Peer:
    """MXFP4 (OCP Microscaling Formats 1.0, 6.3): a power of two for each block of 32.

    Args:
        add: To the logarithm of the largest magnitude, before it is rounded down; 0 as specified.
    """
    rule = Rule(4, 32, E8M0, 0, 0, 0, 0, 0, 0)

    def encode(weights: Singles) -> Encoded:
        blocks = in_blocks(weights, 32)
        most = np.abs(blocks).max(axis=1)
        with np.errstate(divide="ignore"):
            exponent = np.floor(np.log2(most.astype(np.float64)) + add) - _EXPONENT
        kept = np.clip(exponent, -127, 127)
        codes = nearest(_LEVELS, ratio(blocks, np.ldexp(1.0, kept.astype(int)).astype(np.float32)))
        return encoded(weights.size, codes, (kept + 127).astype(np.uint32))

    return laid_out(rule, _FP4, encode)


def four_over_six(targets: Sequence[float] = (6.0, 4.0)) -> Peer:
    """Four over Six (Cook et al., arXiv 2512.02010): NVFP4 with the better of two scales.

    Args:
        targets: Levels that the largest weight of a block may go to.
    """
    rule = Rule(4, 16, E4M3, 0, 0, 0, 0, 0, 0)

    def encode(weights: Singles) -> Encoded:
        blocks = in_blocks(weights, 16)
        most = np.abs(blocks).max(axis=1)
        unit = np.float32(most.max() / (_MOST * _E4M3_ROOM))
        best, codes = np.full(len(blocks), np.inf), np.zeros(blocks.shape, np.uint8)
        scales = np.zeros(len(blocks), np.uint32)
        for target in targets:
            code, size = stored(rule, most / max(np.float32(target) * unit, np.float32(1e-38)))
            scale = size * unit
            made = nearest(_LEVELS, ratio(blocks, scale))
            error = squares(blocks, _LEVELS[made] * scale[:, None])
            better = error < best
            best, scales = np.where(better, error, best), np.where(better, code, scales)
            codes[better] = made[better]
        return encoded(weights.size, codes, scales, unit)

    return laid_out(rule, _FP4, encode)


def int_or_float() -> Peer:
    """IF4 (Cook et al., arXiv 2603.28765): the better of whole numbers and E2M1 for each block.

    The sign of a block's scale, which NVFP4 leaves unused, says which.
    """
    rule = Rule(4, 16, E4M3, 0, 1, 0, 0, 0, 0)
    double = Rule(4, 16, E4M3, 0, 0, 0, 1, 0, 1)
    both = Element(DOUBLE, None, tuple(map(float, (*_LEVELS, *_INT4))))

    def encode(weights: Singles) -> bytes:
        blocks = in_blocks(weights, 16)
        most = np.abs(blocks).max(axis=1)
        unit = np.float32(most.max() / (_MOST * _E4M3))
        code, size = stored(rule, most / max(np.float32(_MOST) * unit, np.float32(1e-38)))
        scale = size * unit
        made = [nearest(levels, ratio(blocks, scale)) for levels in (_LEVELS, _INT4)]
        error = [
            squares(blocks, levels[m] * scale[:, None])
            for levels, m in zip((_LEVELS, _INT4), made, strict=True)
        ]
        whole = error[1] < error[0]
        codes = np.where(whole[:, None], made[1], made[0])
        return pack(rule, encoded(weights.size, codes, code, unit, below=whole))

    def back(data: bytes, n: int) -> Singles:
        sign = decode(rule, np.ones((1, 16), np.float32), n, data)
        floats, wholes = (decode(rule, levels[None], n, data) for levels in (_LEVELS, _INT4))
        return np.where(np.signbit(sign), -wholes, floats)

    return Peer(encode, back, cost(double, both))
