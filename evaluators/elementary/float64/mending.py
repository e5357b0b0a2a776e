"""Mends: what code returns where a program's float64 evaluation is not finite, with a proof.

On a gap the code returns one float64, or x times one where the target vanishes with x. Either is a
program itself, so its error on the gap is enclosed as that of any other.
"""

import math
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from elitemap.archive.errors import SearchError
from elitemap.evaluators.elementary.enclose import Settings, enclose
from elitemap.evaluators.elementary.float64.ordinals import nth, ordinal
from elitemap.evaluators.elementary.float64.removable import Run, Trouble
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.emission.float64 import Float64, Mend
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL

#: Mends that a program may need; one with more gaps is not worth mending.
MOST = 4

#: A mend may have this error although the program is proved to have less: rounding has it anyway.
ROUNDINGS = 2.0**-48

_SETTINGS = Settings(192, 8)


def mend(trouble: Trouble, target: Target, bound: float) -> Float64:
    """What is known of the code, once every gap is mended that can be.

    Args:
        trouble: Where the evaluation is not finite.
        target: Function, domain and error mode.
        bound: Error that the code may have, such as that proved for the program.

    Returns:
        Finite if there are no gaps, or each has a mend proved to keep the bound (or
        :data:`ROUNDINGS`). A program that cannot be mended everywhere is not mended anywhere.
    """
    mends = []
    for gap in trouble.gaps:
        found = None if len(trouble.gaps) > MOST else mend_gap(gap, target, bound)
        if found is None:
            return Float64(False, False, words(trouble.gaps))
        mends.append(found)
    return Float64(True, trouble.proved, "", tuple(mends))


def words(gaps: tuple[Run, ...]) -> str:
    """Where gaps are, in words, the first three."""
    places = [
        f"{g.low!r}" if g.low == g.high else f"{g.low!r} to {g.high!r}" for g in gaps[: MOST - 1]
    ]
    more = f" and {len(gaps) - len(places)} more" if len(gaps) > len(places) else ""
    return f"x = {', '.join(places)}{more}"


def mend_gap(gap: Run, target: Target, bound: float) -> Mend | None:
    """A mend with the smallest proved error, or None if none is proved to keep the bound."""
    wide = _widened(gap, target)
    for times_x in (False, True):
        values = sorted(set(_values(wide, target, times_x)))
        mends = [_proved(Mend(wide.low, wide.high, v, times_x), target) for v in values]
        kept = [m for m in mends if m is not None and _good(m, target, bound)]
        if kept:
            return min(kept, key=lambda m: m.upper)
    return None


def _good(mend: Mend, target: Target, bound: float) -> bool:
    scale = 1.0 if target.relative else abs(mend.value) * _weight(mend, target)
    return mend.upper <= max(bound, ROUNDINGS * scale)


def _weight(mend: Mend, target: Target) -> float:
    """What the error counts at a mend."""
    return float(target.weight(Fraction(mend.low), 64).mid())


def _widened(gap: Run, target: Target) -> Run:
    """A gap at 0 with all subnormal numbers, which some machines take for 0."""
    low, high = gap.low, gap.high
    if low <= sys.float_info.min and high >= -sys.float_info.min:
        low = max(min(low, -sys.float_info.min), target.inner[0])
        high = min(max(high, sys.float_info.min), target.inner[1])
    return Run(low, high)


def _values(gap: Run, target: Target, times_x: bool) -> Iterator[float]:
    """Values of the target on and beside the gap, or their quotients by x."""
    beside = nth(ordinal(gap.low) - 1), nth(ordinal(gap.high) + 1)
    for x in (0.0, gap.low, gap.high, (gap.low + gap.high) / 2, *beside):
        exact = Fraction(x)
        if not (beside[0] <= x <= beside[1] and target.lo <= exact <= target.hi):
            continue
        if times_x and x == 0.0:
            continue
        try:
            value = target.value(exact, 128)
        except SearchError:
            continue
        with precision(128):
            number = float((value / x if times_x else value).mid())
        if math.isfinite(number):
            yield number


def _proved(mend: Mend, target: Target) -> Mend | None:
    """The mend with its proved error; a float more is enclosed at each end, so none is a point."""
    low = max(Fraction(nth(ordinal(mend.low) - 1)), target.lo)
    high = min(Fraction(nth(ordinal(mend.high) + 1)), target.hi)
    cuts = [low, *([Fraction(0)] if low < 0 < high else []), high]
    program = _program(mend)
    upper = 0.0
    for a, b in zip(cuts, cuts[1:], strict=False):
        found = enclose(program, target, a, b, _SETTINGS) if a < b else None
        if found is None:
            return None
        upper = max(upper, found.upper)
    return replace(mend, upper=upper)


def _program(mend: Mend) -> Program:
    """The mend as a program of exact arithmetic."""
    constant = Instruction(REAL.opcodes["const"], (), (mend.value, 0.0))
    product = (Instruction(REAL.opcodes["mul"], (0, 1)),) if mend.times_x else ()
    return Program(("x",), (constant, *product), (1 + len(product),))
