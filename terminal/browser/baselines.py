"""What was known before about a target, for the plot: from the task of its latest run."""

from elitemap.archive.errors import ElitemapError
from elitemap.archive.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.engine.protocols import Baseline
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.commands.recorded import recorded_task


def latest(reader: ArchiveReader, scope: Scope) -> RunRecord | None:
    """The latest run of a scope that is about one target, else None."""
    if scope.space is None or scope.target is None:
        return None
    runs = [r for r in reader.runs() if (r.space, r.target) == (scope.space, scope.target)]
    return next((r for r in reversed(runs) if scope.run in (None, r.id)), None)


def known(run: RunRecord) -> tuple[Baseline, ...]:
    """The baselines of a run's task; none if its space is not installed here."""
    try:
        return recorded_task(run).baselines
    except ElitemapError:
        return ()
