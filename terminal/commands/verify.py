"""``elitemap verify``: the certificates of an archive, proved again."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elitemap.archive.errors import ElitemapError, SearchError
from elitemap.archive.plain import one_line
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Verdict
from elitemap.engine.proving.verification import checked
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.finding import one_elite
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.console import data_console
from elitemap.terminal.output import print_json
from elitemap.terminal.tables.tables import SHORT
from elitemap.terminal.tables.verdicts import verdicts_table

_HEXADECIMAL = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class _Line:
    """What came of one elite."""

    view: EliteView
    verdict: Verdict
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.view.id,
            "run": self.view.run,
            "space": self.view.space,
            "target": self.view.target,
            "problem": self.view.problem.to_json(),
            "outcome": self.verdict.outcome,
            "reason": self.verdict.reason,
            "seconds": round(self.seconds, 3),
            "source": self.view.source,
        }


def verify_elites(
    identifiers: Sequence[str],
    seconds: float,
    archive: Path,
    as_json: bool,
    quiet: bool,
    problem: str | None = None,
    given: Mapping[str, str] | None = None,
) -> None:
    """Prove certificates again and print what came of each; nothing is written.

    What was done until an interruption is printed.

    Args:
        identifiers: Ids of elites or their beginnings; empty for all that have a certificate. The
            first may be an archive instead.
        seconds: Time for each.
        archive: The file, if that was not given.
        as_json: Print JSON.
        quiet: Tell no progress.
        problem: Whose elites, as ``--problem`` takes it; None for all, and where elites are named
            for the one that each is of.
        given: Where arrays that runs bring are now, by option.

    Raises:
        UsageError: If there is no such elite or problem, or it is open which one is meant.
        SearchError: If one or more certificates failed.
    """
    if identifiers and not _HEXADECIMAL.issuperset(identifiers[0]):
        archive, identifiers = Path(identifiers[0]), identifiers[1:]
    views = _views(identifiers, archive, problem)
    lines: list[_Line] = []
    try:
        for view in views:
            lines.append(_line(view, seconds, archive, given))
            if not quiet:
                _tell(lines[-1], len(lines), len(views))
    finally:
        if as_json:
            print_json([line.to_json() for line in lines])
        elif lines:
            data_console().print(verdicts_table([line.to_json() for line in lines]))
    _conclude(lines)


def _views(identifiers: Sequence[str], archive: Path, problem: str | None) -> list[EliteView]:
    with ArchiveReader.open(archive) as reader:
        if identifiers:
            return [one_elite(reader, identifier, problem) for identifier in identifiers]
        found = reader.elites(ElitesQuery(problem=problem, where="status != 'candidate'"))
    return list({(view.run, view.slot): view for view in found}.values())


def _line(view: EliteView, seconds: float, archive: Path, given: Mapping[str, str] | None) -> _Line:
    begun = time.monotonic()
    try:
        with ArchiveReader.open(archive) as reader:
            run = reader.run(view.run)
        verdict = checked(view, recorded_task(run, given), seconds)
    except ElitemapError as error:
        verdict = Verdict("could not", str(error))
    return _Line(view, verdict, time.monotonic() - begun)


def _tell(line: _Line, number: int, total: int) -> None:
    reason = f": {one_line(line.verdict.reason)}" if line.verdict.reason else ""
    say(f"{number} of {total}: {line.view.id[:SHORT]} {line.verdict.outcome}{reason}")


def _conclude(lines: Sequence[_Line]) -> None:
    outcomes = [line.verdict.outcome for line in lines]
    if not outcomes:
        say("no elite has a certificate")
    if "could not" in outcomes:
        say(
            f"{outcomes.count('could not')} of {len(outcomes)} could be neither verified nor "
            "refuted: see the reasons, and allow more time with --seconds"
        )
    if "failed" in outcomes:
        raise SearchError(
            f"{outcomes.count('failed')} of {len(outcomes)} certificates failed: do not rely on "
            "this archive"
        )
