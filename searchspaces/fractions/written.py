"""Continued fractions that people write, as they are shown: ``a = 3*n + 1, b = -2*n**2 + n``."""

import re

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.grammar import MAX_DEGREE, parse_template

_FORM = re.compile(r"(?:[^:]*:)?\s*a\s*=(?P<a>[^,=]*),\s*b\s*=(?P<b>[^,=]*)")


def written(text: str) -> Formula:
    """The fraction of a text; a value in front, as in ``4/pi: a = ...``, counts for nothing.

    Raises:
        UsageError: In one line, with the cure, if it is no fraction with whole coefficients.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"expected a fraction such as 'a = 3*n + 1, b = -2*n**2 + n', got {text.strip()[:60]!r}"
        )
    return Formula(ContinuedFraction.of(_polynomial(found["a"]), _polynomial(found["b"])))


def _polynomial(text: str) -> list[int]:
    """Coefficients, leading term first."""
    ranges, terms = parse_template(text)
    if ranges:
        raise UsageError(f"expected whole coefficients, got a range in {text.strip()[:40]!r}")
    coefficients = [0] * (MAX_DEGREE + 1)
    for (power, *_), coefficient in terms:
        coefficients[MAX_DEGREE - power] += coefficient
    return coefficients
