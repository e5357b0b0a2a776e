"""How exported code computes: which method, how deep to look first, how many places to spare."""

import math
from dataclasses import dataclass

from elitemap.archive.errors import SearchError, UsageError
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import ratio
from elitemap.searchspaces.fractions.continued import ContinuedFraction, Polynomial
from elitemap.searchspaces.fractions.convergence import (
    Convergence,
    classify,
    depth_for,
)
from elitemap.searchspaces.fractions.emission import engine, engine_series
from elitemap.searchspaces.fractions.emission.subject import Subject
from elitemap.searchspaces.fractions.ratio import as_coefficients, shifted
from elitemap.searchspaces.fractions.signed import SignedFraction

#: Digits that an export computes, compares and writes into the file for its self-test.
DIGITS = 50

#: Where emitted code gives up: terms of a product, order of an extrapolation.
MOST_TERMS, MOST_ORDER = 10_000_000, 20_000

#: Where the tail's series gives up.
MOST_DEPTH = 400_000

#: Where the trial before an export gives up.
_TRIAL_TERMS, _TRIAL_ORDER = 400_000, 400

#: Digits at which the terms per digit of factorial convergence are taken: fewer than for less.
_FAR = 1_000_000

#: Places beyond those printed: what rounding and the last convergents leave open.
_SPARE = 12

#: Classes whose errors are like a power of n, and those for which nothing helps.
SLOW = frozenset({"algebraic", "alternating algebraic"})
_HOPELESS = frozenset({"logarithmic", "divergent"})

#: Exponents this close to a whole number are whole.
_WHOLE = 1e-9

#: Languages that state a formula without computing its limit.
STATING = "latex, sympy, pari, mpmath or lean"


@dataclass(frozen=True)
class Plan:
    """How to compute the limit of a fraction.

    Attributes:
        method: ``products``, ``extrapolation``, ``series``, or ``none`` where nothing helps.
        kind: The class of convergence; ``signed`` for signed fractions.
        rate: How fast, in words.
        linear: Terms per digit to begin with.
        quadratic: Terms per square of digits to begin with, beside those.
        spare: Decimal places beyond those asked for.
        step: The distance of the convergents that extrapolation uses.
        ratio: Of b(n+1)/(a(n+1) a(n)), numerator and denominator, that the series needs.
    """

    method: str
    kind: str
    rate: str
    linear: float = 0.0
    quadratic: float = 0.0
    spare: int = _SPARE
    step: int = 2
    ratio: tuple[Polynomial, Polynomial] = ((), ())

    def depth(self, digits: int) -> int:
        """Where a product tree looks first."""
        return int(self.linear * digits + self.quadratic * digits * digits) + 8

    def depth_source(self, digits: str) -> str:
        """The same but for the 8 as an expression of every language, in a variable."""
        terms = [(self.linear, digits), (self.quadratic, f"{digits} * {digits}")]
        return " + ".join(f"{factor!r} * {term}" for factor, term in terms if factor)


def plan(subject: Subject) -> Plan:
    """Choose the method by the class of convergence."""
    fraction = subject.formula.fraction
    spare = _SPARE + _lost(subject)
    if isinstance(fraction, SignedFraction):
        return Plan("products", "signed", "has recurrent quotients", 0.2, 0.0, spare)
    found = classify(fraction)
    rate = _in_words(found)
    if found.kind in _HOPELESS:
        return Plan("none", found.kind, rate)
    if found.kind in SLOW:
        if fraction.period == 1:
            above, below = (as_coefficients(shifted(side, 1)) for side in ratio(fraction))
            return Plan("series", found.kind, rate, spare=spare, ratio=(above, below))
        if abs(found.exponent - round(found.exponent)) > _WHOLE:
            # Squares and higher powers of such an error defeat the extrapolation.
            return Plan("none", found.kind, f"{rate}, no whole power")
        step = math.lcm(2, fraction.period)
        return Plan("extrapolation", found.kind, rate, spare=spare, step=step)
    if fraction.period > 1:
        # One residue's numerators may set a convergent back by their own size.
        spare += 10 + 6 * fraction.degrees[1]
    if found.kind == "exponential":
        spare += math.ceil(-math.log10(-math.expm1(-found.rate * math.log(10))))
        return Plan("products", found.kind, rate, round(1.02 / found.rate, 3), 0.0, spare)
    if found.kind == "factorial":
        linear = (depth_for(found, _FAR) or 0) / _FAR
        return Plan("products", found.kind, rate, max(round(linear, 3), 0.01), 0.0, spare)
    if found.kind == "finite":
        return Plan("products", found.kind, rate, 0.1)
    # An error exp(-c sqrt n) is the sum of about sqrt(n) differences.
    quadratic = round((math.log(10) / found.exponent) ** 2, 3)
    return Plan("products", found.kind, rate, 0.0, quadratic, spare + 6)


