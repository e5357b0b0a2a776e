"""Programs and formulas in Unicode mathematics: fractions stacked where there is room.

What a document says in mathematics its space knows: the entry point of the group
``elitemap.mathematics`` with the name of the space is a function from a document to ``Drafts``. It
is apart from the task, which brings evaluators along, for which no screen should wait.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import Any

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.plain import plain
from elitemap.engine.tasks import loaded
from elitemap.formulas.boxes import Box, Drafts

#: Rows that a stacked formula may take; taller ones are written in lines.
TALLEST = 15

GROUP = "elitemap.mathematics"


def mathematics(space: str, document: Mapping[str, Any], width: int) -> list[str] | None:
    """A program or formula in rows of characters, safe to print.

    Args:
        space: Name of its space.
        document: Its JSON.
        width: Columns that there are; stacked fractions that need more become lines, and lines that
            need more are broken.

    Returns:
        None if the space is not installed or has no mathematics, or the document is none of it or
        very long.
    """
    found = drafts(space, document)
    return None if found is None else laid_out(found, width)


def laid_out(drafts: Drafts, width: int) -> list[str]:
    """The highest of the drafts that fits, in rows of characters."""
    for boxes in drafts[:-1]:
        height = max(box.height for box in boxes)
        if height <= TALLEST and all(box.width <= width for box in boxes):
            return _rows(boxes)
    broken: list[str] = []
    for row in _rows(drafts[-1]):
        broken += _broken(row, max(width, 8))
    return broken


def drafts(space: str, document: Mapping[str, Any]) -> Drafts | None:
    """What :func:`laid_out` chooses from; None as for :func:`mathematics`.

    Raises:
        ElitemapError: If the module of the space cannot be loaded.
    """
    for point in entry_points(group=GROUP, name=space):
        try:
            found: Drafts | None = loaded(point)(document)
        except (ArchiveError, UsageError):  # whatever an archive says that is no document of it
            return None
        return found
    return None


def _rows(boxes: Sequence[Box]) -> list[str]:
    """Boxes below each other, with a blank row around those of several rows."""
    rows: list[str] = []
    for box in boxes:
        if rows and (box.height > 1 or rows[-1] == ""):
            rows += [""] if rows[-1] else []
        rows += [plain(row).rstrip() for row in box.rows]
        rows += [""] if box.height > 1 else []
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _broken(row: str, width: int) -> list[str]:
    """A line broken before operators or blanks, the rest indented."""
    lines: list[str] = []
    while len(row) > width:
        place = row.rfind(" ", len(row) - len(row.lstrip()) + 1, width + 1)
        place = width if place <= 0 else place
        lines.append(row[:place].rstrip())
        row = "    " + row[place:].lstrip() if width > 12 else row[place:].lstrip()
    return [*lines, row]
