"""Conversions between 16-bit numbers and float32, in the dialect ``float32``.

Results are rounded to nearest. Where a float32 lies exactly between two 16-bit numbers there are
three ways: *even* is IEEE 754's, *away* from zero saves three operations, and *up*, towards
infinity, saves one. Which of them gives the right results at all arguments depends on a function:
a search only sees what comes out.

A NaN becomes a NaN if its last 16 bits are those of one that was a 16-bit number or that arithmetic
has made: zeros. Others do not occur between conversions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from elitemap.searchspaces.elementary.float32.assembly import CORE, Assembly, bits
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.elementary.halves.formats import SIZE, Format
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.signature import Signature, Variable

#: Bits of a 16-bit number, to bits of one; of other words nothing is said.
HALF_FUNCTION = Signature((Variable("x", "word"),), ("word",))

#: What becomes of ties.
TIES = ("even", "away", "up")

_SIGN = 0x8000
_INFINITE = 0x7F800000


def converted(reduction: Reduction, number: Format, ties: str) -> Reduction:
    """A reduction of float32 between conversions from and to 16-bit numbers.

    Args:
        reduction: From a single to a single.
        number: What comes in and goes out.
        ties: One of :data:`TIES`.
    """
    before = Assembly(1)
    single = _OPENED[number.name](before, 0)
    moved = len(before.rows)

    def place(k: int) -> int:
        return k if k == CORE else single if k == 0 else k + moved

    inner = _moved(reduction.before, place)
    after = Assembly(1 + moved + len(inner))
    after.rows += _moved(reduction.after, place)
    value = after.first + len(after.rows) - 1 if reduction.after else CORE
    _CLOSED[number.name](after, value, ties)
    return replace(
        reduction,
        before=(*before.rows, *inner),
        argument=place(reduction.argument),
        after=tuple(after.rows),
        signature=HALF_FUNCTION,
        opened=single,
    )


def _moved(rows: Sequence[Instruction], place: Callable[[int], int]) -> list[Instruction]:
    return [Instruction(i.opcode, tuple(map(place, i.operands)), i.constant) for i in rows]


def _bfloat16_opened(code: Assembly, word: int) -> int:
    """The upper half of a float32 is one."""
    return code.do("float", code.do("shl", word, code.word(16)))


def _bfloat16_closed(code: Assembly, value: int, ties: str) -> int:
    return code.do("ushr", _raised(code, code.do("bits", value), 16, ties), code.word(16))


def _raised(code: Assembly, word: int, dropped: int, ties: str) -> int:
    """Bits to which so much is added that dropping the last ones rounds to nearest."""
    half = 1 << (dropped - 1)
    if ties == "away":
        return code.do("iadd", word, code.word(half))
    if ties == "up":
        word = code.do("iadd", word, code.do("shr", word, code.word(31)))
        return code.do("iadd", word, code.word(half))
    odd = code.do("and", code.do("ushr", word, code.word(dropped)), code.word(1))
    return code.do("iadd", code.do("iadd", word, odd), code.word(half - 1))


#: Of the exponents of float16 and float32, the difference, in float32's place.
_SHIFTED = 112 << 23


def _float16_opened(code: Assembly, word: int) -> int:
    """By bits; subnormal numbers as a difference of normal float32, which nobody flushes to 0."""
    size = code.do("and", word, code.word(SIZE))
    wide = code.do("shl", size, code.word(13))
    normal = code.do("iadd", wide, code.word(_SHIFTED))
    offset = code.single(2.0**-14)
    lifted = code.do("float", code.do("iadd", wide, code.word(bits(2.0**-14))))
    small = code.do("bits", code.do("fsub", lifted, offset))
    beyond = code.do("iadd", wide, code.word(2 * _SHIFTED))
    finite = code.do("iselect", code.do("iless", size, code.word(0x0400)), small, normal)
    value = code.do("iselect", code.do("iless", code.word(0x7BFF), size), beyond, finite)
    sign = code.do("shl", code.do("and", word, code.word(_SIGN)), code.word(16))
    return code.do("float", code.do("or", value, sign))


def _float16_closed(code: Assembly, value: int, ties: str) -> int:
    """By bits; subnormal results by a sum that rounds there, ties to even."""
    word = code.do("bits", value)
    size = code.do("and", word, code.word(0x7FFFFFFF))
    half = code.single(0.5)
    small = code.do("isub", code.do("bits", code.do("fadd", code.do("float", size), half)),
                    code.word(bits(0.5)))  # fmt: skip
    most = code.word(bits(2.0**16))
    inside = code.do("iselect", code.do("iless", size, most), size, most)
    # Ties upwards need the sign, which the size has lost.
    if ties == "up":
        inside = code.do("iadd", inside, code.do("shr", word, code.word(31)))
    raised = _raised(code, inside, 13, "away" if ties == "up" else ties)
    normal = code.do("isub", code.do("ushr", raised, code.word(13)), code.word(_SHIFTED >> 13))
    least = code.word(bits(2.0**-14))
    finite = code.do("iselect", code.do("iless", size, least), small, normal)
    number = code.do("iless", size, code.word(_INFINITE + 1))
    found = code.do("iselect", number, finite, code.word(0x7E00))
    sign = code.do("and", code.do("ushr", word, code.word(16)), code.word(_SIGN))
    return code.do("or", found, sign)


_OPENED: Mapping[str, Callable[[Assembly, int], int]] = MappingProxyType(
    {"bfloat16": _bfloat16_opened, "float16": _float16_opened}
)
_CLOSED: Mapping[str, Callable[[Assembly, int, str], int]] = MappingProxyType(
    {"bfloat16": _bfloat16_closed, "float16": _float16_closed}
)
