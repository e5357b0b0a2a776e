"""Expressions in x, or in x and y: immutable trees over a closed vocabulary.

A tree is built by :mod:`elitemap.formulas.parsing` or by hand, printed by ``str``
and evaluated in any algebra that implements the vocabulary. Its numbers are exact rationals.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

#: Number of arguments of each function that a user may call.
ARITIES: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(
        (
            "exp2 exp expm1 log2 log log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh "
            "acosh atanh sqrt cbrt erf erfc gelu sigmoid softplus gamma lgamma digamma airyai "
            "airybi lambertw zeta ei e1 abs"
        ).split(),
        1,
    )
    | dict.fromkeys("besseli besselj hurwitz polylog dirichlet min max atan2 hypot".split(), 2)
)

#: Functions whose first argument is a rational constant, not an expression in x.
ORDERED = frozenset({"besseli", "besselj", "hurwitz", "polylog", "dirichlet"})

#: What an expression may be in.
VARIABLES = ("x", "y")

#: Named constants: ``catalan`` is 0.9159..., ``gamma`` without arguments Euler's 0.5772...
CONSTANTS = frozenset({"pi", "e", "catalan", "gamma", "golden", "khinchin", "glaisher"})

_INFIX = MappingProxyType(
    {"add": (" + ", 1), "sub": (" - ", 1), "mul": ("*", 2), "div": ("/", 2), "pow": ("**", 4)}
)


@dataclass(frozen=True)
class Expression:
    """One node of a tree.

    Attributes:
        head: A name of :data:`VARIABLES`, ``number``, a name of :data:`CONSTANTS`, ``neg``,
            ``add``, ``sub``, ``mul``, ``div``, ``pow`` or a function name of :data:`ARITIES`.
        parts: The operands.
        value: The exact value of a ``number``.
    """

    head: str
    parts: tuple["Expression", ...] = ()
    value: Fraction = Fraction(0)

    @property
    def constant(self) -> bool:
        """Whether no variable occurs."""
        return not self.variables

    @property
    def variables(self) -> frozenset[str]:
        """The variables that occur."""
        if self.head in VARIABLES:
            return frozenset({self.head})
        return frozenset().union(*(part.variables for part in self.parts))

    def __str__(self) -> str:
        """Text that parses back to the same tree."""
        return _text(self)[0]


X, Y = map(Expression, VARIABLES)


def number(value: Fraction | int) -> Expression:
    """A constant leaf."""
    return Expression("number", (), Fraction(value))


def evaluate(
    expression: Expression,
    functions: Mapping[str, Callable[..., Any]],
    x: Any,
    constant: Callable[[Expression], Any],
    y: Any = None,
) -> Any:
    """Evaluate in any algebra.

    Args:
        expression: The tree.
        functions: The algebra's operation for every head but variables and the constant leaves.
            Functions in :data:`ORDERED` get their order as a ``Fraction``, ``pow`` its exponent as
            a ``Fraction`` where that is a number.
        x: The value of x.
        constant: Turns a leaf, a ``number`` or one of :data:`CONSTANTS`, into a value.
        y: The value of y, where it occurs.
    """
    head = expression.head
    if head in VARIABLES:
        return x if head == "x" else y
    if not expression.parts:
        return constant(expression)
    raw = (head in ORDERED and 0) if head != "pow" else 1
    values = [
        part.value
        if part.head == "number" and raw is not False and index == raw
        else evaluate(part, functions, x, constant, y)
        for index, part in enumerate(expression.parts)
    ]
    return functions[head](*values)


def _decimal(value: Fraction) -> tuple[str, int]:
    """Text of a rational and its binding strength."""
    if value < 0:
        return f"-{_decimal(-value)[0]}", 3 if value.denominator == 1 else 2
    if value.denominator == 1:
        return str(value.numerator), 5
    return f"{value.numerator}/{value.denominator}", 2


def _text(expression: Expression) -> tuple[str, int]:
    """Text and binding strength: 1 sums, 2 products, 3 signs, 4 powers, 5 atoms."""
    head, parts = expression.head, expression.parts
    if head == "number":
        return _decimal(expression.value)
    if not parts:
        return head, 5
    texts = [_text(part) for part in parts]
    if head == "neg":
        return "-" + _bracket(texts[0], 3), 3
    if head not in _INFIX:
        return f"{head}({', '.join(text for text, _ in texts)})", 5
    sign, strength = _INFIX[head]
    # Powers bind to the right and need brackets around a signed base; the rest binds to the left.
    left = strength + 1 if head == "pow" else strength
    right = 3 if head == "pow" else strength + 1
    return _bracket(texts[0], left) + sign + _bracket(texts[1], right), strength


def _bracket(text: tuple[str, int], least: int) -> str:
    return text[0] if text[1] >= least else f"({text[0]})"
