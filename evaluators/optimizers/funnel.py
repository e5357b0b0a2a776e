"""How far a rule comes: fresh runs, then a larger model, then workloads that the search never saw.

Each gate asks whether the rule is better than AdamW, learning rates of both fitted in the same way,
and only who passes one gate comes to the next. To pass, the upper end of a 95 % interval of the
loss next to AdamW's must be below 1, and no run may diverge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.comparing import fitted, fresh_logs, interval, usual_logs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules
from elitemap.searchspaces.programs.batch import Batch

#: Names of the gates behind fresh runs, in order.
LARGER, UNSEEN = "larger", "unseen"

#: Runs of each workload at a gate.
RUNS = 8


@dataclass(frozen=True)
class Gates:
    """What a rule is tried on.

    Attributes:
        larger: The workloads of the search, of the next size.
        unseen: Others.
    """

    larger: tuple[Workload, ...] = ()
    unseen: tuple[Workload, ...] = ()


def passed(change: NDArray[np.float64]) -> bool:
    """Whether logarithms of losses next to AdamW's, one for each run, are below 0 for certain."""
    if not np.isfinite(change).all():
        return False
    mean, half = interval(change)
    return mean + half < 0.0


def gates(program: Batch, first: bool, along: Gates) -> tuple[int, list[dict[str, Any]]]:
    """How far a rule comes.

    Args:
        program: One rule.
        first: Whether it has passed the first gate, fresh runs.
        along: The others.

    Returns:
        The number of gates passed, and for each gate behind the first that it came to what was
        seen there: ``gate``, ``workloads``, ``against_adamw`` (by workload; None where a run
        diverged), and the whole with its interval.
    """
    stage = int(first)
    told: list[dict[str, Any]] = []
    for name, workloads in ((LARGER, along.larger), (UNSEEN, along.unseen)):
        if not workloads or stage < 1 + len(told):
            break
        change = against(program, workloads)
        stage += passed(change.mean(axis=0))
        told.append(_told(name, workloads, change))
    return stage, told


def outlook(rules: Rules, workloads: Sequence[Workload], along: Gates) -> dict[str, float]:
    """The loss of one rule next to AdamW's on fresh runs, and on workloads that are not searched.

    It is for looking at a search from outside and decides nothing; its runs are its own.
    """
    of = tuple(workloads)
    fresh = fresh_logs(rules, of, "outlook", RUNS)[0] - usual_logs(of, "outlook", RUNS)
    told = {"loss / AdamW's, fresh runs": float(np.exp(fresh.mean()))}
    if along.unseen:
        change = against(rules.programs, along.unseen, "outlook")
        told["loss / AdamW's, unseen workloads"] = float(np.exp(change.mean()))
    return told


def against(
    program: Batch, workloads: Sequence[Workload], purpose: str = "gate"
) -> NDArray[np.float64]:
    """float64[workloads, RUNS]: log losses less those of AdamW on the same runs."""
    of = tuple(workloads)
    rules = fitted(program, of)
    made: NDArray[np.float64] = fresh_logs(rules, of, purpose, RUNS)[0]
    return made - usual_logs(of, purpose, RUNS)


def _told(name: str, workloads: Sequence[Workload], change: NDArray[np.float64]) -> dict[str, Any]:
    finite = np.atleast_1d(np.isfinite(change).all(axis=1))
    each = [
        float(np.exp(row.mean())) if good else None
        for row, good in zip(change, finite, strict=True)
    ]
    told: dict[str, Any] = {
        "gate": name,
        "workloads": [one.name for one in workloads],
        "against_adamw": each,
    }
    if finite.all():
        mean, half = interval(change.mean(axis=0))
        told["ratio"], told["low"], told["high"] = (
            float(np.exp(x)) for x in (mean, mean - half, mean + half)
        )
    return told
