"""Functions that have a range reduction, and what their values are where they are constant."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from elitemap.searchspaces.elementary.float32 import reductions
from elitemap.searchspaces.elementary.float32.reduction import Reduction, core_target

#: The largest float32, and the least normal one.
LARGEST, LEAST = float(np.finfo(np.float32).max), 2.0**-126

#: ln 2 and log2 e, as float64.
_LOG2, _LOG2E = math.log(2.0), 1.0 / math.log(2.0)

_INF, _NAN = math.inf, math.nan


@dataclass(frozen=True)
class Known:
    """A function that has a reduction.

    Attributes:
        expression: The function.
        body: Where its values are no constant; beyond come ``below`` and ``above``.
        below: See :class:`.functions.Single`.
        above: See :class:`.functions.Single`.
        specials: See :class:`.functions.Single`.
        complete: Makes the reduction for all arguments; None if there is none.
        finite: Makes the reduction for a domain.
        fast: Arguments without special cases, for which the reduction for a domain suffices; None
            where it is no faster.
        derivative: An expression of JAX in ``x`` and the value ``y``.
    """

    expression: str
    body: tuple[float, float]
    below: float | None
    above: float | None
    specials: tuple[tuple[float, float], ...]
    complete: Callable[[], Reduction] | None
    finite: Callable[[float, float], Reduction]
    derivative: str
    fast: tuple[float, float] | None = None


def _odd(expression: str, limit: float) -> Callable[..., Reduction]:
    """An odd function that is constant from a limit on; the limit, or the domain's end if less."""

    def made(low: float = -limit, high: float = limit) -> Reduction:
        reach = min(max(abs(low), abs(high)), limit)
        core = core_target(expression, Fraction(0), Fraction(reach))
        return reductions.magnitude(core, limit if reach == limit else None)

    return made


def _binades(scale: float | None, least: float, most: float) -> Callable[[float, float], Reduction]:
    """By bits alone where all results are normal numbers."""
    s = 1.0 if scale is None else scale

    def made(low: float, high: float) -> Reduction:
        normal = low * s >= -126.0 and high * s < 127.5
        return reductions.binades(scale, None if normal else (least, most))

    return made


def _exponent(scale: float | None) -> Callable[[float, float], Reduction]:
    return lambda low, high: reductions.exponent(scale, complete=low < LEAST)


_EXP_SPECIALS = ((_INF, _INF), (-_INF, 0.0), (0.0, 1.0), (-0.0, 1.0), (_NAN, _NAN))
_LOG_SPECIALS = (
    (_INF, _INF),
    (-_INF, _NAN),
    (-1.0, _NAN),
    (0.0, -_INF),
    (-0.0, -_INF),
    (1.0, 0.0),
    (_NAN, _NAN),
)
_ODD_SPECIALS = ((_INF, 1.0), (-_INF, -1.0), (0.0, 0.0), (-0.0, -0.0), (_NAN, _NAN))

#: From where on tanh and erf are rounded to 1.
_TANH, _ERF = 9.0109148025512695, 3.9192059040069580

#: Functions that have a reduction.
KNOWN: Mapping[str, Known] = MappingProxyType(
    {
        "exp2": Known(
            "exp2(x)",
            (-151.0, 129.0),
            0.0,
            _INF,
            _EXP_SPECIALS,
            lambda: reductions.binades(None, (-151.0, 129.0)),
            _binades(None, -151.0, 129.0),
            "0.6931472 * y",
            (-125.0, 125.0),
        ),
        "exp": Known(
            "exp(x)",
            (-104.0, 89.0),
            0.0,
            _INF,
            _EXP_SPECIALS,
            lambda: reductions.binades(_LOG2E, (-104.0, 89.0)),
            _binades(_LOG2E, -104.0, 89.0),
            "y",
            (-86.5, 86.5),
        ),
        "log2": Known(
            "log2(x)",
            (2.0**-149, LARGEST),
            _NAN,
            None,
            _LOG_SPECIALS,
            lambda: reductions.exponent(None, complete=True),
            _exponent(None),
            "1.442695 / x",
            (LEAST, LARGEST),
        ),
        "log": Known(
            "log(x)",
            (2.0**-149, LARGEST),
            _NAN,
            None,
            _LOG_SPECIALS,
            lambda: reductions.exponent(_LOG2, complete=True),
            _exponent(_LOG2),
            "1.0 / x",
            (LEAST, LARGEST),
        ),
        "sin": Known(
            "sin(x)",
            (-100.0, 100.0),
            None,
            None,
            (),
            None,
            lambda low, high: reductions.half_turns(quarter=False),
            "jnp.cos(x)",
        ),
        "cos": Known(
            "cos(x)",
            (-100.0, 100.0),
            None,
            None,
            (),
            None,
            lambda low, high: reductions.half_turns(quarter=True),
            "-jnp.sin(x)",
        ),
        "tanh": Known(
            "tanh(x)", (-_TANH, _TANH), -1.0, 1.0, _ODD_SPECIALS,
            _odd("tanh(x)", _TANH), _odd("tanh(x)", _TANH), "1.0 - y * y",
        ),
        "erf": Known(
            "erf(x)", (-_ERF, _ERF), -1.0, 1.0, _ODD_SPECIALS,
            _odd("erf(x)", _ERF), _odd("erf(x)", _ERF), "1.1283792 * jnp.exp(-x * x)",
        ),
        # Below -80 exp(-|x|) comes near subnormal numbers, which a product with x would magnify.
        "silu": Known(
            "x*sigmoid(x)",
            (-80.0, 80.0),
            None,
            None,
            (),
            None,
            lambda low, high: reductions.through_exp(times_x=True),
            "jax.nn.sigmoid(x) * (1.0 + x - y)",
        ),
        "sigmoid": Known(
            "sigmoid(x)",
            (-104.0, 104.0),
            0.0,
            1.0,
            ((_INF, 1.0), (-_INF, 0.0), (0.0, 0.5), (-0.0, 0.5), (_NAN, _NAN)),
            lambda: reductions.through_exp(times_x=False),
            lambda low, high: reductions.through_exp(times_x=False),
            "y * (1.0 - y)",
        ),
    }
)  # fmt: skip
