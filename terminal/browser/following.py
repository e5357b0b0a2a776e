"""The top of the main screen: follows the archive, and tells what is shown and what is wrong."""

from collections.abc import Mapping
from functools import partial

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from elitemap.archive.errors import ArchiveError
from elitemap.archive.problems import Problem
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.browser.bars import Banner, Crumbs
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.pane import Moment
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.watch import EVERY, Watch


class Following(Vertical):
    """The breadcrumb with the number of elites, and a banner while the archive cannot be read."""

    DEFAULT_CSS = "Following { height: auto; }"

    class Changed(Message):
        """The archive is another than it was."""

    class Counted(Message):
        """The number of elites is known."""

    def __init__(self, name: str, watch: Lane, count: Lane) -> None:
        """Lines that tell nothing yet.

        Args:
            name: Of the archive.
            watch: On which to look for changes.
            count: On which to count.
        """
        super().__init__()
        self._archive, self._counting = name, count
        self._watch = Watch(watch)
        self._crumbs, self._banner = Crumbs(), Banner()
        #: Number of elites, None until it is known.
        self.total: int | None = None
        #: The problems of the archive by their ids, as far as they are known.
        self.problems: Mapping[str, Problem] = {}

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self._crumbs
        yield self._banner

    def on_mount(self) -> None:
        """Look at the archive, and from now on for changes."""
        self._look()
        self.set_interval(EVERY, self._look)

    def moment(self, scope: Scope) -> Moment:
        """A part of the archive as it is now; to be asked for now."""
        self._watch.asked()
        return Moment(scope, self._watch.version)

    def answered(self, scope: Scope) -> None:
        """What was asked for is shown: the archive can be read."""
        self._watch.answered()
        self._banner.tell("")
        self._count(scope)

    def lost(self, reason: str) -> None:
        """The archive cannot be read now."""
        self._banner.tell(reason)
        self._watch.lost()

    def tell(self, scope: Scope) -> None:
        """Name the part of the archive that is shown."""
        labels = {id: problem.label for id, problem in self.problems.items()}
        self._crumbs.tell(self._archive, labels, scope, self.total)

    @work(group="watch")
    async def _look(self) -> None:
        """See whether the archive has changed, or is back."""
        try:
            changed = await self._watch.changed()
        except ArchiveError as error:
            self.lost(str(error))
            return
        if changed:
            self.post_message(self.Changed())

    @work(exclusive=True, group="count")
    async def _count(self, scope: Scope) -> None:
        try:
            self.total, self.problems = await self._counting.ask(partial(_facts, scope=scope))
        except ArchiveError as error:
            self.lost(str(error))
        self.post_message(self.Counted())


def _facts(reader: ArchiveReader, scope: Scope) -> tuple[int, dict[str, Problem]]:
    """The number of elites of a scope, and all problems by their ids."""
    known = {problem.id: problem for problem in reader.problems().values()}
    return reader.count(scope.query()), known
