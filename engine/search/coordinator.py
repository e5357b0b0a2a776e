"""The coordinator: a run's record, its executor, its archive, and how it ended."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from elitemap.archive.errors import SearchError, UsageError
from elitemap.archive.files.claims import claimed
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Finished, Interrupted, Observer, Plan, Started, ignore
from elitemap.engine.protocols import Task
from elitemap.engine.proving.kept import Proved, proved_before
from elitemap.engine.running.context import SearchContext
from elitemap.engine.running.dispatch import Dispatcher
from elitemap.engine.running.executors import open_executor
from elitemap.engine.running.worker import prepare_task
from elitemap.engine.search import enumeration, exploration
from elitemap.engine.search.enumeration_session import EnumerationSession
from elitemap.engine.search.environment import searched_here
from elitemap.engine.search.exploration_session import ExplorationSession
from elitemap.engine.search.extending import More, with_budget
from elitemap.engine.search.gauge import strip_axis
from elitemap.engine.search.recognition import recognise
from elitemap.engine.search.runs import (
    begun_with,
    left,
    new_record,
    recorded_config,
    recorded_spec,
    resumable,
)
from elitemap.engine.search.starting import NO_STARTS, STARTS, Starts
from elitemap.engine.settling import contents, named_again, renamed, settled
from elitemap.engine.tasks import TaskSpec, load_task


@dataclass(frozen=True)
class Outcome:
    """How a search ended.

    Attributes:
        run: Id of the run.
        done: Whether its budget is spent; else it was stopped and can be resumed.
        summary: Numbers about the run.
        enumerated: Whether it went through an enumeration.
        cure: The command that goes on with it, less the archive.
    """

    run: str
    done: bool
    summary: dict[str, float | int]
    enumerated: bool = False
    cure: str = ""


#: Generations of an epoch, at most, where a task limits their size.
GENERATIONS = 8


def search(
    archive: Path,
    spec: TaskSpec,
    config: SearchConfig,
    observer: Observer = ignore,
    halted: Callable[[], bool] = lambda: False,
    recruit: Callable[[int], Executor] = open_executor,
    starts: Starts = NO_STARTS,
) -> Outcome:
    """Run a new search and write it to an archive.

    Args:
        archive: The file; it is made if there is none.
        spec: The task.
        config: Settings.
        observer: Called with every event, in this process.
        halted: Asked a few times per second; True stops the search, after saving.
        recruit: Opens an executor with so many workers.
        starts: What it begins with beside random candidates, all of this task.

    Returns:
        How it ended.

    Raises:
        UsageError: If the task cannot be built as asked, or data that it brings cannot be read;
            nothing was written then.
        ArchiveError: If the archive cannot be written.
        SearchError: If workers keep dying; what was flushed can be resumed.
    """
    spec = settled(spec)
    task = load_task(spec)
    if task.enumeration is None and config.seconds is None and config.evaluations is None:
        raise UsageError("expected a budget: either seconds or evaluations")
    task.prepare()
    config = _paced(config, task)
    record = new_record(spec, task, config, starts)
    saved = {STARTS: starts.to_bytes()} if starts.documents else {}
    with ArchiveWriter.open(archive) as writer, claimed(archive, record.id):
        prepared = _prepared(archive, record, spec, task, config, saved)
        return _drive(prepared, record, writer, False, observer, halted, recruit)


def _paced(config: SearchConfig, task: Task) -> SearchConfig:
    """Settings with generations and epochs no larger than the task's evaluations allow."""
    if task.batch is None:
        return config
    epoch = task.batch * GENERATIONS
    return replace(config, batch=min(config.batch, task.batch), epoch=min(config.epoch, epoch))


def resume(
    archive: Path,
    run: str | None = None,
    workers: int | None = None,
    observer: Observer = ignore,
    halted: Callable[[], bool] = lambda: False,
    recruit: Callable[[int], Executor] = open_executor,
    given: Mapping[str, str] | None = None,
    more: More | None = None,
) -> Outcome:
    """Go on with a run that was stopped or killed, or further with one that is done.

    Under a budget in evaluations the result is that of the uninterrupted search, and of the search
    that had the larger budget from the start: the same elites, but those that were certified
    before stay so. An enumeration goes on to its end whatever its budget in seconds was.

    Args:
        archive: The file.
        run: Id of the run or its beginning; None for the latest that is not done, or if there is
            none and it is to be extended, for the latest.
        workers: Other number of workers.
        observer: As for :func:`search`.
        halted: As for :func:`search`.
        recruit: As for :func:`search`.
        given: Options that bring data: where arrays are now, and every function that the run calls,
            which is not run on the word of an archive alone.
        more: How far it is to go on; None for as far as it was asked to go.

    Raises:
        UsageError: If there is nothing to resume, it has been as far as that, a function was not
            named, or data has another content than before.
        ArchiveError: If the archive cannot be read or written.
        SearchError: If workers keep dying.
    """
    with ArchiveReader.open(archive) as reader:
        record = resumable(reader, run, archive, more is not None)
    with claimed(archive, record.id):
        return _resume(archive, record.id, workers, observer, halted, recruit, given or {}, more)


