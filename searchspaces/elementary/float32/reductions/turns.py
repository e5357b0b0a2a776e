"""Periodic functions: half turns are taken off."""

from fractions import Fraction

from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import PI, SLACK, split_constant

#: cos(x) on half a turn as 1 - c x^2, well enough for what multiplies a rounding error.
_COSINE = 0.405

_HALF = Fraction(rounded(float((PI / 2).mid()))) * (1 + 16 * SLACK)
_SINE = core_target("sin(x)", -_HALF, _HALF)


def half_turns(quarter: bool) -> Reduction:
    """A sine or cosine by a core around 0, an odd one, whose sign every half turn changes.

    Args:
        quarter: Whether the argument is counted from a quarter turn before: cosines.
    """
    code = Assembly(1)
    shifted, whole = _turns(code, quarter)
    reduced = 0
    for part in _parts():
        reduced = code.do("fma", whole, code.single(-part), reduced)
    rest = after(code)
    _signed(rest, shifted, CORE)
    return joined("half-turns", code, reduced, rest, _SINE, _origin(quarter))


def known_half_turns(quarter: bool) -> Reduction:
    """The same by a core d for sin(r) = r + r d, where r is known to twice the precision.

    Args:
        quarter: As in :func:`half_turns`.
    """
    code = Assembly(1)
    shifted, whole = _turns(code, quarter)
    first, *others = _parts()
    reduced = code.do("fma", whole, code.single(-first), 0)
    lost = []
    for part in others:
        minus, before = code.single(-part), reduced
        reduced = code.do("fma", whole, minus, before)
        # Where the last part comes in, both lie on one grid: their difference is exact.
        lost.append(code.do("fma", whole, minus, code.do("fsub", before, reduced)))
    behind = code.do("fadd", *lost)
    rest = after(code)
    square = rest.do("fmul", reduced, reduced)
    slope = rest.do("fma", square, rest.single(-_COSINE), rest.single(1.0))
    bend = rest.do("fma", reduced, CORE, rest.do("fmul", behind, slope))
    _signed(rest, shifted, rest.do("fadd", reduced, bend))
    core = core_target("sin(x) / x - 1", -_HALF, _HALF)
    size = core_target("sin(x) / x", -_HALF, _HALF)
    return joined("known-half-turns", code, reduced, rest, core, _origin(quarter), size)


def _parts() -> list[float]:
    """Pi in three parts; products of the first two with a number of half turns are exact."""
    with precision(160, 1):
        return split_constant(PI, 3, 12)


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


def _signed(code: Assembly, shifted: int, value: int) -> None:
    """The value, with the other sign after an odd number of half turns."""
    sign = code.do("shl", code.do("bits", shifted), code.word(31))
    code.do("float", code.do("xor", code.do("bits", value), sign))
