"""Functions of JAX timed in turns, so that other work on the machine meets all of them alike."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import jax

TURNS = 100


def in_turns(
    functions: Sequence[Callable[[Any], Any]], x: jax.Array, turns: int = TURNS
) -> list[float]:
    """Nanoseconds for an element of each, the least of all turns.

    Args:
        functions: Under ``jax.jit``.
        x: Their argument.
        turns: How many.
    """
    least = [float("inf")] * len(functions)
    for function in functions:
        jax.block_until_ready(function(x))
    for _ in range(turns):
        for k, function in enumerate(functions):
            begun = time.perf_counter_ns()
            jax.block_until_ready(function(x))
            least[k] = min(least[k], time.perf_counter_ns() - begun)
    return [spent / x.size for spent in least]
