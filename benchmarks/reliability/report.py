"""Write ``docs/reliability.md`` from what was tried."""

import json
from pathlib import Path
from typing import Any

from benchmarks.tables import markdown

DATA = Path(__file__).resolve().parents[1] / "data" / "reliability"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
NOTES = Path(__file__).resolve().parent / "notes.md"
OTHERS = {
    name: DATA.parent / f"{name}.json" for name in ("merging", "archive", "scaling", "resuming")
}


def write() -> None:
    """Write the page."""
    PAGE.write_text(page())


def page() -> str:
    """The notes, with a table in place of each line ``{{name}}``."""
    lines = []
    for line in NOTES.read_text().splitlines():
        if line.startswith("{{") and line.endswith("}}"):
            lines += _table(line[2:-2])
        else:
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def _table(name: str) -> list[str]:
    """What was measured under a name, with command, date and machine.

    A name may have a part after a colon: other rows of the same measurement, without its source.
    """
    name, _, part = name.partition(":")
    path = OTHERS.get(name, DATA / f"{name}.json")
    if not path.exists():
        return ["Not measured yet."]
    document = json.loads(path.read_text())
    rows: list[dict[str, Any]] = document[part or "rows"]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    source = document["provenance"]
    told = f"`{source['command']}`, {source['date']}, {source['machine']}."
    return [*(() if part else (told, "")), markdown(columns, cells)]


def _cell(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "" if value is None else str(value).replace("|", "\\|")
    return f"{value:,}"
