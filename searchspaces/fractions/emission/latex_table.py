"""The vocabulary of constants in LaTeX."""

import functools
import re
from fractions import Fraction

from elitemap.formulas.expression import Expression
from elitemap.searchspaces.fractions.emission.dialect import (
    POWER,
    PRODUCT,
    SUM,
    Dialect,
    Term,
)

_OWN = "exp log sin cos tan sinh cosh tanh".split()
_ARC = "asin acos atan".split()


def _call(name: str) -> str:
    return rf"{name}\left({{a}}\right)"


def _product(left: str, right: str) -> str:
    r"""Juxtaposition, but a dot before a digit: 2 times 3 is not 23."""
    plain = right[0].isdigit() or right.startswith(r"\frac")
    return rf"{left} \cdot {right}" if plain else f"{left} {right}"


def juxtaposed(factors: list[str]) -> str:
    """A product."""
    return functools.reduce(_product, factors)


def _power(base: str, _: Expression, exponent: str) -> str:
    return f"{base}^{{{exponent}}}"


def _number(value: Fraction) -> Term:
    if value.denominator == 1:
        return Term(str(value.numerator))
    return Term(rf"\frac{{{value.numerator}}}{{{value.denominator}}}", POWER)


LATEX = Dialect(
    name="latex",
    leaves={
        "pi": Term(r"\pi"),
        "e": Term("e"),
        "catalan": Term("G"),
        "gamma": Term(r"\gamma"),
        "golden": Term(r"\varphi"),
        "khinchin": Term("K_{0}", POWER),
        "glaisher": Term("A"),
    },
    functions={name: Term(_call(rf"\{name}")) for name in _OWN}
    | {name: Term(_call(rf"\arc{name[1:]}")) for name in _ARC}
    | {
        name: Term(_call(rf"\operatorname{{{{ar{name[1:]}}}}}"))
        for name in ("asinh", "acosh", "atanh")
    }
    | {
        "exp": Term("e^{{{a}}}", POWER),
        "exp2": Term("2^{{{a}}}", POWER),
        "expm1": Term("e^{{{a}}} - 1", SUM),
        "log2": Term(_call(r"\log_{{2}}")),
        "log10": Term(_call(r"\log_{{10}}")),
        "log1p": Term(r"\log\left(1 + {A}\right)"),
        "sqrt": Term(r"\sqrt{{{a}}}"),
        "cbrt": Term(r"\sqrt[3]{{{a}}}"),
        "erf": Term(_call(r"\operatorname{{erf}}")),
        "erfc": Term(_call(r"\operatorname{{erfc}}")),
        "gelu": Term(r"{A} \, \Phi\left({a}\right)", PRODUCT),
        "sigmoid": Term(r"\frac{{1}}{{1 + e^{{-{A}}}}}", POWER),
        "softplus": Term(r"\log\left(1 + e^{{{a}}}\right)"),
        "gamma": Term(_call(r"\Gamma")),
        "lgamma": Term(r"\log\left|\Gamma\left({a}\right)\right|"),
        "digamma": Term(_call(r"\psi")),
        "airyai": Term(_call(r"\operatorname{{Ai}}")),
        "airybi": Term(_call(r"\operatorname{{Bi}}")),
        "lambertw": Term(_call("W")),
        "zeta": Term(_call(r"\zeta")),
        "hurwitz": Term(r"\zeta\left({a}, {b}\right)"),
        "polylog": Term(r"\operatorname{{Li}}_{{{a}}}\left({b}\right)"),
        "dirichlet": Term(r"L\left({b}, \chi_{{{a}}}\right)"),
        "ei": Term(_call(r"\operatorname{{Ei}}")),
        "e1": Term(_call("E_{{1}}")),
        "besseli": Term(r"I_{{{a}}}\left({b}\right)"),
        "besselj": Term(r"J_{{{a}}}\left({b}\right)"),
        "abs": Term(r"\left|{a}\right|"),
        "min": Term(r"\min\left({a}, {b}\right)"),
        "max": Term(r"\max\left({a}, {b}\right)"),
        "atan2": Term(r"\operatorname{{atan2}}\left({a}, {b}\right)"),
        "hypot": Term(r"\sqrt{{{A}^2 + {B}^2}}"),
    },
    number=_number,
    infix={
        "add": "{} + {}".format,
        "sub": "{} - {}".format,
        "mul": _product,
        "div": r"\frac{{{}}}{{{}}}".format,
        "neg": "-{}".format,
        "pow": "{}^{}".format,
    },
    power=_power,
    brackets=r"\left({}\right)",
    enclosed=frozenset({"div"}),
)

#: What letters stand for, where they are not known to everyone; by name of the vocabulary.
MEANINGS = {
    "catalan": r"$G$ is Catalan's constant",
    "gamma": r"$\gamma$ is Euler's constant",
    "golden": r"$\varphi$ is the golden ratio",
    "khinchin": r"$K_{0}$ is Khinchin's constant",
    "glaisher": r"$A$ is the Glaisher--Kinkelin constant",
    "gelu": r"$\Phi$ is the standard normal distribution function",
}


def tidy(text: str) -> str:
    r"""Plain brackets around what is one line high: ``\zeta(3)`` rather than stretched ones."""
    return re.sub(r"\\left\(([^\\(){}]|\\pi)+?\\right\)", _plain_brackets, text)


def _plain_brackets(match: re.Match[str]) -> str:
    return match[0].replace(r"\left(", "(").replace(r"\right)", ")")
