"""Bit-exact test vectors: arguments and what the interpreter of the table makes of them."""

import math
import struct
import sys
from collections.abc import Sequence
from itertools import product
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

#: Steps of the points of the first argument, and of the second.
_GOLDEN, _OTHER = (math.sqrt(5.0) - 1.0) / 2.0, math.sqrt(2.0) - 1.0

_SPECIAL = (0.0, 5e-324, 1e-310, sys.float_info.min, 1.0, 1e150, sys.float_info.max, math.inf)


class Case(NamedTuple):
    """One test vector, as the bits of float64."""

    arguments: tuple[int, ...]
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
        program: A program; constants count with their leading part alone.
        x: float64[n], arguments, or float64[inputs, n]; anything, NaN included.

    Returns:
        float64[n].
    """
    values = [x] if x.ndim == 1 else list(x)
    with np.errstate(all="ignore"):
        for instruction in program.instructions:
            run = program.primitive(instruction).run
            if program.is_constant(instruction):
                values.append(np.full_like(values[0], run(*instruction.constant)))
            else:
                values.append(run(*(values[k] for k in instruction.operands)))
    return values[program.outputs[0]]


def arguments(
    domain: tuple[float, float], marked: Sequence[float] = (), step: float = _GOLDEN
) -> list[float]:
    """Arguments for test vectors, in a fixed order without repetition.

    Args:
        domain: The ends of the interval, finite.
        marked: Places of possible trouble.
        step: From one point to the next, in parts of the domain and modulo it: irrational.

    Returns:
        Points spread over the domain; its ends and the places, with their neighbours; and numbers
        of every class of both signs: zeros, subnormals, small, large, infinities and a NaN.
    """
    low, high = domain
    shares = [math.modf(step * i)[0] for i in range(1, _POINTS + 1)]
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
    points = _points(meta, marked)
    results = evaluate(program, points)
    if meta.mends:
        results = mended(meta.mends, points[0], results)
    low, high = np.array(meta.box).T[:, :, None]
    if meta.float64 is not None and meta.float64.finite:
        inside = ((points >= low) & (points <= high)).all(axis=0)
        wrong = points[:, inside & ~np.isfinite(results)]
        if wrong.size:
            names = zip("xy", wrong[:, 0].tolist(), strict=False)
            place = " and ".join(f"{name} = {value!r}" for name, value in names)
            raise SearchError(
                f"expected code that is finite in its domain, got another result at {place}: "
                "choose another elite"
            )
    rows = zip(points.T.tolist(), results.tolist(), strict=True)
    return tuple(Case(tuple(map(bits, at)), bits(got)) for at, got in rows if math.isfinite(got))


def _points(meta: ExportMeta, marked: Sequence[float]) -> NDArray[np.float64]:
    """float64[inputs, n]: of two arguments the corners too, and every special number of each."""
    first = arguments(meta.domain, marked)
    if not meta.further:
        return np.array([first])
    second = arguments(meta.further[0], (), _OTHER)
    corners = list(product(*meta.box))
    return np.array([*corners, *zip(first, second, strict=False)]).T