def _resume(
    archive: Path,
    run: str,
    workers: int | None,
    observer: Observer,
    halted: Callable[[], bool],
    recruit: Callable[[int], Executor],
    given: Mapping[str, str],
    more: More | None,
) -> Outcome:
    """Go on with a run that nobody else works on."""
    with ArchiveReader.open(archive) as reader:
        # It may have come to its end meanwhile.
        record = resumable(reader, run, archive, more is not None)
        saved = left(record, reader.state(record.id))
        proved = proved_before(reader, record.id)
    begun_with(record, saved)
    config = recorded_config(record)
    if workers is not None:
        config = replace(config, workers=workers)
    spec = settled(named_again(recorded_spec(record), given, record.id), again=True)
    task = load_task(spec)
    task.prepare()
    if task.enumeration is not None:
        config = replace(config, seconds=None)  # goes on to its end
    record = replace(record, status="running", finished_at=None)
    with ArchiveWriter.open(archive) as writer:
        prepared = _prepared(archive, record, spec, task, config, saved, more, proved)
        if more is not None:
            record = with_budget(record, prepared.config)
        return _drive(prepared, record, writer, True, observer, halted, recruit)


@dataclass(frozen=True)
class _Search:
    """A run to be driven, whichever way it searches.

    Attributes:
        spec: What names the task.
        task: The task.
        config: Settings.
        plan: Tells what is ahead of an enumeration, None for others.
        work: Searches and certifies; whether all was done.
        summarise: Numbers about the run so far.
        leave: Saved states that change when all is done, by island.
        begin: What the archive keeps from the start, by island.
    """

    spec: TaskSpec
    task: Task
    config: SearchConfig
    plan: Callable[[], Plan | None]
    work: Callable[[SearchContext], bool]
    summarise: Callable[[], dict[str, float | int]]
    leave: Callable[[], dict[int, bytes]]
    begin: Mapping[int, bytes] = field(default_factory=dict)


def _prepared(
    archive: Path,
    record: RunRecord,
    spec: TaskSpec,
    task: Task,
    config: SearchConfig,
    saved: Mapping[int, bytes],
    more: More | None = None,
    proved: Proved | None = None,
) -> _Search:
    """A run that begins, or one that goes on from what was saved."""
    if task.enumeration is not None:
        going = EnumerationSession.open(record.id, spec, task, task.enumeration, config, saved)
        if more is not None:
            going.extend(more)
        return _Search(
            spec,
            task,
            going.config,
            going.plan,
            partial(enumeration.go_through, going, archive),
            partial(enumeration.summarise, going),
            partial(enumeration.leave, going),
        )
    if saved:
        session = ExplorationSession.restore(record.id, spec, task, config, saved)
        with ArchiveReader.open(archive) as reader:
            recognise(session, reader)
        if proved and task.evaluator.noise is None:
            session.written_map.proved = proved
        if more is not None:
            session.extend(more)
    else:
        session = ExplorationSession.fresh(record.id, spec, task, config)
    return _Search(
        spec,
        task,
        session.config,
        lambda: None,
        partial(exploration.evolve, session),
        partial(exploration.summarise, session),
        dict,
        {key: body for key, body in saved.items() if key == STARTS},
    )


def _drive(
    prepared: _Search,
    record: RunRecord,
    writer: ArchiveWriter,
    resumed: bool,
    observer: Observer,
    halted: Callable[[], bool],
    recruit: Callable[[int], Executor],
) -> Outcome:
    config = prepared.config
    try:
        brought = contents(prepared.spec)
        with Dispatcher(lambda: recruit(config.workers), config.workers, brought) as dispatcher:
            # Workers import and build what they need while the estimate is made.
            dispatcher.warm(prepare_task, prepared.spec)
            problem = writer.begin(searched_here(record), prepared.begin)
            observer(_started(prepared, record, problem.label, resumed))
            done = prepared.work(SearchContext(writer, dispatcher, observer, halted))
    except SearchError:
        writer.finish(record.id, "failed", prepared.summarise())
        raise
    except KeyboardInterrupt:
        # Stopped at once: what came after the last flush is lost, the rest can be resumed.
        writer.finish(record.id, "interrupted", prepared.summarise())
        raise
    summary = prepared.summarise()
    if done and (states := prepared.leave()):
        writer.flush(record.id, [], state=states)
    writer.finish(record.id, "done" if done else "interrupted", summary)
    cure = " ".join(["elitemap resume", record.id, *renamed(prepared.spec)])
    if done:
        observer(Finished(record.id, summary))
    else:
        observer(Interrupted(record.id, summary, cure))
    return Outcome(record.id, done, summary, prepared.task.enumeration is not None, cure)


def _started(prepared: _Search, record: RunRecord, problem: str, resumed: bool) -> Started:
    config, task = prepared.config, prepared.task
    axes = (task.enumeration or task.evaluator).axes
    return Started(
        run=record.id,
        space=record.space,
        problem=problem,
        seed=config.seed,
        islands=config.islands,
        workers=config.workers,
        seconds=config.seconds,
        evaluations=config.evaluations,
        axes=tuple(axis.name for axis in axes),
        resumed=resumed,
        notes=task.notes,
        asks=task.asks,
        plan=prepared.plan(),
        strip=axes[strip_axis(axes)] if axes else None,
        objectives=(*task.evaluator.objectives, *task.objectives),
    )
