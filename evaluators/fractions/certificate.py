"""Certificates: both sides of a formula computed again, independently and to 1,000 digits.

The left-hand side comes from exact convergents (or from two extrapolations of them), the right-hand
side from ball arithmetic on the constants. Numerical agreement is no proof of the formula; the
certificate says what was compared, to how many digits, and whether each side's error is proved.
"""

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.engine.protocols import Unproved
from elitemap.evaluators.fractions.labels.known import Known
from elitemap.evaluators.fractions.labels.labels import label
from elitemap.evaluators.fractions.labels.summed import summed
from elitemap.evaluators.fractions.values import deep
from elitemap.evaluators.fractions.values.agreement import agrees, relation_value, significance
from elitemap.evaluators.fractions.values.enclosure import BITS_PER_DIGIT, Limit, log10
from elitemap.evaluators.fractions.values.identify import ACCEPTED, algebraic, identify
from elitemap.evaluators.fractions.values.irrationality import Growth, measure
from elitemap.evaluators.fractions.values.products import Fraction
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import ratio
from elitemap.searchspaces.fractions.constants import Constant, constant
from elitemap.searchspaces.fractions.continued import FractionError, polynomial_text
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.ratio import as_coefficients
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.series.checking import TERMS, agreement
from elitemap.searchspaces.fractions.series.text import statement as written_out
from elitemap.searchspaces.fractions.signed import SignedFraction
from elitemap.searchspaces.fractions.theorems import convergence_theorem

#: Digits that are checked, a few more that are computed, and the fewest that certify.
DIGITS, SPARE, LEAST = 1000, 10, 100
#: Digits at which the value of a formula without one is looked for.
STAGES = (60, 120)
#: Digits of the value that are printed.
SHOWN = 50

UNIDENTIFIED = "unidentified"

Result = tuple[dict[str, Any], dict[str, float | str], dict[str, Any] | Unproved]


def certify(
    formula: Formula, constants: Sequence[Constant], known: Known, seconds: float
) -> Result:
    """Check a formula, and label it.

    Args:
        formula: The formula; a value is looked for if it has none.
        constants: What the value may be related to: each, then all together.
        known: Formulas that are known.
        seconds: Time after which no further deepening begins.

    Returns:
        The formula as JSON, the objectives that changed, and the certificate as a JSON object, or
        why there is none: the limit cannot be had to :data:`LEAST` digits, or it is not the value.
        The certificate is one without ``digits`` if the value is not recognised.
    """
    begun = time.monotonic()
    if formula.value is None:
        formula = Formula(formula.fraction, named(formula.fraction, constants, seconds))
    left = max(0.0, seconds - (time.monotonic() - begun))
    limit = deep.limit(formula.fraction, DIGITS + SPARE, left, prove=True)
    if limit is None or limit.digits < LEAST:
        final = time.monotonic() - begun < seconds
        return formula.to_json(), {}, Unproved(f"the limit is not known to {LEAST} digits", final)
    growth = measure(formula.fraction)
    found = _described(formula.fraction, limit, growth)
    if formula.value is None:
        found |= {"digits": None, "label": unrecognised(limit)}
    else:
        beyond = significance(formula.value, limit)
        if not agrees(limit, formula.value):
            return formula.to_json(), {}, Unproved("the limit differs from the value", final=True)
        if given := [one for one in map(constant, formula.value.constants) if one.places]:
            return formula.to_json(), {}, Unproved(as_given(given, beyond), final=True)
        if beyond < ACCEPTED:
            return formula.to_json(), {}, Unproved("the value may be chance", final=True)
        found |= compared(limit, formula.value, beyond)
        verdict = label(formula, known)
        details = dict(verdict.details)
        found["label"] = {"name": verdict.name, "reason": verdict.reason, "details": details}
        found |= series_of(formula)
    found["statement"] = statement(formula, found["label"]["name"], found["digits"])
    found["seconds"] = round(time.monotonic() - begun, 3)
    return formula.to_json(), objectives(found), found


def as_given(given: Sequence[Constant], beyond: float) -> str:
    """Why a formula for a number that is known to some digits has no certificate."""
    told = " and ".join(f"the {one.digits} digits given of {one.text}" for one in given)
    return (
        f"agrees with {told}, {beyond:.1f} digits beyond chance for a single fraction; only a "
        "constant that has a name can be certified"
    )


def named(f: Fraction, constants: Sequence[Constant], seconds: float) -> Relation | None:
    """The value of a fraction that is found and holds to twice as many digits; None without one."""
    begun = time.monotonic()
    for digits in STAGES:
        limit = deep.limit(f, digits, max(0.0, seconds / 4 - (time.monotonic() - begun)))
        if limit is None:
            return None
        found = identify(limit, constants)
        if found is None and len(constants) > 1:
            found = identify(limit, constants, joint=True)
        if found is not None:
            return found.relation
    return None


