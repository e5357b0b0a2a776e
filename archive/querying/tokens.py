"""The tokens of a filter, and a cursor that walks over them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from elitemap.archive.errors import UsageError

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<string>'(?:[^']|'')*'|"(?:[^"]|"")*")
      | (?P<symbol><=|>=|!=|=|<|>|\(|\)|\*\*|[-+*/])
      | (?P<end>$)
    )""",
    re.VERBOSE,
)

_KEYWORDS = ("and", "or", "not", "is", "null")


@dataclass(frozen=True)
class Token:
    """A token: its kind, its text and its place, from 1."""

    kind: str
    text: str
    position: int


def mistake(position: int, message: str) -> UsageError:
    """The error for a place in the text."""
    return UsageError(f"filter, column {position}: {message}")


def tokens_of(text: str) -> list[Token]:
    """All tokens of a text, an ``end`` last.

    Raises:
        UsageError: At the first character that begins none.
    """
    tokens: list[Token] = []
    place = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(text, place)
        if match is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise mistake(start + 1, f"expected a name, number or string, got {text[start]!r}")
        kind = match.lastgroup or "end"
        word = match[kind]
        if kind == "word" and word.lower() in _KEYWORDS:
            kind, word = "keyword", word.lower()
        tokens.append(Token(kind, word, match.start(match.lastgroup or "end") + 1))
        place = match.end()
    return tokens


class Cursor:
    """A place among the tokens of a text."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        """Begin before the first."""
        self._tokens = tokens
        self.place = 0

    @property
    def token(self) -> Token:
        """The one that is next."""
        return self._tokens[self.place]

    def ahead(self, steps: int) -> Token:
        """The one so many steps further on; the last one beyond the end."""
        return self._tokens[min(self.place + steps, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next one, and go on."""
        self.place += 1
        return self._tokens[self.place - 1]

    def skip(self, kind: str, text: str) -> bool:
        """Go on if the next one is this; whether it was."""
        found = (self.token.kind, self.token.text) == (kind, text)
        self.place += found
        return found

    def expect(self, kind: str, text: str, wanted: str) -> None:
        """Go on past this token.

        Raises:
            UsageError: If it is not the next one; ``wanted`` is its name.
        """
        got = self.token
        if not self.skip(kind, text):
            raise mistake(got.position, f"expected {wanted}, got {got.text or 'the end'!r}")
