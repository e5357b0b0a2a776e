"""``elitemap certify``: prove what elites are worth and record it."""

from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from elitemap.archive.errors import SearchError, UsageError
from elitemap.archive.plain import one_line
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Task, Unproved
from elitemap.engine.proving.proof import attempted
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.finding import one_elite
from elitemap.terminal.commands.fronts import best_of, unproved
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.console import data_console
from elitemap.terminal.objectives import Declared
from elitemap.terminal.output import print_json
from elitemap.terminal.tables.tables import elites_table


def certify_elites(
    identifiers: Sequence[str],
    seconds: float,
    archive: Path,
    as_json: bool,
    front: bool = False,
    run: str | None = None,
    problem: str | None = None,
    given: Mapping[str, str] | None = None,
) -> None:
    """Certify elites one after the other and print them as they are then.

    All identifiers are looked up before anything is done.

    Args:
        identifiers: Ids or beginnings of them.
        seconds: Time for each.
        archive: The file.
        as_json: Print JSON.
        front: Certify what is unproved of the front of a run instead.
        run: Id of that run or its beginning; None for the latest.
        problem: Whose elites they are, as ``--problem`` takes it; None where there is only one.
        given: Where arrays that runs bring are now, by option.

    Raises:
        UsageError: If elites are named with ``front``, a run or nothing without it, or the problem
            is open.
        SearchError: If one or more could not be certified; the others are recorded.
    """
    if front == bool(identifiers) or (run, problem)[front] is not None:
        raise UsageError("expected either IDs of elites, or --front and perhaps --run")
    with ArchiveReader.open(archive) as reader:
        if front:
            record = reader.run(run)
            views = unproved(best_of(reader, record))
            runs = [record] * len(views)
            say(f"run {record.id}: {len(views) or 'nothing'} to prove")
        else:
            views = [one_elite(reader, identifier, problem) for identifier in identifiers]
            runs = [reader.run(view.run) for view in views]
    tasks = [recorded_task(run, given) for run in runs]
    _certify(views, runs, tasks, seconds, archive, as_json)


def _certify(
    views: Sequence[EliteView],
    runs: Sequence[RunRecord],
    tasks: Sequence[Task],
    seconds: float,
    archive: Path,
    as_json: bool,
) -> None:
    proved: list[tuple[str, str]] = []  # ids of programs and of the problems
    failures: list[Unproved] = []
    for number, (view, task) in enumerate(zip(views, tasks, strict=True), 1):
        if len(views) > 1:
            say(f"proving {number} of {len(views)}: {view.id[:12]}")
        found = record_proof(view, task, seconds, archive)
        if isinstance(found, Unproved):
            failures.append(found)
        else:
            proved.append((found, view.problem.id))
    # A run that goes on still needs its slots.
    unite_families(
        {v.run for v, r in zip(views, runs, strict=True) if v.family and r.status == "done"},
        archive,
    )
    with ArchiveReader.open(archive) as reader:
        elites = [reader.elite(*place) for place in proved]
    if as_json:
        print_json([view.to_json() for view in elites])
    elif elites:
        declared = Declared.by(view.problem for view in elites)
        data_console().print(elites_table([view.to_json() for view in elites], declared))
    if failures:
        late = not all(failure.final for failure in failures)
        cure = ": allow more time with --seconds" if late else ": more time would change nothing"
        raise SearchError(f"{len(failures)} of {len(views)} could not be certified{cure}")


def unite_families(runs: Set[str], archive: Path) -> None:
    """Make one elite of those that certificates have made the same formula."""
    if runs:
        with ArchiveWriter.open(archive) as writer:
            for run in sorted(runs):
                writer.unite(run)


def record_proof(view: EliteView, task: Task, seconds: float, archive: Path) -> str | Unproved:
    """Certify one elite and record what came of it; its id afterwards, or why it is not proved."""
    record, failure = attempted(view.record(), task, seconds)
    if failure is None or failure.final:
        keep(view, record, archive)
    if failure is not None:
        say(f"{view.id[:12]}: {no_certificate(failure, seconds)}")
        return failure
    if record.id != view.id:
        say(f"{view.id[:12]} is now {record.id[:12]}: its certificate changed it")
    return record.id


def no_certificate(failure: Unproved, seconds: float) -> str:
    """What to tell of an attempt that failed after so many seconds at most."""
    within = "" if failure.final else f" within {seconds:g} s"
    return f"no certificate{within}: {one_line(failure.reason)}"


def keep(view: EliteView, record: EliteRecord, archive: Path) -> None:
    """Record the proof of an elite, or why there is none.

    Raises:
        SearchError: If something better has taken its place while it was proved.
        ArchiveError: If the archive cannot be written.
    """
    with ArchiveWriter.open(archive) as writer:
        kept = writer.certify(view.run, view.slot, record, before=view.id)
    if not kept:
        raise SearchError(
            f"{view.id[:12]} is no elite of run {view.run} any more, a better one has taken its "
            "place: certify that one"
        )
