"""``elitemap search`` and ``resume``: run a search, show it, and report what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from elitemap.archive.errors import ExitCode, UsageError
from elitemap.archive.plain import one_line
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import UNPROVED
from elitemap.archive.views import EliteView
from elitemap.engine.config import SearchConfig, cores
from elitemap.engine.events import Event, Observer, Started
from elitemap.engine.protocols import Goal
from elitemap.engine.search import coordinator as engine
from elitemap.engine.search.extending import More
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.answers import answer_lines
from elitemap.terminal.commands.fronts import best_of, notable
from elitemap.terminal.commands.lines import listed
from elitemap.terminal.commands.recorded import known_before, recorded_task
from elitemap.terminal.commands.rivalry import rivalry_lines
from elitemap.terminal.commands.starting import told_starts
from elitemap.terminal.commands.workforce import Workforce, workforce
from elitemap.terminal.console import data_console
from elitemap.terminal.live.picture import found
from elitemap.terminal.live.view import live_view
from elitemap.terminal.numbers import count, duration
from elitemap.terminal.objectives import Declared
from elitemap.terminal.output import print_json_line
from elitemap.terminal.signals import stop_requests
from elitemap.terminal.tables.fitting import fitting_table
from elitemap.terminal.tables.tables import SHORT

#: Seconds of a search that was given no budget.
SECONDS = 60.0

#: Rows of the table of an enumeration, and elites named in a line.
ROWS, NAMED = 40, 12


def start(
    context: click.Context,
    *,
    space: str,
    target: str,
    settings: Mapping[str, str],
    archive: Path,
    quiet: bool,
    as_json: bool,
    sources: Sequence[str] = (),
    texts: Sequence[str] = (),
    start_file: Path | None = None,
    cluster: str | None = None,
    executor: str | None = None,
    trust_network: bool = False,
    **numbers: Any,
) -> None:
    """Run a new search.

    Args:
        context: Tells whether an option came from the command line.
        space: Name of the space.
        target: Name or expression of the target, several, or ``@FILE`` with one a line.
        settings: Options of the space.
        archive: The file.
        quiet: Show no progress.
        as_json: Report as JSON.
        sources: Archives with elites to begin with.
        texts: Candidates to begin with.
        start_file: More of them.
        cluster: Address of a Dask cluster.
        executor: What makes another executor, as ``module:factory``.
        trust_network: Whether a cluster may be elsewhere without encryption.
        numbers: Settings of the engine; None for its defaults.
    """
    chosen = {name: value for name, value in numbers.items() if value is not None}
    spec = settled(TaskSpec.of(space, listed(target), settings))
    task = load_task(spec)
    # Candidates that evolve would do so for ever; an enumeration ends by itself.
    default = SECONDS if task.enumeration is None else None
    task.prepare()
    starts = told_starts(task, space, sources, texts, start_file)
    for note in starts.notes if not quiet else ():
        say(note)
    force = workforce(cluster, executor, trust_network)
    if force.workers is not None:
        chosen = {"workers": force.workers, "islands": max(force.workers, cores())} | chosen
    config = SearchConfig(**with_budget(context, chosen, default))
    with stop_requests() as halted, live_view(quiet) as observer:
        outcome = engine.search(
            archive, spec, config, placed_by(force, observer), halted, force.recruit, starts
        )
    report(archive, outcome, as_json, quiet)


def go_on(
    run: str | None,
    *,
    seconds: float | None,
    evaluations: int | None,
    workers: int | None,
    cluster: str | None,
    executor: str | None,
    trust_network: bool,
    given: Mapping[str, str],
    archive: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Go on with a run.

    Args:
        run: Its id or the beginning of it; None for the latest.
        seconds: So much longer than it has taken; None for as long as it was to take.
        evaluations: So many in all; None for as many as it was to do.
        workers: Other number of workers.
        cluster: Address of a Dask cluster.
        executor: What makes another executor, as ``module:factory``.
        trust_network: Whether a cluster may be elsewhere without encryption.
        given: Options that bring data, named again.
        archive: The file.
        quiet: Show no progress.
        as_json: Report as JSON.
    """
    extends = seconds is not None or evaluations is not None
    more = More(seconds, evaluations) if extends else None
    force = workforce(cluster, executor, trust_network)
    workers = workers or force.workers
    with stop_requests() as halted, live_view(quiet) as observer:
        observer = placed_by(force, observer)
        outcome = engine.resume(archive, run, workers, observer, halted, force.recruit, given, more)
    report(archive, outcome, as_json, quiet)


