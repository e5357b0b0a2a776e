"""Continued fractions as mathematics: the first levels, then the rule of their terms."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.plain import one_line
from elitemap.formulas.boxes import (
    Box,
    Drafts,
    beside,
    bracketed,
    stacked,
    subscript,
    superscript,
    word,
)
from elitemap.formulas.expression_boxes import expression_box
from elitemap.formulas.parsing import parse_constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction, polynomial_text
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.signed import SignedFraction

#: Levels that are drawn where there is room.
LEVELS = 4

#: Digits of a number that is written out; longer ones stay symbols.
_LONGEST = 9

#: Characters of a rule or value; longer ones are cut.
_MOST = 300

_POWER = re.compile(r"\*\*(\d+)")
_EARLIER = re.compile(r"a\(k-(\d+)\)")


def drafts(document: Mapping[str, Any]) -> Drafts:
    """The mathematics of a formula's document.

    Raises:
        FractionError: If it is no fraction.
        UsageError: If its value is no expression.
    """
    return formula_boxes(Formula.from_json(document))


def formula_boxes(formula: Formula) -> list[Sequence[Box]]:
    """A formula in ever less height: fewer levels, then everything in single rows.

    Each draft is the equation, then the rule of the terms.
    """
    rules = [word(text) for text in _rules(formula.fraction)]
    stacks = [[_equation(formula, levels, True), *rules] for levels in range(LEVELS, 1, -1)]
    return [*stacks, [_equation(formula, LEVELS, False), *rules]]


def _equation(formula: Formula, levels: int, stack: bool) -> Box:
    value = "?" if formula.value is None else _cut(str(formula.value))
    try:
        left = expression_box(parse_constant(value), stack)
    except UsageError:
        left = word(one_line(value))
    return beside(left, word(" = "), _levels(formula.fraction, levels, stack))


def _levels(fraction: ContinuedFraction | SignedFraction, levels: int, stack: bool) -> Box:
    a, b = _terms(fraction, levels + 1)
    inner = word(_sign(b[levels + 1]) + ("⋱" if stack else "…"))
    for n in range(levels, 0, -1):
        above = word(_number(abs(b[n]), "b", n))
        below = beside(word(_number(a[n], "a", n)), inner)
        level = stacked(above, below) if stack else beside(above, word("/"), bracketed(below))
        inner = beside(word(_sign(b[n])), level)
    return beside(word(_number(a[0], "a", 0)), inner)


def _terms(
    fraction: ContinuedFraction | SignedFraction, last: int
) -> tuple[Sequence[int], Sequence[int]]:
    """The first partial denominators and numerators; b_0 reads as 1."""
    if isinstance(fraction, SignedFraction):
        quotients = list(islice(fraction.quotients(), last + 1))
        return quotients, [1, *(fraction.sign(n) for n in range(1, last + 1))]
    a = [fraction.a_at(n) for n in range(last + 1)]
    return a, [1, *(fraction.b_at(n) for n in range(1, last + 1))]


def _sign(value: int) -> str:
    return " − " if value < 0 else " + "


def _number(value: int, name: str, n: int) -> str:
    text = str(value) if abs(value) < 10**_LONGEST else name + subscript(str(n))
    return text.replace("-", "−")


def _rules(fraction: ContinuedFraction | SignedFraction) -> list[str]:
    if isinstance(fraction, SignedFraction):
        return _signed_rules(fraction)
    return [*_rows("a", fraction.a), *_rows("b", fraction.b)]


def _rows(name: str, side: Sequence[tuple[int, ...]]) -> list[str]:
    if len(side) == 1:
        return [f"{name}ₙ = {_polynomial(side[0], 'n')}"]
    return [
        f"{name}({len(side)}k{f' + {place}' if place else ''}) = {_polynomial(polynomial, 'k')}"
        for place, polynomial in enumerate(side)
    ]


def _polynomial(polynomial: tuple[int, ...], variable: str) -> str:
    text = polynomial_text(polynomial, variable)
    text = _POWER.sub(lambda power: superscript(power[1]), text)
    return _cut(text.replace("*", "").replace("-", "−"))


def _signed_rules(fraction: SignedFraction) -> list[str]:
    first, *rest = fraction.start
    signs = ", ".join("+" if sign > 0 else "−" for sign in fraction.signs)
    return [
        _cut(f"a = [{first}; {', '.join(map(str, [*rest, '…']))}]".replace("-", "−")),
        _cut(f"aₖ = {_recurrence(fraction.taps)}"),
        f"signs repeat: {signs}",
    ]


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def _recurrence(taps: Sequence[int]) -> str:
    text = ""
    for back, tap in enumerate(taps, 1):
        if tap:
            factor = "" if abs(tap) == 1 else f"{abs(tap)}·"
            text += f"{_sign(tap)}{factor}a{subscript(f'k-{back}')}"
    start = "−" if text.startswith(" − ") else ""
    return start + text[3:] or "0"
