"""The filter language: ``error <= 2**-11 and (ops <= 8 or not status = 'certified')``.

    filter     = conjunction {"or" conjunction}
    conjunction = negation {"and" negation}
    negation   = "not" negation | "(" filter ")" | test
    test       = NAME "is" ["not"] "null" | operand COMPARISON operand
    operand    = NAME | STRING | sum of numbers, see elitemap.archive.querying.arithmetic

Comparisons are = != < <= > >=; strings stand in single or double quotes, doubled to contain one.
As in SQL, a comparison with a missing value is neither true nor false, and only rows for which
the filter is true are found. Text becomes a tree of values, the tree becomes SQL with parameters;
no part of the text ever becomes SQL.
"""

from dataclasses import dataclass
from typing import Literal

from elitemap.archive.errors import UsageError
from elitemap.archive.querying import arithmetic
from elitemap.archive.querying.tokens import Cursor, mistake, tokens_of

MAX_LENGTH = 2000
MAX_DEPTH = arithmetic.MAX_DEPTH

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


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


def parse(text: str) -> Filter:
    """Parse a filter.

    Raises:
        UsageError: If it is not one, names the column of the first mistake; also if it is longer
            than ``MAX_LENGTH`` characters or nested deeper than ``MAX_DEPTH``.
    """
    if len(text) > MAX_LENGTH:
        raise UsageError(f"filter: expected at most {MAX_LENGTH} characters, got {len(text)}")
    cursor = Cursor(tokens_of(text))
    found = _Parser(cursor).junction("or", 0)
    cursor.expect("end", "", "'and', 'or' or the end")
    return found


class _Parser:
    """Recursive descent over the tokens; one method per line of the grammar."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def junction(self, word: Literal["and", "or"], depth: int) -> Filter:
        parts = []
        while True:
            parts.append(self.junction("and", depth) if word == "or" else self._negation(depth))
            if not self._cursor.skip("keyword", word):
                return parts[0] if len(parts) == 1 else Junction(word, tuple(parts))

    def _negation(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise mistake(self._cursor.token.position, f"nested deeper than {MAX_DEPTH} levels")
        if self._cursor.skip("keyword", "not"):
            return Not(self._negation(depth + 1))
        if not arithmetic.opens(self._cursor) and self._cursor.skip("symbol", "("):
            inner = self.junction("or", depth + 1)
            self._cursor.expect("symbol", ")", "')'")
            return inner
        return self._test()

    def _test(self) -> Filter:
        left = self._operand()
        if isinstance(left, Name) and self._cursor.skip("keyword", "is"):
            negated = self._cursor.skip("keyword", "not")
            self._cursor.expect("keyword", "null", "'null'")
            return Not(Missing(left)) if negated else Missing(left)
        token = self._cursor.token
        if token.text not in COMPARISONS or token.kind != "symbol":
            wanted = " ".join(COMPARISONS)
            got = token.text or "the end"
            raise mistake(token.position, f"expected one of {wanted}, got {got!r}")
        symbol = self._cursor.take()
        return Comparison(left, symbol.text, self._operand(), symbol.position)

    def _operand(self) -> Operand:
        cursor, token = self._cursor, self._cursor.token
        if token.kind == "string":
            quote = cursor.take().text[0]
            return Value(token.text[1:-1].replace(quote * 2, quote), token.position)
        if token.kind == "word" and not arithmetic.opens(cursor):
            name = Name(cursor.take().text, token.position)
            if arithmetic.is_symbol(cursor.token, *arithmetic.OPERATORS):
                after = cursor.token
                raise mistake(after.position, f"expected numbers alone around {after.text!r}")
            return name
        if token.kind in ("number", "word") or arithmetic.is_symbol(token, "(", "+", "-"):
            return Value(arithmetic.number(cursor), token.position)
        got = token.text or "the end"
        raise mistake(token.position, f"expected a name, number or string, got {got!r}")
