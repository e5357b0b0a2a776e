"""Errors as users mean them: absolute, relative, a blend of both, a mean square; and weights.

All but the mean are largest values over the domain of ``|P(x) - f(x)| w(x)``, in units of ``f(x)``
under relative error. A blend is relative where ``f`` is large and absolute where it is small:
``|P - f| / max(floor, |f|)`` is at most ``r`` where ``|P - f| <= max(floor r, r |f|)``.
"""

from dataclasses import dataclass
from fractions import Fraction

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression
from elitemap.formulas.parsing import parse, parse_constant
from elitemap.formulas.vocabulary import constant_value
from elitemap.searchspaces.elementary.domain import check_defined, require_no_zero, value_between

_KINDS = ("relative", "absolute", "mean")


@dataclass(frozen=True)
class Measure:
    """How an error is measured.

    Attributes:
        name: ``absolute``, ``relative``, ``blend:FLOOR`` or ``mean``.
        weight: What ``P - f`` is multiplied by, beside the target's reciprocal under relative
            error; None for 1.
        weighting: The user's part of that, as text; empty for none.
        variables: What the target is a function of.
    """

    name: str
    weight: Expression | None = None
    weighting: str = ""
    variables: str = "x"

    @property
    def said(self) -> str:
        """The measure in words: what certificates and problems are about."""
        return self.name + (f", weight {self.weighting}" if self.weighting else "")

    @property
    def proves(self) -> str:
        """What a bound means, as an inequality."""
        p, f = f"P({self.variables})", f"f({self.variables})"
        factor = f" |{self.weighting}|" if self.weighting else ""
        if self.name == "mean":
            inner = f"({p} - {f})^2{' (' + self.weighting + ')^2' if self.weighting else ''}"
            return f"the root of the mean of {inner} over the domain <= upper"
        kinds = {"relative": f"|{p}/{f} - 1|", "absolute": f"|{p} - {f}|"}
        floor = self.name.partition(":")[2]
        error = kinds.get(self.name, f"|{p} - {f}| / max({floor}, |{f}|)")
        every = f"every {self.variables}" if self.variables == "x" else "all x and y"
        return f"{error}{factor} <= upper for {every} in the domain"


def parse_error(text: str) -> str:
    """The kind of error that a user names, as it is recorded.

    Raises:
        UsageError: For anything but ``absolute``, ``relative``, ``mean`` or ``blend:CONSTANT``.
    """
    kind, mark, floor = text.strip().partition(":")
    if kind in _KINDS and not mark:
        return kind
    if kind != "blend" or not floor:
        raise UsageError(
            f"expected error=relative, absolute, mean or blend:FLOOR, got '{text[:40]}'"
        )
    tree = parse_constant(floor)
    value = constant_value(tree, 128)
    if not (value > 0 and value < 2**100):
        raise UsageError(f"expected a positive number as the floor of a blend, got '{floor[:40]}'")
    return f"blend:{tree}"


def measure_of(
    kind: str, weighting: str, expression: Expression, lo: Fraction, hi: Fraction
) -> Measure:
    """The measure of a kind and a weight.

    Args:
        kind: As :func:`parse_error` returns it.
        weighting: An expression in x that is positive on the domain, or nothing.
        expression: The target.
        lo: Lower end of the domain.
        hi: Upper end.

    Raises:
        UsageError: If the weight is not finite and positive on the domain.
    """
    text = str(_weight(weighting, lo, hi)) if weighting.strip() else ""
    factor = factor_of(kind, text, expression)
    return Measure(kind, parse(factor) if factor else None, text)


def factor_of(kind: str, weighting: str, expression: Expression) -> str:
    """What ``P - f`` is multiplied by, as text, beside the reciprocal; empty for 1."""
    name, _, floor = kind.partition(":")
    return f"({weighting or 1})/max({floor}, abs({expression}))" if name == "blend" else weighting


def _weight(text: str, lo: Fraction, hi: Fraction) -> Expression:
    weight = parse(text)
    try:
        check_defined(weight, lo, hi)
        require_no_zero(weight, lo, hi)
    except UsageError as error:
        told = str(error).replace("the target", "the weight").split(";")[0].split(", where")[0]
        raise UsageError(f"{told}; choose a weight that is finite and positive there") from None
    for x in (lo, (lo + hi) / 2, hi):
        if not value_between(weight, x) > 0:
            raise UsageError(
                f"expected a weight that is positive on the whole domain, got '{text[:40]}', which "
                f"is not at x = {float(x):.6g}"
            )
    return weight
