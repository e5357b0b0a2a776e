"""The coordinator: islands as tasks of an executor, migration, budgets, and the archive."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from elitemap.archive.errors import SearchError
from elitemap.archive.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.certification import certify_front
from elitemap.engine.config import SearchConfig
from elitemap.engine.crew import Crew
from elitemap.engine.events import Finished, Interrupted, Observer, Started, ignore
from elitemap.engine.executors import open_executor
from elitemap.engine.exploration import Drive, explore, summarise
from elitemap.engine.runs import new_record, recorded_config, recorded_spec, resumable
from elitemap.engine.session import Session
from elitemap.engine.tasks import TaskSpec, load_task


@dataclass(frozen=True)
class Outcome:
    """How a search ended.

    Attributes:
        run: Id of the run.
        done: Whether its budget is spent; else it was stopped and can be resumed.
        summary: Numbers about the run.
    """

    run: str
    done: bool
    summary: dict[str, float | int]


def search(
    archive: Path,
    spec: TaskSpec,
    config: SearchConfig,
    observer: Observer = ignore,
    halted: Callable[[], bool] = lambda: False,
    recruit: Callable[[int], Executor] = open_executor,
) -> Outcome:
    """Run a new search and write it to an archive.

    Args:
        archive: The file; it is made if there is none.
        spec: The task.
        config: Settings.
        observer: Called with every event, in this process.
        halted: Asked a few times per second; True stops the search, after saving.
        recruit: Opens an executor with so many workers.

    Returns:
        How it ended.

    Raises:
        UsageError: If the task cannot be built as asked; nothing was written then.
        ArchiveError: If the archive cannot be written.
        SearchError: If workers keep dying; what was flushed can be resumed.
    """
    task = load_task(spec)
    task.prepare()
    record = new_record(spec, task, config)
    session = Session.fresh(record.id, spec, task, config)
    with ArchiveWriter.open(archive) as writer:
        return _drive(session, record, writer, False, observer, halted, recruit)


def resume(
    archive: Path,
    run: str | None = None,
    workers: int | None = None,
    observer: Observer = ignore,
    halted: Callable[[], bool] = lambda: False,
    recruit: Callable[[int], Executor] = open_executor,
) -> Outcome:
    """Go on with a run that was stopped or killed.

    Under a budget in evaluations the result is that of the uninterrupted search.

    Args:
        archive: The file.
        run: Id of the run or its beginning; None for the latest that is not done.
        workers: Other number of workers.
        observer: As for :func:`search`.
        halted: As for :func:`search`.
        recruit: As for :func:`search`.

    Raises:
        UsageError: If there is nothing to resume.
        ArchiveError: If the archive cannot be read or written.
        SearchError: If workers keep dying.
    """
    with ArchiveReader.open(archive) as reader:
        record = resumable(reader, run, archive)
        saved = reader.state(record.id)
    config = recorded_config(record)
    if workers is not None:
        config = replace(config, workers=workers)
    spec = recorded_spec(record)
    task = load_task(spec)
    task.prepare()
    if saved:
        session = Session.restore(record.id, spec, task, config, saved)
    else:
        session = Session.fresh(record.id, spec, task, config)
    record = replace(record, status="running", finished_at=None)
    with ArchiveWriter.open(archive) as writer:
        return _drive(session, record, writer, True, observer, halted, recruit)


def _drive(
    session: Session,
    record: RunRecord,
    writer: ArchiveWriter,
    resumed: bool,
    observer: Observer,
    halted: Callable[[], bool],
    recruit: Callable[[int], Executor],
) -> Outcome:
    config = session.config
    writer.begin(record)
    observer(_started(session, resumed))
    try:
        with Crew(lambda: recruit(config.workers), config.workers) as crew:
            drive = Drive(session, writer, crew, observer, halted)
            explore(drive)
            if not halted():
                certify_front(session, writer, crew, observer, halted)
    except SearchError:
        writer.finish(session.run, "failed", summarise(session))
        raise
    return _ended(session, writer, observer, not halted())


def _ended(session: Session, writer: ArchiveWriter, observer: Observer, done: bool) -> Outcome:
    summary = summarise(session)
    if done:
        # A run that is done needs its state no more, and caches are large.
        writer.flush(session.run, [], state=dict.fromkeys(session.save(), b""))
    writer.finish(session.run, "done" if done else "interrupted", summary)
    if done:
        observer(Finished(session.run, summary))
    else:
        observer(Interrupted(session.run, summary, f"elitemap resume {session.run}"))
    return Outcome(session.run, done, summary)


def _started(session: Session, resumed: bool) -> Started:
    config = session.config
    return Started(
        run=session.run,
        space=session.spec.space,
        target=session.spec.target,
        seed=config.seed,
        islands=config.islands,
        workers=config.workers,
        seconds=config.seconds,
        evaluations=config.evaluations,
        axes=tuple(axis.name for axis in session.task.evaluator.axes),
        resumed=resumed,
    )
