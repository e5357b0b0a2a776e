"""Boxes of two variables, and what is proved on them by halving.

A box is halved across its longer side, measured in units of the whole, until ball arithmetic on
every part shows what is to be shown. A part that stays open down to a billionth of the box is where
it fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_series

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression, evaluate
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import JETS, ball, interval, leaf
from elitemap.searchspaces.elementary.domain import End, parse_domain

_BITS = 96
#: Halvings of one side, and parts looked at, before it is given up.
_FINEST, _MOST = 30, 20_000
#: Values of targets stay far below the largest float64.
_LARGEST = arb(2) ** 900


@dataclass(frozen=True)
class Box:
    """A closed box, its sides exactly.

    Attributes:
        x: Lower and upper bound of x.
        y: Lower and upper bound of y.
    """

    x: tuple[Fraction, Fraction]
    y: tuple[Fraction, Fraction]

    @property
    def middle(self) -> tuple[Fraction, Fraction]:
        """The centre."""
        return (self.x[0] + self.x[1]) / 2, (self.y[0] + self.y[1]) / 2

    @property
    def radii(self) -> tuple[Fraction, Fraction]:
        """Half of each side."""
        return (self.x[1] - self.x[0]) / 2, (self.y[1] - self.y[0]) / 2

    def halves(self, whole: "Box") -> tuple["Box", "Box"]:
        """Two parts, across the side that is longer in units of those of the whole."""
        middle = self.middle
        shares = [own / all_of_it for own, all_of_it in zip(self.radii, whole.radii, strict=True)]
        if shares[0] >= shares[1]:
            return Box((self.x[0], middle[0]), self.y), Box((middle[0], self.x[1]), self.y)
        return Box(self.x, (self.y[0], middle[1])), Box(self.x, (middle[1], self.y[1]))


def parse_box(text: str) -> tuple[tuple[End, End], tuple[End, End]]:
    """Read ``lo,hi,lo,hi``, the bounds of x and those of y.

    Raises:
        UsageError: If that is malformed, or one of the sides as in ``parse_domain``.
    """
    parts = text.split(",")
    if len(parts) != 4:
        raise UsageError(
            f"expected bounds of x, then of y, in domain, got '{text[:60]}'; write "
            "domain=1/2,1,0,1 for x from 1/2 to 1 and y from 0 to 1"
        )
    return parse_domain(",".join(parts[:2])), parse_domain(",".join(parts[2:]))


def values_on(expression: Expression, box: Box, bits: int = _BITS) -> arb:
    """An enclosure of the values on a box."""
    with precision(bits, 1):
        x, y = (arb_series([interval(*side)]) for side in (box.x, box.y))
        found: arb = evaluate(expression, JETS, x, leaf, y)[0]
        return found


def value_at(expression: Expression, x: Fraction, y: Fraction, bits: int) -> arb:
    """The value at a point."""
    with precision(bits, 1):
        at = (arb_series([ball(v)]) for v in (x, y))
        found: arb = evaluate(expression, JETS, next(at), leaf, next(at))[0]
        return found


def check_defined(expression: Expression, box: Box, what: str = "the target") -> None:
    """Prove an expression real and bounded on a box.

    Raises:
        UsageError: Naming a place where that fails: a pole, a branch cut, an undefined value.
    """
    trouble = _trouble(box, lambda part: bool(abs(values_on(expression, part)) < _LARGEST))
    if trouble is not None:
        raise UsageError(
            f"{what} is not defined, has a pole, a branch cut or is huge near {_place(trouble)}; "
            "choose a domain without that point"
        )


def find_zero(expression: Expression, box: Box) -> tuple[Fraction, Fraction] | None:
    """A place near a zero, or None where an expression is proved to have none on a box."""
    return _trouble(box, lambda part: not values_on(expression, part).contains(0))


def require_no_zero(expression: Expression, box: Box) -> None:
    """Refuse a target with a zero.

    Raises:
        UsageError: Naming a place.
    """
    zero = find_zero(expression, box)
    if zero is not None:
        raise UsageError(
            f"the target has a zero near {_place(zero)}, where relative error is infinite; use "
            "error=absolute or another domain"
        )


def _place(at: tuple[Fraction, Fraction]) -> str:
    return "(x, y) = ({:.6g}, {:.6g})".format(*(round(float(v), 9) for v in at))


def _trouble(box: Box, good: Callable[[Box], bool]) -> tuple[Fraction, Fraction] | None:
    """The middle of a part on which ``good`` cannot be shown; None if it holds everywhere."""
    parts = [(box, 0)]
    for _ in range(_MOST):
        if not parts:
            return None
        part, depth = parts.pop()
        if good(part):
            continue
        if depth >= 2 * _FINEST:
            return part.middle
        parts += [(half, depth + 1) for half in part.halves(box)]
    return parts[-1][0].middle if parts else None
