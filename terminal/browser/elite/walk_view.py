"""A list of programs to walk through: ancestors, members of a family, elites of one cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from elitemap.archive.plain import one_line
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.live.picture import objectives
from elitemap.terminal.objectives import Declared
from elitemap.terminal.tables.tables import SHORT, brief

#: Entries of a list; a family can have thousands.
MOST = 200


@dataclass(frozen=True)
class Stop:
    """One entry.

    Attributes:
        text: What is shown, safe to print; a blank one is a heading's space.
        id: Id of the program, None for what cannot be gone to.
    """

    text: Text
    id: str | None = None


class WalkView(OptionList):
    """Shows stops; tells which one was chosen."""

    DEFAULT_CSS = """
    WalkView {
        height: 1fr; border: none; background: transparent; padding: 0;
        &:focus { border: none; background-tint: $foreground 0%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False, id="walk.down"),
        Binding("k", "cursor_up", "Up", show=False, id="walk.up"),
    ]

    class Chosen(Message):
        """A program was chosen."""

        def __init__(self, id: str) -> None:
            """A message about the program with this id."""
            super().__init__()
            self.id = id

    def __init__(self, *, id: str | None = None) -> None:
        """A list without stops."""
        super().__init__(id=id)
        self._stops: list[Stop] = []

    def show(self, stops: Sequence[Stop]) -> None:
        """Show other stops; the cursor stays on its program if that is still one of them."""
        chosen = None if self.highlighted is None else self._stops[self.highlighted].id
        self._stops = list(stops)
        self.clear_options()
        self.add_options([Option(_drawn(stop), disabled=stop.id is None) for stop in self._stops])
        places = {stop.id: n for n, stop in enumerate(self._stops) if stop.id is not None}
        first = min(places.values()) if places else None
        self.highlighted = first if chosen is None else places.get(chosen, first)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Tell what was chosen."""
        event.stop()
        stop = self._stops[event.option_index]
        if stop.id is not None:
            self.post_message(self.Chosen(stop.id))


def origin(dossier: Dossier) -> list[Stop]:
    """The ancestors, youngest first, then the family."""
    generations = len(dossier.lineage) - 1
    head = "made from nothing in the archive" if not generations else "made from, youngest first"
    stops = [_heading(head)]
    for child, own in zip(dossier.lineage, dossier.lineage[1:], strict=False):
        text = Text().append(one_line(own.id[:SHORT]), "bold")
        text.append(f"  by {one_line(child.operator or '?')}\n", "dim")
        stops.append(Stop(text.append(f"  {one_line(brief(own.source))}"), own.id))
    last = dossier.lineage[-1].operator if dossier.lineage else None
    if last:
        stops.append(_heading(f"which began by {one_line(last)}"))
    if dossier.members:
        stops.append(_heading(f"\nfamily: found in {len(dossier.members)} disguises"))
        stops += [_member(member) for member in dossier.members[:MOST]]
    return stops[: 2 * MOST]


def cell(dossier: Dossier) -> list[Stop]:
    """The other elites of the cell, the best first."""
    place = ", ".join(map(str, dossier.elite.cell)) or "none"
    count = len(dossier.mates) or "no"
    other = "other" if count == 1 else "others"
    stops = [_heading(f"cell ({place}) of run {one_line(dossier.run.id[:SHORT])}: {count} {other}")]
    for mate in dossier.mates[:MOST]:
        text = Text().append(one_line(mate.id[:SHORT]), "bold")
        text.append(f"  {one_line(objectives(mate.objectives, Declared.by([mate.problem])))}\n")
        text.append(f"  {one_line(brief(mate.source))}", "dim")
        stops.append(Stop(text, mate.id))
    return stops


def _member(member: object) -> Stop:
    source = member.get("source", member) if isinstance(member, dict) else member
    return Stop(Text(f"  {one_line(brief(str(source)))}"))


def _heading(text: str) -> Stop:
    return Stop(Text(text, "italic"))


def _drawn(stop: Stop) -> Text:
    stop.text.no_wrap, stop.text.overflow = True, "ellipsis"
    return stop.text
