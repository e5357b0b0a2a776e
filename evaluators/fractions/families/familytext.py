"""Text of polynomials whose coefficients are polynomials in the parameter k of a family."""

import math
from collections.abc import Sequence

from flint import fmpq_poly


def bivariate(coefficients: Sequence[fmpq_poly]) -> str:
    """A polynomial in n, leading term first, whose coefficients are polynomials in k."""
    terms = []
    for index, coefficient in enumerate(coefficients):
        power = len(coefficients) - 1 - index
        symbol = {0: "", 1: "n"}.get(power, f"n**{power}")
        text = _univariate(coefficient)
        if text == "0":
            continue
        if not symbol:
            terms.append(text)
        elif text in ("1", "-1"):
            terms.append(text.replace("1", symbol))
        else:
            terms.append(f"({text})*{symbol}" if " " in text else f"{text}*{symbol}")
    return " + ".join(terms).replace("+ -", "- ") or "0"


def _univariate(polynomial: fmpq_poly) -> str:
    """A polynomial in k with rational coefficients."""
    terms = []
    for power in range(polynomial.degree(), -1, -1):
        coefficient = polynomial[power]
        symbol = {0: "", 1: "k"}.get(power, f"k**{power}")
        if coefficient == 0:
            continue
        if symbol and coefficient.p in (1, -1):
            text = ("-" if coefficient < 0 else "") + symbol
        else:
            text = str(coefficient.p) + (f"*{symbol}" if symbol else "")
        terms.append(text if coefficient.q == 1 else f"{text}/{coefficient.q}")
    return " + ".join(terms).replace("+ -", "- ") or "0"


def quotient(coefficients: Sequence[fmpq_poly], names: Sequence[str]) -> str:
    """The quotient of two combinations of 1 and constants, numerator first, without fractions."""
    scale = math.lcm(*(int(p.denom()) for p in coefficients))
    whole = [p * scale for p in coefficients]
    half = len(whole) // 2
    above, below = (_combination(row, names) for row in (whole[:half], whole[half:]))
    return f"({above})/({below})"


def _combination(coefficients: Sequence[fmpq_poly], names: Sequence[str]) -> str:
    terms = [_univariate(coefficients[0])] if coefficients[0].degree() >= 0 else []
    for coefficient, name in zip(coefficients[1:], names, strict=True):
        text = _univariate(coefficient)
        if text != "0":
            factor = f"({text})*" if " " in text else f"{text}*"
            terms.append({"1*": "", "-1*": "-"}.get(factor, factor) + f"({name})")
    return " + ".join(terms).replace("+ -", "- ") or "0"
