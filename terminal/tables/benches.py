"""The table of elites beside what others have made."""

from collections.abc import Set

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from elitemap.archive.plain import one_line
from elitemap.engine.protocols import Bench
from elitemap.terminal.objectives import Declared


def bench_table(bench: Bench, best: Set[int]) -> Group:
    """One row for each elite and peer, then what is missing and what has to be known.

    Args:
        bench: The comparison.
        best: Numbers of the rows on the front, which are marked.
    """
    declared = Declared.of(bench.columns)
    names = declared.in_order({name for row in bench.rows for name in row.objectives})
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column("name", no_wrap=True)
    for name in names:
        table.add_column(declared.head(name), justify="right", no_wrap=True)
    table.add_column("version", overflow="fold")
    for k, row in enumerate(bench.rows):
        figures = [
            declared.text(name, row.objectives[name]) if name in row.objectives else "—"
            for name in names
        ]
        table.add_row(
            "●" if k in best else "",
            Text(one_line(row.name), style="" if row.version else "bold"),
            *figures,
            Text(one_line(row.version), style="dim"),
        )
    lines = [Text("● on the front of all rows", style="dim")]
    lines += [
        Text(f"missing: {one_line(one.name)} ({one_line(one.cure)})", style="yellow")
        for one in bench.missing
    ]
    lines += [Text(one_line(note), style="dim") for note in bench.notes]
    return Group(table, *lines)
