"""Rows of a table, kept one by one in a file of ``benchmarks/data``."""

import json
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance

Row = dict[str, str]

#: Where files of figures are.
DATA = Path(__file__).resolve().parents[1] / "data"


def keep(name: str, title: str, text: str, command: str, row: Row) -> None:
    """Put a row into a file, in place of one that begins with the same.

    Args:
        name: Of the file, without suffix.
        title: Of the table.
        text: What stands above it.
        command: What makes its rows.
        row: By column.
    """
    path = DATA / f"{name}.json"
    known: list[Any] = json.loads(path.read_text())["rows"] if path.exists() else []
    made = {next(iter(each.values())): each for each in (*known, row)}
    document = {
        "title": title,
        "text": text,
        "provenance": provenance(command),
        "rows": list(made.values()),
    }
    path.write_text(json.dumps(document, indent=1) + "\n")
