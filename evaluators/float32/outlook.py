"""How long the proof of a function in float32 is going to take here."""

import time
from collections.abc import Iterator

from elitemap.evaluators.float32.compiled import NAME, compiled
from elitemap.evaluators.float32.functions import exported
from elitemap.evaluators.float32.pieces import number, runs
from elitemap.evaluators.float32.sweep import sweep
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.elementary.float32.wholes import whole
from elitemap.searchspaces.programs.program import Program

#: Of each sign so many runs of floats are looked at, each of so many floats at most.
_RUNS, _LENGTH = 8, 1 << 20


def expected(single: Single) -> float:
    """Seconds of one processor for a certificate, whatever the program.

    A program that is nothing but its reduction is compiled, and compared at a few runs of floats.

    Args:
        single: The function.

    Raises:
        SearchError: If there is no C compiler, or the function cannot be described.
    """
    low, high = single.domain
    # What is built at first use is no part of a proof.
    sweep(lambda x: x, single.expression, (low, low), workers=1)
    begun = time.monotonic()
    with compiled(whole(Program(("x",), (), (0,)), single.reduction), single) as library:
        function = exported(library, NAME)
        ready = time.monotonic()
        seen = [
            sweep(function, single.expression, ends, workers=1).done for ends in spread(low, high)
        ]
    every = sum(last - first + 1 for first, last in runs(low, high))
    ways = 1 if single.fast is None else 2
    return ways * (ready - begun) + (time.monotonic() - ready) * every / sum(seen)


def spread(low: float, high: float) -> Iterator[tuple[float, float]]:
    """The ends of runs of floats that lie evenly among those of a domain."""
    for first, last in runs(low, high):
        step = (last - first + 1) / _RUNS
        for k in range(_RUNS):
            start = first + int((k + 0.5) * step)
            ends = number(start), number(min(start + _LENGTH, last))
            yield min(ends), max(ends)
