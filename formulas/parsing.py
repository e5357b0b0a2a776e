"""The parser of user expressions: a closed grammar over a closed vocabulary.

Nothing a user writes is ever handed to Python. Length, nesting and the size of constants are
bounded, so hostile input costs no more than honest input. Grammar, loosest first::

    sum     = product (("+" | "-") product)*
    product = signed (("*" | "/") signed)*
    signed  = "-" signed | "+" signed | power
    power   = atom ["**" signed]
    atom    = number | "x" | "y" | constant | name "(" sum ("," sum)* ")" | "(" sum ")"
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import (
    ARITIES,
    CONSTANTS,
    ORDERED,
    Expression,
    number,
)
from elitemap.formulas.vocabulary import constant_value

MAX_LENGTH = 2000
MAX_DEPTH = 60
MAX_LITERAL = 60
MAX_MAGNITUDE = 300
MAX_ORDER = 50
MAX_SIZE = 2000

#: Names that no part of an expression can have.
_TAKEN = frozenset({"where", *ARITIES, *CONSTANTS})

#: What can be called: ``pow(a, b)`` is another way to write ``a**b``.
_ARITIES = {**ARITIES, "pow": 2}

#: Expressions of one variable.
ONE = ("x",)

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>\*\*|[-+*/(),]))",
    re.ASCII,
)


def parse(text: str, variables: tuple[str, ...] = ONE) -> Expression:
    """Read an expression in x, or in other variables.

    Raises:
        UsageError: In one line, with the cure, if the text is not an expression of the vocabulary
            or exceeds a bound.
    """
    return _parsed(text, _named(variables))


def _named(variables: tuple[str, ...]) -> dict[str, Expression]:
    return {name: Expression(name) for name in variables}


def _parsed(text: str, names: Mapping[str, Expression]) -> Expression:
    if not text.strip():
        raise UsageError("expected an expression in x, got nothing; write for example 'exp2(x)'")
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"expected at most {MAX_LENGTH} characters of expression, got {len(text)}; shorten it"
        )
    parser = _Parser(_tokens(text), names)
    tree = parser.sum(0)
    if parser.position < len(parser.tokens):
        raise parser.unexpected("an operator or the end")
    return tree


def parse_where(text: str, variables: tuple[str, ...] = ONE) -> Expression:
    """Read an expression, perhaps with parts that are named behind ``where``.

    In ``1 / (t1 + 2 / t1) where t1 = x + 3 / x`` the parts may use those before them.

    Raises:
        UsageError: As :func:`parse`; also if it becomes too large when written out.
    """
    body, where, rest = text.partition(" where ")
    names = _named(variables)
    sizes: dict[int, int] = {}
    for definition in rest.split(";") if where else ():
        name, equals, told = (part.strip() for part in definition.partition("="))
        if (
            not equals
            or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII)
            or name in {*_TAKEN, *variables}
        ):
            raise UsageError(
                f"expected definitions such as 't1 = x + 3/x' behind where, got "
                f"'{_short(definition.strip())}'"
            )
        names[name] = _bounded(_parsed(told, names), sizes)
    return _bounded(_parsed(body, names), sizes)


def _bounded(tree: Expression, sizes: dict[int, int]) -> Expression:
    """The tree, if it is not too large when its named parts are written out."""

    def size(node: Expression) -> int:
        if id(node) not in sizes:
            sizes[id(node)] = 1 + sum(map(size, node.parts))
        return sizes[id(node)]

    if size(tree) > MAX_SIZE:
        raise UsageError(f"expected at most {MAX_SIZE} terms when written out; simplify it")
    return tree


def parse_constant(text: str) -> Expression:
    """Read an expression without x, such as ``pi/4``.

    Raises:
        UsageError: As :func:`parse`, and if x occurs.
    """
    tree = parse(text)
    if not tree.constant:
        raise UsageError(f"expected a constant such as 0.5, 1/3 or pi/4, got '{_short(text)}'")
    return tree


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def _short(text: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 40 else text[:37] + "..."


def _tokens(text: str) -> list[_Token]:
    found = []
    position, text = 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position:].lstrip()
            cure = "write powers as **" if rest[0] == "^" else "use numbers, x, + - * / ** ( )"
            raise UsageError(f"expected an expression in x, got '{_short(rest)}'; {cure}")
        found.append(_Token(str(match.lastgroup), match[str(match.lastgroup)]))
        position = match.end()
    return found


class _Parser:
    """Recursive descent over a list of tokens."""

    def __init__(self, tokens: list[_Token], names: Mapping[str, Expression]) -> None:
        self.tokens, self.names = tokens, names
        self.position = 0

    def peek(self) -> str:
        """The next token's text; empty at the end."""
        return self.tokens[self.position].text if self.position < len(self.tokens) else ""

    def accept(self, *signs: str) -> str:
        """Take the next token if it is one of the signs."""
        text = self.peek()
        if text in signs:
            self.position += 1
            return text
        return ""

    def unexpected(self, wanted: str) -> UsageError:
        """The error for the next token."""
        got = f"'{_short(self.peek())}'" if self.peek() else "the end"
        return UsageError(
            f"expected {wanted} in the expression, got {got}; check the text before it"
        )

    def sum(self, depth: int) -> Expression:
        """Products, added and subtracted."""
        if depth > MAX_DEPTH:
            raise UsageError(f"expected at most {MAX_DEPTH} nested brackets and signs; simplify it")
        left = self.product(depth)
        while sign := self.accept("+", "-"):
            left = _node("add" if sign == "+" else "sub", left, self.product(depth))
        return left

    def product(self, depth: int) -> Expression:
        """Signed factors, multiplied and divided."""
        left = self.signed(depth)
        while sign := self.accept("*", "/"):
            left = _node("mul" if sign == "*" else "div", left, self.signed(depth))
        return left

    def signed(self, depth: int) -> Expression:
        """A power behind any number of signs."""
        if depth > MAX_DEPTH:
            raise UsageError(f"expected at most {MAX_DEPTH} nested brackets and signs; simplify it")
        if sign := self.accept("-", "+"):
            operand = self.signed(depth + 1)
            return _node("neg", operand) if sign == "-" else operand
        base = self.atom(depth)
        if self.accept("**"):
            return _node("pow", base, self.signed(depth + 1))
        return base

    def atom(self, depth: int) -> Expression:
        """A number, a name, a call or brackets."""
        if self.accept("("):
            inner = self.sum(depth + 1)
            if not self.accept(")"):
                raise self.unexpected("')'")
            return inner
        if self.position == len(self.tokens) or self.tokens[self.position].kind == "sign":
            raise self.unexpected("a number, x or a function")
        token = self.tokens[self.position]
        self.position += 1
        if token.kind == "number":
            return _literal(token.text)
        if token.text in self.names:
            return self.names[token.text]
        if token.text in CONSTANTS and self.peek() != "(":
            return Expression(token.text)
        return self.call(token.text, depth)

    def call(self, name: str, depth: int) -> Expression:
        """The arguments of a function."""
        if name not in _ARITIES:
            raise UsageError(f"unknown function or name '{_short(name)}'; {suggestion(name)}")
        if not self.accept("("):
            raise UsageError(f"expected '(' after {name}; write {name}(x)")
        arguments = [self.sum(depth + 1)]
        while self.accept(","):
            arguments.append(self.sum(depth + 1))
        if not self.accept(")"):
            raise self.unexpected("')'")
        if len(arguments) != _ARITIES[name]:
            raise UsageError(
                f"expected {_ARITIES[name]} argument(s) for {name}, got {len(arguments)}"
            )
        return _node(name, *arguments)


