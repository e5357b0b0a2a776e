"""Elites of 16-bit functions beside the float32 way: all results, and times in one process."""

import ctypes
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import numpy as np

from elitemap.engine.protocols import Bench, Compared, Entrant, Missing, Objective
from elitemap.evaluators.float32.compiled import NAME
from elitemap.evaluators.float32.timing import ELEMENTS, python_time, timings
from elitemap.evaluators.halves.certificate import arguments_of, judge
from elitemap.evaluators.halves.compiled import compiled, exported
from elitemap.evaluators.halves.peers import Peer, peers
from elitemap.searchspaces.elementary.float32.wholes import read
from elitemap.searchspaces.elementary.halves.conversions import HALF_FUNCTION
from elitemap.searchspaces.elementary.halves.functions import Half

COLUMNS = (
    Objective("misrounded", -1, "measured", "count"),
    Objective("max_ulp", 0, "measured", label="largest ULP"),
    Objective("ns", -1, "measured", unit="ns"),
    Objective("ratio", 0, "measured"),
    Objective("spread", 0, "measured"),
)

NOTES = (
    f"ns: of an element, arrays of {ELEMENTS} in the first cache, the least of 200 turns; ratio: "
    "to a polynomial of degree 8 in float32; spread: of the median turn above the least.",
    "Libraries: 16 bits to float32, their vector function, and back, in one loop; conversions are "
    "the processor's where it has them. JAX is called through Python, which its figure includes.",
    "misrounded and largest ULP: at every argument.",
)


def bench(half: Half, entrants: Sequence[Entrant], say: Callable[[str], None]) -> Bench:
    """Measure elites and peers of a function.

    Args:
        half: The function.
        entrants: The elites.
        say: Told what is being measured.

    Raises:
        SearchError: If there is no C compiler.
    """
    found: list[Peer] = []
    missing: list[Missing] = []
    for one in peers(half):
        (missing if isinstance(one, Missing) else found).append(one)  # type: ignore[arg-type]
    with ExitStack() as stack:
        ours = []
        for entrant in entrants:
            say(f"compiling {entrant.id[:10]}")
            program = read(entrant.program, HALF_FUNCTION)
            library = stack.enter_context(compiled(program, half))
            ours.append(_of(entrant.id[:10], library))
        every = [*ours, *found]
        say("judging")
        judged = [_judged(half, peer) for peer in every]
        say("timing")
        times = _times(every, half)
    rows = [
        Compared(p.name, p.version, worth | spent)
        for p, worth, spent in zip(every, judged, times, strict=True)
    ]
    return Bench(COLUMNS, tuple(rows), tuple(missing), NOTES)


def _of(name: str, library: ctypes.CDLL) -> Peer:
    return Peer(name, "", exported(library, NAME), getattr(library, f"{NAME}_n"))


def _judged(half: Half, peer: Peer) -> dict[str, float]:
    with np.errstate(all="ignore"):
        found = judge(half, peer.function)
    return {"misrounded": float(found.misrounded), "max_ulp": found.max_ulp}


def _times(every: Sequence[Peer], half: Half) -> list[dict[str, float]]:
    x = arguments_of(half)
    fast = [p for p in every if p.compiled is not None]
    timed = timings([p.compiled for p in fast], [x] * len(fast))
    found = dict(zip(map(id, fast), timed, strict=True))
    rows = []
    for p in every:
        timing = found.get(id(p))
        if timing is None:
            rows.append({"ns": python_time(p.function, x)})
        else:
            rows.append({"ns": timing.ns, "ratio": timing.ratio, "spread": timing.spread})
    return rows
