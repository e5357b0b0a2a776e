"""Elites of float32 beside libraries: errors at the same arguments, times in one process."""

import ctypes
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import numpy as np

from elitemap.engine.protocols import Bench, Compared, Entrant, Missing, Objective
from elitemap.evaluators.float32.arguments import truth
from elitemap.evaluators.float32.certificate import arguments_of, judge
from elitemap.evaluators.float32.compiled import NAME, compiled
from elitemap.evaluators.float32.functions import Function, exported
from elitemap.evaluators.float32.grid import Truth
from elitemap.evaluators.float32.peers import Peer, peers
from elitemap.evaluators.float32.timing import (
    CHAIN,
    ELEMENTS,
    IN_MEMORY,
    latencies,
    python_time,
    timings,
)
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.elementary.float32.wholes import read

COLUMNS = (
    Objective("ulp", -1, "measured", label="largest ULP seen"),
    Objective("absolute", 0, "measured", "scientific", label="absolute seen"),
    Objective("max_ulp", 0, "proved", "cut", label="ULP ≤"),
    Objective("ns", -1, "measured", unit="ns"),
    Objective("ratio", 0, "measured"),
    Objective("spread", 0, "measured"),
    Objective("memory", 0, "measured", unit="ns", label="ns in memory"),
    Objective("latency", 0, "measured", unit="ns", label="latency"),
)

#: The least normal number.
_NORMAL = 2.0**-126

#: Blocks of arguments at which errors are looked at.
_BLOCKS = 64

_TURNS_IN_MEMORY = 12

NOTES = (
    f"ns: of an element, arrays of {ELEMENTS} in the first cache, the least of 200 turns; ratio: "
    "to a polynomial of degree 8; spread: of the median turn above the least.",
    f"ns in memory: of an element, arrays of {IN_MEMORY:,}; latency: of a call on {CHAIN} elements "
    "that waits for the results of the one before.",
    "NumPy and JAX are called through Python, which their figures include.",
    "largest ULP and absolute error seen: at some 16,000 arguments, dense where the function is "
    "hard, without subnormal numbers, which some peers flush to zero; ULP <= counts them.",
)


def bench(
    single: Single, entrants: Sequence[Entrant], exhaustive: bool, say: Callable[[str], None]
) -> Bench:
    """Measure elites and peers of a function.

    Args:
        single: The function.
        entrants: The elites.
        exhaustive: Whether peers are judged at every argument, some ten seconds each.
        say: Told what is being measured.

    Raises:
        SearchError: If there is no C compiler.
    """
    points = truth(single.searched, _BLOCKS)
    found: list[Peer] = []
    missing: list[Missing] = []
    for one in peers(single):
        (missing if isinstance(one, Missing) else found).append(one)  # type: ignore[arg-type]
    with ExitStack() as stack:
        ours = []
        for entrant in entrants:
            say(f"compiling {entrant.id[:10]}")
            library = stack.enter_context(compiled(read(entrant.program), single))
            ours.append(_of(entrant.id[:10], library))
        every = [*ours, *found]
        proofs = [_known(e) for e in entrants]
        for peer in found:
            say(f"judging {peer.name}")
            proofs.append(_proved(peer.function, single) if exhaustive else {})
        say("timing")
        times = _times(every, single)
    rows = [
        Compared(p.name, p.version, largest(p.function, points) | proof | spent)
        for p, proof, spent in zip(every, proofs, times, strict=True)
    ]
    return Bench(COLUMNS, tuple(rows), tuple(missing), NOTES)


def _of(name: str, library: ctypes.CDLL) -> Peer:
    return Peer(name, "", exported(library, NAME), getattr(library, f"{NAME}_n"))


def _known(entrant: Entrant) -> dict[str, float]:
    value = entrant.objectives.get("max_ulp")
    return {"max_ulp": float(value)} if isinstance(value, int | float) else {}


def _proved(function: Function, single: Single) -> dict[str, float]:
    with np.errstate(all="ignore"):
        judged = judge(function, single, None, lambda done, arguments: True)
    return {} if judged is None else {"max_ulp": judged.max_ulp}


def largest(function: Function, points: Truth) -> dict[str, float]:
    """The largest error at some arguments, in units of the last place and as a difference."""
    with np.errstate(all="ignore"):
        got = np.clip(function(points.points).astype(np.float64), -(2.0**128), 2.0**128)
        apart = np.abs(got - points.values)
        error = apart * points.scale
        sizes = np.abs(points.points), np.abs(points.values)
    for size in sizes:
        error[(size < _NORMAL) & (size > 0)] = 0.0
    if np.isnan(apart).any():
        return {"ulp": float("inf"), "absolute": float("inf")}
    return {"ulp": float(error.max()), "absolute": float(apart.max())}


def _times(every: Sequence[Peer], single: Single) -> list[dict[str, float]]:
    x = arguments_of(single)
    many = np.tile(x, IN_MEMORY // len(x))
    fast = [p.compiled for p in every if p.compiled is not None]
    near = iter(timings(fast, [x] * len(fast)))
    waiting = iter(latencies(fast, [x] * len(fast)))
    far = iter(timings(fast, [many] * len(fast), _TURNS_IN_MEMORY))
    rows = []
    for p in every:
        if p.compiled is None:
            memory = python_time(p.function, many, _TURNS_IN_MEMORY)
            rows.append({"ns": python_time(p.function, x), "memory": memory})
        else:
            one = next(near)
            rows.append({"ns": one.ns, "ratio": one.ratio, "spread": one.spread})
            rows[-1] |= {"latency": next(waiting), "memory": next(far).ns}
    return rows
