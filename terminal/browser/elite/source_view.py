"""The code of a program in a language of one's choice."""

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import HorizontalScroll, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.terminal.browser.elite.code import OWN, code, languages, listing
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.pane import emptied
from elitemap.terminal.browser.workshop import Workshop


class SourceView(Vertical):
    """A line that names the language, and the code, made in the workshop."""

    DEFAULT_CSS = """
    SourceView {
        height: auto;
        & #language {
            height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & #lines { height: auto; width: 1fr; scrollbar-size-horizontal: 1; }
        & #code { height: auto; width: auto; }
        & #refusal { height: auto; color: $text-warning; display: none; }
        &.-refused #refusal { display: block; }
        &.-refused #lines { display: none; }
    }
    """

    language: reactive[str] = reactive(OWN, init=False)
    """Chosen language; it stays when another program is shown, if that can be said in it."""

    def __init__(self, shop: Workshop, *, id: str | None = None) -> None:
        """A view that has its code made in a workshop."""
        super().__init__(id=id)
        self._shop = shop
        self._dossier: Dossier | None = None
        self._known: tuple[str, ...] = (OWN,)
        #: What is shown, as text; empty while it is being made or where it was refused.
        self.text = ""

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static(id="language")
        yield Static(id="refusal")
        with HorizontalScroll(id="lines", can_focus=False):
            yield Static(id="code")

    def show(self, dossier: Dossier) -> None:
        """Show another program."""
        self._dossier = dossier
        self._make()

    def watch_language(self) -> None:
        """Make the code in the new language."""
        self._make()

    def scroll_lines(self, columns: int) -> None:
        """Show what long lines have further to the right, or to the left."""
        self.query_one("#lines").scroll_relative(x=columns, animate=False)

    def next_language(self, step: int = 1) -> None:
        """Go on to the next (1) or previous (-1) language."""
        place = self._known.index(self.language) if self.language in self._known else 0
        self.language = self._known[(place + step) % len(self._known)]

    @work(exclusive=True, group="code")
    async def _make(self) -> None:
        dossier, language = self._dossier, self.language
        if dossier is None:
            return
        if language != OWN:
            self._tell(f"{language}: being made …")
        try:
            files = await self._shop.do(code, dossier, language)
        except (ElitemapError, ValueError) as error:
            if not emptied(self):
                self._refuse(language, str(error))
        else:
            if emptied(self):
                return
            self.text = "\n".join(text for text in files.values() if isinstance(text, str))
            self.query_one("#code", Static).update(listing(files))
            self.remove_class("-refused")
        await self._learn(dossier)

    async def _learn(self, dossier: Dossier) -> None:
        """Find out which languages there are, and say so."""
        try:
            self._known = (OWN, *await self._shop.do(languages, dossier))
        except ElitemapError as error:
            self._known = (OWN,)
            line = f"{self.language}; no other language: {error}"
        else:
            line = f"{self.language}  (v: {', '.join(self._others())})"
        if not emptied(self):
            self._tell(line)

    def _others(self) -> list[str]:
        place = self._known.index(self.language) + 1 if self.language in self._known else 0
        return [*self._known[place:], *self._known[: max(place - 1, 0)]]

    def _refuse(self, language: str, reason: str) -> None:
        self.text = ""
        self.query_one("#refusal", Static).update(Text(one_line(f"{language}: {reason}")))
        self.query_one("#code", Static).update(Content())
        self.add_class("-refused")

    def _tell(self, line: str) -> None:
        text = Text(one_line(line), no_wrap=True, overflow="ellipsis")
        self.query_one("#language", Static).update(text)
