"""The bytes of a quantized tensor, and decoding from nothing else.

Streams follow one another, each padded to a whole byte: units of scales (binary16 in super-blocks,
binary32 in a tensor), units of offsets, scales, offsets, choices, codes, places and values of
outliers (a byte and bfloat16), the seed of lots, which nothing decodes. Numbers are little-endian,
and their bits are packed from the lowest on; the sign of a scale or an offset is above its
magnitude.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.quantizers.formats.encoding import Encoded
from elitemap.searchspaces.quantizers.formats.rule import (
    BF16,
    E4M3,
    E8M0,
    FP16,
    FP32,
    INTEGER,
    SPAN,
    FormatError,
    Rule,
)

Bytes = NDArray[np.uint8]
Singles = NDArray[np.float32]


#: Numbers that are packed at a time, which is memory; whole bytes of any width.
_PART = 1 << 16


def _packed(values: NDArray[np.unsignedinteger[Any]], width: int) -> Bytes:
    """Numbers of so many bits as bytes."""
    parts = []
    for start in range(0, len(values), _PART):
        part = values[start : start + _PART, None].astype(np.uint32)
        bits = (part >> np.arange(width, dtype=np.uint32)) & np.uint32(1)
        parts.append(np.packbits(bits.astype(np.uint8).reshape(-1), bitorder="little"))
    return np.concatenate(parts)


def _unpacked(stream: Bytes, n: int, width: int) -> NDArray[np.uint32]:
    made, weights = np.empty(n, np.uint32), np.uint32(1) << np.arange(width, dtype=np.uint32)
    for start in range(0, n, _PART):
        count = min(_PART, n - start)
        part = stream[start * width // 8 : (start + count) * width // 8 + 1]
        bits = np.unpackbits(part, bitorder="little", count=count * width).reshape(count, width)
        made[start : start + count] = bits.astype(np.uint32) @ weights
    return made


def _units(rule: Rule, units: Singles) -> list[Bytes]:
    kind = "<f2" if rule.unit_width == 16 else "<f4"
    columns = units.T[: 2 if rule.offset else 1]
    return [np.frombuffer(column.astype(kind).tobytes(), np.uint8) for column in columns]


def pack(rule: Rule, encoded: Encoded) -> bytes:
    """The bytes of an encoded tensor."""
    sign = np.uint32(rule.magnitude)
    streams = _units(rule, encoded.units) if rule.unit_width else []
    scales = encoded.scales | encoded.negative.astype(np.uint32) << sign
    offsets = encoded.offsets | encoded.below.astype(np.uint32) << sign
    if rule.scale_width == rule.magnitude:
        scales = encoded.scales
    if rule.offset_width == rule.magnitude:
        offsets = encoded.offsets
    streams.append(_packed(scales, rule.scale_width))
    if rule.offset:
        streams.append(_packed(offsets, rule.offset_width))
    if rule.choice:
        streams.append(_packed(encoded.choices, 1))
    streams.append(_packed(encoded.codes, rule.bits))
    if rule.outliers:
        streams += [encoded.places.reshape(-1), encoded.values.reshape(-1).astype("<u2")]
    if rule.rounding:
        streams.append(np.array([encoded.seed], "<u4"))
    return b"".join(stream.tobytes() for stream in streams)


def magnitudes(rule: Rule, codes: NDArray[np.uint32]) -> Singles:
    """What magnitudes of scales stand for, in their units."""
    if rule.codec == FP32:
        return np.asarray(codes.view(np.float32))
    if rule.codec == FP16:
        return codes.astype(np.uint16).view(np.float16).astype(np.float32)
    if rule.codec == BF16:
        return (codes << np.uint32(16)).view(np.float32)
    if rule.codec == INTEGER:
        return codes.astype(np.float32)
    wide = codes.astype(np.int64)
    if rule.codec == E8M0:
        return np.ldexp(np.float32(1), wide - 127).astype(np.float32)
    exponent, rest, bias = wide >> 3, wide & 7, 7 if rule.codec == E4M3 else 15
    normal = np.ldexp(8.0 + rest, exponent - bias - 3)
    tiny = np.ldexp(rest.astype(float), -bias - 2)
    return np.asarray(np.where(exponent > 0, normal, tiny), np.float32)


def _scales(
    rule: Rule, codes: NDArray[np.uint32], width: int, minimum: bool, units: Singles
) -> Singles:
    """Scales or offsets, float32, each block's."""
    sign = np.uint32(rule.magnitude)
    below = (codes >> sign & np.uint32(1)) if width > rule.magnitude else np.uint32(minimum)
    size = magnitudes(rule, codes & np.uint32((1 << rule.magnitude) - 1))
    if len(units):
        each = rule.group // rule.block if rule.group else len(codes)
        size = size * np.repeat(units, each)[: len(codes)]
    return np.asarray(np.where(below != 0, -size, size))


def decode(rule: Rule, levels: Singles, n: int, data: bytes) -> Singles:
    """float32[n], the weights that bytes stand for.

    Args:
        rule: The layout.
        levels: float32[choices, codes].
        n: Number of weights.
        data: What :func:`pack` has made.

    Raises:
        FormatError: If there are more or fewer bytes than n weights have.
    """
    if len(data) != rule.bytes(n):
        raise FormatError(f"expected {rule.bytes(n)} bytes of {n} weights, got {len(data)}")
    stream, at = np.frombuffer(data, np.uint8), 0
    groups, blocks = rule.groups(n), rule.blocks(n)

    def take(count: int, width: int) -> Bytes:
        nonlocal at
        size = -(-count * width // 8)
        at += size
        return stream[at - size : at]

    kind = "<f2" if rule.unit_width == 16 else "<f4"
    units = [
        take(groups, rule.unit_width).view(kind).astype(np.float32)
        for _ in range(2 if rule.offset else 1)
        if rule.unit_width
    ] or [np.empty(0, np.float32)] * 2
    scales = _unpacked(take(blocks, rule.scale_width), blocks, rule.scale_width)
    scale = _scales(rule, scales, rule.scale_width, False, units[0])
    offset = None
    if rule.offset:
        offsets = _unpacked(take(blocks, rule.offset_width), blocks, rule.offset_width)
        offset = _scales(rule, offsets, rule.offset_width, True, units[-1])
    choices = _unpacked(take(blocks, 1), blocks, 1) if rule.choice else np.zeros(blocks, np.uint32)
    codes = _unpacked(take(n, rule.bits), n, rule.bits)
    block = np.arange(n) // (rule.block or n)
    made = scale[block] * levels[choices[block], codes]
    made = np.asarray(made if offset is None else made + offset[block], np.float32)
    if rule.rotated:
        made = rotated(made, rule.rotated)
    if rule.outliers:
        apart = rule.apart(n)
        places, values = take(apart, 8), take(apart, 16).view("<u2").astype(np.uint32)
        where = np.arange(apart) // rule.outliers * SPAN + places
        made[where] = (values << np.uint32(16)).view(np.float32)
    return made


def rotated(weights: Singles, size: int) -> Singles:
    """Walsh and Hadamard's transform of each whole run of so many weights, its own inverse."""
    whole = len(weights) // size * size
    made = weights[:whole] * np.float32(1.0 / math.isqrt(size))
    for h in (1 << k for k in range(size.bit_length() - 1)):
        pairs = made.reshape(-1, 2, h)
        first, second = pairs[:, 0], pairs[:, 1]
        made = np.stack([first + second, first - second], axis=1).reshape(-1)
    return np.concatenate([made, weights[whole:]])
