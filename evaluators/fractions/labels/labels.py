"""Status labels: whether a formula is rational, algebraic, known, explained, or none of these."""

import functools
from dataclasses import dataclass, field
from typing import Any

from elitemap.evaluators.fractions.contiguous.relatives import Relative, relative
from elitemap.evaluators.fractions.labels.explanations import Explanation, explain
from elitemap.evaluators.fractions.labels.hurwitz import Interlaced, hurwitzian, interlaced
from elitemap.evaluators.fractions.labels.known import Known, KnownFormula
from elitemap.evaluators.fractions.labels.mechanisms import further, tried
from elitemap.searchspaces.fractions.canonical import reduced, terminates
from elitemap.searchspaces.fractions.constants import constant, minimal_polynomial
from elitemap.searchspaces.fractions.continued import ContinuedFraction, polynomial_text
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

RATIONAL, ALGEBRAIC, KNOWN, EXPLAINED = "rational", "algebraic", "known", "explained"
UNEXPLAINED, UNIDENTIFIED = "unexplained", "unidentified"
#: All labels, the least interesting first. Unexplained is what the methods here do not explain; it
#: is no claim that a formula is new.
NAMES = (UNIDENTIFIED, RATIONAL, ALGEBRAIC, KNOWN, EXPLAINED, UNEXPLAINED)

_UNTOLD = "not explained by the methods tried so far"
#: What those are.
TRIED = (
    "Euler sums, ratios of 0F1, 1F1, 2F1 and U, the known table with its families and what is "
    f"contiguous to it, {tried()}"
)


@dataclass(frozen=True)
class Label:
    """A status and the reason for it.

    Attributes:
        name: One of :data:`NAMES`.
        reason: One line.
        details: What the reason refers to, as JSON: the sum, the parameters, the source.
    """

    name: str
    reason: str
    details: dict[str, Any] = field(default_factory=dict)


def label(formula: Formula, known: Known) -> Label:
    """The status of a formula; what it says is taken as true.

    Raises:
        FractionError: If the fraction is degenerate (a partial denominator is always zero).
        UsageError: If a constant of the value is not in the vocabulary.
    """
    if formula.value is None:
        return Label(UNIDENTIFIED, "no value is known")
    by_value = _by_value(formula.value)
    if by_value is not None:
        return by_value
    if isinstance(formula.fraction, SignedFraction):
        return _signed(formula.fraction, formula.value, known)
    return of_fraction(formula.fraction, known)


def _by_value(value: Relation) -> Label | None:
    pairs = zip(value.constants, value.numerator[1:], value.denominator[1:], strict=True)
    names = [name for name, *coefficients in pairs if any(coefficients)]
    if not names or value.degenerate:
        return Label(RATIONAL, f"the value {value} is rational")
    roots = {name: _minimal(name) for name in names}
    if all(roots.values()):
        text = ", ".join(f"{name}: {polynomial} = 0" for name, polynomial in roots.items())
        return Label(ALGEBRAIC, f"the value is algebraic ({text})", {"polynomials": roots})
    return None


@functools.lru_cache(maxsize=256)
def _minimal(name: str) -> str | None:
    """The polynomial of an algebraic constant, as text."""
    found = minimal_polynomial(constant(name))
    if found is None:
        return None
    return polynomial_text(tuple(int(c) for c in reversed(found.coeffs())), "x")


def of_fraction(fraction: ContinuedFraction, known: Known) -> Label:
    """The status of a polynomial fraction, whatever its value is called.

    Raises:
        FractionError: As :func:`label`.
    """
    if terminates(fraction):
        return Label(RATIONAL, "the fraction ends: some b(n) = 0")
    if max(reduced(fraction).degrees) <= 0:
        return Label(
            ALGEBRAIC, "the fraction is a form of a periodic one: a quadratic irrationality"
        )
    found = known.find(fraction)
    explanation = explain(fraction)
    if found is not None:
        return _known(found, explanation)
    if explanation is not None:
        return Label(EXPLAINED, explanation.text, explanation.details)
    near = relative(fraction, known)
    if near is not None:
        return _contiguous(near)
    explanation = further(fraction)
    if explanation is not None:
        return Label(EXPLAINED, explanation.text, explanation.details)
    return Label(UNEXPLAINED, f"{_UNTOLD}: {TRIED}", {"tried": TRIED})


def _contiguous(found: Relative[KnownFormula]) -> Label:
    details = _source(found.formula) | {"gauge": found.to_json()}
    return Label(KNOWN, str(found), details)


def _known(found: KnownFormula, explanation: Explanation | None) -> Label:
    details = _source(found)
    if explanation is not None:
        details["explained"] = explanation.details
    also = "" if explanation is None else f"; {explanation.text}"
    return Label(KNOWN, f"a form of {found}{also}", details)


def _source(found: KnownFormula) -> dict[str, Any]:
    return {
        "source": found.source,
        "year": found.year,
        "formula": f"{found.value}: {found.fraction}",
    }


def _signed(fraction: SignedFraction, value: Relation, known: Known) -> Label:
    found = interlaced(fraction)
    if found is None:
        return Label(UNEXPLAINED, f"{_UNTOLD}: the quotients are not interlaced polynomials")
    if found.degree <= 0:
        return Label(ALGEBRAIC, "the quotients are periodic: a quadratic irrationality")
    where = f"from quotient {found.start} on the fraction is {found.fraction}"
    inner = of_fraction(found.fraction, known)
    if inner.name != UNEXPLAINED:
        details = inner.details | {"interlaced": str(found.fraction), "start": found.start}
        return Label(inner.name, f"{inner.reason}; {where}", details)
    return _progressions(found, value) or Label(UNEXPLAINED, f"{inner.reason}; {where}")


def _progressions(found: Interlaced, value: Relation) -> Label | None:
    """Hurwitz's theorem: Möbius images of a number with such quotients have such quotients."""
    if found.degree != 1 or len(value.constants) != 1:
        return None
    source = hurwitzian(constant(value.constants[0]).expression)
    if source is None:
        return None
    reason = (
        f"interlaced arithmetic progressions, which every Möbius image of {value.constants[0]} "
        f"has (Hurwitz 1896; {source})"
    )
    return Label(EXPLAINED, reason, {"kind": "Hurwitz", "source": source, "start": found.start})
