"""``elitemap search`` and ``resume``: run a search, show it, and report what it found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from elitemap.archive.elites import ElitesQuery
from elitemap.archive.errors import ExitCode, UsageError
from elitemap.archive.reader import ArchiveReader
from elitemap.engine import search as engine
from elitemap.engine.config import SearchConfig
from elitemap.engine.tasks import TaskSpec
from elitemap.terminal.boundary import say
from elitemap.terminal.console import data_console
from elitemap.terminal.live import live_view
from elitemap.terminal.numbers import ESTIMATES, count, duration
from elitemap.terminal.output import print_json_line
from elitemap.terminal.signals import stop_requests
from elitemap.terminal.tables import elites_table

#: Seconds of a search that was given no budget.
SECONDS = 60.0


def start(
    context: click.Context,
    *,
    space: str,
    target: str,
    settings: Mapping[str, str],
    archive: Path,
    quiet: bool,
    as_json: bool,
    **numbers: Any,
) -> None:
    """Run a new search.

    Args:
        context: Tells whether an option came from the command line.
        space: Name of the space.
        target: Name or expression of the target.
        settings: Options of the space.
        archive: The file.
        quiet: Show no progress.
        as_json: Report as JSON.
        numbers: Settings of the engine; None for its defaults.
    """
    chosen = {name: value for name, value in numbers.items() if value is not None}
    config = SearchConfig(**with_budget(context, chosen))
    spec = TaskSpec.of(space, target, settings)
    with stop_requests() as halted, live_view(quiet) as observer:
        outcome = engine.search(archive, spec, config, observer, halted)
    report(archive, outcome, as_json, quiet)


def go_on(
    run: str | None, *, workers: int | None, archive: Path, quiet: bool, as_json: bool
) -> None:
    """Go on with a run."""
    with stop_requests() as halted, live_view(quiet) as observer:
        outcome = engine.resume(archive, run, workers, observer, halted)
    report(archive, outcome, as_json, quiet)


def with_budget(context: click.Context, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with exactly one budget: a flag wins over the file, the default fills in.

    Raises:
        UsageError: If two budgets come from the same place.
    """
    given = [name for name in ("seconds", "evaluations") if name in numbers]
    if len(given) == 2:
        flags = [n for n in given if context.get_parameter_source(n) == ParameterSource.COMMANDLINE]
        if len(flags) != 1:
            raise UsageError("expected one budget, got both seconds and evaluations: drop one")
        return {
            name: value for name, value in numbers.items() if name not in given or name in flags
        }
    return dict(numbers) if given else {**numbers, "seconds": SECONDS}


def report(archive: Path, outcome: engine.Outcome, as_json: bool, quiet: bool) -> None:
    """Print what a search found: the certified Pareto front.

    Raises:
        click.exceptions.Exit: With the code for an interrupted search.
    """
    best = front(archive, outcome.run)
    summary = outcome.summary
    if as_json:
        names = ("seconds", "evaluations", "proposals", "cache_hit_rate", "cells")
        figures = {name: summary[name] for name in names}
        print_json_line({"run": outcome.run, **figures, "best": best})
    elif best:
        data_console().print(elites_table(best))
    if not quiet:
        say(
            f"run {outcome.run}: {duration(summary['seconds'])}, "
            f"{count(summary['evaluations'])} evaluations, {count(summary['cells'])} cells; "
            f"look with: elitemap show ID --archive {archive}"
        )
    if not outcome.done:
        say(f"interrupted and saved; to go on: elitemap resume {outcome.run} --archive {archive}")
        raise click.exceptions.Exit(ExitCode.INTERRUPTED)


def front(archive: Path, run: str) -> list[dict[str, Any]]:
    """The Pareto front of a run: of what is certified, or of the estimates if nothing is."""
    with ArchiveReader.open(archive) as reader:
        goals = [name for name, _ in reader.run(run).config["pareto"]]
        for condition, proved in (("status = 'certified'", True), (None, False)):
            some = reader.elites(ElitesQuery(run=run, where=condition, limit=1))
            if some:
                values = some[0].objectives
                axes = [n for n in goals if values.get(n) is not None]
                if proved:
                    axes = [n for n in axes if n not in ESTIMATES]
                query = ElitesQuery(run=run, where=condition, pareto=",".join(axes))
                return [view.to_json() for view in reader.elites(query)]
    return []
