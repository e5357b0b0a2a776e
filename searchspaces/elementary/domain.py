"""What a target does on its domain: where it is defined, bounded and free of zeros.

Everything is decided by ball arithmetic on subintervals, so a "yes" is a proof. Ends are special: a
target may be undefined or zero exactly there (sin(x)/x or sqrt at 0, sin at 0 under relative error)
if it stays bounded, because errors are suprema over the open interval.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression, number
from elitemap.formulas.parsing import parse_constant
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import (
    ball,
    constant_value,
    interval,
    jet,
    value_at,
    variable,
)

_BITS = 128
_TERMS = 8
#: Bits to which an irrational end is approached: few enough for arithmetic with it to stay exact.
_NEAR = 104
#: Subintervals are halved down to this part of the domain before a point counts as a trouble spot.
_FINEST = Fraction(1, 2**40)
_MAX_STEPS = 3000
#: Values of targets stay far below the largest float64.
_LARGEST = arb(2) ** 900


@dataclass(frozen=True)
class End:
    """One end of a domain, exactly.

    Attributes:
        expression: What it is.
        near: The end itself if it is rational; else a rational beyond it, by so little that no
            float64 lies between: what is proved up to there is proved up to the end.
    """

    expression: Expression
    near: Fraction

    @property
    def rational(self) -> bool:
        """Whether ``near`` is the end."""
        return self.expression.head == "number"

    def __str__(self) -> str:
        """Text that means the same end."""
        return str(self.expression)


def parse_domain(text: str) -> tuple[End, End]:
    """Read ``lo,hi``; bounds are constants such as ``0``, ``-1/3`` or ``pi/4``.

    Raises:
        UsageError: If the interval is malformed, empty, reversed or infinite.
    """
    parts = text.strip().strip("[]").split(",")
    if len(parts) == 4:
        raise UsageError(
            f"expected a domain 'lo,hi' of x, got bounds of two variables, '{text[:60]}'; write "
            "domain=0,1, or the function in x and y"
        )
    if len(parts) != 2 or any(part.strip().lower().strip("+-") in _INFINITE for part in parts):
        raise UsageError(f"expected a finite domain 'lo,hi', got '{text[:60]}'; write domain=0,1")
    ends = (_end(part, upper) for part, upper in zip(parts, (False, True), strict=True))
    first, last = ends
    lo, hi = first.near, last.near
    if lo >= hi:
        raise UsageError(
            f"expected a domain with lo < hi, got '{text[:60]}'; "
            + ("write the smaller bound first" if lo > hi else "widen it")
        )
    if max(abs(lo), abs(hi)) > 2**60 or hi - lo < max(abs(lo), abs(hi), Fraction(1, 2**40)) / 2**40:
        raise UsageError(f"expected a domain of usable width below 2^60, got '{text[:60]}'")
    return first, last


_INFINITE = frozenset({"inf", "infinity", "nan", "oo", ""})


def _end(text: str, upper: bool) -> End:
    tree = parse_constant(text)
    if tree.head == "number":
        return End(tree, tree.value)
    value = constant_value(tree, 4 * _BITS)
    if value.is_exact():
        exact = _fraction(value)
        return End(number(exact), exact)
    radius = _fraction(value.rad())
    bound = _fraction(value) + (radius if upper else -radius)
    size = Fraction(2) ** (math.frexp(float(bound))[1] - _NEAR)
    steps = bound / size
    return End(tree, (math.ceil(steps) if upper else math.floor(steps)) * size)


def _fraction(exact: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in exact.mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def check_end(expression: Expression, end: End, relative: bool) -> None:
    """Refuse an irrational end that no proof could reach.

    At a rational end a program may divide by zero or be zero just as the target does, and both
    cancel exactly. No stored constant is irrational, so elsewhere the target must have a value,
    which under relative error is not zero.

    Raises:
        UsageError: With the cure.
    """
    if end.rational:
        return
    value = value_at_end(expression, end)
    if not value.is_finite():
        raise UsageError(
            f"the target has no value at the end x = {end} of the domain, and there no program "
            "can be proved; choose a rational end before it"
        )
    if relative and value.contains(0):
        raise UsageError(
            f"the target has a zero at the end x = {end} of the domain, which no constant of a "
            "program equals, so that the relative error is infinite; use error=absolute or "
            "another domain"
        )


def value_at_end(expression: Expression, end: End) -> arb:
    """An enclosure of the value of the target at an end."""
    return value_at(expression, constant_value(end.expression, _BITS), _BITS)


def value_between(expression: Expression, x: Fraction) -> arb:
    """An enclosure of the value at a rational argument."""
    return _range(expression, x, x)


def storable(value: Fraction) -> bool:
    """Whether a constant of a program, a sum of two float64, can have this value."""
    high = float(value)
    low = float(value - Fraction(high))
    return Fraction(high) + Fraction(low) == value


def check_defined(expression: Expression, lo: Fraction, hi: Fraction) -> None:
    """Prove the target real and bounded between its ends; at 0 it may have a limit, not a value.

    Raises:
        UsageError: Naming a place where that fails.
    """
    for low, high in _sides(expression, lo, hi):
        _check_between(expression, low, high)


def _sides(
    expression: Expression, lo: Fraction, hi: Fraction
) -> tuple[tuple[Fraction, Fraction], ...]:
    """The domain, or its parts on both sides of 0 where the target has a limit and no value."""
    zero = Fraction(0)
    if not lo < zero < hi or _range(expression, zero, zero).is_finite():
        return ((lo, hi),)
    near = min(-lo, hi) / 2**30
    left, right = (_range(expression, x, x) for x in (-near, near))
    if not abs(left - right) < (1 + abs(right)) * ball(Fraction(1, 2**20)):
        return ((lo, hi),)
    return (lo, zero), (zero, hi)


def _check_between(expression: Expression, lo: Fraction, hi: Fraction) -> None:
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
    sides = _sides(expression, lo, hi)
    if len(sides) > 1 and vanishes_at(expression, Fraction(0), hi):
        return Fraction(0)
    for low, high in sides:
        found = _trouble(low, high, lambda a, b: not _range(expression, a, b).contains(0))
        if found is not None:
            return found
    return None


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
