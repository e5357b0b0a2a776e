"""HiF4 (arXiv 2602.11287): 64 weights under a scale of E6M2 and two levels of one-bit exponents.

A weight is scale * 2^(a + b) * k / 4 with k from -7 to 7 (S1P2), a one bit of eight weights and b
one of four. Scales are 2^e * (1 + f / 4) with e from -48 to 15. Bytes are streams: scales, bits of
eight, bits of four, codes; 288 bits of 64 weights.
"""

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.quantizers.formats.peers.peer import Peer, Singles, in_blocks
from elitemap.searchspaces.quantizers.formats.rule import FormatError

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

#: Weights of a scale, and their bytes.
_GROUP, BYTES = 64, 36

#: The largest multiple of a quarter, and the largest weight in units of the scale.
_MOST, _REACH = 7, 7.0

#: Of scales: the exponent of the first one, and the last code that is a number.
_BIAS, _LAST = 48, 254

#: How far about the scale of the largest weight the best encoder looks, in codes.
_LOOKED = range(-8, 4)

#: Operations to decode a weight: a number of its code and the product with the scale; for four
#: weights the sum of exponents and the product with their power, for 64 the scale.
COST = 2.0 + 2.0 / 4 + 1.0 / _GROUP


def _values(codes: Numbers) -> Floats:
    return np.asarray(np.ldexp(1.0 + (codes & 3) / 4.0, (codes >> 2) - _BIAS))


def _scale(most: Floats) -> Numbers:
    """Codes of the scales nearest to the largest weights over 7."""
    size = np.maximum(most / _REACH, 2.0**-_BIAS)
    exponent = np.floor(np.log2(size))
    rest = np.rint(np.ldexp(size, (2 - exponent).astype(int)))
    return np.asarray(np.clip(4 * (exponent + _BIAS) + rest - 4, 0, _LAST), np.int64)


def _parts(x: Floats, scale: Floats, exponents: Numbers) -> tuple[Numbers, Floats]:
    """Multiples of a quarter, and squared errors of four weights, at exponents of four weights.

    Args:
        x: float64[groups, 8, 2, 4].
        scale: float64[groups].
        exponents: int64[groups, 8, 2], sums of both bits.
    """
    unit = np.ldexp(scale[:, None, None, None] / 4.0, exponents[..., None])
    made = np.clip(np.rint(x / unit), -_MOST, _MOST)
    return made.astype(np.int64), ((x - made * unit) ** 2).sum(axis=3)


def _by_largest(x: Floats, scale: Floats) -> tuple[Numbers, Numbers]:
    """Bits by the largest of eight and of four weights, as published."""
    most = np.abs(x).max(axis=3) / scale[:, None, None]
    eight = (most.max(axis=2) >= 4.0).astype(np.int64)
    return eight, (np.ldexp(most, -eight[..., None]) >= 2.0).astype(np.int64)


def _by_error(x: Floats, scale: Floats) -> tuple[Numbers, Numbers]:
    """The bits of least error."""
    shape = x.shape[:3]
    error = np.stack([_parts(x, scale, np.full(shape, e))[1] for e in range(3)])
    without = [np.minimum(error[a], error[a + 1]).sum(axis=2) for a in range(2)]
    eight = (without[1] < without[0]).astype(np.int64)
    wide = eight[..., None].astype(bool)
    return eight, np.where(wide, error[2] < error[1], error[1] < error[0]).astype(np.int64)


def _encoded(x: Floats, best: bool) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Codes of scales, bits of eight, bits of four, multiples of a quarter."""
    first = _scale(np.abs(x).max(axis=(1, 2, 3)))
    least = np.full(len(x), np.inf)
    kept: list[Numbers] = []
    for step in _LOOKED if best else (0,):
        code = np.clip(first + step, 0, _LAST)
        scale = _values(code)
        eight, four = (_by_error if best else _by_largest)(x, scale)
        made, error = _parts(x, scale, eight[..., None] + four)
        total = error.sum(axis=(1, 2))
        better, least = total < least, np.minimum(total, least)
        found = [code, eight, four, made]
        kept = found if not kept else [
            np.where(better.reshape(-1, *[1] * (new.ndim - 1)), new, old)
            for new, old in zip(found, kept, strict=True)
        ]  # fmt: skip
    code, eight, four, made = kept
    return code, eight, four, made


def _bits(values: Numbers, width: int) -> bytes:
    """Numbers of so many bits, from the lowest on."""
    bits = values.reshape(-1, 1) >> np.arange(width) & 1
    return np.packbits(bits.astype(np.uint8).reshape(-1), bitorder="little").tobytes()


def _encode(weights: Singles, best: bool) -> bytes:
    x = in_blocks(weights, _GROUP).astype(np.float64).reshape(-1, 8, 2, 4)
    code, eight, four, made = _encoded(x, best)
    codes = np.abs(made) | (made < 0).astype(np.int64) << 3
    streams = (code, 8), (eight, 1), (four, 1), (codes, 4)
    return b"".join(_bits(values, width) for values, width in streams)


def _decode(data: bytes, n: int) -> Singles:
    """The weights of bytes.

    Raises:
        FormatError: If there are more or fewer than n weights have.
    """
    groups = -(-n // _GROUP)
    if len(data) != groups * BYTES:
        raise FormatError(f"expected {groups * BYTES} bytes of {n} weights, got {len(data)}")
    stream, at = np.frombuffer(data, np.uint8), 0

    def take(count: int, width: int) -> Numbers:
        nonlocal at
        first, at = at, at + count * width // 8
        bits = np.unpackbits(stream[first:at], bitorder="little").reshape(count, width)
        return np.asarray(bits.astype(np.int64) @ (1 << np.arange(width)))

    scale = _values(take(groups, 8))
    eight, four = take(groups * 8, 1).reshape(groups, 8), take(groups * 16, 1).reshape(groups, 8, 2)
    codes = take(groups * _GROUP, 4).reshape(groups, 8, 2, 4)
    unit = np.ldexp(scale[:, None, None] / 4.0, eight[..., None] + four)
    made = np.where(codes >> 3 == 1, -1.0, 1.0) * (codes & 7) * unit[..., None]
    return np.asarray(made, np.float32).reshape(-1)[:n]


def hif4(best: bool) -> Peer:
    """HiF4.

    Args:
        best: Whether scale and bits are those of least error, or as published.
    """
    return Peer(lambda weights: _encode(weights, best), _decode, COST)
