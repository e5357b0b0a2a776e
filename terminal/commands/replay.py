"""``elitemap replay``: a run repeated, and whether it gives the same elites."""

import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from elitemap.archive.errors import ExitCode, SearchError, UsageError
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.engine.search.environment import changed, environment, environments
from elitemap.engine.search.replaying import Comparison, compared, replay
from elitemap.terminal.boundary import say
from elitemap.terminal.live.view import live_view
from elitemap.terminal.output import print_json
from elitemap.terminal.signals import stop_requests

#: Slots that a line names.
_NAMED = 8


def replay_run(
    run: str | None,
    archive: Path,
    workers: int | None,
    given: Mapping[str, str],
    keep: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Repeat a run and print whether it gives the same elites.

    Args:
        run: Its id or the beginning of it; None for the latest.
        archive: The file that holds it.
        workers: Number of workers.
        given: Options that bring data, named again.
        keep: A new archive for what the repetition finds; None drops it.
        quiet: Show no progress.
        as_json: Print JSON.

    Raises:
        UsageError: If the run cannot be repeated, or the file to keep exists.
        SearchError: If the repetition differs.
        click.exceptions.Exit: If it was interrupted.
    """
    if keep is not None and keep.exists():
        raise UsageError(f"{keep} exists: choose another name, or remove it first")
    with ArchiveReader.open(archive) as reader:
        record = reader.run(run)
    place = tempfile.TemporaryDirectory(prefix="elitemap-") if keep is None else nullcontext()
    with place as folder:
        target = keep or Path(str(folder)) / "replay.db"
        with stop_requests() as halted, live_view(quiet) as observer:
            outcome = replay(archive, record, target, workers, observer, halted, given)
        if not outcome.done:
            say("interrupted; a replay is not gone on with, begin it again")
            raise click.exceptions.Exit(ExitCode.INTERRUPTED)
        found = compared(archive, record.id, target, outcome.run)
    _tell(record, found, as_json)


def _tell(record: RunRecord, found: Comparison, as_json: bool) -> None:
    places = environments(record)
    there = changed(places[-1], environment()) if places else {}
    if as_json:
        differs = {name: list(pair) for name, pair in there.items()}
        document: dict[str, Any] = {"run": record.id, "matches": found.matches}
        print_json({**document, **asdict(found), "environment": differs})
    else:
        click.echo(f"run {record.id}: {_summary(found)}")
    for name, (before, now) in there.items():
        say(f"{name} was {before or 'not there'}, is {now or 'not there'}")
    if not found.matches:
        raise SearchError(f"run {record.id} gives other elites here{_cure(record, bool(there))}")


def _summary(found: Comparison) -> str:
    since = f", {found.proved_since} certified since" if found.proved_since else ""
    if found.matches:
        return f"matches, {found.same + found.proved_since} elites are the same{since}"
    parts = [
        f"{len(slots)} {name} (slots {', '.join(map(str, slots[:_NAMED]))}{_more(slots)})"
        for name, slots in (
            ("different", found.different),
            ("missing", found.missing),
            ("new", found.added),
        )
        if slots
    ]
    return f"differs, {', '.join(parts)}; {found.same} elites are the same{since}"


def _more(slots: tuple[int, ...]) -> str:
    return ", ..." if len(slots) > _NAMED else ""


def _cure(record: RunRecord, differs: bool) -> str:
    if len(environments(record)) > 1:
        return ": it was searched in more than one environment"
    if differs:
        return ": see above what is different here"
    return ": nothing that is recorded of the environment tells why"
