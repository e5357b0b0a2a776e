"""``elitemap families``: parametric formulas behind the elites of a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from elitemap.archive.errors import UsageError
from elitemap.archive.plain import one_line
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.console import data_console
from elitemap.terminal.output import print_json


def list_families(run: str | None, where: str | None, archive: Path, as_json: bool) -> None:
    """Print the families of a run's elites.

    Args:
        run: Id of the run or its beginning; None for the latest.
        where: Only elites that this filter lets through.
        archive: The file.
        as_json: Print JSON.

    Raises:
        UsageError: If the run's space knows no families, or the filter is mistaken.
    """
    with ArchiveReader.open(archive) as reader:
        record = reader.run(run)
        task = recorded_task(record)
        if task.families is None:
            raise UsageError(f"expected a space that knows families, got {record.space!r}")
        views = reader.elites(ElitesQuery(run=record.id, where=where, sort="-quality,id"))
    found = task.families([view.program for view in views])
    if as_json:
        print_json(found)
    elif found:
        data_console().print(Group(*(_page(family) for family in found)))
    else:
        say(f"no families among {len(views)} elites of run {record.id}")


def _page(family: Mapping[str, Any]) -> Group:
    members = "\n".join(f"k = {m['k']}: {one_line(m['source'])}" for m in family["members"])
    checked = ", ".join(map(str, family["verified"]))
    return Group(
        Text(one_line(family["text"]), style="bold"),
        Padding(
            Text(f"{members}\nfurther k that were checked: {checked}\n"), (0, 0, 0, 2), expand=False
        ),
    )
