"""Filters and orders as SQL with parameters over the columns of the archive."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from elitemap.archive.columns import Column
from elitemap.archive.errors import UsageError
from elitemap.archive.querying.tokens import mistake
from elitemap.archive.querying.where import (
    Comparison,
    Filter,
    Junction,
    Missing,
    Name,
    Not,
    Operand,
    parse,
)
from elitemap.archive.text import plain

#: Characters of a text to search for.
LONGEST_SEARCH = 200

#: Characters from which a text to search for may be the beginning of an id.
SHORTEST_ID = 6


@dataclass(frozen=True)
class Clause:
    """A piece of SQL and the values of its question marks."""

    sql: str
    values: tuple[float | int | str, ...] = ()


def both(left: Clause, right: Clause) -> Clause:
    """Where the two hold; the first is the one to be tried first."""
    if right.sql == "1":
        return left
    return Clause(f"{left.sql} AND {right.sql}", left.values + right.values)


def where_clause(text: str, columns: Mapping[str, Column]) -> Clause:
    """A filter as an SQL expression.

    Args:
        text: In the language of :mod:`elitemap.archive.querying.where`.
        columns: What names mean.

    Raises:
        UsageError: If the text is no filter, names nothing known, or compares text to a number.
    """
    return _clause(parse(plain(text)), columns)


def search_clause(text: str) -> Clause:
    """Condition: the source, mark or note contains the text, or the id begins with it.

    So does the id of the program that a certificate has made this one of.

    Nothing in the text has a meaning of its own. A few characters are no id: as the beginning of
    one they would find a share of all elites.

    Raises:
        UsageError: If the text is longer than ``LONGEST_SEARCH`` characters.
    """
    text = plain(text)
    if len(text) > LONGEST_SEARCH:
        raise UsageError(
            f"search: expected at most {LONGEST_SEARCH} characters, got {len(text)}: shorten it"
        )
    # instr and not LIKE, for which % and _ have a meaning and a text ends at its first NUL.
    found = "instr(lower({0}), lower(?)) > 0"
    begins = f"substr({{0}}, 1, {len(text)}) = lower(?)"
    heir = f"(operator = 'certify' AND {begins.format('parent')})"
    named = f" OR {begins.format('id')} OR {heir}" if len(text) >= SHORTEST_ID else ""
    return Clause(
        f"(EXISTS (SELECT 1 FROM program WHERE key = elite.program AND ({found.format('source')}"
        f"{named})) OR EXISTS (SELECT 1 FROM remark WHERE program = elite.program"
        f" AND ({found.format('mark')} OR {found.format('note')})))",
        (text,) * (5 if named else 3),
    )


def unknown_name(name: str, columns: Mapping[str, Column]) -> str:
    """What to say about a name that is not a column."""
    close = get_close_matches(name, columns, 1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    return f"unknown name {name!r}{meant} (known: {', '.join(columns)})"


def order_clause(text: str, columns: Mapping[str, Column]) -> str:
    """``-digits,ops`` as SQL terms: a minus means largest first; missing values come last.

    Raises:
        UsageError: If a name is unknown.
    """
    terms = []
    for part in text.split(","):
        name = part.strip()
        descending = name.startswith("-")
        name = name.removeprefix("-").removeprefix("+").strip()
        if name not in columns:
            raise UsageError(f"sort: {unknown_name(name, columns)}")
        terms.append(f"{columns[name].sql} {'DESC' if descending else 'ASC'} NULLS LAST")
    return ", ".join(terms)


def _clause(node: Filter, columns: Mapping[str, Column]) -> Clause:
    match node:
        case Junction(word, parts):
            clauses = [_clause(part, columns) for part in parts]
            sql = f" {word.upper()} ".join(clause.sql for clause in clauses)
            return Clause(f"({sql})", tuple(v for clause in clauses for v in clause.values))
        case Not(inner):
            clause = _clause(inner, columns)
            return Clause(f"(NOT {clause.sql})", clause.values)
        case Missing(name):
            return Clause(f"({_column(name, columns).sql} IS NULL)")
        case Comparison():
            return _comparison(node, columns)


def _comparison(node: Comparison, columns: Mapping[str, Column]) -> Clause:
    if not isinstance(node.left, Name) and not isinstance(node.right, Name):
        raise mistake(node.position, f"expected a name on one side of {node.symbol!r}")
    left, left_is_number = _operand(node.left, columns, node.right)
    right, right_is_number = _operand(node.right, columns, node.left)
    if left_is_number != right_is_number:
        raise mistake(
            node.position,
            f"expected two numbers or two texts around {node.symbol!r};"
            " text goes in quotes, numbers without",
        )
    return Clause(f"({left.sql} {node.symbol} {right.sql})", left.values + right.values)


def _operand(
    operand: Operand, columns: Mapping[str, Column], other: Operand
) -> tuple[Clause, bool]:
    """SQL of an operand, and whether it is a number; ``other`` is what it is compared with."""
    if isinstance(operand, Name):
        column = _column(operand, columns)
        return Clause(column.sql), column.numeric
    if isinstance(operand.value, str) and isinstance(other, Name):
        return Clause("?", (_meant(operand.value, operand.position, other, columns),)), False
    return Clause("?", (operand.value,)), not isinstance(operand.value, str)


def _meant(text: str, position: int, name: Name, columns: Mapping[str, Column]) -> str:
    """What a text that is compared with a column stands for."""
    meant = _column(name, columns).meant
    try:
        return text if meant is None else meant(text)
    except UsageError as error:
        raise mistake(position, str(error)) from None


def _column(name: Name, columns: Mapping[str, Column]) -> Column:
    if name.name not in columns:
        raise mistake(name.position, unknown_name(name.name, columns))
    return columns[name.name]
