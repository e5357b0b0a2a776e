"""The table of certificates that were proved again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from elitemap.archive.plain import one_line
from elitemap.terminal.tables.tables import SHORT

_STYLES = {"verified": "green", "failed": "red", "could not": "yellow"}


def verdicts_table(lines: Sequence[Mapping[str, Any]]) -> Group:
    """One row per elite, then how many of each.

    Args:
        lines: Each with ``id``, ``problem``, ``outcome``, ``reason`` and ``seconds``.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for head in ("id", "problem", "outcome"):
        table.add_column(head, no_wrap=True)
    table.add_column("seconds", justify="right", no_wrap=True)
    table.add_column("reason", overflow="fold")
    for line in lines:
        table.add_row(
            one_line(line["id"][:SHORT]),
            Text(one_line(line["problem"]["label"])),
            Text(line["outcome"], style=_STYLES[line["outcome"]]),
            f"{line['seconds']:.1f}",
            Text(one_line(line["reason"])),
        )
    tally = Counter(line["outcome"] for line in lines)
    return Group(table, Text(", ".join(f"{tally[name]} {name}" for name in _STYLES if tally[name])))
