"""Values that are rational numbers: what ball arithmetic comes close to and never says."""

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isqrt

from elitemap.formulas.expression import ARITIES, Expression, evaluate

#: Most bits of a power; beyond, nothing is said.
_MOST_BITS = 4096

Exact = Fraction | None


def exact_value(expression: Expression, x: Fraction) -> Fraction | None:
    """The value of an expression at a rational, where it is rational and simple to see.

    Returns:
        The value: of sums, products, quotients, whole powers, powers and logarithms of two, roots
        of squares, and of functions at 0 or 1 where they are 0 or 1. None for all else.
    """
    found: Exact = evaluate(expression, _FUNCTIONS, x, _leaf)
    return found


def _leaf(expression: Expression) -> Exact:
    return expression.value if expression.head == "number" else None


def _strict(function: Callable[..., Exact]) -> Callable[..., Exact]:
    """A function of several values that says nothing where one of them is unknown."""

    def called(*values: Exact) -> Exact:
        return None if any(v is None for v in values) else function(*values)

    return called


def _divide(a: Fraction, b: Fraction) -> Exact:
    return a / b if b else None


def _power(a: Fraction, b: Fraction) -> Exact:
    if b == Fraction(1, 2):
        return _root(a)
    size = max(a.numerator.bit_length(), a.denominator.bit_length()) * abs(b.numerator)
    if b.denominator != 1 or size > _MOST_BITS or (a == 0 and b <= 0):
        return None
    found: Fraction = a**b.numerator
    return found


def _root(a: Fraction) -> Exact:
    if a < 0:
        return None
    found = Fraction(isqrt(a.numerator), isqrt(a.denominator))
    return found if found * found == a else None


def _exp2(a: Fraction) -> Exact:
    return _power(Fraction(2), a)


def _log2(a: Fraction) -> Exact:
    n, d = a.numerator, a.denominator
    if n <= 0 or n & (n - 1) or d & (d - 1):
        return None
    return Fraction(n.bit_length() - d.bit_length())


def _at(point: int, value: int) -> Callable[[Fraction], Exact]:
    return lambda a: Fraction(value) if a == point else None


_ALL: Mapping[str, Callable[..., Exact]] = {
    "neg": operator.neg,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": _divide,
    "pow": _power,
    "abs": abs,
    "min": min,
    "max": max,
    "sqrt": _root,
    "exp2": _exp2,
    "log2": _log2,
    **dict.fromkeys("exp cos cosh".split(), _at(0, 1)),
    **dict.fromkeys(
        "expm1 log1p sin tan asin atan sinh tanh asinh atanh erf gelu lambertw".split(), _at(0, 0)
    ),
    "sigmoid": lambda a: Fraction(1, 2) if a == 0 else None,
    "erfc": _at(0, 1),
    "log": _at(1, 0),
    "log10": _at(1, 0),
    "acosh": _at(1, 0),
    "acos": _at(1, 0),
}


#: Of all other functions nothing is known.
_FUNCTIONS: Mapping[str, Callable[..., Exact]] = {
    name: _strict(_ALL.get(name, lambda *values: None)) for name in (*_ALL, *ARITIES)
}
