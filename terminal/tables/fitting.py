"""Tables on a terminal that may be too narrow for them: one line for each elite and each run."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from elitemap.archive.plain import one_line
from elitemap.terminal.console import UNBOUNDED
from elitemap.terminal.objectives import Declared
from elitemap.terminal.tables.tables import RUN_COLUMNS, Json, elites_table, runs_table

#: Columns that a program gets at least; where there is less room, others are left out.
LEAST = 16

#: The same for a problem, if it needs so many: several may begin alike.
LEAST_PROBLEM = 30


def fitting_table(elites: Sequence[Json], declared: Declared, console: Console) -> Table:
    """The table; on a terminal programs are cut, and where that is not enough it has fewer columns.

    Which ones are left out is said below the table; ``elitemap show`` has everything.

    Args:
        elites: At least one.
        declared: What their runs declare of objectives.
        console: Where it is printed.
    """
    table, left_out = elites_table(elites, declared), list[str]()
    while console.is_terminal and _room(table, console) < LEAST:
        fewer = _fewer(elites, declared)
        if fewer is None:
            return table
        name, elites = fewer
        table = elites_table(elites, declared)
        left_out.append(name)
    return _cut(table, -1, left_out) if console.is_terminal else table


def fitting_runs(runs: Sequence[Json], console: Console) -> Table:
    """The table of runs; on a terminal problems are cut, and columns are left out as for elites.

    Args:
        runs: At least one.
        console: Where it is printed.
    """
    left_out = list[str]()
    table, place = runs_table(runs), RUN_COLUMNS.index("problem")
    least = min(LEAST_PROBLEM, max(cell_len(str(cell)) for cell in table.columns[place].cells))
    for name in ("cells", "seed", "evaluations", "time", "started"):
        if not console.is_terminal or _room(table, console, place) >= least:
            break
        left_out.append(name)
        table = runs_table(runs, left_out)
    return _cut(table, place, left_out) if console.is_terminal else table


def _cut(table: Table, place: int, left_out: Sequence[str]) -> Table:
    """The table with the one column cut to what room there is, and what was left out below it."""
    column = table.columns[place]
    column.no_wrap, column.overflow = True, "ellipsis"
    column.ratio, table.expand = 1, True
    if left_out:
        names = ", ".join(map(one_line, left_out))
        table.caption = Text(f"no room for {names}", "dim")
        table.caption_justify = "left"
    return table


def _room(table: Table, console: Console, place: int = -1) -> int:
    """Columns that the other columns leave to one of them."""
    options = console.options.update(max_width=UNBOUNDED)
    column = table.columns[place]
    widest = max(cell_len(str(cell)) for cell in (column.header, *column.cells))
    return console.width - (Measurement.get(console, options, table).maximum - widest)


def _fewer(elites: Sequence[Json], declared: Declared) -> tuple[str, list[dict[str, Any]]] | None:
    """Elites without their families, else without the widest figure, and what that is.

    None if nothing can go.
    """
    if any("family" in elite for elite in elites):
        return "family", [{k: v for k, v in elite.items() if k != "family"} for elite in elites]
    names = {name for elite in elites for name in elite["objectives"]}
    if len(names) < 2:
        return None

    def width(name: str) -> tuple[bool, int, str]:
        values = [elite["objectives"].get(name) for elite in elites]
        words = any(isinstance(value, str) for value in values)
        return not words, max(len(name), *(len(declared.text(name, v)) for v in values)), name

    widest = max(names, key=width)
    return widest, [
        {**elite, "objectives": {n: v for n, v in elite["objectives"].items() if n != widest}}
        for elite in elites
    ]
