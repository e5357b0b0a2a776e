"""``elitemap certify``: prove what elites are worth and record it."""

from collections.abc import Sequence, Set
from dataclasses import replace
from pathlib import Path

from elitemap.archive.errors import SearchError
from elitemap.archive.reader import ArchiveReader
from elitemap.archive.records import EliteRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Task
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.console import data_console
from elitemap.terminal.output import print_json
from elitemap.terminal.tables import elites_table


def certify_elites(
    identifiers: Sequence[str], seconds: float, archive: Path, as_json: bool
) -> None:
    """Certify elites one after the other and print them as they are then.

    All identifiers are looked up before anything is done.

    Raises:
        SearchError: If one or more could not be certified in time; the others are recorded.
    """
    with ArchiveReader.open(archive) as reader:
        views = [reader.elite(identifier) for identifier in identifiers]
        runs = [reader.run(view.run) for view in views]
    tasks = [recorded_task(run) for run in runs]
    names = [record_proof(v, t, seconds, archive) for v, t in zip(views, tasks, strict=True)]
    # A run that goes on still needs its slots.
    unite_families(
        {v.run for v, r in zip(views, runs, strict=True) if v.family and r.status == "done"},
        archive,
    )
    with ArchiveReader.open(archive) as reader:
        elites = [reader.elite(name).to_json() for name in names if name is not None]
    if as_json:
        print_json(elites)
    elif elites:
        data_console().print(elites_table(elites))
    if None in names:
        raise SearchError(
            f"{names.count(None)} of {len(names)} could not be certified: "
            "allow more time with --seconds"
        )


def unite_families(runs: Set[str], archive: Path) -> None:
    """Make one elite of those that certificates have made the same formula."""
    if runs:
        with ArchiveWriter.open(archive) as writer:
            for run in sorted(runs):
                writer.unite(run)


def record_proof(view: EliteView, task: Task, seconds: float, archive: Path) -> str | None:
    """Certify one elite and record it; give its id afterwards, None if time ran out."""
    record = prove(view, task, seconds)
    if record is None:
        say(f"{view.id[:12]}: no certificate within {seconds:g} s")
        return None
    keep(view, record, archive)
    if record.id != view.id:
        say(f"{view.id[:12]} is now {record.id[:12]}: its certificate changed it")
    return record.id


def keep(view: EliteView, record: EliteRecord, archive: Path) -> None:
    """Record the proof of an elite.

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


def prove(view: EliteView, task: Task, seconds: float) -> EliteRecord | None:
    """The elite with its certificate, its constants perhaps polished; None if time ran out."""
    program, objectives, certificate = task.certify(view.program, seconds)
    if certificate is None:
        return None
    return replace(
        view.record(),
        program=program,
        source=task.space.source(program),
        objectives={**view.objectives, **objectives},
        status=task.grants(certificate),
        certificate=certificate,
    )
