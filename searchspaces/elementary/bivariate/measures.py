"""Measures of errors on boxes: what a weight of two variables must be."""

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import VARIABLES, Expression
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.elementary.bivariate.regions import (
    Box,
    check_defined,
    find_zero,
    value_at,
)
from elitemap.searchspaces.elementary.measures import Measure, factor_of

_BITS = 96


def measure_on(kind: str, weighting: str, expression: Expression, box: Box) -> Measure:
    """The measure of a kind and a weight.

    Args:
        kind: As :func:`~elitemap.searchspaces.elementary.measures.parse_error` returns it.
        weighting: An expression in x and y that is positive on the box, or nothing.
        expression: The target.
        box: Where.

    Raises:
        UsageError: If the weight is not finite and positive on the box.
    """
    text = str(_weight(weighting, box)) if weighting.strip() else ""
    factor = factor_of(kind, text, expression)
    weight = parse(factor, VARIABLES) if factor else None
    return Measure(kind, weight, text, ", ".join(VARIABLES))


def _weight(text: str, box: Box) -> Expression:
    weight = parse(text, VARIABLES)
    try:
        check_defined(weight, box, "the weight")
    except UsageError as error:
        told = str(error).split(";")[0]
        raise UsageError(f"{told}; choose a weight that is finite and positive there") from None
    zero = find_zero(weight, box)
    if zero is not None or not value_at(weight, *box.middle, _BITS) > 0:
        x, y = box.middle if zero is None else zero
        raise UsageError(
            f"expected a weight that is positive on the whole box, got '{text[:40]}', which is not "
            f"near (x, y) = ({float(x):.6g}, {float(y):.6g})"
        )
    return weight
