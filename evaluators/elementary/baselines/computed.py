"""The best minimax polynomials and quotients of a target, with squarings, and their programs."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from elitemap.archive.errors import SearchError
from elitemap.engine.protocols import Baseline
from elitemap.evaluators.elementary.baselines.adapted import LEAST_DEGREE, adapt
from elitemap.evaluators.elementary.baselines.forms import (
    Coefficients,
    fraction,
    fraction_cost,
    horner,
    quotient,
    scaled,
)
from elitemap.evaluators.elementary.baselines.numbers import Number
from elitemap.evaluators.elementary.baselines.shapes import Shape, shapes
from elitemap.evaluators.elementary.baselines.tracing import trace
from elitemap.evaluators.elementary.costs import Costs
from elitemap.evaluators.elementary.rational.best import (
    BITS,
    Member,
    Sampled,
    best,
    interpolant,
    sampled,
)
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.program import Program

#: Degrees of numerator and denominator differ by at most this, polynomials and inverses apart.
_SKEW = 2

#: Digits by which the best member of a family mostly exceeds its interpolant at most.
_LAG = 1.2

#: Digits that make a difference.
_RESOLUTION = 0.005


@dataclass(frozen=True)
class Known:
    """One baseline.

    Attributes:
        name: What it is.
        digits: -log10 of the largest error seen; computed, not proved.
        program: Straight-line code.
    """

    name: str
    digits: float
    program: Program

    @property
    def ops(self) -> int:
        """Operations."""
        return self.program.cost


def computed(target: Target, most: int, costs: Costs | None = None) -> tuple[Known, ...]:
    """For each cost of at most ``most`` operations the best form, if it beats all cheaper ones.

    Minimax polynomials by Horner's scheme or with adapted coefficients, quotients by Horner's
    schemes or as continued fractions, in x, in x^2 where the target is even or odd, with a zero of
    the target factored out, and behind squarings where it is positive, or where its odds are. That
    takes about a second.

    Args:
        target: What is approximated.
        most: Most operations.
        costs: What is cheap; None for few operations.

    Raises:
        SearchError: If the target has no accurate value at some point.
    """
    found: dict[float, Known] = {}
    with precision(BITS):
        samples = sampled(target)
        for shape in shapes(target, samples):
            wanted = shape.wanted(samples)
            for n, m in _degrees(most - shape.around):
                least = shape.around + _least_cost(n, m)
                least_cost = least if costs is None else _cheapest(costs, least, m)
                member = _fitted(shape, n, m, wanted, _reached(found, least_cost))
                if member is None:
                    continue
                for known in _known(shape, (n, m), member):
                    if known.program.cost <= most and _smooth(known.program, target):
                        _enter(found, known, costs)
    return _envelope(found)


def forms(target: Target, most: int, costs: Costs | None = None) -> tuple[Known, ...]:
    """As :func:`computed`; none if the target has no accurate value somewhere."""
    try:
        return computed(target, most, costs)
    except SearchError:
        return ()


def rivals(target: Target, most: int, costs: Costs | None = None) -> tuple[Baseline, ...]:
    """Computed baselines as tables take them."""
    return tuple(Baseline(b.name, _objectives(b, costs)) for b in forms(target, most, costs))


def _objectives(known: Known, costs: Costs | None) -> dict[str, float]:
    price = {} if costs is None else {"cost": costs.of(known.program)}
    return {**price, "ops": known.ops, "digits": known.digits, "error": 10.0**-known.digits}


def _degrees(room: int) -> list[tuple[int, int]]:
    """Degrees whose cheapest form may fit into so many operations, the cheapest first."""
    pairs = [(n, m) for n in range(room + 1) for m in range(room + 1) if n + m > 0]
    near = [(n, m) for n, m in pairs if abs(n - m) <= _SKEW or n == 0 or m == 0]
    fitting = [(n, m) for n, m in near if _least_cost(n, m) <= room]
    return sorted(fitting, key=lambda pair: _least_cost(*pair))


def _least_cost(n: int, m: int) -> int:
    """Operations of the cheapest form, one less where a special form may save it."""
    if m == 0 and n >= LEAST_DEGREE:
        return n + n // 2 + 2
    return fraction_cost(n, m) - (1 if m > n else 0)


def _cheapest(costs: Costs, ops: int, m: int) -> float:
    """What so many operations cost at least; a quotient has a division."""
    least = min(costs.units[name] for name in ("add", "sub", "mul"))
    return ops * least if m == 0 else (ops - 1) * least + costs.units.get("div", least)


def _reached(found: dict[float, Known], cost: float) -> float:
    return max((known.digits for price, known in found.items() if price <= cost), default=0.0)


def _fitted(shape: Shape, n: int, m: int, wanted: Sampled, bar: float) -> Member | None:
    """The best member, or None if it will not have more digits than the bar."""
    family = shape.family(n, m)
    member = interpolant(family, wanted)
    if member is None or -math.log10(member.error) + _LAG < bar:
        return None
    member = best(family, wanted, member)
    return member if -math.log10(member.error) > bar + _RESOLUTION else None


def _known(shape: Shape, degrees: tuple[int, int], member: Member) -> Iterator[Known]:
    """A member in every form."""
    top, bottom = (list(side.coeffs()) for side in (member.quotient.top, member.quotient.bottom))
    p = [c.mid() for c in top[shape.power :: shape.step]]
    q = [c.mid() for c in bottom[:: shape.step]]
    kind = "polynomial" if degrees[1] == 0 else "rational"
    name = f"minimax {kind} ({degrees[0]},{degrees[1]})" + (f" {shape.name}" if shape.name else "")
    for form, core in _forms(p, q, shape):
        program = trace(partial(_around, core, shape)).program
        yield Known(f"{name}, {form}", -math.log10(member.error), program)


def _enter(found: dict[float, Known], known: Known, costs: Costs | None) -> None:
    """Keep a form if no cheaper one is as good."""
    price = known.ops if costs is None else costs.of(known.program)
    if known.digits > _reached(found, price):
        found[price] = known


def _around(core: Callable[[Number], Number], shape: Shape, x: Number) -> Number:
    """The whole program: argument, core and squarings."""
    t = x - ball(shape.shift) if shape.shift else x
    value = core(t)
    if shape.offset is not None:
        value = value + shape.offset
    if shape.mirrored:
        value = 2 / (1 + value) - 1
    for _ in range(shape.squarings):
        value = value * value
    return 1 / (1 + value) if shape.logistic else value


def _forms(
    p: Coefficients, q: Coefficients, shape: Shape
) -> Iterator[tuple[str, Callable[[Number], Number]]]:
    """Ways to evaluate ``t^power P(v) / Q(v)``, as functions of t."""

    def whole(inner: Callable[[Number], Number]) -> Callable[[Number], Number]:
        def value(t: Number) -> Number:
            result = inner(t * t if shape.step == 2 else t)
            return result * t if shape.power else result

        return value

    if len(q) == 1:
        coefficients = scaled(p, 1 / q[0])
        yield "Horner", whole(lambda v: horner(coefficients, v))
        if len(p) > LEAST_DEGREE and (scheme := adapt(coefficients)) is not None:
            yield "adapted", whole(scheme)
        return
    yield "continued fraction", whole(lambda v: _fraction(p, q, v))
    if shape.power and shape.step == 2 and (len(p), len(q)) == (1, 2):
        a, b = (p[0] / q[1]).mid(), (q[0] / q[1]).mid()
        yield "fraction in 1/x", lambda t: a / (t + b / t)
    yield "Horner", whole(lambda v: quotient(p, q, v))


def _fraction(p: Coefficients, q: Coefficients, v: Number) -> Number:
    """The continued fraction, or Horner's schemes where it is not generic."""
    try:
        return fraction(p, q, v)
    except ZeroDivisionError:
        return quotient(p, q, v)


def _smooth(program: Program, target: Target) -> bool:
    """Whether no divisor changes its sign in the domain, as seen on points."""
    xs = target.chebyshev(64)
    values = [xs]
    with np.errstate(all="ignore"):
        for i in program.instructions:
            primitive = program.primitive(i)
            if primitive.literal is not None:
                values.append(np.full(len(xs), float(i.constant[0])))
                continue
            operands = [values[k] for k in i.operands]
            values.append(primitive.run(*operands))
            if primitive.divisor is not None:
                signs = np.sign(operands[primitive.divisor])
                if abs(signs.sum()) < len(xs):
                    return False
    return bool(np.isfinite(values[program.outputs[0]]).all())


def _envelope(found: dict[float, Known]) -> tuple[Known, ...]:
    kept: list[Known] = []
    for price in sorted(found):
        if not kept or found[price].digits > kept[-1].digits + _RESOLUTION:
            kept.append(found[price])
    return tuple(kept)
