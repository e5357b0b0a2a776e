"""The vocabulary and the primitives over Taylor models."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType, SimpleNamespace
from typing import Any

from flint import arb, arb_poly, arb_series

from elitemap.evaluators.elementary.fitting import model_choices, models
from elitemap.evaluators.elementary.fitting.models import Frame, Model, Undefined, compose
from elitemap.evaluators.elementary.fitting.pairs import divided
from elitemap.formulas.expression import Expression, evaluate
from elitemap.formulas.vocabulary import (
    CALLABLE,
    JETS,
    jet,
    leaf,
    regular_bessel,
    variable,
)


def _power(a: Model, exponent: Fraction | Model) -> Model:
    if isinstance(exponent, Model):
        return _exp(_log(a) * exponent)
    if exponent.denominator == 1:
        return a ** int(exponent)
    valuation = a.valuation * exponent
    unit = Model(a.frame, a.poly, 0)
    if valuation.denominator > 1 or (a.valuation and not a.frame.one_sided) or not unit.range() > 0:
        raise Undefined("a broken power that is no power series")
    root = _exp(_log(unit) * a.frame.constant(exponent))
    return Model(a.frame, root.poly, root.valuation + int(valuation))


def _cbrt(a: Model) -> Model:
    decided = model_choices.sign(Model(a.frame, a.poly, 0))
    if decided == 0:
        raise Undefined("a cube root near zero")
    root = _power(a if decided > 0 else -a, Fraction(1, 3))
    return root if decided > 0 else -root


def _bessel(order: Fraction, a: Model, sign: int) -> Model:
    if order.denominator == 1 and order < 0:
        return _bessel(-order, a, sign) * (-1 if sign < 0 and order % 2 else 1)
    # The entire factor is even in a; as a function of a its series exists wherever a is finite.
    regular = compose(lambda at: regular_bessel(order, variable(at), sign), a)
    return _power(a * a.frame.constant(Fraction(1, 2)), order) * regular


def _atan2(b: Model, a: Model) -> Model:
    above, right = (model_choices.sign(Model(p.frame, p.poly, 0)) for p in (b, a))
    if right > 0 and not a.valuation:
        return _atan(b / a)
    if above == 0 or b.valuation:
        raise Undefined("an angle near the cut")
    return a.frame.constant(arb.pi() / (2 * above)) - _atan(a / b)


def _outer(name: str) -> Callable[[Model], Model]:
    def apply(a: Model) -> Model:
        return compose(lambda at: JETS[name](variable(at)), a)

    return apply


def _ordered(name: str) -> Callable[[Fraction, Model], Model]:
    def apply(order: Fraction, a: Model) -> Model:
        return compose(lambda at: JETS[name](order, variable(at)), a)

    return apply


_exp, _log, _atan = map(_outer, ("exp", "log", "atan"))

_ALGEBRA: Mapping[str, Callable[..., Model]] = {
    "neg": lambda a: -a,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": _power,
    "sqrt": models.sqrt,
    "cbrt": _cbrt,
    "besseli": lambda order, a: _bessel(order, a, 1),
    "besselj": lambda order, a: _bessel(order, a, -1),
    **{name: _ordered(name) for name in ("hurwitz", "polylog", "dirichlet")},
    "abs": model_choices.absolute,
    "min": model_choices.minimum,
    "max": model_choices.maximum,
    "atan2": _atan2,
    "hypot": lambda a, b: models.sqrt(a * a + b * b),
}

#: Every head of an expression, over models.
FUNCTIONS: Mapping[str, Callable[..., Model]] = MappingProxyType(
    {name: _outer(name) for name in JETS} | dict(_ALGEBRA)
)

#: What primitives may call beyond operators, over models.
FIELD = SimpleNamespace(
    **{name: FUNCTIONS[name] for name in (*CALLABLE, "min", "max")}, select=model_choices.select
)


def expression_model(expression: Expression, frame: Frame, x: Model) -> Model:
    """The model of an expression: from two jets if it is analytic on the interval, else composed.

    Raises:
        Undefined: If neither way encloses it.
    """
    poly = x.poly.left_shift(x.valuation)
    spread = arb_poly(poly)
    spread[0] = 0
    steps = [spread[k] for k in range(1, spread.degree() + 1)]
    if len(steps) == 1:
        at = jet(expression, arb_series([poly[0], *steps]))
        over = jet(expression, arb_series([poly[0] + steps[0] * frame.powers(1), *steps]))
        coefficients = [at[k] for k in range(frame.order)] + [over[frame.order]]
        if all(c.is_finite() for c in coefficients):
            return frame.constant(Fraction(0)) + Model(frame, arb_poly(coefficients), 0)

    def constant(node: Expression) -> Model:
        return frame.constant(leaf(node)[0])

    found: Model = evaluate(expression, FUNCTIONS, x, constant)
    return found


#: As :data:`FIELD`, over pairs.
PAIR_FIELD: Any = SimpleNamespace(
    **{name: divided(function) for name, function in vars(FIELD).items()}
)