def refuse_hopeless(subject: Subject, chosen: Plan) -> None:
    """Stop an export that must compute digits and cannot.

    Raises:
        UsageError: If the plan has no method.
    """
    if chosen.method == "none":
        raise UsageError(
            f"expected a fraction with digits to compute, got one that {chosen.rate}: choose "
            f"another formula, or export to {STATING}"
        )


def trial(subject: Subject, chosen: Plan) -> str:
    """Run the engine, compare with the value, and give the first digits as text.

    Returns:
        The number that the code computes, :data:`DIGITS` decimal places, cut.

    Raises:
        UsageError: If the plan has no method, or not so many digits are within reach.
        SearchError: If the fraction is not what the formula says.
    """
    refuse_hopeless(subject, chosen)
    a, b = terms(subject.formula.fraction)
    places = DIGITS + chosen.spare
    try:
        if chosen.method == "extrapolation":
            p, q = engine.by_extrapolation(a, b, places, chosen.step, _TRIAL_ORDER)
        elif chosen.method == "series":
            p, q = engine_series.by_series(a, b, chosen.ratio, places, MOST_DEPTH)
        else:
            p, q = engine.by_products(a, b, places, chosen.depth(places), _TRIAL_TERMS)
    except ArithmeticError as error:
        raise UsageError(
            f"expected {DIGITS} digits of a fraction that {chosen.rate}, got none ({error}): "
            f"choose another formula, or export to {STATING}"
        ) from None
    m0, m1, m2, m3 = subject.solution()
    below = m2 * q + m3 * p
    units = engine.fixed(m0 * q + m1 * p, below, DIGITS) if below else 0
    bits = int(abs(units)).bit_length() + 64
    number = subject.number(bits)
    with precision(bits + 64):
        if not below or (number is not None and not abs(number * 10**DIGITS - int(units)) < 2):
            raise SearchError(
                f"the fraction is not {subject.value}: its first {DIGITS} digits give another "
                f"number, {engine.decimal(units, DIGITS)[:20]}..."
            )
    return engine.decimal(units, DIGITS)


def terms(fraction: ContinuedFraction | SignedFraction) -> tuple[engine.Term, engine.Term]:
    """The partial denominators and numerators as functions of n."""
    if isinstance(fraction, ContinuedFraction):
        return fraction.a_at, fraction.b_at
    stream, known = fraction.quotients(), list[int]()

    def quotient(n: int) -> int:
        while len(known) <= n:
            known.append(next(stream))
        return known[n]

    return quotient, fraction.sign


def _lost(subject: Subject) -> int:
    """Decimal places that solving for the constant loses."""
    m0, m1, m2, m3 = subject.solution()
    bits = 128 + 4 * max(map(abs, (m0, m1, m2, m3))).bit_length()
    x = subject.limit(bits)
    if x is None or subject.single is None:
        return 0
    with precision(bits):
        slope = float(abs((m1 * m2 - m0 * m3) / (m2 + m3 * x) ** 2))
    return max(0, math.ceil(math.log10(slope))) if 0 < slope < math.inf else 0


def _in_words(found: Convergence) -> str:
    if found.kind in SLOW:
        return f"converges like n^-{found.exponent:.4g}"
    if "root" in found.kind:
        return f"converges like exp(-{found.exponent:.4g} sqrt(n))"
    if found.rate:
        return f"converges with {found.rate:.4g} digits a term ({found.kind})"
    return {
        "logarithmic": "converges like 1/log(n)",
        "divergent": "has no limit that is known to exist",
    }.get(found.kind, f"is {found.kind}")
