"""``elitemap runs``, ``elites`` and ``show``: what an archive holds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.problems import Problem, chosen
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.searchspaces.programs.program import Program, ProgramError
from elitemap.searchspaces.programs.text import formula
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.finding import named_elite
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


def list_elites(archive: Path, as_json: bool, as_csv: bool, **query: Any) -> None:
    """Print the elites that a query asks for.

    Raises:
        UsageError: If the query is mistaken or two formats are asked for.
    """
    if as_json and as_csv:
        raise UsageError("expected one of --json and --csv, got both")
    with ArchiveReader.open(archive) as reader:
        views = reader.elites(ElitesQuery(**query))
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


def show_elite(identifier: str, problem: str | None, archive: Path, as_json: bool) -> None:
    """Print one elite in full.

    Raises:
        UsageError: If there is no such elite or problem, or more than one.
    """
    with ArchiveReader.open(archive) as reader:
        view = named_elite(reader, identifier, problem)
        also = [other.to_json() for other in reader.asking(view.id) if other != view.problem]
        line = reader.lineage(view.id)
        members = reader.members(view.run, view.id) if view.family else []
    lineage = [{"id": a.id, "operator": a.operator, "source": a.source} for a in line]
    document = {**view.to_json(), "formula": formula_of(view.program), "lineage": lineage}
    if also:
        document["also"] = also
    if members:
        document["members"] = members
    if as_json:
        print_json(document)
    else:
        data_console().print(elite_page(document, Declared.by([view.problem])))


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
