"""Turns taken off arguments of any size, in words and floats (Payne and Hanek, 1983).

Of x / turn only the part beyond a multiple of four turns counts, and the bits of 1 / turn that make
it are 96 in a row, at a place that x's exponent tells. They are cut out of a table of words, and
their products with x's mantissa are exact in pairs of floats.
"""

from fractions import Fraction

from flint import arb

from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball
from elitemap.searchspaces.elementary.float32.assembly import Assembly
from elitemap.searchspaces.elementary.float32.reductions.pieces import PLACE, split_constant

#: Words of the table. The first is 0, so that places are never negative.
_WORDS = 8

#: Bits of the exponent before the first of 1 / turn that matters, for arguments from 2^6 on.
_FIRST = 120

#: Bits of a float32, and so of each of the four parts that 96 bits are taken in.
_PART = 24

_PRECISION = 320


def turns_taken(code: Assembly, x: int, share: Fraction, offset: float) -> tuple[int, int, int]:
    """The whole number of turns next to x / turn + offset, modulo four, and the rest of x.

    Args:
        code: Where it is written.
        x: Number of a value; from 64 in size on what is computed is right.
        share: A turn over pi.
        offset: 0 or 1/2.

    Returns:
        The number as a word; the rest as two floats, to about 2^-40 of itself.
    """
    word = code.do("bits", code.do("abs", x))
    bits = _window(
        code, code.do("isub", code.do("ushr", word, code.word(PLACE)), code.word(_FIRST)), share
    )
    fraction = code.do("and", word, code.word((1 << PLACE) - 1))
    mantissa = code.do("fromint", code.do("or", fraction, code.word(1 << PLACE)))
    whole, high, low = _product(code, code.do("copysign", mantissa, x), bits, offset)
    return (whole, *_times(code, high, low, share))


def _window(code: Assembly, place: int, share: Fraction) -> list[int]:
    """From a bit of 1 / turn on 96 bits, as four whole numbers of 24 in floats.

    Args:
        code: Where it is written.
        place: A word; bits count from the table's first on.
        share: A turn over pi.
    """
    with precision(_PRECISION, 1):
        scale = arb(2) ** (32 * (_WORDS - 1))
        found = (scale / (arb.pi() * ball(share))).floor().unique_fmpz()
    assert found is not None
    inverse = int(found)
    table = [code.word(inverse >> 32 * (_WORDS - 1 - k) & 0xFFFFFFFF) for k in range(_WORDS)]
    index = code.do("shr", place, code.word(5))
    beyond = [code.do("iless", code.word(k), index) for k in range(4)]
    words = []
    for first in range(4):
        value = table[first]
        for k, further in enumerate(beyond):
            value = code.do("iselect", further, table[first + k + 1], value)
        words.append(value)
    shift = code.do("and", place, code.word(31))
    back = code.do("isub", code.word(31), shift)
    a, b, c = (_joined(code, *pair, shift, back) for pair in zip(words, words[1:], strict=False))
    eight, sixteen = code.word(8), code.word(16)
    parts = (
        code.do("ushr", a, eight),
        code.do(
            "or",
            code.do("ushr", code.do("shl", a, code.word(24)), eight),
            code.do("ushr", b, sixteen),
        ),
        code.do(
            "or",
            code.do("ushr", code.do("shl", b, sixteen), eight),
            code.do("ushr", c, code.word(24)),
        ),
        code.do("and", c, code.word((1 << _PART) - 1)),
    )
    return [code.do("fromint", part) for part in parts]


def _joined(code: Assembly, word: int, following: int, shift: int, back: int) -> int:
    """32 bits of two words, from a bit of the first on."""
    rest = code.do("ushr", code.do("ushr", following, code.word(1)), back)
    return code.do("or", code.do("shl", word, shift), rest)


def _product(code: Assembly, mantissa: int, bits: list[int], offset: float) -> tuple[int, int, int]:
    """Mantissa times 96 bits plus an offset: the whole number next to it modulo four, the rest.

    The last of the bits counts 2^-94 turns.
    """
    pairs = []
    for k, part in enumerate(bits):
        scaled = code.do("fmul", part, code.single(2.0 ** (-22 - _PART * k)))
        high = code.do("fmul", mantissa, scaled)
        pairs.append((high, code.do("fma", mantissa, scaled, code.do("neg", high))))
    (most, rest), (second, third), (fourth, fifth), (last, _) = pairs
    four = code.do("rint", code.do("fmul", most, code.single(0.25)))
    first = code.do("fadd", code.do("fma", four, code.single(-4.0), most), rest)
    count, first = _less_whole(code, first)
    more, second = _less_whole(code, second)
    if offset:
        first = code.do("fadd", first, code.single(offset))
    total, lost = _sum(code, first, second)
    still, total = _less_whole(code, total)
    whole = code.do("fadd", code.do("fadd", count, more), still)
    # What follows is small, but may cancel all but the last bits of the sum.
    lost, lower = _sum(code, lost, third)
    lost, lowest = _sum(code, lost, fourth)
    total, left = _sum(code, total, lost)
    tail = code.do("fadd", code.do("fadd", lower, lowest), code.do("fadd", fifth, last))
    return code.do("toint", whole), total, code.do("fadd", left, tail)


def _less_whole(code: Assembly, value: int) -> tuple[int, int]:
    """The whole number next to a value of a few turns, and what is left, exactly."""
    whole = code.do("rint", value)
    return whole, code.do("fsub", value, whole)


def _sum(code: Assembly, a: int, b: int) -> tuple[int, int]:
    """A sum and what its rounding has lost (Knuth's)."""
    total = code.do("fadd", a, b)
    back = code.do("fsub", total, a)
    lost = code.do("fsub", a, code.do("fsub", total, back))
    return total, code.do("fadd", lost, code.do("fsub", b, back))


def _times(code: Assembly, high: int, low: int, share: Fraction) -> tuple[int, int]:
    """A part of a turn in two floats, times the turn."""
    with precision(_PRECISION, 1):
        first, second = split_constant(arb.pi() * ball(share), 2, _PART)
    most = code.single(first)
    value = code.do("fmul", high, most)
    behind = code.do("fma", high, most, code.do("neg", value))
    rest = code.do("fma", high, code.single(second), code.do("fma", low, most, behind))
    total = code.do("fadd", value, rest)
    return total, code.do("fsub", rest, code.do("fsub", total, value))
