"""Functions that have a range reduction in 16 bits, and what their values are beyond it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.elementary.float32.reductions.logarithms import exponent
from elitemap.searchspaces.elementary.float32.reductions.turns import half_turns
from elitemap.searchspaces.elementary.halves import reductions
from elitemap.searchspaces.elementary.halves.formats import BFLOAT16, Format

Floats = NDArray[np.float64]
Values = Callable[[Floats], Floats]

_LOG2, _LOG2E = math.log(2.0), 1.0 / math.log(2.0)
_INF, _NAN = math.inf, math.nan

#: The least and the largest float32.
_LEAST, _LARGEST = 2.0**-149, float(np.finfo(np.float32).max)

#: Arguments, and the reduction that suffices for them.
Fast = tuple[tuple[float, float], Reduction]


@dataclass(frozen=True)
class Known:
    """A function that has a reduction.

    Attributes:
        expression: The function.
        body: Where its values follow the expression; beyond come ``below`` and ``above``.
        specials: Pairs of argument and value, as C's Annex F has them, or the limits.
        complete: The reduction for all of ``body``, and all numbers if there are specials.
        below: Values below the body, correctly rounded.
        above: The same above.
        fast: Arguments without special cases, for which a smaller reduction gives the same bits;
            None where it is not smaller.
        ties: See :mod:`.conversions`; of the complete reduction and of the smaller one.
        derivative: An expression of JAX in ``x`` and the value ``y``.
    """

    expression: str
    body: tuple[float, float]
    specials: Callable[[Format], tuple[tuple[float, float], ...]]
    complete: Callable[[Format], Reduction]
    below: Values | None = None
    above: Values | None = None
    fast: Callable[[Format], Fast | None] = lambda number: None
    ties: tuple[str, str] = ("away", "away")
    derivative: str = ""


def _always(value: float) -> Values:
    return lambda x: np.full(len(x), value)


def _itself(x: Floats) -> Floats:
    return x


def _wide(number: Format) -> bool:
    """Whether results of the format may be subnormal float32."""
    return number is BFLOAT16


def _only_wide(made: Callable[[], Fast]) -> Callable[[Format], Fast | None]:
    return lambda number: made() if _wide(number) else None


def _values(*pairs: tuple[float, float]) -> Callable[[Format], tuple[tuple[float, float], ...]]:
    return lambda number: (*pairs, (_NAN, _NAN))


def _degree(number: Format) -> int:
    """Of a polynomial for 2^x that takes no part in the error."""
    return 4 if _wide(number) else 5


def _power(
    scale: float, bfloat16: tuple[float, float], float16: tuple[float, float]
) -> Callable[[Format], Reduction]:
    def made(number: Format) -> Reduction:
        ends = bfloat16 if _wide(number) else float16
        return reductions.power(scale, ends, twice=_wide(number))

    return made


def _logistic(times_x: bool) -> Callable[[Format], Reduction]:
    def made(number: Format) -> Reduction:
        # Above, the sum with 1 is 1 and exp(-x) a normal number still.
        ends = (-110.0, 85.0) if _wide(number) else (-24.0, 20.0)
        return reductions.logistic(-_LOG2E, ends, times_x, wide=_wide(number))

    return made


def _turns(quarter: bool) -> Known:
    name, other = ("cos", "-jnp.sin(x)") if quarter else ("sin", "jnp.cos(x)")
    zero = 1.0 if quarter else 0.0
    every = ((_INF, _NAN), (-_INF, _NAN), (0.0, zero), (-0.0, zero or -0.0), (_NAN, _NAN))
    return Known(
        f"{name}(x)",
        (-65504.0, 65504.0),
        # Larger bfloat16 have no reduction.
        lambda number: () if _wide(number) else every,
        lambda number: half_turns(quarter),
        derivative=other,
    )


def _logarithm(name: str, scale: float | None, derivative: str) -> Known:
    return Known(
        f"{name}(x)",
        (_LEAST, _LARGEST),
        _values((_INF, _INF), (-_INF, _NAN), (0.0, -_INF), (-0.0, -_INF), (1.0, 0.0)),
        lambda number: exponent(scale, complete=True, exact=False),
        _always(_NAN),
        None,
        lambda number: (
            (2.0**-126 if _wide(number) else 2.0**-24, number.largest),
            exponent(scale, complete=False, exact=False),
        ),
        derivative=derivative,
    )


def _saturating(name: str, end: float, limits: tuple[float, float], derivative: str) -> Known:
    """An odd function that is rounded to 1 beyond an end."""

    def made(number: Format, every: bool) -> Reduction:
        return reductions.odd(name, limits[0] if _wide(number) else limits[1], every)

    return Known(
        f"{name}(x)",
        (-end, end),
        _values((_INF, 1.0), (-_INF, -1.0), (0.0, 0.0), (-0.0, -0.0)),
        lambda number: made(number, True),
        _always(-1.0),
        _always(1.0),
        lambda number: ((-number.largest, number.largest), made(number, False)),
        derivative=derivative,
    )


#: Half of the least number is a result, and goes to even; among arguments without special cases
#: there is no tie.
_EXACT = ("even", "away")

_TAILED = _values((_INF, _INF), (-_INF, -0.0), (0.0, 0.0), (-0.0, -0.0))
_EXPONENTIAL = _values((_INF, _INF), (-_INF, 0.0), (0.0, 1.0), (-0.0, 1.0))

#: By name.
KNOWN: Mapping[str, Known] = MappingProxyType(
    {
        "exp2": Known(
            "exp2(x)", (-151.0, 129.0), _EXPONENTIAL,
            _power(1.0, (-151.0, 129.0), (-30.0, 20.0)), _always(0.0), _always(_INF),
            _only_wide(lambda: ((-125.0, 125.0), reductions.power(1.0, None, False))),
            ties=_EXACT, derivative="0.6931472 * y",
        ),
        "exp": Known(
            "exp(x)", (-104.0, 89.0), _EXPONENTIAL,
            _power(_LOG2E, (-104.0, 89.0), (-20.0, 14.0)), _always(0.0), _always(_INF),
            _only_wide(lambda: ((-86.5, 86.5), reductions.power(_LOG2E, None, False))),
            ties=_EXACT, derivative="y",
        ),
        "log2": _logarithm("log2", None, "1.442695 / x"),
        "log": _logarithm("log", _LOG2, "1.0 / x"),
        "sin": _turns(quarter=False),
        "cos": _turns(quarter=True),
        "tanh": _saturating("tanh", 9.25, (3.46875, 4.625), "1.0 - y * y"),
        "erf": _saturating("erf", 4.0, (2.25, 2.625), "1.1283792 * jnp.exp(-x * x)"),
        "sigmoid": Known(
            "sigmoid(x)", (-104.0, 104.0),
            _values((_INF, 1.0), (-_INF, 0.0), (0.0, 0.5), (-0.0, 0.5)),
            _logistic(times_x=False), _always(0.0), _always(1.0),
            _only_wide(lambda: ((-85.0, 85.0), reductions.logistic(-_LOG2E, None, False))),
            derivative="y * (1.0 - y)",
        ),
        "silu": Known(
            "x*sigmoid(x)", (-120.0, 120.0), _TAILED,
            _logistic(times_x=True), _always(-0.0), _itself,
            _only_wide(lambda: ((-85.0, 85.0), reductions.logistic(-_LOG2E, None, True))),
            ties=("up", "up"), derivative="jax.nn.sigmoid(x) * (1.0 + x - y)",
        ),
        "gelu": Known(
            "gelu(x)", (-16.0, 16.0), _TAILED,
            lambda number: reductions.normal_tail(
                _degree(number), 14.5 if _wide(number) else 6.5, ends=True
            ),
            _always(-0.0), _itself,
            _only_wide(lambda: ((-12.5, 12.5), reductions.normal_tail(4, 14.5, ends=False))),
            ties=("up", "up"),
            derivative="0.5 * jax.scipy.special.erfc(-0.70710678 * x) "
            "+ 0.39894228 * x * jnp.exp(-0.5 * x * x)",
        ),
        "softplus": Known(
            "softplus(x)", (-110.0, 110.0),
            _values((_INF, _INF), (-_INF, 0.0)),
            lambda number: reductions.softplus(
                _degree(number), _LOG2E, 110.0 if _wide(number) else 20.0, twice=_wide(number)
            ),
            _always(0.0), _itself,
            _only_wide(lambda: ((-86.5, 86.5), reductions.softplus(4, _LOG2E, None, False))),
            derivative="jax.nn.sigmoid(x)",
        ),
    }
)  # fmt: skip
