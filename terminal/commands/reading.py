"""``elitemap runs``, ``elites`` and ``show``: what an archive holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.problems import Problem, chosen
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Curve
from elitemap.searchspaces.programs.program import Program, ProgramError
from elitemap.searchspaces.programs.text import formula
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.finding import named_elite
from elitemap.terminal.commands.recorded import all_curves, recorded_task
from elitemap.terminal.console import data_console
from elitemap.terminal.objectives import Declared
from elitemap.terminal.output import print_csv, print_json
from elitemap.terminal.tables.fitting import fitting_runs, fitting_table
from elitemap.terminal.tables.page import elite_page


def list_runs(archive: Path, problem: str | None, as_json: bool) -> None:
    """Print the runs of an archive or of one of its problems, the oldest first.

    Raises:
        UsageError: If there is no such problem, or more than one.
    """
    with ArchiveReader.open(archive) as reader:
        asked = reader.problems()
        wanted = None if problem is None else chosen(problem, asked.values())
        runs = [
            run_json(reader.standing(run), asked[run.id])
            for run in reader.runs()
            if wanted in (None, asked[run.id])
        ]
    if as_json:
        print_json(runs)
    elif runs:
        console = data_console()
        console.print(fitting_runs(runs, console))
    else:
        say("the archive holds no runs")


def list_elites(
    archive: Path, as_json: bool, as_csv: bool, each: bool = False, **query: Any
) -> None:
    """Print the elites that a query asks for.

    Args:
        archive: The file.
        as_json: Print JSON.
        as_csv: Print CSV.
        each: Whether the query's limit (one without) is for each target.
        query: Of :class:`ElitesQuery`.

    Raises:
        UsageError: If the query is mistaken or two formats are asked for.
    """
    if as_json and as_csv:
        raise UsageError("expected one of --json and --csv, got both")
    with ArchiveReader.open(archive) as reader:
        asked = ElitesQuery(**query)
        views = _of_each(reader, asked) if each else reader.elites(asked)
    elites = [view.to_json() for view in views]
    if as_json:
        print_json(elites)
    elif as_csv:
        print_csv(elites)
    elif elites:
        console = data_console()
        console.print(fitting_table(elites, Declared.by(view.problem for view in views), console))
    else:
        say("no elites match")


def _of_each(reader: ArchiveReader, query: ElitesQuery) -> list[EliteView]:
    """The first elites of each target, in the order in which these were first searched for."""
    targets = dict.fromkeys((run.space, run.target) for run in reader.runs())
    asked = [
        replace(query, space=space, target=target, limit=query.limit or 1)
        for space, target in targets
        if query.space in (None, space) and query.target in (None, target)
    ]
    return [view for one in asked for view in reader.elites(one)]


def show_elite(
    identifier: str, problem: str | None, archive: Path, curves: bool, as_json: bool
) -> None:
    """Print one elite in full.

    Raises:
        UsageError: If there is no such elite or problem, or more than one.
        ElitemapError: If curves are asked for and cannot be computed.
    """
    with ArchiveReader.open(archive) as reader:
        view = named_elite(reader, identifier, problem)
        also = [other.to_json() for other in reader.asking(view.id) if other != view.problem]
        line, run = reader.lineage(view.id), reader.run(view.run)
        members = reader.members(view.run, view.id) if view.family else []
    lineage = [{"id": a.id, "operator": a.operator, "source": a.source} for a in line]
    document = {**view.to_json(), "formula": formula_of(view.program), "lineage": lineage}
    if also:
        document["also"] = also
    if members:
        document["members"] = members
    if curves:
        document["curves"] = curves_of(run, view.program)
    if as_json:
        print_json(document)
    else:
        data_console().print(elite_page(document, Declared.by([view.problem])))


def curves_of(run: RunRecord, program: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The curves of a program over one variable as JSON values, how good it is first.

    Raises:
        ElitemapError: If its space is not installed here or the program cannot be followed.
    """
    return [
        {"x_name": c.x_name, "y_name": c.y_name, "x": c.x.tolist(), "y": _finite(c.y.tolist())}
        for c in all_curves(recorded_task(run), program)
        if isinstance(c, Curve)
    ]


def _finite(values: Sequence[float]) -> list[float | None]:
    return [value if isfinite(value) else None for value in values]


def formula_of(document: Mapping[str, Any]) -> str | None:
    """The program as one expression; None if it is no straight-line program."""
    try:
        return formula(Program.from_json(document))
    except ProgramError:
        return None


def run_json(run: RunRecord, problem: Problem) -> dict[str, Any]:
    """A run as JSON values."""
    return {
        "run": run.id,
        "space": run.space,
        "target": run.target,
        "problem": problem.to_json(),
        "status": run.status,
        "seed": run.seed,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "version": run.version,
        "options": dict(run.options),
        "config": dict(run.config),
        "summary": dict(run.summary),
    }
