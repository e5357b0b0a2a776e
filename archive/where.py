"""The filter language: ``digits >= 7 and (ops <= 8 or not status = 'certified')``.

    filter     = conjunction {"or" conjunction}
    conjunction = negation {"and" negation}
    negation   = "not" negation | "(" filter ")" | test
    test       = NAME "is" ["not"] "null" | operand COMPARISON operand
    operand    = NAME | NUMBER | STRING

Comparisons are = != < <= > >=; strings stand in single or double quotes, doubled to contain one.
As in SQL, a comparison with a missing value is neither true nor false, and only rows for which
the filter is true are found. Text becomes a tree of values, the tree becomes SQL with parameters;
no part of the text ever becomes SQL.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from elitemap.archive.errors import UsageError

MAX_LENGTH = 2000
MAX_DEPTH = 50

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<string>'(?:[^']|'')*'|"(?:[^"]|"")*")
      | (?P<symbol><=|>=|!=|=|<|>|\(|\))
      | (?P<end>$)
    )""",
    re.VERBOSE,
)

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_KEYWORDS = ("and", "or", "not", "is", "null")


@dataclass(frozen=True)
class Name:
    """A column by name; ``position`` is its place in the text, from 1."""

    name: str
    position: int


@dataclass(frozen=True)
class Value:
    """A number or a string of the text."""

    value: float | int | str
    position: int


Operand = Name | Value


@dataclass(frozen=True)
class Comparison:
    """``left symbol right``."""

    left: Operand
    symbol: str
    right: Operand
    position: int


@dataclass(frozen=True)
class Missing:
    """``name is null``."""

    name: Name


@dataclass(frozen=True)
class Not:
    """``not inner``."""

    inner: "Filter"


@dataclass(frozen=True)
class Junction:
    """Two or more filters joined by one word."""

    word: Literal["and", "or"]
    parts: tuple["Filter", ...]


Filter = Comparison | Missing | Not | Junction


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def mistake(position: int, message: str) -> UsageError:
    """The error for a place in the text."""
    return UsageError(f"filter, column {position}: {message}")


def parse(text: str) -> Filter:
    """Parse a filter.

    Raises:
        UsageError: If it is not one, names the column of the first mistake; also if it is longer
            than ``MAX_LENGTH`` characters or nested deeper than ``MAX_DEPTH``.
    """
    if len(text) > MAX_LENGTH:
        raise UsageError(f"filter: expected at most {MAX_LENGTH} characters, got {len(text)}")
    parser = _Parser(_tokens(text))
    found = parser.junction("or", 0)
    parser.expect("end", "", "'and', 'or' or the end")
    return found


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
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
        tokens.append(_Token(kind, word, match.start(match.lastgroup or "end") + 1))
        place = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens; one method per line of the grammar."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def _token(self) -> _Token:
        return self._tokens[self._place]

    def _next(self) -> _Token:
        self._place += 1
        return self._tokens[self._place - 1]

    def _skip(self, kind: str, text: str) -> bool:
        found = (self._token.kind, self._token.text) == (kind, text)
        self._place += found
        return found

    def expect(self, kind: str, text: str, wanted: str) -> None:
        got = self._token
        if not self._skip(kind, text):
            raise mistake(got.position, f"expected {wanted}, got {got.text or 'the end'!r}")

    def junction(self, word: Literal["and", "or"], depth: int) -> Filter:
        parts = []
        while True:
            parts.append(self.junction("and", depth) if word == "or" else self._negation(depth))
            if not self._skip("keyword", word):
                return parts[0] if len(parts) == 1 else Junction(word, tuple(parts))

    def _negation(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise mistake(self._token.position, f"nested deeper than {MAX_DEPTH} levels")
        if self._skip("keyword", "not"):
            return Not(self._negation(depth + 1))
        if self._skip("symbol", "("):
            inner = self.junction("or", depth + 1)
            self.expect("symbol", ")", "')'")
            return inner
        return self._test()

    def _test(self) -> Filter:
        left = self._operand()
        if isinstance(left, Name) and self._skip("keyword", "is"):
            negated = self._skip("keyword", "not")
            self.expect("keyword", "null", "'null'")
            return Not(Missing(left)) if negated else Missing(left)
        token = self._token
        if token.text not in COMPARISONS or token.kind != "symbol":
            wanted = " ".join(COMPARISONS)
            got = token.text or "the end"
            raise mistake(token.position, f"expected one of {wanted}, got {got!r}")
        symbol = self._next()
        return Comparison(left, symbol.text, self._operand(), symbol.position)

    def _operand(self) -> Operand:
        token = self._token
        if token.kind == "word":
            return Name(self._next().text, token.position)
        if token.kind == "number":
            return Value(_number(self._next()), token.position)
        if token.kind == "string":
            quote = self._next().text[0]
            return Value(token.text[1:-1].replace(quote * 2, quote), token.position)
        got = token.text or "the end"
        raise mistake(token.position, f"expected a name, number or string, got {got!r}")


def _number(token: _Token) -> float | int:
    if token.text.lstrip("+-").isdigit() and len(token.text) < 18:
        return int(token.text)
    value = float(token.text)
    if value in (float("inf"), float("-inf")):
        raise mistake(token.position, f"expected a finite number, got {token.text!r}")
    return value
