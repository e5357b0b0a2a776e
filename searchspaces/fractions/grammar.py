"""The grammar of templates: polynomials in n with ranges as parameters, parsed and multiplied out.

    sum     = product (("+" | "-") product)*
    product = signed ("*" signed)*
    signed  = "-" signed | "+" signed | power
    power   = atom [("**" | "^") whole]
    atom    = whole | "n" | "[" range "]" | "(" sum ")"
    range   = ["-"] whole [".." ["-"] whole]

It is closed: nothing else is read, and length, nesting, degree and size are bounded, so that
hostile text costs no more than honest text.
"""

import re
from collections.abc import Mapping

from elitemap.archive.errors import UsageError

MAX_DEPTH, MAX_RANGES, MAX_TERMS = 40, 16, 5000

#: Largest degree in n, and bound on coefficients: they must fit signed 64-bit integers.
MAX_DEGREE, MAX_COEFFICIENT = 32, 2**62

#: Whole numbers of parameters' ranges and of the text are not longer than this.
MAX_WHOLE = 15

EXAMPLE = "write for example '1..13,-13..13' or '(2*n+1)*([-5..5]*n*(n+1)+[-5..5])'"

#: A monomial: the power of n, then one power per parameter.
Monomial = tuple[int, ...]

#: A range: smallest and largest value, inclusive.
Range = tuple[int, int]

_TOKEN = re.compile(r"\s*(?P<token>\d+|\*\*|\.\.|[-+*^()\[\]n])", re.ASCII)

#: A polynomial while it is parsed: by the power of n and the sorted numbers of the parameters.
_Sparse = Mapping[tuple[int, tuple[int, ...]], int]


def parse_template(text: str) -> tuple[tuple[Range, ...], tuple[tuple[Monomial, int], ...]]:
    """Read a template.

    Returns:
        The ranges of the parameters, and monomials with their coefficients.

    Raises:
        UsageError: In one line, with the cure, if the text is no template or exceeds a bound.
    """
    return _Parser(_tokens(text)).whole()


def ordered(first: str, last: str) -> Range:
    """A range from the texts of its ends.

    Raises:
        UsageError: If an end is too long, or the first one larger.
    """
    if max(len(first.lstrip("+-")), len(last.lstrip("+-"))) > MAX_WHOLE:
        raise UsageError(f"expected whole numbers of at most {MAX_WHOLE} digits in ranges")
    low, high = int(first), int(last)
    if low > high:
        raise UsageError(f"expected a range from low to high, got {low}..{high}; swap the ends")
    return low, high


def _tokens(text: str) -> list[str]:
    found, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise UsageError(
                f"expected whole numbers, n, + - * **, brackets and ranges such as [-5..5], got "
                f"'{_short(text[position:].lstrip())}'; {EXAMPLE}"
            )
        found.append(match["token"])
        position = match.end()
    return found


def _short(text: str) -> str:
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 40 else text[:37] + "..."


