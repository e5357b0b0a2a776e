"""A search at one bound, and the programs of its front that are worth a proof."""

import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.float32_bits.asked import BITS, FUNCTIONS
from benchmarks.float32_bits.starts import quotients, starts
from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.float32.measuring.model import MEASURED

#: Proposals of an epoch.
EPOCH = 4096


def searched(
    name: str, bits: int, seconds: float, seed: int, reduction: str
) -> list[tuple[Mapping[str, Any], float]]:
    """Programs and the errors seen of them, by rising cost and falling errors.

    Args:
        name: The function.
        bits: At whose bound is searched.
        seconds: Of the processor.
        seed: The first of them.
        reduction: The value of the option.
    """
    asked = FUNCTIONS[name]
    core = asked.single(name, bits, reduction).reduction.core
    task = load_task(_spec(name, bits, reduction))
    config = SearchConfig(seed=seed, batch=1024)
    args = task.space, task.evaluator, config
    state = IslandState.fresh(*args, 0)
    texts = [*starts(core), *(quotients(core) if "div" in asked.ops else ())]
    given: list[Mapping[str, Any]] = [task.parse(text) for text in texts]
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        state, _ = run_epoch(*args, state, Limits(EPOCH), None, given)
        given = []
    elites = state.elites.take(np.flatnonzero(np.isfinite(state.grid.quality)))
    names = sorted(o.name for o in task.evaluator.objectives)
    seen = elites.objectives[:, names.index(task.evaluator.measure.seen.name)]
    front: list[tuple[Mapping[str, Any], float]] = []
    for row in np.lexsort((seen, elites.objectives[:, names.index("cost")])):
        error = float(seen[row])
        if not front or error < front[-1][1]:
            front.append((task.space.to_json(elites.batch, int(row)), error))
    return front


def _spec(name: str, bits: int, reduction: str) -> TaskSpec:
    """What a search is told."""
    asked = FUNCTIONS[name]
    domain = {} if asked.domain is None else {"domain": asked.domain}
    options = {"arithmetic": "float32", "bound": asked.bound(bits), "max_ops": "16"} | domain
    options |= {"ops": asked.ops, "cpu": MEASURED, "reduction": reduction}
    return TaskSpec.of("elementary", name, options)


def chosen(
    name: str, bits: int, front: Sequence[tuple[Mapping[str, Any], float]], reduction: str
) -> Iterator[dict[str, Any]]:
    """The cheapest programs at each whole bit for which no other search looks."""
    asked, done = FUNCTIONS[name], set()
    core_of = load_task(_spec(name, bits, reduction)).space.source
    below = [b for b in asked.at if b < bits]
    for wanted in range(max(below) + 1 if below else BITS[0], bits + 1):
        able = [k for k, (_, error) in enumerate(front) if error <= 2.0**-wanted]
        if able and able[0] not in done:
            done.add(able[0])
            document, error = front[able[0]]
            told = "; ".join(core_of(document).splitlines())
            print(name, bits, wanted, f"{-math.log2(error):.2f}", told, file=sys.stderr, flush=True)
            row = {"bits": bits, "seen": error, "program": document, "core": told}
            yield row | {"reduction": reduction}
