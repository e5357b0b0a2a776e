"""Tables of elites and runs, and the page of one elite, as rich renderables.

They are drawn from the same JSON values that ``--json`` prints. Text from the archive is hostile
until it went through :func:`elitemap.archive.plain.plain`.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from elitemap.archive.plain import one_line
from elitemap.archive.records import UNPROVED
from elitemap.terminal.numbers import MISSING, count, duration, number
from elitemap.terminal.objectives import Declared

Json = Mapping[str, Any]

#: Characters of an identifier that tables show; any unambiguous prefix is accepted.
SHORT = 10

#: What an elite is an elite of.
_WHOSE = ("space", "problem")

#: Columns of the table of runs.
RUN_COLUMNS = (
    "run",
    "space",
    "problem",
    "status",
    "started",
    "seed",
    "time",
    "evaluations",
    "cells",
)

#: A decimal of more than six digits after the point; the exponent stays.
_LONG_NUMBER = re.compile(r"(\d\.\d{5})\d{2,}")

_STATUS = {"certified": "green", "confirmed": "yellow"}


def elites_table(elites: Sequence[Json], declared: Declared) -> Table:
    """One row per elite: id, status, its objectives as they are declared, and its source."""
    table = _table()
    shown = _telling(elites)
    named = declared.in_order(name for elite in elites for name in elite["objectives"])
    objectives = [name for name in named if name != UNPROVED]
    for head in ("id", *shown, "status"):
        table.add_column(head, no_wrap=True)
    for name in objectives:
        texts = any(isinstance(elite["objectives"].get(name), str) for elite in elites)
        table.add_column(declared.head(name), justify="left" if texts else "right", no_wrap=True)
    families = any("family" in elite for elite in elites)
    if families:
        table.add_column("family", justify="right", no_wrap=True)
    table.add_column("program", overflow="fold")
    for elite in elites:
        table.add_row(
            _text(elite["id"][:SHORT]),
            *(_text(_name(elite, head)) for head in shown),
            _status(elite["status"]),
            *(_text(declared.text(name, elite["objectives"].get(name))) for name in objectives),
            *([_text(_family_size(elite))] if families else []),
            _text(brief(elite["source"])),
        )
    return table


def _telling(elites: Sequence[Json]) -> list[str]:
    """Heads of the columns that tell whose elites these are, where they are not all of one."""
    several = {head: len({_name(elite, head) for elite in elites}) > 1 for head in _WHOSE}
    return [head for head, wanted in several.items() if wanted]


def _name(elite: Json, head: str) -> str:
    return str(elite["problem"]["label"] if head == "problem" else elite[head])


def runs_table(runs: Sequence[Json], without: Collection[str] = ()) -> Table:
    """One row per run, the oldest first; columns named in ``without`` are left out."""
    table = _table()
    rows = [_run_cells(run) for run in runs]
    heads = [head for head in RUN_COLUMNS if head not in without]
    for head in heads:
        right = head in ("time", "evaluations", "cells")
        table.add_column(head, justify="right" if right else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(_text(row[head]) for head in heads))
    return table


def _run_cells(run: Json) -> dict[str, str]:
    summary = run["summary"]
    return {
        **{name: str(run[name]) for name in ("run", "space", "status", "seed")},
        "problem": run["problem"]["label"],
        "started": run["started_at"][:16].replace("T", " "),
        "time": _if_known(duration, summary.get("seconds")),
        "evaluations": _if_known(count, summary.get("evaluations")),
        "cells": _if_known(count, summary.get("cells")),
    }


def pairs(values: Json) -> Table:
    """Names and values, one pair a row."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in values.items():
        table.add_row(_text(name), _text(value_text(value)))
    return table


def brief(source: str) -> str:
    """A program in one line, its constants cut (visibly) to what fits a table."""
    joined = "; ".join(line.strip() for line in source.splitlines() if line.strip())
    return _LONG_NUMBER.sub(r"\1…", joined)


def value_text(value: Any) -> str:
    """Any JSON value as one line."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return MISSING
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {value_text(v)}" for k, v in value.items())
    return ", ".join(map(value_text, value))


def measures_line(measures: Json) -> str:
    """The measures as ``name value`` pairs in one line."""
    return ", ".join(
        f"{name} {MISSING if value is None else number(value)}" for name, value in measures.items()
    )


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")


def _family_size(elite: Json) -> str:
    return str(elite["family"]["size"]) if "family" in elite else MISSING


def _if_known(write: Callable[[float], str], value: Any) -> str:
    return write(value) if isinstance(value, int | float) else MISSING


def _text(value: Any) -> Text:
    return Text(one_line(str(value)))


def _status(status: str) -> Text:
    return Text(one_line(status), style=_STATUS.get(status, ""))