class _Parser:
    """Recursive descent over a list of tokens; every range met becomes a parameter."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.position = 0
        self.ranges: list[tuple[int, int]] = []

    def whole(self) -> tuple[tuple[Range, ...], tuple[tuple[Monomial, int], ...]]:
        """What all the tokens make, as :func:`parse_template` returns it."""
        found = self.sum(0)
        if self.position < len(self.tokens):
            raise self.unexpected("an operator or the end (write products with *)")
        terms = []
        for (power, parameters), coefficient in sorted(found.items(), reverse=True):
            exponents = [parameters.count(k) for k in range(len(self.ranges))]
            terms.append(((power, *exponents), coefficient))
        return tuple(self.ranges), tuple(terms)

    def peek(self) -> str:
        """The next token; empty at the end."""
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def accept(self, *tokens: str) -> str:
        """Take the next token if it is one of these."""
        token = self.peek()
        if token and token in tokens:
            self.position += 1
            return token
        return ""

    def unexpected(self, wanted: str) -> UsageError:
        """The error for the next token."""
        got = f"'{_short(self.peek())}'" if self.peek() else "the end"
        return UsageError(f"expected {wanted} in the coefficients, got {got}; {EXAMPLE}")

    def sum(self, depth: int) -> _Sparse:
        """Products, added and subtracted."""
        left = self.product(depth)
        while sign := self.accept("+", "-"):
            left = _added(left, self.product(depth), 1 if sign == "+" else -1)
        return left

    def product(self, depth: int) -> _Sparse:
        """Signed factors, multiplied."""
        left = self.signed(depth)
        while self.accept("*"):
            left = _multiplied(left, self.signed(depth))
        return left

    def signed(self, depth: int) -> _Sparse:
        """A power behind any number of signs."""
        if depth > MAX_DEPTH:
            raise UsageError(f"expected at most {MAX_DEPTH} nested brackets and signs; simplify it")
        if sign := self.accept("-", "+"):
            operand = self.signed(depth + 1)
            return _added({}, operand, -1) if sign == "-" else operand
        base = self.atom(depth)
        return self.power(base) if self.accept("**", "^") else base

    def power(self, base: _Sparse) -> _Sparse:
        """A base to the whole number that comes next."""
        if not self.peek().isdigit():
            raise self.unexpected("a whole exponent")
        exponent = self.number()
        if exponent > MAX_DEGREE:
            raise UsageError(
                f"expected exponents of at most {MAX_DEGREE}, got {exponent}; lower it"
            )
        found: _Sparse = {(0, ()): 1}
        for _ in range(exponent):
            found = _multiplied(found, base)
        return found

    def atom(self, depth: int) -> _Sparse:
        """A number, n, a range or brackets."""
        if self.accept("n"):
            return {(1, ()): 1}
        if self.accept("["):
            return self.parameter()
        if self.accept("("):
            inner = self.sum(depth + 1)
            if not self.accept(")"):
                raise self.unexpected("')'")
            return inner
        if not self.peek().isdigit():
            raise self.unexpected("a whole number, n, a range or brackets")
        return _added({}, {(0, ()): self.number()}, 1)

    def number(self) -> int:
        """The whole number that comes next."""
        token = self.peek()
        if len(token) > MAX_WHOLE:
            raise UsageError(
                f"expected whole numbers of at most {MAX_WHOLE} digits, got '{_short(token)}'"
            )
        self.position += 1
        return int(token)

    def parameter(self) -> _Sparse:
        """A range in square brackets: a new parameter."""
        ends = [self.end()]
        if self.accept(".."):
            ends.append(self.end())
        if not self.accept("]"):
            raise self.unexpected("']'")
        if len(self.ranges) == MAX_RANGES:
            raise UsageError(f"expected at most {MAX_RANGES} ranges; write fewer")
        self.ranges.append(ordered(ends[0], ends[-1]))
        return {(0, (len(self.ranges) - 1,)): 1}

    def end(self) -> str:
        """One end of a range, with its sign."""
        sign = self.accept("-", "+")
        if not self.peek().isdigit():
            raise self.unexpected("a range such as [-5..5]")
        self.position += 1
        return sign + self.tokens[self.position - 1]


def _added(left: _Sparse, right: _Sparse, sign: int) -> _Sparse:
    total = dict(left)
    for key, coefficient in right.items():
        total[key] = total.get(key, 0) + sign * coefficient
    return _checked({key: c for key, c in total.items() if c})


def _multiplied(left: _Sparse, right: _Sparse) -> _Sparse:
    if len(left) * len(right) > MAX_TERMS:
        raise UsageError(f"expected at most {MAX_TERMS} terms when multiplied out; simplify it")
    total: dict[tuple[int, tuple[int, ...]], int] = {}
    for (power, parameters), coefficient in left.items():
        for (other, others), factor in right.items():
            key = power + other, tuple(sorted(parameters + others))
            total[key] = total.get(key, 0) + coefficient * factor
    return _checked({key: c for key, c in total.items() if c})


def _checked(found: _Sparse) -> _Sparse:
    """Refuse early what would be refused in the end, before it grows."""
    for (power, parameters), coefficient in found.items():
        if power > MAX_DEGREE or len(parameters) > MAX_DEGREE:
            raise UsageError(f"expected degrees of at most {MAX_DEGREE}; lower the powers")
        if abs(coefficient) >= MAX_COEFFICIENT:
            raise UsageError("expected coefficients below 2**62 in absolute value; lower them")
    return found
