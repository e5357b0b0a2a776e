"""Bit-exact test vectors: arguments and what the interpreter of the table makes of them."""

import math
import struct
import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.programs.emission.float64 import mended
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.program import Program

#: Bits of the one NaN that stands for all: their signs and payloads differ between machines.
NAN_BITS = 0x7FF8000000000000

#: Interior points of the domain among the arguments.
_POINTS = 64

_SPECIAL = (0.0, 5e-324, 1e-310, sys.float_info.min, 1.0, 1e150, sys.float_info.max, math.inf)


class Case(NamedTuple):
    """One test vector, as the bits of two float64."""

    argument: int
    result: int


def bits(value: float) -> int:
    """The 64 bits of a float64, NaNs made equal."""
    if math.isnan(value):
        return NAN_BITS
    word: int = struct.unpack("<Q", struct.pack("<d", value))[0]
    return word


def evaluate(program: Program, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first output by the reference interpreter: ``run`` of each primitive.

    Args:
        program: A program of one input; constants count with their leading part alone.
        x: float64[n], arguments; anything, NaN included.

    Returns:
        float64[n].
    """
    values = [x]
    with np.errstate(all="ignore"):
        for instruction in program.instructions:
            run = program.primitive(instruction).run
            if program.is_constant(instruction):
                values.append(np.full_like(x, run(*instruction.constant)))
            else:
                values.append(run(*(values[k] for k in instruction.operands)))
    return values[program.outputs[0]]


def arguments(domain: tuple[float, float], marked: Sequence[float] = ()) -> list[float]:
    """Arguments for test vectors, in a fixed order without repetition.

    Args:
        domain: The ends of the interval, finite.
        marked: Places of possible trouble.

    Returns:
        Points spread over the domain; its ends and the places, with their neighbours; and numbers
        of every class of both signs: zeros, subnormals, small, large, infinities and a NaN.
    """
    low, high = domain
    golden = (math.sqrt(5.0) - 1.0) / 2.0
    shares = [math.modf(golden * i)[0] for i in range(1, _POINTS + 1)]
    inside = [low * (1.0 - share) + high * share for share in shares]
    places = [*domain, *marked]
    edges = [math.nextafter(x, to) for x in places for to in (-math.inf, x, math.inf)]
    special = [sign * value for value in _SPECIAL for sign in (1.0, -1.0)]
    unique = {bits(x): x for x in [*edges, *inside, *special, math.nan]}
    return list(unique.values())


def cases(program: Program, meta: ExportMeta) -> tuple[Case, ...]:
    """What the code of a program gives for :func:`arguments`, as bits, where it is finite.

    A result that is not finite is never recorded as the right one.

    Raises:
        SearchError: If code that is said to be finite is not, somewhere in the domain.
    """
    places = () if meta.float64 is None else meta.float64.places
    marked = [*(end for m in meta.mends for end in (m.low, m.high)), *places]
    points = np.array(arguments(meta.domain, marked))
    results = mended(meta.mends, points, evaluate(program, points))
    low, high = meta.domain
    if meta.float64 is not None and meta.float64.finite:
        wrong = points[(points >= low) & (points <= high) & ~np.isfinite(results)]
        if len(wrong):
            place = float(wrong[0])
            raise SearchError(
                f"expected code that is finite in its domain, got another result at x = {place!r}: "
                "choose another elite"
            )
    pairs = zip(points.tolist(), results.tolist(), strict=True)
    return tuple(Case(bits(x), bits(y)) for x, y in pairs if math.isfinite(y))
