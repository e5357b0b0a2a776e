"""What was known before about a problem, for the plot: from the task of its latest run."""

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.engine.protocols import Baseline
from elitemap.terminal.browser.scope import Scope, within
from elitemap.terminal.commands.recorded import known_before


def latest(reader: ArchiveReader, scope: Scope) -> RunRecord | None:
    """The latest run of a scope that is about one problem, else None."""
    asked = within(scope, reader.problems())
    if len(set(asked.values())) != 1:
        return None
    return next((run for run in reversed(reader.runs()) if run.id in asked), None)


def known(run: RunRecord) -> tuple[Baseline, ...]:
    """The baselines of a run; fewer if its space is not installed here."""
    return known_before(run)
