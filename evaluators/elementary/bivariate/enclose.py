"""The error of a program of two inputs: at a point, and enclosed on a box."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from flint import arb, arb_series

from elitemap.archive.errors import SearchError
from elitemap.evaluators.elementary.fitting.pairs import Pair, divided
from elitemap.formulas import bivariate
from elitemap.formulas.bivariate import Bivariate
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import CALLABLE, JETS, ball, interval
from elitemap.searchspaces.elementary.bivariate.regions import Box, values_on
from elitemap.searchspaces.elementary.bivariate.targets import BivariateTarget
from elitemap.searchspaces.programs.program import Program

#: What primitives may call beyond operators, on balls.
_BALLS: Any = SimpleNamespace(
    **{name: lambda a, name=name: JETS[name](arb_series([a]))[0] for name in CALLABLE}
    | {
        "min": lambda a, b: a.min(b),
        "max": lambda a, b: a.max(b),
        "abs": abs,
        "select": lambda c, a, b: a if c >= 0 else b if c < 0 else a.union(b),
    }
)


#: The same on undivided quotients of jets.
_PAIRS: Any = SimpleNamespace(
    **{name: divided(function) for name, function in bivariate.FUNCTIONS.items()}
)

#: Makes the jet of the error around x and y, without a weight.
ErrorJet = Callable[[Program, BivariateTarget, arb, arb], Bivariate]


@dataclass(frozen=True)
class Enclosed:
    """The error on a box.

    Attributes:
        upper: Rigorous bound of its size.
        middle: About its size at the centre; 0 where that is not known.
    """

    upper: float
    middle: float


def value_of(program: Program, x: float, y: float, bits: int) -> arb:
    """The exact program at a point as a ball, not finite where it has no value.

    Where a divisor on the way is zero it is the limit, if that is found by dividing last.
    """
    at = Fraction(x), Fraction(y)
    with precision(bits, 1):
        found: arb = program.run(_BALLS, [ball(v) for v in at], ball)[0]
        if not found.is_finite():
            found = program.run(_PAIRS, [_whole(v) for v in at], _whole)[0].quotient().value
        return found


def error_at(
    program: Program, target: BivariateTarget, x: float, y: float, bits: int
) -> arb | None:
    """The error at a point as a ball, or None where program or target have no value."""
    try:
        wanted = target.value(x, y, bits)
    except SearchError:
        return None
    got = value_of(program, x, y, bits)
    with precision(bits):
        error = got / wanted - 1 if target.relative else got - wanted
        error *= target.weight(x, y, bits)
        return error if error.is_finite() else None


def enclose(
    program: Program, target: BivariateTarget, box: Box, bits: int, order: int
) -> Enclosed | None:
    """Bound the error on a box; None where no enclosure is finite.

    Taylor's theorem in two variables with the remainder over the whole box, in which program and
    target cancel term by term; where one of them is not analytic, the difference of their values.
    A weight is part of that, or its largest value on the box a factor where it is not analytic.
    """
    for apart in (False, True) if target.measure.weight is not None else (False,):
        for error in ERRORS:
            with precision(bits, order + 1):
                at, over = expansions(error, program, target, box, apart)
                bound = _bounded(at, over, [ball(radius) for radius in box.radii])
                largest = weight_on(target, box, bits) if apart else arb(1)
                bound, middle = bound * largest, abs(at.value) * largest
            if bound.is_finite():
                upper = float(bound.upper()) * (1 + 2.0**-50)
                return Enclosed(max(upper, 1e-300), float(middle.mid()))
    return _plainly(program, target, box, bits)


def weight_on(target: BivariateTarget, box: Box, bits: int) -> arb:
    """An enclosure of what errors are multiplied by."""
    weight = target.measure.weight
    return arb(1) if weight is None else values_on(weight, box, bits)


def expansions(
    error: ErrorJet, program: Program, target: BivariateTarget, box: Box, apart: bool = False
) -> tuple[Bivariate, Bivariate]:
    """Jets of the error at the middle and over the whole of a box, without the weight if apart."""
    places = [ball(v) for v in box.middle], [interval(*side) for side in (box.x, box.y)]
    found = []
    for x, y in places:
        jet = error(program, target, x, y)
        if target.measure.weight is not None and not apart:
            jet = jet * bivariate.jet(target.measure.weight, *Bivariate.variables(x, y))
        found.append(jet)
    return found[0], found[1]


def _error(program: Program, target: BivariateTarget, x: arb, y: arb) -> Bivariate:
    inputs = Bivariate.variables(x, y)
    wanted = bivariate.jet(target.expression, *inputs)
    got: Bivariate = program.run(bivariate.FIELD, inputs, bivariate.exactly)[0]
    difference = got - wanted
    return difference / wanted if target.relative else difference


def _divided_error(program: Program, target: BivariateTarget, x: arb, y: arb) -> Bivariate:
    """The same with quotients divided last, for poles of intermediate values."""
    inputs = Bivariate.variables(x, y)
    wanted = bivariate.jet(target.expression, *inputs)
    pairs = [Pair.whole(value) for value in inputs]
    got: Pair = program.run(_PAIRS, pairs, _whole)[0]
    scaled = got.below * wanted
    error: Bivariate = (got.above - scaled) / (scaled if target.relative else got.below)
    return error


def _whole(value: Fraction) -> Pair:
    return Pair.whole(bivariate.exactly(value))


#: In the order of trial.
ERRORS: tuple[ErrorJet, ...] = (_error, _divided_error)


def _bounded(at: Bivariate, over: Bivariate, radii: list[arb]) -> arb:
    """The sum of the sizes of all terms on a box."""
    order = len(at.rows) - 1
    total = arb(0)
    for i, row in enumerate(at.rows):
        for j in range(order - i + 1):
            coefficient = row[j] if i + j < order else over.rows[i][j]
            total += abs(coefficient) * radii[0] ** i * radii[1] ** j
    return total


def _plainly(program: Program, target: BivariateTarget, box: Box, bits: int) -> Enclosed | None:
    with precision(bits, 1):
        wanted = values_on(target.expression, box, bits)
        got = program.run(_BALLS, [interval(*box.x), interval(*box.y)], ball)[0]
        error = abs((got - wanted) / wanted if target.relative else got - wanted)
        error *= weight_on(target, box, bits)
    upper = float(error.upper()) * (1 + 2.0**-50) if error.is_finite() else math.inf
    return Enclosed(max(upper, 1e-300), 0.0) if math.isfinite(upper) else None
