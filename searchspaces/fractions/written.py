"""Continued fractions that people write, as they are shown or as boxes are given.

That is ``a = 3*n + 1, b = -2*n**2 + n``, or coefficients from the leading one down as in
``a=3,1 b=-2,1,0``; the polynomials of an interlaced fraction are separated by semicolons.
"""

import re

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.box import Side
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError, Polynomial
from elitemap.searchspaces.fractions.formula import Formula

_FORM = re.compile(r"(?:[^:]*:)?\s*a\s*=\s*(?P<a>[^=]+?)(?:\s*,\s*|\s+)b\s*=\s*(?P<b>[^=]+)")


def written(text: str) -> Formula:
    """The fraction of a text; a value in front, as in ``4/pi: a = ...``, counts for nothing.

    Raises:
        UsageError: In one line, with the cure, if it is no fraction with whole coefficients.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            "expected a fraction such as 'a = 3*n + 1, b = -2*n**2 + n' or 'a=3,1 b=-2,1,0', "
            f"got {text.strip()[:60]!r}"
        )
    a, b = (_side(found[name]) for name in "ab")
    if len(a) != len(b):
        raise UsageError(
            f"expected as many polynomials in a as in b, got {len(a)} and {len(b)}; add the others"
        )
    try:
        document = {"kind": "polynomial", "a": [*map(list, a)], "b": [*map(list, b)]}
        return Formula(ContinuedFraction.from_json(document))
    except FractionError as error:
        raise UsageError(f"expected a fraction, got {text.strip()[:60]!r}: {error}") from None


def _side(text: str) -> tuple[Polynomial, ...]:
    """One side: a polynomial, or several."""
    side = Side.parse(text)
    if any(template.ranges and template.size != 1 for template in side.templates):
        raise UsageError(f"expected whole coefficients, got a range in {text.strip()[:40]!r}")
    return side.polynomials([0])[0]
