"""Recorded bits of programs in ``float32``: arguments of every kind, and results."""

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.float32.reference import evaluate
from elitemap.searchspaces.programs.program import Program

#: The NaN that stands for all in the cases.
NAN_BITS = 0x7FC00000

#: Interior points of the domain, and arguments of random bits, among the cases.
_INSIDE, _RANDOM = 256, 256

_SPECIAL = np.array(
    [
        *(0x00000000, 0x00000001, 0x00000002, 0x007FFFFF, 0x00800000, 0x00800001),
        *(0x3EFFFFFF, 0x3F000000, 0x3F7FFFFF, 0x3F800000, 0x3F800001, 0x3FC00000, 0x40200000),
        *(0x4B000000, 0x4EFFFFFF, 0x4F000000, 0x7F7FFFFF, 0x7F800000, 0x7FC00000, 0x7F800001),
    ],
    np.uint32,
)


def arguments(domain: tuple[float, float]) -> NDArray[np.float32]:
    """Arguments of the cases: of every class, in the domain, and of random bits.

    Args:
        domain: The ends of the interval.

    Returns:
        float32[n], the same for the same domain.
    """
    rng = np.random.default_rng(0)
    low, high = (np.float32(end) for end in domain)
    inside = np.linspace(*domain, _INSIDE).astype(np.float32)
    with np.errstate(over="ignore"):
        ends = [np.nextafter(x, np.float32(to)) for x in (low, high) for to in (-np.inf, np.inf)]
    random = rng.integers(0, 2**32, _RANDOM, dtype=np.uint32).view(np.float32)
    special = np.concatenate([_SPECIAL, _SPECIAL | np.uint32(1 << 31)]).view(np.float32)
    return np.concatenate([special, inside, np.array(ends, np.float32), random])


def cases(program: Program, domain: tuple[float, float]) -> list[tuple[int, int]]:
    """Bits of arguments and results, any NaN as one, where the dialect settles them."""
    points = arguments(domain)
    (results,), settled = evaluate(program, [points])
    bits = np.where(np.isnan(results), np.uint32(NAN_BITS), results.view(np.uint32))
    return list(zip(points.view(np.uint32)[settled].tolist(), bits[settled].tolist(), strict=True))
