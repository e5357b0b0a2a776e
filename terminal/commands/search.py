"""``elitemap search`` and ``resume``: run a search, show it, and report what it found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from elitemap.archive.elites import ElitesQuery
from elitemap.archive.errors import ExitCode, UsageError
from elitemap.archive.reader import ArchiveReader
from elitemap.engine import search as engine
from elitemap.engine.config import SearchConfig
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.terminal.boundary import say
from elitemap.terminal.console import data_console
from elitemap.terminal.fitting import fitting_table
from elitemap.terminal.live import live_view
from elitemap.terminal.numbers import ESTIMATES, count, duration
from elitemap.terminal.output import print_json_line
from elitemap.terminal.picture import found
from elitemap.terminal.signals import stop_requests

#: Seconds of a search that was given no budget.
SECONDS = 60.0

#: Rows of the table of an enumeration.
ROWS = 40


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
    spec = TaskSpec.of(space, target, settings)
    # Candidates that evolve would do so for ever; an enumeration ends by itself.
    default = SECONDS if load_task(spec).enumeration is None else None
    config = SearchConfig(**with_budget(context, chosen, default))
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


def with_budget(
    context: click.Context, numbers: Mapping[str, Any], seconds: float | None
) -> dict[str, Any]:
    """The settings with at most one budget: a flag wins over the file, the default fills in.

    Args:
        context: Tells whether a value came from the command line.
        numbers: The settings.
        seconds: The default.

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
    return dict(numbers) if given else {**numbers, "seconds": seconds}


def report(archive: Path, outcome: engine.Outcome, as_json: bool, quiet: bool) -> None:
    """Print what a search found: all that is notable, else the certified Pareto front.

    Raises:
        click.exceptions.Exit: With the code for an interrupted search.
    """
    summary = outcome.summary
    best = everything(archive, outcome.run) if outcome.enumerated else notable(archive, outcome.run)
    if as_json:
        names = ["seconds", "evaluations", "proposals", "cache_hit_rate", "cells"]
        names += ["size", "candidates", "classes", "members"] if outcome.enumerated else []
        figures = {name: summary[name] for name in names}
        print_json_line({"run": outcome.run, **figures, "best": best})
    elif best:
        console = data_console()
        console.print(fitting_table(best[:ROWS], console))
    if not quiet:
        if len(best) > ROWS and not as_json:
            query = f"elitemap elites --run {outcome.run} --sort -quality,id --archive {archive}"
            say(f"{ROWS} of {len(best)} elites shown; all of them: {query}")
        say(
            f"run {outcome.run}: {duration(summary['seconds'])}, {achieved(outcome, best)}; "
            f"look with: elitemap show ID --archive {archive}"
        )
    if not outcome.done:
        say(f"interrupted and saved; to go on: elitemap resume {outcome.run} --archive {archive}")
        raise click.exceptions.Exit(ExitCode.INTERRUPTED)


def achieved(outcome: engine.Outcome, best: Sequence[Mapping[str, Any]]) -> str:
    """What was done, in figures."""
    summary = outcome.summary
    if not outcome.enumerated:
        return f"{count(summary['evaluations'])} evaluations, {count(summary['cells'])} cells"
    of_all = "" if outcome.done else f" of {count(summary['size'])}"
    certified = sum(elite["status"] == "certified" for elite in best)
    return (
        f"{count(summary['candidates'])}{of_all} candidates, "
        f"{found(int(summary['members']), int(summary['classes']))}, {certified} certified"
    )


def everything(archive: Path, run: str) -> list[dict[str, Any]]:
    """All elites of a run, the best first."""
    with ArchiveReader.open(archive) as reader:
        views = reader.elites(ElitesQuery(run=run, sort="-quality,id"))
    return [view.to_json() for view in views]


def notable(archive: Path, run: str) -> list[dict[str, Any]]:
    """What is certified and has the objective that the task calls notable; else the front."""
    with ArchiveReader.open(archive) as reader:
        name = reader.run(run).config.get("notable")
        if isinstance(name, str) and name.isidentifier():
            where = f"status = 'certified' and {name} > -1e300"
            views = reader.elites(ElitesQuery(run=run, where=where, sort="-quality,id"))
            if views:
                return [view.to_json() for view in views]
    return front(archive, run)


def front(archive: Path, run: str) -> list[dict[str, Any]]:
    """The Pareto front of a run: of what is certified, or of the estimates if nothing is."""
    with ArchiveReader.open(archive) as reader:
        goals = [name for name, _ in reader.run(run).config["pareto"]]
        for condition, proved in (("status = 'certified'", True), (None, False)):
            some = reader.elites(ElitesQuery(run=run, where=condition, limit=1))
            if some:
                values = some[0].objectives
                axes = [n for n in goals if isinstance(values.get(n), int | float)]
                if proved:
                    axes = [n for n in axes if n not in ESTIMATES]
                if axes:
                    query = ElitesQuery(run=run, where=condition, pareto=",".join(axes))
                else:
                    query = ElitesQuery(run=run, where=condition, sort="-quality,id", limit=ROWS)
                return [view.to_json() for view in reader.elites(query)]
    return []
