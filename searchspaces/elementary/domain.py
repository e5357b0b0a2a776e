"""What a target does on its domain: where it is defined, bounded and free of zeros.

Everything is decided by ball arithmetic on subintervals, so a "yes" is a proof. Ends are special: a
target may be undefined or zero exactly there (sin(x)/x or sqrt at 0, sin at 0 under relative error)
if it stays bounded, because errors are suprema over the open interval.
"""

from collections.abc import Callable
from fractions import Fraction

from flint import arb

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.elementary.expression import Expression
from elitemap.searchspaces.elementary.parsing import parse_constant
from elitemap.searchspaces.elementary.precision import precision
from elitemap.searchspaces.elementary.vocabulary import (
    ball,
    constant_value,
    interval,
    jet,
    variable,
)

_BITS = 128
_TERMS = 8
#: Subintervals are halved down to this part of the domain before a point counts as a trouble spot.
_FINEST = Fraction(1, 2**40)
_MAX_STEPS = 3000
#: Values of targets stay far below the largest float64.
_LARGEST = arb(2) ** 900


def parse_domain(text: str) -> tuple[Fraction, Fraction]:
    """Read ``lo,hi``; bounds are constants such as ``0``, ``-1/3`` or ``pi/4``.

    Irrational bounds are rounded outwards to float64, so that the stated interval is covered.

    Raises:
        UsageError: If the interval is malformed, empty, reversed or infinite.
    """
    parts = text.strip().strip("[]").split(",")
    if len(parts) != 2 or any(part.strip().lower().strip("+-") in _INFINITE for part in parts):
        raise UsageError(f"expected a finite domain 'lo,hi', got '{text[:60]}'; write domain=0,1")
    lo, hi = (_bound(part, upper) for part, upper in zip(parts, (False, True), strict=True))
    if lo >= hi:
        raise UsageError(
            f"expected a domain with lo < hi, got '{text[:60]}'; "
            + ("write the smaller bound first" if lo > hi else "widen it")
        )
    if max(abs(lo), abs(hi)) > 2**60 or hi - lo < max(abs(lo), abs(hi), Fraction(1, 2**40)) / 2**40:
        raise UsageError(f"expected a domain of usable width below 2^60, got '{text[:60]}'")
    return lo, hi


_INFINITE = frozenset({"inf", "infinity", "nan", "oo", ""})


def _bound(text: str, upper: bool) -> Fraction:
    tree = parse_constant(text)
    if tree.head == "number":
        return tree.value
    value = constant_value(tree, 128)
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    exact = Fraction(mantissa) * Fraction(2) ** exponent
    near = Fraction(float(exact))
    step = Fraction(1, 2**52) * abs(near)
    if upper and near < exact:
        return Fraction(float(near + step))
    return Fraction(float(near - step)) if not upper and near > exact else near


def check_defined(expression: Expression, lo: Fraction, hi: Fraction) -> None:
    """Prove the target real and bounded between its ends.

    Raises:
        UsageError: Naming a place where that fails.
    """
    trouble = _trouble(lo, hi, lambda a, b: bool(abs(_range(expression, a, b)) < _LARGEST))
    if trouble is not None:
        raise UsageError(
            "the target is not defined, has a pole or is huge near x = "
            f"{_place(trouble, hi - lo)}; choose a domain without that point"
        )
    for end, inwards in ((lo, hi - lo), (hi, lo - hi)):
        if not _bounded_at(expression, end, inwards):
            raise UsageError(
                f"the target has no finite limit at x = {float(end):.6g}; "
                "choose a domain that keeps away from that end"
            )


def find_zero(expression: Expression, lo: Fraction, hi: Fraction) -> Fraction | None:
    """A place between the ends, or None where the target is proved to have no zero there."""
    return _trouble(lo, hi, lambda a, b: not _range(expression, a, b).contains(0))


def vanishes_at(expression: Expression, end: Fraction, inwards: Fraction) -> bool:
    """Whether the target is zero at an end or tends to zero there.

    Args:
        expression: The target.
        end: The end of the domain.
        inwards: The vector to the other end.
    """
    value = _range(expression, end, end)
    if value.is_finite():
        return bool(value.contains(0))
    near, nearer = _approach(expression, end, inwards)
    return not nearer > near * 0.9


def require_no_zero(expression: Expression, lo: Fraction, hi: Fraction) -> None:
    """Refuse a target with a zero between the ends.

    Raises:
        UsageError: Naming the place.
    """
    zero = find_zero(expression, lo, hi)
    if zero is not None:
        raise UsageError(
            f"the target has a zero near x = {_place(zero, hi - lo)}, where relative error is "
            "infinite; use error=absolute or another domain"
        )


def _place(x: Fraction, width: Fraction) -> str:
    """A place as text, rounded to a millionth of the domain."""
    unit = width / 10**6
    return f"{float(round(x / unit) * unit):.6g}"


def _range(expression: Expression, a: Fraction, b: Fraction) -> arb:
    """An enclosure of the values on [a, b]: the better of the plain and the Taylor form."""
    with precision(_BITS, 1):
        box = interval(a, b) if a < b else ball(a)
        plain = jet(expression, variable(box))[0]
    if a == b or (plain.is_finite() and not plain.contains(0)):
        return plain
    with precision(_BITS, _TERMS + 1):
        over = jet(expression, variable(box))[_TERMS]
        middle = jet(expression, variable(ball((a + b) / 2)))
        step = box - ball((a + b) / 2)
        total = over
        for k in range(_TERMS - 1, -1, -1):
            total = total * step + middle[k]
    return total if total.is_finite() else plain


def _trouble(
    lo: Fraction, hi: Fraction, good: Callable[[Fraction, Fraction], bool]
) -> Fraction | None:
    """A place near which ``good`` cannot be shown; None if it holds between the ends."""
    open_intervals = [(lo, hi)]
    finest = (hi - lo) * _FINEST
    for _ in range(_MAX_STEPS):
        if not open_intervals:
            return None
        a, b = open_intervals.pop()
        if good(a, b):
            continue
        middle = (a + b) / 2
        if b - a > finest:
            # A split off the centre keeps round numbers, where poles like to be, inside a part.
            open_intervals += [(a, middle), (middle, b)]
        elif a > lo and b < hi:
            return middle
    return (open_intervals[-1][0] + open_intervals[-1][1]) / 2 if open_intervals else None


def _bounded_at(expression: Expression, end: Fraction, inwards: Fraction) -> bool:
    """Whether values stop growing towards an end (a test, not a proof; certificates prove)."""
    value = _range(expression, end, end)
    if value.is_finite():
        return True
    near, nearer = _approach(expression, end, inwards)
    return bool(nearer < near * 1.5 + ball(Fraction(1, 2**20)))


def _approach(expression: Expression, end: Fraction, inwards: Fraction) -> tuple[arb, arb]:
    """Sizes of the target near an end and nearer to it."""
    near, nearer = (end + inwards / 2**k for k in (30, 90))
    return abs(_range(expression, near, near)), abs(_range(expression, nearer, nearer))
