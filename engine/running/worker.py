"""What runs in workers: functions of bytes and small values, so that any executor will do."""

import errno
import math
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.identity import identity
from elitemap.engine.config import SearchConfig
from elitemap.engine.data.contents import Content, Lacking, keep
from elitemap.engine.islands.epoch import EpochReport, Limits, run_epoch
from elitemap.engine.islands.state import IslandState, of_cache
from elitemap.engine.map.elites import Elites
from elitemap.engine.protocols import Scanned, Task
from elitemap.engine.running.crew import whoami
from elitemap.engine.running.hanging import Hung, HungError, ended_after
from elitemap.engine.running.threads import hold_threads
from elitemap.engine.running.travel import Change, Parcel, Shelf, changed
from elitemap.engine.settling import lacking
from elitemap.engine.tasks import TaskSpec, load_task

#: One job at a time in a process, also where its workers are threads: the precision of ball
#: arithmetic and the caches of evaluators belong to the process.
_ALONE = threading.RLock()

#: States that this process has worked on.
_SHELF = Shelf()


@dataclass(frozen=True)
class Raised:
    """What a job raised, as a value: what a future raises is about its worker."""

    error: Exception

    @property
    def starved(self) -> bool:
        """Whether the worker lacked memory: nothing of the job is wrong then."""
        no_room = isinstance(self.error, OSError) and self.error.errno == errno.ENOMEM
        return no_room or isinstance(self.error, MemoryError)


def run_job(
    ticket: str, call: Callable[..., Any], arguments: tuple[Any, ...], limit: float = math.inf
) -> Any:
    """Run a job with one thread.

    Args:
        ticket: Unique: no two submissions are equal, for executors that run equal calls once.
        call: What to call.
        arguments: With what.
        limit: Seconds after which it hangs; it is ended then.

    Returns:
        The result, what was raised as :class:`Raised`, what :class:`Lacking` says, or
        :class:`Hung`.
    """
    with _ALONE:
        hold_threads()
        try:
            with ended_after(limit):
                return call(*arguments)
        except HungError:
            return Hung(limit)
        except _LackingError as error:
            return error.lacking
        except Exception as error:
            error.add_note(f"in a worker:\n{traceback.format_exc()}")
            return Raised(error)


def run_supplied_job(
    ticket: str,
    contents: Sequence[Content],
    call: Callable[..., Any],
    arguments: tuple[Any, ...],
    limit: float = math.inf,
) -> Any:
    """Run a job that this or another worker lacked data for; the worker keeps the data."""
    for content in contents:
        keep(content)
    return run_job(ticket, call, arguments, limit)


class _LackingError(Exception):
    """Ends a job that cannot begin."""

    def __init__(self, lacking: Lacking) -> None:
        """With what is missing."""
        super().__init__()
        self.lacking = lacking


def worker_task(spec: TaskSpec) -> Task:
    """The task of a job, with all data that it may ask for."""
    missing = lacking(spec)
    if missing is not None:
        raise _LackingError(missing)
    return load_task(spec)


def prepare_task(spec: TaskSpec) -> None:
    """Build a task before its first job comes."""
    worker_task(spec)


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
        brief: Whether to answer with what changed, and to keep the state for the next time.
        starts: Candidates to try first.
    """

    spec: TaskSpec
    config: SearchConfig
    island: int
    state: Parcel | None
    limits: Limits
    immigrants: Elites[Any] | None
    brief: bool = False
    starts: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class EpochResult:
    """What came of it.

    Attributes:
        state: The island's new state, or what changed.
        report: What to tell about it.
        worker: Who did it.
        seconds: How long its generations took.
        proposals: Of this epoch.
    """

    state: bytes | Change
    report: EpochReport[Any]
    worker: str = ""
    seconds: float = 0.0
    proposals: int = 0


@dataclass(frozen=True)
class Unknown:
    """The worker does not have what the changes of an order begin with."""


def epoch_task(order: EpochOrder) -> EpochResult | Unknown:
    """Run one epoch."""
    task = worker_task(order.spec)
    args = (task.space, task.evaluator, order.config)
    parcel = order.state
    if parcel is None:
        parcel = Parcel(IslandState.fresh(*args, order.island).to_bytes())
    before = _SHELF.open(parcel)
    if before is None:
        return Unknown()
    # Of a state that is kept the caches before and after the epoch are compared.
    given = {n: a.copy() if order.brief and of_cache(n) else a for n, a in before.items()}
    state = IslandState.from_arrays(given, *args)
    proposed = state.counters.proposals
    state, report = run_epoch(*args, state, order.limits, order.immigrants, order.starts)
    told = whoami(), report.took, state.counters.proposals - proposed
    if not order.brief:
        return EpochResult(state.to_bytes(), report, *told)
    after = state.to_arrays()
    change = changed(before, after, parcel.leads_to())
    _SHELF.keep(change.after, after)
    return EpochResult(change, report, *told)


@dataclass(frozen=True)
class Texts:
    """Candidates written out.

    Attributes:
        uids: Whose they are.
        documents: Their JSON documents.
        sources: Their readable texts.
        names: What their documents are called.
    """

    uids: tuple[int, ...]
    documents: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]
    names: tuple[str, ...]


def texts_task(spec: TaskSpec, uids: tuple[int, ...], batch: Any) -> Texts:
    """Write out candidates: a batch with a row for each uid."""
    space = worker_task(spec).space
    documents = tuple(space.to_json(batch, row) for row in range(len(uids)))
    sources, names = tuple(map(space.source, documents)), tuple(map(identity, documents))
    return Texts(uids, documents, sources, names)


@dataclass(frozen=True)
class BlocksResult:
    """What came of consecutive blocks of an enumeration.

    Attributes:
        first: Number of the first.
        blocks: One by one.
        seconds: How long they took, without building the task.
        worker: Who did it.
    """

    first: int
    blocks: tuple[Scanned, ...]
    seconds: float
    worker: str = ""


def blocks_task(spec: TaskSpec, first: int, count: int) -> BlocksResult:
    """Go through consecutive blocks of a task's enumeration."""
    enumeration = worker_task(spec).enumeration
    if enumeration is None:
        raise ValueError(f"expected a task with an enumeration, got {spec.space} {spec.target}")
    started = time.monotonic()
    blocks = tuple(enumeration.scan(block) for block in range(first, first + count))
    return BlocksResult(first, blocks, time.monotonic() - started, whoami())


@dataclass(frozen=True)
class Tried:
    """What came of an attempt to certify a program.

    Attributes:
        result: What the task's ``certify`` returned.
        seconds: How long that took, without building the task.
    """

    result: Any
    seconds: float


def certify_task(spec: TaskSpec, program: Mapping[str, Any], seconds: float) -> Tried:
    """Certify one program; see :class:`elitemap.engine.protocols.Task`."""
    task = worker_task(spec)
    started = time.monotonic()
    result = task.certify(program, seconds)
    return Tried(result, time.monotonic() - started)
