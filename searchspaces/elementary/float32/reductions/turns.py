"""Periodic functions: half turns are taken off."""

from fractions import Fraction

from flint import arb

from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.huge import turns_taken
from elitemap.searchspaces.elementary.float32.reductions.pieces import (
    PI,
    SLACK,
    polynomial,
    split_constant,
)
from elitemap.searchspaces.elementary.targets import Target

_HALF = Fraction(rounded(float((PI / 2).mid()))) * (1 + 16 * SLACK)
_QUARTER = _HALF / 2
_SINE = core_target("sin(x)", -_HALF, _HALF)


#: Up to here turns are taken off in parts, which is exact enough for so few of them.
NEAR = 100.0


def half_turns(quarter: bool, complete: bool = False, squared: bool = False) -> Reduction:
    """A sine or cosine by a core around 0, an odd one, whose sign every half turn changes.

    Args:
        quarter: Whether the argument is counted from a quarter turn before: cosines.
        complete: Whether there are arguments beyond :data:`NEAR`.
        squared: Whether the core is P of r + r^3 P(r^2), which rounds least.
    """
    code = Assembly(1)
    shifted, whole = _turns(code, quarter)
    reduced = 0
    for part in _parts(PI):
        reduced = code.do("fma", whole, code.single(-part), reduced)
    turns = code.do("bits", shifted)
    if complete:
        large = _large(code)
        count, far, _ = turns_taken(code, 0, Fraction(1), 0.5 if quarter else 0.0)
        turns = code.do("iselect", large, count, turns)
        reduced = code.do("select", large, far, reduced)
    argument = code.do("fmul", reduced, reduced) if squared else reduced
    rest = after(code)
    value = CORE
    if squared:
        value = rest.do("fma", rest.do("fmul", reduced, argument), CORE, reduced)
    value = _signed(rest, rest.do("shl", turns, rest.word(31)), value)
    if complete:
        _others(rest, value, zero=not quarter)
    origin = _origin(quarter)
    if not squared:
        return joined("half-turns", code, reduced, rest, _SINE, origin)
    core, size = _of_square(_HALF)
    reach = origin - float(_HALF), origin + float(_HALF)
    return joined("half-turns-squared", code, argument, rest, core, origin, size, reach)


def _of_square(most: Fraction) -> tuple[Target, Target]:
    """P of r + r^3 P(r^2) for a sine of r up to some size, and what its errors count in."""
    core, size = "(sin(sqrt(x)) / sqrt(x) - 1) / x", "sin(sqrt(x)) / sqrt(x) / x"
    return core_target(core, Fraction(0), most**2), core_target(size, Fraction(0), most**2)


def quarter_turns(cosine: bool, complete: bool = False) -> Reduction:
    """Quarter turns taken off: by their number a sine or a cosine of the rest r + b.

    Here b is what rounding has taken off r. The sine is r + (r^3 P(r^2) + b) with the core P, the
    cosine 1 + r (r C(r^2) - b) with a fixed C; its product has errors of C and of r C - b alone,
    as r is exact.

    Args:
        cosine: Whether a quarter turn more is counted.
        complete: Whether there are arguments beyond :data:`NEAR`.
    """
    code = Assembly(1)
    with precision(160, 1):
        inverse = float((2 / PI).mid())
    shifted = code.do("fma", 0, code.single(inverse), code.single(MAGIC))
    whole = code.do("fsub", shifted, code.single(MAGIC))
    reduced, behind = _taken(code, whole, PI / 2)
    turns = code.do("bits", shifted)
    if complete:
        large = _large(code)
        count, far, more = turns_taken(code, 0, Fraction(1, 2), 0.0)
        turns = code.do("iselect", large, count, turns)
        behind = code.do("select", large, more, behind)
        reduced = code.do("select", large, far, reduced)
    square = code.do("fmul", reduced, reduced)
    rest = after(code)
    cube = rest.do("fmul", reduced, square)
    sine = rest.do("fadd", reduced, rest.do("fma", cube, CORE, behind))
    bend = polynomial(rest, square, "(cos(sqrt(x)) - 1) / x", (Fraction(0), _QUARTER**2), 3, "x")
    slope = rest.do("fma", reduced, bend, rest.do("neg", behind))
    cosines = rest.do("fma", reduced, slope, rest.single(1.0))
    if cosine:
        turns = rest.do("iadd", turns, rest.word(1))
    odd = rest.do("shl", turns, rest.word(31))
    value = rest.do("select", odd, cosines, sine)
    sign = rest.do("and", rest.do("shl", turns, rest.word(30)), rest.word(1 << 31))
    value = _signed(rest, sign, value)
    if complete:
        _others(rest, value, zero=not cosine)
    core, size = _of_square(_QUARTER)
    reach = -float(_QUARTER), float(_QUARTER)
    return joined("quarter-turns", code, square, rest, core, size=size, reach=reach)


def _large(code: Assembly) -> int:
    """Whether the argument is beyond :data:`NEAR`."""
    return code.do("less", code.single(NEAR), code.do("abs", 0))


def _others(code: Assembly, value: int, zero: bool) -> None:
    """The value where the argument is finite; else NaN.

    Args:
        code: Where it is written.
        value: Number of the value.
        zero: Whether it is -0 at -0; turns that are taken off lose its sign.
    """
    infinite = code.do("float", code.word(0x7F800000))
    finite = code.do("less", code.do("abs", 0), infinite)
    value = code.do("select", finite, value, code.do("fsub", 0, 0))
    if zero:
        code.do("select", code.do("iless", code.do("bits", 0), code.word(0x80000001)), 0, value)


def _taken(code: Assembly, whole: int, turn: arb) -> tuple[int, int]:
    """An argument less a number of turns, in two floats.

    Products of the first two parts are exact, and so is the first difference, which lies on the
    grid of the part or of the argument and is less than 1. What the second one loses is known: the
    difference of its ends has the product's bits, or those of a larger grid.
    """
    first, second, last = (code.single(-part) for part in _parts(turn))
    most = code.do("fma", whole, first, 0)
    reduced = code.do("fma", whole, second, most)
    behind = code.do("fma", whole, second, code.do("fsub", most, reduced))
    return reduced, code.do("fma", whole, last, behind)


def _parts(turn: arb) -> list[float]:
    """A turn in three parts; products of the first two with up to 127 turns are exact."""
    with precision(160, 1):
        return split_constant(turn, 3, 17)


def _origin(quarter: bool) -> float:
    return -float((PI / 2).mid()) if quarter else 0.0


def _turns(code: Assembly, quarter: bool) -> tuple[int, int]:
    """The number of half turns in the last bits of a float, and as a float, halves for cosines."""
    with precision(160, 1):
        inverse = code.single(float((1 / PI).mid()))
    magic = code.single(MAGIC)
    if not quarter:
        shifted = code.do("fma", 0, inverse, magic)
        return shifted, code.do("fsub", shifted, magic)
    shifted = code.do("fadd", code.do("fma", 0, inverse, code.single(0.5)), magic)
    return shifted, code.do("fsub", code.do("fsub", shifted, magic), code.single(0.5))


def _signed(code: Assembly, sign: int, value: int) -> int:
    """The value, with the other sign where a word has its sign bit."""
    return code.do("float", code.do("xor", code.do("bits", value), sign))
