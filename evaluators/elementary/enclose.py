"""The error of a program enclosed on one subinterval of the domain."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
from flint import arb, arb_series

from elitemap.archive.errors import SearchError
from elitemap.evaluators.elementary.fitting.model_functions import (
    FIELD,
    PAIR_FIELD,
    expression_model,
)
from elitemap.evaluators.elementary.fitting.models import Frame, Model, Undefined
from elitemap.evaluators.elementary.fitting.pairs import Pair
from elitemap.evaluators.elementary.ranges import peak
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import CALLABLE, JETS, ball
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.program import Program

#: What primitives may call beyond operators, on balls.
_ARB_FIELD: Any = SimpleNamespace(
    **{name: lambda a, name=name: JETS[name](arb_series([a]))[0] for name in CALLABLE}
    | {
        "sqrt": lambda a: a.sqrt(),
        "min": lambda a, b: a.min(b),
        "max": lambda a, b: a.max(b),
        "abs": abs,
        "select": lambda c, a, b: a if c >= 0 else b if c < 0 else a.union(b),
    }
)


@dataclass(frozen=True)
class Settings:
    """Working parameters: precision in bits and order of the Taylor models."""

    bits: int
    order: int


@dataclass(frozen=True)
class Enclosed:
    """The error on one subinterval.

    Attributes:
        upper: Rigorous bound of |e|.
        gap: How much of ``upper`` is due to remainders and rounding.
        arguments: Where |e| is about largest, and next to it towards the middle, because a program
            may have no value exactly at an end or at 0 (float64 inside the domain).
        value: About |e| there.
    """

    upper: float
    gap: float
    arguments: tuple[float, float]
    value: float


def error_at(program: Program, target: Target, x: float, bits: int) -> arb | None:
    """The error at one argument as a ball, or None where the program has no value."""
    try:
        wanted = target.value(Fraction(x), bits)
    except SearchError:
        return None
    got = value_of(program, x, bits)
    with precision(bits):
        error = got / wanted - 1 if target.relative else got - wanted
        error *= target.weight(Fraction(x), bits)
        return error if error.is_finite() else None


def value_of(program: Program, x: float, bits: int) -> arb:
    """The exact program at one argument as a ball, which is not finite where it has no value."""
    with precision(bits):
        found: arb = program.run(_ARB_FIELD, [ball(Fraction(x))], ball)[0]
        return found


@dataclass(frozen=True)
class Way:
    """A frame, and how t of it becomes x: ``center + scale * t**root``."""

    frame: Frame
    center: Fraction
    scale: Fraction
    root: int


def enclose(
    program: Program, target: Target, a: Fraction, b: Fraction, settings: Settings
) -> Enclosed | None:
    """Enclose the error on [a, b], or None if no way to do so succeeds."""
    return enclosed(
        program, target, (a, b), settings, lambda error, way: _bounded(error, target, way)
    )


Found = TypeVar("Found")


def enclosed(
    program: Program,
    target: Target,
    piece: tuple[Fraction, Fraction],
    settings: Settings,
    judge: Callable[[Model, Way], Found],
) -> Found | None:
    """What follows from a model of the error on [a, b], or None if no way to have one succeeds.

    Tried in turn: a Taylor model around the middle; the same with quotients kept as pairs, for
    poles of intermediate values; and where [a, b] ends at a bound of the domain or at 0, expansions
    from that end with exact cancellation of powers, in t and its square and cube root.
    """
    a, b = piece
    middle, radius = (a + b) / 2, (b - a) / 2
    special = [
        (end, step)
        for end, step in ((a, b - a), (b, a - b))
        if end in (target.lo, target.hi, Fraction(0))
    ]
    ways = [Way(Frame(settings.order, False), middle, radius, 1)]
    for root in (1, 2, 3):
        ways += [Way(Frame(settings.order, True), end, step, root) for end, step in special]
    with precision(settings.bits, settings.order + 1):
        for way in ways:
            for field, lift in ((FIELD, None), (PAIR_FIELD, Pair)):
                try:
                    return judge(_error_model(program, target, way, field, lift), way)
                except Undefined:
                    continue
    return None


def _error_model(program: Program, target: Target, way: Way, field: Any, lift: Any) -> Model:
    """The error as one model, weighted."""
    x = way.frame.variable(way.center, way.scale, way.root)
    error = _plain_model(program, target, x, field, lift)
    weight = target.judged.weight
    return error if weight is None else error * expression_model(weight, way.frame, x)


def _plain_model(program: Program, target: Target, x: Model, field: Any, lift: Any) -> Model:
    """P - T or (P - T)/T as one model."""
    frame = x.frame
    wanted = expression_model(target.expression, frame, x)
    if lift is None:
        got: Model = program.run(field, [x], frame.constant)[0]
        difference = got - wanted
        return difference / wanted if target.relative else difference
    one = frame.constant(Fraction(1))
    pair: Pair = program.run(field, [Pair(x, one)], lambda value: Pair(frame.constant(value), one))[
        0
    ]
    scaled = pair.below * wanted
    error: Model = (pair.above - scaled) / (scaled if target.relative else pair.below)
    return error


def _bounded(error: Model, target: Target, way: Way) -> Enclosed:
    """The bound of a model and where it peaks.

    Raises:
        Undefined: If the model is unbounded.
    """
    if error.valuation < 0:
        raise Undefined("the error tends to infinity")
    whole = error.polynomial()
    coefficients = whole.coeffs() or [arb(0)]
    if not all(c.is_finite() for c in coefficients):
        raise Undefined("the error is not finite")
    padded = np.zeros(error.frame.order + 1)
    padded[: len(coefficients)] = [float(c.mid()) for c in coefficients]
    if not np.isfinite(padded).all():
        raise Undefined("the error is beyond float64")
    gap = float(sum((c.rad() for c in coefficients), arb(0)).upper()) * (1 + 2.0**-40)
    found = peak(padded, error.frame.one_sided)
    upper = (found.upper + gap) * (1 + 2.0**-50)
    if not math.isfinite(upper):
        raise Undefined("the error is not finite")
    inwards = found.at + ((0.5 if error.frame.one_sided else 0.0) - found.at) * 2.0**-30
    first, second = (
        _inside(float(way.center + way.scale * Fraction(t) ** way.root), target)
        for t in (found.at, inwards)
    )
    return Enclosed(max(upper, 1e-300), gap, (first, second), found.value)


def _inside(x: float, target: Target) -> float:
    if Fraction(x) < target.lo:
        return math.nextafter(x, math.inf)
    return math.nextafter(x, -math.inf) if Fraction(x) > target.hi else x


class _Columns:
    """The functions of the balls' field, on arrays of them."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(_ARB_FIELD, name)
        return lambda *columns: np.frompyfunc(function, len(columns), 1)(*columns)


def values_at(program: Program, xs: Sequence[float], bits: int) -> list[arb]:
    """The program at many arguments, as balls; not finite where it has no value."""
    with precision(bits):
        column = np.array([ball(Fraction(x)) for x in xs], dtype=object)
        found = program.run(_Columns(), [column], ball)[0]
        return list(np.broadcast_to(found, column.shape))
