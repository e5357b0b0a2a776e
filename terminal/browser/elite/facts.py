"""What is told of one elite, as rich renderables: safe text, numbers never rounded up."""

import math
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from elitemap.archive.plain import one_line
from elitemap.archive.views import EliteView
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.objectives import Declared
from elitemap.terminal.tables.certificates import told
from elitemap.terminal.tables.nested import NestedList, nested_list
from elitemap.terminal.tables.page import plain_lines
from elitemap.terminal.tables.tables import measures_line

if TYPE_CHECKING:
    from elitemap.formulas.boxes import Drafts

#: Characters of an id that are shown.
SHORT = 12

#: Inks of a status; its word says the same.
STATUS_STYLES = {"certified": "bold green", "confirmed": "bold yellow"}


class Mathematics:
    """The formula of a program, laid out for the width that there is."""

    def __init__(self, drafts: "Drafts") -> None:
        """A formula in these drafts."""
        self._drafts = drafts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        from elitemap.terminal.mathtext import laid_out

        for row in laid_out(self._drafts, options.max_width):
            yield Text(row, no_wrap=True, overflow="crop")


def heading(dossier: Dossier, first: str | None, left: bool = False) -> Text:
    """Two lines: which program this is, and what it is worth.

    Args:
        dossier: The program.
        first: Id of the elite that is marked for a comparison, if any.
        left: Whether the cursor has gone on to a cell without an elite.
    """
    elite, text = dossier.elite, Text(no_wrap=True, overflow="ellipsis")
    if left:
        text.append("empty cell", "bold").append("; last: ")
    if dossier.remark is not None and dossier.remark.mark:
        text.append(f"★ {one_line(dossier.remark.mark)} ", "bold")
    text.append(one_line(elite.id[:SHORT]), "bold")
    status = "former elite" if dossier.former else elite.status
    text.append("  ").append(one_line(status), STATUS_STYLES.get(status, ""))
    if first is not None:
        text.append("  1st of two" if first == elite.id else f"  c: against {first[:SHORT]}")
    text.append(f"\n{one_line(elite.space)} › {one_line(elite.problem.label)}", "dim")
    return text


def summary(dossier: Dossier) -> RenderableType:
    """Formula, objectives, measures and note; takes a moment the first time."""
    # Spaces load libraries of numbers, which the first screen does not wait for.
    from elitemap.terminal.mathtext import drafts

    elite, parts = dossier.elite, list[RenderableType]()
    formula = drafts(elite.space, elite.program)
    if formula is not None:
        parts += [Mathematics(formula), Text()]
    if elite.objectives:
        parts += [objectives_table(elite), Text()]
    if elite.measures:
        parts += [Text(one_line(f"cell: {measures_line(elite.measures)}"), "dim")]
    if dossier.former:
        parts += [Text("An ancestor of elites that is none itself any more.", "dim")]
    if dossier.remark is not None and dossier.remark.note:
        parts += [Text(), Text(plain_lines(f"Note: {dossier.remark.note}"), "italic")]
    return Group(*parts)


def objectives_table(elite: EliteView) -> Table:
    """Objectives, each with what vouches for it."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    declared = Declared.by([elite.problem])
    for name in declared.in_order(elite.objectives):
        value = elite.objectives[name]
        note = "" if value is None else declared.note(name)
        shown = one_line(declared.text(name, value))
        table.add_row(Text(one_line(name)), Text(shown), Text(note))
    return table


def proof(dossier: Dossier) -> RenderableType:
    """The certificate in full."""
    elite = dossier.elite
    if elite.certificate is None:
        hint = "" if dossier.former else " P proves them."
        return Text(f"No certificate: the objectives are estimates of the search.{hint}")
    found: NestedList = nested_list(told(elite.certificate))
    return found


def better(name: str, values: tuple[object, object], directions: dict[str, float]) -> int | None:
    """Which of two values of an objective is the better one, 0 or 1; None if neither is."""
    sign = directions.get(name)
    numbers = [v for v in values if isinstance(v, int | float) and math.isfinite(v)]
    if sign is None or len(numbers) < 2 or numbers[0] == numbers[1]:
        return None
    return int((numbers[1] - numbers[0]) * sign > 0)
