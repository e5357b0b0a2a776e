"""Known mechanisms behind a fraction, each checked by SymPy before it is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flint import arb

from elitemap.evaluators.fractions.labels import contiguity
from elitemap.evaluators.fractions.labels.euler import check, euler
from elitemap.evaluators.fractions.labels.hypergeometric import Hypergeometric, hypergeometric
from elitemap.evaluators.fractions.values import deep
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import canonical, plain, reduced
from elitemap.searchspaces.fractions.continued import ContinuedFraction

#: Digits to which a ratio of functions is compared with the fraction, and bits of the evaluation.
DIGITS, BITS = 40, 256


@dataclass(frozen=True)
class Explanation:
    """A mechanism, and the fraction it was found on.

    Attributes:
        fraction: The fraction itself, or its simplest form under inflation, contraction and shift.
        text: One line.
        details: The same as a JSON object.
    """

    fraction: ContinuedFraction
    text: str
    details: dict[str, Any]


def explain(fraction: ContinuedFraction) -> Explanation | None:
    """Euler's sum or a ratio of hypergeometric functions, whichever fits.

    Args:
        fraction: Of any period, not terminating.

    Raises:
        FractionError: If the fraction is degenerate.
    """
    for form in forms(fraction):
        found = _euler(form) or _ratio(form)
        if found is not None:
            same = form == fraction
            where = "" if same else f" (c(n) of the equivalent {form})"
            details = found[1] | ({} if same else {"equivalent": str(form)})
            return Explanation(form, found[0] + where, details)
    return None


def forms(fraction: ContinuedFraction) -> Iterator[ContinuedFraction]:
    """The fraction, or what is simpler and has an equivalent value; different ones."""
    flat = plain(fraction)
    least = reduced(flat)
    first = flat if flat.degrees == least.degrees else least
    yield first
    second = canonical(fraction)
    if second.degrees != first.degrees:
        yield second


def _euler(fraction: ContinuedFraction) -> tuple[str, dict[str, Any]] | None:
    form = euler(fraction)
    if form is None or not check(form, fraction):
        return None
    return str(form), form.to_json()


def _ratio(fraction: ContinuedFraction) -> tuple[str, dict[str, Any]] | None:
    form = hypergeometric(fraction)
    if form is None or not contiguity.check(form, fraction) or not _agrees(form, fraction):
        return None
    return str(form), form.to_json()


def _agrees(form: Hypergeometric, fraction: ContinuedFraction) -> bool:
    """Whether the functions give the fraction's value: they are its minimal solution.

    The recurrence holds by the identity; of its solutions only the minimal one gives the limit.
    """
    limit = deep.limit(fraction, DIGITS)
    if limit is None:
        return False
    with precision(BITS):
        value = whole(fraction, form.start, form.tail(BITS))
        error = abs(value - limit.value)
        return bool(error < 10 * limit.value.rad() + abs(value) * arb(10) ** -DIGITS)


def whole(fraction: ContinuedFraction, start: int, tail: arb) -> arb:
    """The value of a fraction from that of its tail c(start)."""
    for n in range(start - 1, -1, -1):
        tail = fraction.a_at(n) + fraction.b_at(n + 1) / tail
    return tail
