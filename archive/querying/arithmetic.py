"""Arithmetic in filters, on numbers alone: done in float64 while a filter is read.

    sum   = [sign] term {sign term}
    term  = power {("*" | "/") [sign] power}
    power = atom ["**" [sign] power]
    atom  = NUMBER | FUNCTION "(" sum ")" | "(" sum ")"

Signs are + and -. No result is larger than a float64, whatever a text says.
"""

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

from elitemap.archive.querying.tokens import Cursor, Token, mistake

#: Most brackets and powers in each other.
MAX_DEPTH = 50

FUNCTIONS: Mapping[str, Callable[[float], float]] = MappingProxyType(
    {"log": math.log, "log2": math.log2, "log10": math.log10, "exp": math.exp, "sqrt": math.sqrt}
)

# math.pow and not **, which makes whole numbers of any size and complex ones.
OPERATORS: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "**": math.pow,
    }
)


def opens(cursor: Cursor) -> bool:
    """Whether a number begins here: also at a bracket, if it holds one and stands in a test."""
    inside = 0
    while is_symbol(cursor.ahead(inside), "("):
        inside += 1
    first, second = cursor.ahead(inside), cursor.ahead(inside + 1)
    called = first.kind == "word" and is_symbol(second, "(")
    if not (first.kind == "number" or called or is_symbol(first, "+", "-")):
        return False
    return not inside or _beside_a_sign(cursor)


def _beside_a_sign(cursor: Cursor) -> bool:
    """Whether an operator or comparison follows the bracket that opens here."""
    depth, steps = 0, 0
    while cursor.ahead(steps).kind != "end":
        token = cursor.ahead(steps)
        depth += is_symbol(token, "(") - is_symbol(token, ")")
        steps += 1
        if not depth:
            after = cursor.ahead(steps)
            return after.kind == "symbol" and not is_symbol(after, "(", ")")
    return False


def is_symbol(token: Token, *texts: str) -> bool:
    """Whether a token is one of these symbols."""
    return token.kind == "symbol" and token.text in texts


def number(cursor: Cursor, depth: int = 0) -> float | int:
    """Read a sum and give its value.

    Raises:
        UsageError: If there is none, it is not finite, or nested deeper than :data:`MAX_DEPTH`.
    """
    total = _signed(_term, cursor, depth)
    while is_symbol(cursor.token, "+", "-"):
        total = _applied(cursor.take(), total, _term(cursor, depth))
    return total


def _term(cursor: Cursor, depth: int) -> float | int:
    total = _power(cursor, depth)
    while is_symbol(cursor.token, "*", "/"):
        total = _applied(cursor.take(), total, _signed(_power, cursor, depth))
    return total


def _power(cursor: Cursor, depth: int) -> float | int:
    base = _atom(cursor, depth)
    if is_symbol(cursor.token, "**"):
        return _applied(cursor.take(), base, _signed(_power, cursor, depth + 1))
    return base


def _signed(part: Callable[[Cursor, int], float | int], cursor: Cursor, depth: int) -> float | int:
    if cursor.skip("symbol", "-"):
        return -part(cursor, depth)
    cursor.skip("symbol", "+")
    return part(cursor, depth)


def _atom(cursor: Cursor, depth: int) -> float | int:
    token = cursor.token
    if depth > MAX_DEPTH:
        raise mistake(token.position, f"nested deeper than {MAX_DEPTH} levels")
    if token.kind == "number":
        return _literal(cursor.take())
    if token.kind == "word":
        return _called(cursor, depth)
    if is_symbol(token, "("):
        return _bracket(cursor, depth)
    got = token.text or "the end"
    raise mistake(token.position, f"expected a number, got {got!r}")


def _called(cursor: Cursor, depth: int) -> float | int:
    name = cursor.take()
    if name.text not in FUNCTIONS:
        known = ", ".join(FUNCTIONS)
        raise mistake(name.position, f"expected a number or one of {known}, got {name.text!r}")
    return _finite(name, FUNCTIONS[name.text], _bracket(cursor, depth))


def _bracket(cursor: Cursor, depth: int) -> float | int:
    cursor.expect("symbol", "(", "'('")
    inner = number(cursor, depth + 1)
    cursor.expect("symbol", ")", "')'")
    return inner


def _applied(symbol: Token, left: float, right: float) -> float:
    return _finite(symbol, OPERATORS[symbol.text], left, right)


def _finite(token: Token, operation: Callable[..., float], *values: float) -> float:
    try:
        found = operation(*map(float, values))
    except (ArithmeticError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise mistake(token.position, f"expected a finite number, got none from {token.text!r}")
    return found


def _literal(token: Token) -> float | int:
    if token.text.isdigit() and len(token.text) < 18:
        return int(token.text)
    value = float(token.text)
    if math.isinf(value):
        raise mistake(token.position, f"expected a finite number, got {token.text!r}")
    return value