def placed_by(force: Workforce, observer: Observer) -> Observer:
    """The observer, told where the workers are."""

    def told(event: Event) -> None:
        observer(replace(event, place=force.place) if isinstance(event, Started) else event)

    return told if force.place else observer


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
    """Print what a search found: all that is notable, or the Pareto front.

    Raises:
        click.exceptions.Exit: With the code for an interrupted search.
    """
    summary = outcome.summary
    views = everything(archive, outcome.run) if outcome.enumerated else chosen(archive, outcome.run)
    best = [view.to_json() for view in views]
    if as_json:
        names = ["seconds", "evaluations", "proposals", "cache_hit_rate", "cells"]
        names += ["size", "candidates", "classes", "members"] if outcome.enumerated else []
        figures = {name: summary[name] for name in names}
        print_json_line({"run": outcome.run, **figures, "best": best})
    elif best:
        console = data_console()
        declared = Declared.by(view.problem for view in views)
        console.print(fitting_table(best[:ROWS], declared, console))
    if not quiet:
        if len(best) > ROWS and not as_json:
            query = f"elitemap elites --run {outcome.run} --sort -quality,id --archive {archive}"
            say(f"{ROWS} of {len(best)} elites shown; all of them: {query}")
        look = f"; look with: elitemap show ID --archive {archive}" if best else ""
        say(f"run {outcome.run}: {duration(summary['seconds'])}, {achieved(outcome, best)}{look}")
        if outcome.done and not best:
            say(nothing(archive, outcome))
        goal = goal_of(archive, outcome)
        for told in answer_lines(best, goal, Declared.by(view.problem for view in views)):
            say(told)
        for told in against_known(archive, outcome, views):
            say(told)
        if outcome.done:
            rest = "ID" if outcome.enumerated else f"--front --run {outcome.run}"
            cure = f"elitemap certify {rest} --archive {archive}"
            for told in unproved_lines(best, cure, asked=goal is None):
                say(told)
    if not outcome.done:
        say(f"interrupted and saved; to go on: {outcome.cure} --archive {archive}")
        raise click.exceptions.Exit(ExitCode.INTERRUPTED)


def against_known(archive: Path, outcome: engine.Outcome, views: Sequence[EliteView]) -> list[str]:
    """How what was found compares with what was known before."""
    if outcome.enumerated or not views:
        return []
    with ArchiveReader.open(archive) as reader:
        known = known_before(reader.run(outcome.run))
    declared = Declared.by(view.problem for view in views)
    everywhere = goal_of(archive, outcome) is None
    return rivalry_lines([view.to_json() for view in views], known, declared, everywhere)


def goal_of(archive: Path, outcome: engine.Outcome) -> Goal | None:
    """What a search that is done was asked for, if anything."""
    if not outcome.done:
        return None
    with ArchiveReader.open(archive) as reader:
        return recorded_task(reader.run(outcome.run)).goal


def nothing(archive: Path, outcome: engine.Outcome) -> str:
    """What to tell of a run that has nothing to show."""
    with ArchiveReader.open(archive) as reader:
        record = reader.run(outcome.run)
    name = None if outcome.enumerated else notable(record)
    lacking = "" if name is None else f": no elite has a {name}"
    return f"nothing was found for {one_line(record.target)}{lacking}"


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


def everything(archive: Path, run: str) -> list[EliteView]:
    """All elites of a run, the best first."""
    with ArchiveReader.open(archive) as reader:
        return reader.elites(ElitesQuery(run=run, sort="-quality,id"))


def chosen(archive: Path, run: str) -> list[EliteView]:
    """What a run is about: its notable elites, or its front."""
    with ArchiveReader.open(archive) as reader:
        return best_of(reader, reader.run(run))


def unproved_lines(best: Sequence[Mapping[str, Any]], cure: str, asked: bool = True) -> list[str]:
    """What is not proved of elites, why, and the command that goes on with it.

    Args:
        best: The elites, as JSON.
        cure: The command.
        asked: Whether the search had to prove them all; with a goal only what it is about.
    """
    left = [elite for elite in best if elite["status"] == "candidate"]
    reasons: dict[str | None, list[str]] = {}
    for elite in left:
        reasons.setdefault(elite["objectives"].get(UNPROVED), []).append(elite["id"][:SHORT])
    late = reasons.pop(None, [])
    lines = [
        f"no certificate for {_named(ids)}: {one_line(str(why))}" for why, ids in reasons.items()
    ]
    if late:
        counted = f"{len(late)} of {len(best)}, {_named(late)}"
        if asked:
            lines.append(f"not proved in time: {counted}; to go on: {cure}")
        else:
            lines.append(f"not asked for and not proved: {counted}; to prove them: {cure}")
    return lines


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more
