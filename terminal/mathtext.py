"""Programs and formulas in Unicode mathematics: fractions stacked where there is room."""

from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.plain import plain
from elitemap.formulas.boxes import Box
from elitemap.searchspaces.fractions.boxes import formula_boxes
from elitemap.searchspaces.fractions.continued import FractionError
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.programs.boxes import program_boxes
from elitemap.searchspaces.programs.program import Program, ProgramError

#: Rows that a stacked formula may take; taller ones are written in lines.
TALLEST = 15

#: Instructions of a program that is stacked, and of one that is shown at all: archives may come
#: from strangers, and boxes in boxes take much room.
_STACKED, _LONGEST = 60, 400

#: The same mathematics in ever less height; the last one has only boxes of one row.
Drafts = Sequence[Sequence[Box]]


def mathematics(document: Mapping[str, Any], width: int) -> list[str] | None:
    """A program or formula in rows of characters, safe to print.

    Args:
        document: Its JSON.
        width: Columns that there are; stacked fractions that need more become lines, and lines that
            need more are broken.

    Returns:
        None if the document is of no space whose mathematics is known here, or very long.
    """
    found = drafts(document)
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


def drafts(document: Mapping[str, Any]) -> Drafts | None:
    """What :func:`laid_out` chooses from; None as for :func:`mathematics`."""
    try:
        program = Program.from_json(document)
    except ProgramError:
        try:
            return formula_boxes(Formula.from_json(document))
        except (FractionError, UsageError):
            return None
    size = len(program.instructions)
    if size > _LONGEST:
        return None
    return [
        program_boxes(program, stack) for stack in (True, False) if size <= _STACKED or not stack
    ]


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
