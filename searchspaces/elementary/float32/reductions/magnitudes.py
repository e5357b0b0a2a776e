"""Functions of the magnitude: odd ones, and those that are constant far out."""

from fractions import Fraction

from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.float32.assembly import CORE, Assembly
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import PI, split_constant
from elitemap.searchspaces.elementary.targets import Target


def plain(target: Target) -> Reduction:
    """The core is the function."""
    return joined("none", Assembly(1), 0, None, target)


def magnitude(target: Target, limit: float | None) -> Reduction:
    """An odd function by a core in |x|, with the sign of x.

    Args:
        target: The core: the function on [0, limit], or up to its end.
        limit: From where on the value is that at the limit; None for no such place.
    """
    code = Assembly(1)
    size = code.do("abs", 0)
    if limit is not None:
        size = code.do("min", size, code.single(limit))
    rest = after(code)
    rest.do("copysign", CORE, 0)
    return joined("magnitude", code, size, rest, target)


def arctangent() -> Reduction:
    """A core on [0, 1]; beyond, atan as pi/2 less the core of the inverse."""
    code = Assembly(1)
    size, one = code.do("abs", 0), code.single(1.0)
    beyond = code.do("less", one, size)
    reduced = code.do("select", beyond, code.do("fdiv", one, size), size)
    rest = after(code)
    with precision(160, 1):
        high, low = split_constant(PI / 2, 2, 24)
    turned = rest.do("fadd", rest.single(high), rest.do("fsub", rest.single(low), CORE))
    rest.do("copysign", rest.do("select", beyond, turned, CORE), 0)
    return joined("inverse", code, reduced, rest, core_target("atan(x)", Fraction(0), Fraction(1)))
