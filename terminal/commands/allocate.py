"""``elitemap allocate``: an elite for each part of what a user brought, under a total budget."""

import json
from collections.abc import Mapping
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from elitemap.archive.errors import SearchError, UsageError
from elitemap.archive.plain import one_line
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.engine.protocols import Allocation, Entrant, Share
from elitemap.terminal.commands.export import write
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.console import data_console
from elitemap.terminal.objectives import Declared
from elitemap.terminal.output import print_json

#: Elites that have been proved or confirmed take part.
_SOUND = ("certified", "confirmed")


def allocate_elites(
    bits: float,
    run: str | None,
    output: Path | None,
    force: bool,
    archive: Path,
    as_json: bool,
    given: Mapping[str, str] | None = None,
) -> None:
    """Choose an elite for each part, print what it comes to, and write the plan.

    All elites of the same target take part that have been certified or confirmed, whatever their
    runs' budgets.

    Args:
        bits: The budget per weight.
        run: Id of the run or its beginning; None for the latest.
        output: A file for the plan, or None.
        force: Whether to overwrite it.
        archive: The file.
        as_json: Print the plan.
        given: Where arrays that the run brings are now, by option.

    Raises:
        UsageError: If the budget is too small, or the file exists.
        SearchError: If the space does not share out, or no elite can take part.
    """
    if output is not None and output.exists() and not force:
        raise UsageError(f"{output} exists: choose another name, or overwrite it with --force")
    with ArchiveReader.open(archive) as reader:
        record = reader.run(run)
        entrants = _entrants(reader, record)
    task = recorded_task(record, given)
    if task.allocate is None:
        asked = f"{record.space} {record.target}"
        raise SearchError(f"expected a run that brought parts to share out to, {asked} has none")
    if not entrants:
        raise SearchError(
            "expected elites that are certified or confirmed, got none: elitemap certify --front"
        )
    found = task.allocate(entrants, bits)
    if output is not None:
        write({output.name: json.dumps(found.plan, indent=1) + "\n"}, output.parent)
    if as_json:
        print_json(found.plan)
    else:
        data_console().print(_table(found))


def _entrants(reader: ArchiveReader, record: RunRecord) -> list[Entrant]:
    """Elites of all runs of the target, each program once."""
    same = {
        one.id for one in reader.runs() if (one.space, one.target) == (record.space, record.target)
    }
    found = {
        view.id: Entrant(view.id, view.program, view.objectives)
        for view in reader.elites(ElitesQuery())
        if view.run in same and view.status in _SOUND
    }
    return list(found.values())


def _table(found: Allocation) -> Table:
    """A row for each part, then all of them, then the best single elite."""
    declared = Declared.of(found.columns)
    names = [one.name for one in found.columns]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("part", overflow="fold")
    table.add_column("elite", no_wrap=True)
    for name in names:
        table.add_column(declared.head(name), justify="right", no_wrap=True)

    def add(share: Share, style: str = "") -> None:
        figures = [declared.text(name, share.objectives[name]) for name in names]
        table.add_row(Text(one_line(share.part), style=style), share.elite[:10], *figures)

    for share in found.shares:
        add(share)
    table.add_section()
    add(Share("all together", "", found.total), "bold")
    if found.uniform is not None:
        add(Share("one elite for all", found.uniform.elite, found.uniform.objectives))
    return table
