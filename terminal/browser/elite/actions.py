"""What one can do with an elite: one table, from which keys, palette and help are made."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from textual.app import SystemCommand
from textual.binding import Binding

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.browser.dialogs import NoteDialog
from elitemap.terminal.browser.elite.certifying import ProofLine
from elitemap.terminal.browser.elite.code import languages
from elitemap.terminal.browser.elite.compare import CompareScreen
from elitemap.terminal.browser.elite.contest import BenchScreen
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.elite.exporting import ExportDialog
from elitemap.terminal.browser.elite.facts import SHORT
from elitemap.terminal.browser.elite.identifying import IdentifyScreen
from elitemap.terminal.browser.elite.source_view import SourceView
from elitemap.terminal.commands.identify import identifier

if TYPE_CHECKING:
    from elitemap.terminal.browser.elite.view import ElitePanel

#: The mark that the key sets and takes away.
STAR = "star"

Perform = Callable[["ElitePanel", Dossier], Awaitable[None]]


class Action(NamedTuple):
    """One thing to do with the elite that is shown.

    Attributes:
        key: Its key.
        label: For the footer.
        help: For the palette and the help screen.
        perform: Does it; dialogs may be waited for.
    """

    key: str
    label: str
    help: str
    perform: Perform


async def certify(panel: "ElitePanel", dossier: Dossier) -> None:
    """Prove what the elite is worth, in a process of its own; the same again gives up."""
    line = panel.query_one(ProofLine)
    if line.running:
        line.cancel()
    elif dossier.former:
        panel.app.notify("no elite any more: certify its descendants", markup=False)
    else:
        line.start(dossier, panel.archive)


async def export(panel: "ElitePanel", dossier: Dossier) -> None:
    """Write code into a folder."""
    try:
        known = await panel.shop.do(languages, dossier)
    except ElitemapError as error:
        refuse(panel, error)
        return
    language = panel.query_one(SourceView).language
    dialog = ExportDialog(dossier, known, language, panel.shop)
    paths: list[Path] | None = await panel.app.push_screen_wait(dialog)
    if paths:
        told = ", ".join(one_line(str(path)) for path in paths)
        panel.app.notify(f"written: {told}", markup=False)


async def copy(panel: "ElitePanel", dossier: Dossier) -> None:
    """Give the code that is shown to the terminal's clipboard."""
    view = panel.query_one(SourceView)
    text = view.text or dossier.elite.source
    panel.app.copy_to_clipboard(text)
    lines = text.count("\n") + 1
    panel.app.notify(
        f"{lines} line{'' if lines == 1 else 's'} copied, if the terminal allows it", markup=False
    )


async def mark(panel: "ElitePanel", dossier: Dossier) -> None:
    """Set a star, or take the mark away."""
    said = dossier.remark
    marked = said is not None and said.mark is not None
    note = None if said is None else said.note
    await remark(panel, dossier, None if marked else STAR, note)


async def note(panel: "ElitePanel", dossier: Dossier) -> None:
    """Write a note."""
    said = dossier.remark
    title = f"Note on {one_line(dossier.elite.id[:SHORT])}"
    before = "" if said is None or said.note is None else said.note
    text = await panel.app.push_screen_wait(NoteDialog(title, before))
    if text is not None:
        await remark(panel, dossier, None if said is None else said.mark, text)


async def compare(panel: "ElitePanel", dossier: Dossier) -> None:
    """Mark the first of two; with the second one compare them."""
    first = panel.first
    if first is None:
        panel.mark_first(dossier)
        panel.app.notify("go to another elite and press c again", markup=False)
    elif first.elite.id == dossier.elite.id:
        panel.mark_first(None)
    else:
        panel.mark_first(None)
        chosen = await panel.app.push_screen_wait(CompareScreen(first, dossier, panel.shop))
        if chosen is not None and chosen != dossier.elite.id:
            panel.go(first)


async def bench(panel: "ElitePanel", dossier: Dossier) -> None:
    """Measure the elite beside what others have made; closing the screen gives up."""
    await panel.app.push_screen_wait(BenchScreen(dossier))


async def identify(panel: "ElitePanel", dossier: Dossier) -> None:
    """Look up what the elite is, or whatever is typed in its place."""
    try:
        await panel.shop.do(identifier, dossier.elite.space)
    except ElitemapError as error:
        refuse(panel, error)
        return
    await panel.app.push_screen_wait(IdentifyScreen(dossier))


async def remark(panel: "ElitePanel", dossier: Dossier, mark: str | None, note: str | None) -> None:
    """Write mark and note, and show them."""
    try:
        await asyncio.to_thread(_write_remark, panel.archive, dossier.elite.id, mark, note)
    except ElitemapError as error:
        refuse(panel, error)
    else:
        panel.post_message(panel.Changed())


def refuse(panel: "ElitePanel", error: ElitemapError) -> None:
    """Tell why something was not done."""
    panel.app.notify(one_line(str(error)), severity="error", markup=False)


def _write_remark(archive: Path, id: str, mark: str | None, note: str | None) -> None:
    with ArchiveWriter.open(archive) as writer:
        writer.remark(id, mark, note)


#: By the name that :meth:`ElitePanel.perform` takes.
ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "certify": Action("P", "Prove", "Certify the elite; once more to give up", certify),
        "export": Action("e", "Export", "Write the elite as code into a folder", export),
        "copy": Action("y", "Copy", "Copy the code that is shown to the clipboard", copy),
        "compare": Action("c", "Compare", "Compare two elites: mark one, then another", compare),
        "bench": Action("B", "Bench", "Measure the elite beside what others have made", bench),
        "identify": Action(
            "I", "Identify", "Look up what the elite is, or what is typed", identify
        ),
        "mark": Action("M", "Mark", "Set a star, or take it away", mark),
        "note": Action("n", "Note", "Write a note on the program", note),
    }
)


def bindings(action: str = "elite_action") -> list[Binding]:
    """Keys for a screen or app that passes them on.

    Args:
        action: Name of its action; it is called with the name of one of :data:`ACTIONS`.
    """
    return [
        Binding(one.key, f"{action}('{name}')", one.label, tooltip=one.help, id=f"elite.{name}")
        for name, one in ACTIONS.items()
    ]


def commands(panel: "ElitePanel") -> Iterator[SystemCommand]:
    """The same for the command palette."""
    for name, one in ACTIONS.items():
        title = f"{one.label} elite ({one.key})"
        yield SystemCommand(title, one.help, lambda name=name: panel.perform(name))
