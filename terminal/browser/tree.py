"""The tree of what an archive holds: spaces, their problems, and the runs of these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.text import Text
from textual import on, work
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from elitemap.archive.plain import one_line
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.terminal.browser.elite.facts import STATUS_STYLES
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.pane import Moment, reporting
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.numbers import count

#: A part of the archive: space, id of a problem, run; None for all.
Part = tuple[str | None, str | None, str | None]

#: The whole archive.
ALL: Part = (None, None, None)

#: Cells before the label of a problem, and of a label at least.
_INDENT, _LEAST = 6, 9

#: How a run stands.
_SIGNS = {"running": "●", "interrupted": "‖", "failed": "✗", "done": ""}


@dataclass(frozen=True)
class Branch:
    """A line of the tree.

    Attributes:
        part: What it stands for.
        label: Its name, printable.
        elites: How many there are.
        certified: How many of them are certified.
        sign: How a run stands, in one character or none.
    """

    part: Part
    label: str
    elites: int
    certified: int
    sign: str = ""

    def text(self, width: int = 0) -> Text:
        """The line, its number of elites dimmed.

        Args:
            width: Cells of the tree; where they do not suffice the label is cut in its middle, as
                problems that begin alike differ at their ends. 0 if it is not known.
        """
        numbers = Text().append(count(self.elites), "dim")
        if self.certified:
            numbers.append(f" ✓{count(self.certified)}", STATUS_STYLES["certified"])
        label = self.label
        if width and self.part[2] is None:
            label = _elided(label, width - _INDENT - numbers.cell_len - 1)
        line = Text(no_wrap=True).append(f"{label} ").append(numbers)
        if self.sign:
            line.append(f" {self.sign}", style="bold")
        return line


def _elided(text: str, room: int) -> str:
    if cell_len(text) <= max(room, _LEAST):
        return text
    half = max(room, _LEAST) // 2
    return f"{text[:half]}…{text[len(text) - half + 1 :]}"


def branches(reader: ArchiveReader) -> list[Branch]:
    """All lines of the tree, every part before what it holds."""
    found: dict[Part, Branch] = {ALL: Branch(ALL, "all", 0, 0)}
    for asked in reader.overview():
        space, problem = asked.problem.space, asked.problem
        for tally in asked.runs:
            run = reader.standing(tally.run)
            lines = (
                Branch(ALL, "all", 0, 0),
                Branch((space, None, None), one_line(space), 0, 0),
                Branch((space, problem.id, None), one_line(problem.label), 0, 0),
                Branch((space, problem.id, run.id), _run_label(run), 0, 0, _SIGNS[run.status]),
            )
            for line in lines:
                old = found.get(line.part, line)
                found[line.part] = replace(
                    old,
                    elites=old.elites + tally.elites,
                    certified=old.certified + tally.certified,
                )
    return list(found.values())


def _run_label(run: RunRecord) -> str:
    return one_line(f"{run.id[:6]} {run.started_at[5:16].replace('T', ' ')}")


class ScopeTree(Tree[Part]):
    """Spaces, problems and runs with counts; choosing one shows its elites."""

    DEFAULT_CSS = """
    ScopeTree {
        width: 30; height: 1fr; background: $surface; scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
    }
    """

    class PartChosen(Message):
        """A part of the archive was chosen."""

        def __init__(self, part: Part) -> None:
            """A message about this part."""
            super().__init__()
            self.part = part

    def __init__(self, lane: Lane) -> None:
        """An empty tree."""
        super().__init__(Text("all"), data=ALL, id="tree")
        self._lane = lane
        self._lines: dict[Part, TreeNode[Part]] = {ALL: self.root}
        self._found: Sequence[Branch] = ()
        self._chosen = ALL
        self.auto_expand = False
        self.guide_depth = 2
        self.root.expand()

    def look(self, moment: Moment) -> None:
        """Show what there is now."""
        self._load(moment)

    def choose(self, scope: Scope) -> None:
        """Put the cursor on the part that is shown."""
        self._chosen = (scope.space, scope.problem, scope.run)
        self._find()

    def on_resize(self) -> None:
        """Fit the labels into the new width."""
        for branch in self._found:
            self._lines[branch.part].set_label(branch.text(self.size.width))

    @work(exclusive=True, group="tree")
    async def _load(self, moment: Moment) -> None:
        with reporting(self, moment):
            self._fill(await self._lane.ask(branches))

    def _fill(self, found: Sequence[Branch]) -> None:
        fresh, self._found = len(self._lines) == 1, found
        for branch in found:
            node = self._lines.get(branch.part)
            if node is None:
                node = self._lines[branch.part] = self._grow(branch)
            node.set_label(branch.text(self.size.width))
        gone = set(self._lines) - {branch.part for branch in found}
        for part in sorted(gone, key=lambda part: part.count(None)):  # runs before their problem
            self._lines.pop(part).remove()
        if fresh:
            self._find()

    def _grow(self, branch: Branch) -> TreeNode[Part]:
        above = next(part for part in _above(branch.part) if part in self._lines)
        leaf = branch.part[2] is not None
        return self._lines[above].add(
            branch.text(), branch.part, expand=branch.part[1] is None, allow_expand=not leaf
        )

    def _find(self) -> None:
        node = self._lines.get(self._chosen)
        if node is not None:
            above = node.parent
            while above is not None:
                above.expand()
                above = above.parent
            self.call_after_refresh(self.move_cursor, node)

    @on(Tree.NodeSelected)
    def _selected(self, event: Tree.NodeSelected[Part]) -> None:
        event.stop()
        if event.node.data is not None:
            self._chosen = event.node.data
            self.post_message(self.PartChosen(event.node.data))


def _above(part: Part) -> Iterator[Part]:
    space, problem, run = part
    if run is not None:
        yield (space, problem, None)
    if problem is not None:
        yield (space, None, None)
    yield ALL