def suggestion(name: str) -> str:
    """The cure for an unknown name: the nearest of the vocabulary, or all of it."""
    near = difflib.get_close_matches(name.lower(), [*ARITIES, *CONSTANTS, "x"], 1)
    return f"did you mean {near[0]}?" if near else "use one of " + ", ".join(ARITIES)


def _literal(text: str) -> Expression:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_LITERAL or (exponent and len(exponent) > 5):
        raise UsageError(f"expected numbers of at most {MAX_LITERAL} digits, got '{_short(text)}'")
    if exponent and abs(int(exponent)) > MAX_MAGNITUDE:
        raise UsageError(f"expected numbers below 1e{MAX_MAGNITUDE}, got '{_short(text)}'")
    return number(Fraction(text))


def _node(head: str, *parts: Expression) -> Expression:
    """A node, folded where all operands are rational, its constants checked for size."""
    if head in ORDERED and (parts[0].head != "number" or abs(parts[0].value) > MAX_ORDER):
        raise UsageError(f"expected a rational order within {MAX_ORDER} in {head}(order, x)")
    if all(part.head == "number" for part in parts):
        folded = _fold(head, [part.value for part in parts])
        if folded is not None:
            return number(folded)
    node = Expression(head, parts)
    if node.constant:
        _check_size(node)
    return node


def _fold(head: str, values: list[Fraction]) -> Fraction | None:
    """The exact value of arithmetic on rationals, or None where it is not rational or too long."""
    a, b = values[0], values[-1]
    if max(_bits(a), _bits(b)) > 1200:
        return None
    if head == "neg":
        return -a
    if head in ("add", "sub"):
        return a + b if head == "add" else a - b
    if head == "mul":
        return a * b
    if head == "div" and b:
        return a / b
    if head == "pow" and b.denominator == 1 and _bits(a) * abs(b) <= 1200 and (a or b >= 0):
        return Fraction(a ** int(b))
    return None


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _check_size(node: Expression) -> None:
    """Refuse constants that are no real number or beyond any use (``9**9**9``)."""
    value = constant_value(node, 64)
    if not value.is_finite():
        raise UsageError(f"the constant '{_short(str(node))}' is not a real number; remove it")
    if not abs(value) < 10**MAX_MAGNITUDE:
        raise UsageError(
            f"the constant '{_short(str(node))}' is too large; keep it below 1e{MAX_MAGNITUDE}"
        )