def series_of(formula: Formula) -> dict[str, Any]:
    """The hypergeometric series of the formula's constant, under its name; nothing without one.

    That it follows from the formula is exact; its first terms are added up besides.
    """
    found = summed(formula)
    places = None if found is None else agreement(found)
    if found is None or places is None:  # none, or one too slow for its terms to say anything
        return {}
    told = {
        "statement": written_out(found),
        "how": "exactly, from Euler's form: its partial sums are convergents",
        "checked": f"{TERMS} terms agree to {places} decimal places",
        "of": found.to_json(),
    }
    return {"series": told}


def unrecognised(limit: Limit) -> dict[str, Any]:
    """The label of a formula without a value: its number may still be algebraic."""
    polynomial = algebraic(limit)
    if polynomial is None:
        reason = "no relation to the constants stands out from chance"
        return {"name": UNIDENTIFIED, "reason": reason, "details": {}}
    coefficients = tuple(int(c) for c in reversed(polynomial.coeffs()))
    reason = f"the value is a root of {polynomial_text(coefficients, 'x')}"
    return {"name": "algebraic", "reason": reason, "details": {"polynomial": list(coefficients)}}


def compared(limit: Limit, value: Relation, beyond: float) -> dict[str, Any]:
    """What the comparison of both sides shows: only digits that the balls leave no doubt of."""
    right = relation_value(value, limit.digits)
    with precision(math.ceil(limit.digits * BITS_PER_DIGIT) + 96):
        difference = (limit.value - right).abs_upper()
    size = max(0.0, log10(limit.value.mid()))
    digits = min(size - log10(difference), limit.digits)
    return {
        "digits": math.floor(digits),
        "residual": round(size - digits, 2),
        "significance": round(beyond, 1),
    }


def objectives(certificate: Mapping[str, Any]) -> dict[str, float | str]:
    """What an elite's objectives are according to its certificate, as far as it tells."""
    irrationality = certificate["irrationality"] or {}
    told = {
        "digits": certificate["digits"],
        "significance": certificate.get("significance"),
        "digits_per_term": certificate["digits_per_term"],
        "delta": irrationality.get("delta"),
        "label": certificate["label"]["name"],
    }
    return {name: value for name, value in told.items() if value is not None}


def statement(formula: Formula, name: str, digits: int | None) -> str:
    """What the certificate claims, in a sentence; unexplained formulas are called not proved."""
    if digits is None:
        return f"the value of {formula.fraction} was not recognised"
    claim = f"{name}, not proved" if name == "unexplained" else name
    return f"{formula} ({claim}, checked to {digits} digits)"


def _described(f: Fraction, limit: Limit, growth: Growth | None) -> dict[str, Any]:
    """What is said of a fraction whatever its value."""
    return {
        "value": limit.value.str(min(SHOWN, int(limit.digits)), radius=False),
        "value_digits": math.floor(limit.digits),
        "depth": limit.depth,
        "method": limit.method,
        "rigorous": limit.rigorous,
        "why": _why(limit),
        "convergence": _convergence(f),
        "digits_per_term": None if growth is None else round(growth.rate, 6),
        "irrationality": None if growth is None else _irrationality(growth),
        "recurrence": recurrence_text(f),
        "ratio": ratio_text(f),
    }


def _why(limit: Limit) -> str:
    if limit.rigorous:
        return "the limit's error is bounded by a theorem, the constants' by ball arithmetic"
    return "the limit's error is estimated from two computations, not proved"


def _convergence(f: Fraction) -> dict[str, Any]:
    """The class of convergence and what proves it."""
    if isinstance(f, SignedFraction):
        return {"kind": "simple continued fraction", "theorem": None}
    found, theorem = classify(f), convergence_theorem(f)
    proved = None
    if theorem is not None:
        proved = {"name": theorem.name, "source": theorem.source, "statement": theorem.statement}
    return {
        "kind": found.kind,
        "rate": found.rate,
        "exponent": found.exponent,
        "theorem": proved,
    }


def _irrationality(growth: Growth) -> dict[str, Any]:
    return {
        "delta": round(growth.delta, 4),
        "factorial_reduction": growth.factorial,
        "order": round(growth.order, 4),
        "q_rate": round(growth.q_rate, 4),
        "gcd_rate": round(growth.gcd_rate, 4),
        "depth": growth.n,
    }


def recurrence_text(f: Fraction) -> str | None:
    """The recurrence of numerators and denominators; None for signed and interlaced fractions."""
    if isinstance(f, SignedFraction) or f.period != 1:
        return None
    a, b = (polynomial_text(side[0]) for side in (f.a, f.b))
    return (
        f"u(n) = ({a})*u(n-1) + ({b})*u(n-2); numerators u(-1) = 1, u(0) = {f.a_at(0)}; "
        "denominators u(-1) = 0, u(0) = 1"
    )


def ratio_text(f: Fraction) -> str | None:
    """r(n) = b(n)/(a(n) a(n-1)) in lowest terms, as text; None for degenerate fractions."""
    if isinstance(f, SignedFraction):
        return None
    try:
        above, below = (polynomial_text(as_coefficients(side)) for side in ratio(f))
    except FractionError:
        return None
    return f"({above})/({below})"
