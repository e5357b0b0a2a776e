"""Decoding a quantizer's bytes, as a module of NumPy."""

import math

import numpy as np

from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.rule import (
    E4M3,
    E8M0,
    FP16,
    FP32,
    INTEGER,
    SPAN,
    Rule,
)
from elitemap.searchspaces.quantizers.formats.to_c import TESTED, streams, tested
from elitemap.searchspaces.quantizers.statements import fnv

_BODY = '''\
"""{remark}

{layout}

Streams of the bytes, each from a whole byte on:
{streams}
"""

import numpy as np

#: Levels of each choice and code.
LEVELS = np.array(
    [
{levels}
    ],
    np.uint32,
).view(np.float32)


def _numbers(stream, n, width):
    bits = np.unpackbits(stream, bitorder="little", count=n * width).reshape(n, width)
    return bits.astype(np.uint32) @ (np.uint32(1) << np.arange(width, dtype=np.uint32))


def _magnitudes(codes):
    """What the magnitudes of scales stand for, in their units."""
    {magnitudes}


def _signed(codes, width, minimum, units):
    below = codes >> np.uint32({sign}) & np.uint32(1) if width > {sign} else np.uint32(minimum)
    size = _magnitudes(codes & np.uint32({mask}))
    if units is not None:
        size = size * np.repeat(units, {each} or len(codes))[: len(codes)]
    return np.where(below != 0, -size, size)


def decode(data, n):
    """float32[n], the weights that bytes stand for."""
    stream, at = np.frombuffer(data, np.uint8), 0
    block = {block} or n
    blocks, groups = -(-n // block), -(-n // {group}) if {group} else 1

    def take(count, width):
        nonlocal at
        at += -(-count * width // 8)
        return stream[at - -(-count * width // 8) : at]

    units = [take(groups, {unit}).view("{kind}").astype(np.float32) for _ in range({units})]
    units = units or [None]
    scale = _signed(_numbers(take(blocks, {scale}), blocks, {scale}), {scale}, 0, units[0])
    offset = 0
    if {away}:
        offset = _signed(_numbers(take(blocks, {away}), blocks, {away}), {away}, 1, units[-1])
        offset = np.repeat(offset, block)[:n]
    choice = _numbers(take(blocks, 1), blocks, 1) if {choice} else np.zeros(blocks, np.uint32)
    code = _numbers(take(n, {bits}), n, {bits})
    made = np.repeat(scale, block)[:n] * LEVELS[np.repeat(choice, block)[:n], code]
    made = made + offset if {away} else made
{after}    return made


def self_test():
    """Check decoded weights of a few bytes against what they must be."""
    data = bytes.fromhex(
{data}
    )
    made = 2166136261
    for byte in decode(data, {tested}).astype("<f4").tobytes():
        made = (made ^ byte) * 16777619 & 0xFFFFFFFF
    assert made == {expected}, "decoded weights differ"


if __name__ == "__main__":
    self_test()
    print("{name}: {tested} weights agree")
'''

_ROTATED = """\
    # Walsh and Hadamard's transform of each whole run of weights.
    whole = n // {0} * {0}
    turned = made[:whole] * np.float32({1})
    for h in {2}:
        pairs = turned.reshape(-1, 2, h)
        first, second = pairs[:, 0], pairs[:, 1]
        turned = np.stack([first + second, first - second], axis=1).reshape(-1)
    made = np.concatenate([turned, made[whole:]])
"""

_APART = """\
    apart = -(-n // {0}) * {1}
    place = np.arange(apart) // {1} * {0} + take(apart, 8)
    made[place] = (take(apart, 16).view("<u2").astype(np.uint32) << np.uint32(16)).view(np.float32)
"""

_SMALL = """wide = codes.astype(np.int64)
    exponent, rest = wide >> 3, (wide & 7).astype(float)
    normal = np.ldexp(8.0 + rest, exponent - {0})
    return np.where(exponent > 0, normal, np.ldexp(rest, 1 - {0})).astype(np.float32)"""


def _magnitudes(rule: Rule) -> str:
    if rule.codec == FP32:
        return "return codes.view(np.float32)"
    if rule.codec == FP16:
        return "return codes.astype(np.uint16).view(np.float16).astype(np.float32)"
    if rule.codec == INTEGER:
        return "return codes.astype(np.float32)"
    if rule.codec == E8M0:
        return "return np.ldexp(np.float32(1), codes.astype(np.int64) - 127).astype(np.float32)"
    if rule.codec < E4M3:
        return "return (codes << np.uint32(16)).view(np.float32)"
    return _SMALL.format(10 if rule.codec == E4M3 else 18)


def after(rule: Rule, turned: str, apart: str) -> str:
    """What follows on decoding blocks, as texts with places for its numbers."""
    if rule.rotated:
        steps = tuple(1 << k for k in range(rule.rotated.bit_length() - 1))
        return turned.format(rule.rotated, 1.0 / math.isqrt(rule.rotated), steps)
    return apart.format(SPAN, rule.outliers) if rule.outliers else ""


def to_numpy(rule: Rule, element: Element, name: str, remark: str) -> str:
    """The text of a Python file.

    Args:
        rule: The layout.
        element: The levels.
        name: An identifier.
        remark: One line that is safe in a string.
    """
    levels = element.levels(rule)
    data = pack(rule, encode(rule, levels, tested()))
    text = data.hex()
    rows = [", ".join(f"{x:#010x}" for x in row.view(np.uint32).tolist()) for row in levels]
    return _BODY.format(
        remark=remark,
        layout=rule.text(),
        streams="\n".join(f"- {line}" for line in streams(rule)),
        levels="\n".join(f"        [{row}]," for row in rows),
        magnitudes=_magnitudes(rule),
        sign=rule.magnitude,
        mask=hex((1 << rule.magnitude) - 1),
        each=rule.group // rule.block if rule.group else 0,
        block=rule.block,
        group=rule.group,
        unit=rule.unit_width,
        units=(2 if rule.offset else 1) if rule.unit_width else 0,
        kind="<f2" if rule.unit_width == 16 else "<f4",
        scale=rule.scale_width,
        away=rule.offset_width,
        choice=rule.choice,
        bits=rule.bits,
        after=after(rule, _ROTATED, _APART),
        data="\n".join(f'        "{text[k : k + 80]}"' for k in range(0, len(text), 80)),
        tested=TESTED,
        expected=fnv(decode(rule, levels, TESTED, data).astype("<f4").tobytes()),
        name=name,
    )
