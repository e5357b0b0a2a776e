"""What runs in workers: functions of bytes and small values, so that any executor will do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elitemap.engine.config import SearchConfig
from elitemap.engine.elites import Elites
from elitemap.engine.island import EpochReport, Limits, run_epoch
from elitemap.engine.state import IslandState
from elitemap.engine.tasks import TaskSpec, load_task


@dataclass(frozen=True)
class EpochOrder:
    """One epoch to run.

    Attributes:
        spec: The task.
        config: Settings.
        island: Number of the island.
        state: Its state, or None for a new island.
        limits: How long.
        immigrants: Elites from another island, or None.
    """

    spec: TaskSpec
    config: SearchConfig
    island: int
    state: bytes | None
    limits: Limits
    immigrants: Elites[Any] | None


@dataclass(frozen=True)
class EpochResult:
    """What came of it.

    Attributes:
        state: The island's new state.
        report: What to tell about it.
    """

    state: bytes
    report: EpochReport[Any]


def epoch_task(order: EpochOrder) -> EpochResult:
    """Run one epoch."""
    task = load_task(order.spec)
    args = (task.space, task.evaluator, order.config)
    if order.state is None:
        state = IslandState.fresh(*args, order.island)
    else:
        state = IslandState.from_bytes(order.state, *args)
    state, report = run_epoch(*args, state, order.limits, order.immigrants)
    return EpochResult(state.to_bytes(), report)


def certify_task(spec: TaskSpec, program: Mapping[str, Any], seconds: float) -> Any:
    """Certify one program; see :class:`elitemap.engine.protocols.Task`."""
    return load_task(spec).certify(program, seconds)
