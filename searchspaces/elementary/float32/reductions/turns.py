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


def half_turns(quarter: bool) -> Reduction:
    """A sine or cosine by a core around 0, an odd one, whose sign every half turn changes.

    Args:
        quarter: Whether the argument is counted from a quarter turn before: cosines.
    """
    with precision(160, 1):
        parts = split_constant(PI, 3, 12)
        inverse = float((1 / PI).mid())
    code = Assembly(1)
    magic = code.single(MAGIC)
    if quarter:
        turns = code.do("fma", 0, code.single(inverse), code.single(0.5))
        shifted = code.do("fadd", turns, magic)
        whole = code.do("fsub", code.do("fsub", shifted, magic), code.single(0.5))
    else:
        shifted = code.do("fma", 0, code.single(inverse), magic)
        whole = code.do("fsub", shifted, magic)
    reduced = 0
    for part in parts:
        reduced = code.do("fma", whole, code.single(-part), reduced)
    rest = after(code)
    sign = rest.do("shl", rest.do("bits", shifted), rest.word(31))
    rest.do("float", rest.do("xor", rest.do("bits", CORE), sign))
    half = Fraction(rounded(float((PI / 2).mid()))) * (1 + 16 * SLACK)
    core = core_target("sin(x)", -half, half)
    origin = -float((PI / 2).mid()) if quarter else 0.0
    return joined("half-turns", code, reduced, rest, core, origin)
