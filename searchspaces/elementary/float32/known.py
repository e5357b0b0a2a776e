"""Functions that have a range reduction, and what their values are where they are constant."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from elitemap.searchspaces.elementary.float32.reduction import Reduction, core_target
from elitemap.searchspaces.elementary.float32.reductions import (
    exponentials,
    logarithms,
    magnitudes,
    pieced,
    roots,
    seams,
    tails,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import LEAST_EXP
from elitemap.searchspaces.elementary.float32.reductions.turns import (
    NEAR,
    half_turns,
    quarter_turns,
)

#: The largest float32, and the least normal one.
LARGEST, LEAST = float(np.finfo(np.float32).max), 2.0**-126

#: ln 2 and log2 e, as float64.
_LOG2, _LOG2E = math.log(2.0), 1.0 / math.log(2.0)

_INF, _NAN = math.inf, math.nan

#: Errors of few units, and of less than two.
_FEW, _TWO = 16.0, 1.75

#: How much less than 1 may count as 1, however large errors are.
_MOST_LACKED = 0.125

#: The float after -1.
_ABOVE_LESS_ONE = -1.0 + 2.0**-24


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
        finer: From which largest error in units on, and what makes another reduction for a domain
            then, which costs more; None where there is none. By falling errors.
        inner: Whether a core has at the fast arguments all that can happen to it.
        signless: Whether -0 is none of the fast arguments, as its sign is lost there.
        mirrored: Whether their negatives are fast arguments too.
        coarse: Makes the reduction for a domain and errors of so many units where no finer one is
            for them; None where it is the usual one.
        tabled: Makes the reduction in which constants are tables; None where there is none.
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
    finer: tuple[tuple[float, Callable[[float, float], Reduction | None]], ...] = ()
    inner: bool = False
    signless: bool = False
    mirrored: bool = False
    coarse: Callable[[float, float, float], Reduction] | None = None
    tabled: Callable[[float, float], Reduction] | None = None

    def made(self, most: float, low: float, high: float) -> Reduction | None:
        """The finest reduction for errors of at most so many units, if not the usual one."""
        makers = [make for limit, make in self.finer if most <= limit]
        if makers:
            return makers[-1](low, high)
        if self.coarse is None or not most < math.inf:
            return None
        return self.coarse(most, low, high)


def _odd(expression: str, limit: float) -> Callable[..., Reduction]:
    """An odd function that is constant from a limit on; the limit, or the domain's end if less."""

    def made(low: float = -limit, high: float = limit) -> Reduction:
        reach = min(max(abs(low), abs(high)), limit)
        core = core_target(expression, Fraction(0), Fraction(reach))
        return magnitudes.magnitude(core, limit if reach == limit else None)

    return made


def _levelling(
    expression: str, function: Callable[[float], float], limit: float
) -> Callable[[float, float, float], Reduction]:
    """An odd function that is taken as constant where it lacks a quarter of the error of 1."""

    def made(most: float, low: float, high: float) -> Reduction:
        lack = min(most * 2.0**-24 / 4, _MOST_LACKED)
        end = next(x for x in np.arange(0.0, limit + 1.0, 1.0 / 64) if 1.0 - function(x) <= lack)
        return _odd(expression, min(float(end), limit))(low, high)

    return made


def _pieced(function: str, limit: float) -> Callable[[float, float], Reduction]:
    """As :func:`_odd`, with tables."""

    def made(low: float, high: float) -> Reduction:
        reach = min(max(abs(low), abs(high)), limit)
        return pieced.by_pieces(function, reach, reach == limit)

    return made


def _binades(scale: float | None, least: float, most: float) -> Callable[[float, float], Reduction]:
    """By bits alone where all results are normal numbers."""

    def made(low: float, high: float) -> Reduction:
        normal = exponentials.all_normal(scale, low, high)
        return exponentials.binades(scale, None if normal else (least, most))

    return made


def _seamed(
    made: Callable[[float], Reduction], seam: float, limit: float
) -> tuple[tuple[float, Callable[[float, float], Reduction | None]], ...]:
    """Two parts, where a domain reaches the second."""
    return ((_FEW, lambda low, high: made(limit) if max(-low, high) > seam else None),)


def _turned(cosine: bool) -> tuple[tuple[float, Callable[[float, float], Reduction | None]], ...]:
    """A core of the square; for errors of less than two units quarter turns in two floats."""
    return (
        (_FEW, lambda low, high: half_turns(cosine, max(-low, high) > NEAR, squared=True)),
        (_TWO, lambda low, high: quarter_turns(cosine, max(-low, high) > NEAR)),
    )


def _periodic(cosine: bool) -> Known:
    """A sine or cosine; without huge arguments it takes a tenth of the instructions."""
    one = 1.0 if cosine else 0.0
    return Known(
        "cos(x)" if cosine else "sin(x)",
        (-LARGEST, LARGEST),
        None,
        None,
        ((_INF, _NAN), (-_INF, _NAN), (0.0, one), (-0.0, one if cosine else -0.0), (_NAN, _NAN)),
        lambda: half_turns(cosine, complete=True),
        lambda low, high: half_turns(cosine, max(-low, high) > NEAR),
        "-jnp.sin(x)" if cosine else "jnp.cos(x)",
        (-NEAR, NEAR),
        finer=_turned(cosine),
        inner=True,
        signless=not cosine,
    )


def _softplus(low: float, high: float) -> Reduction:
    return exponentials.softplus(-_NORMAL_EXP if low >= -_NORMAL_EXP else LEAST_EXP)


def _exponent(scale: float | None) -> Callable[[float, float], Reduction]:
    return lambda low, high: logarithms.exponent(scale, complete=low < LEAST)


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
_SIGNED_ZEROS = ((0.0, 0.0), (-0.0, -0.0), (_NAN, _NAN))
_EXPM1_SPECIALS = ((_INF, _INF), (-_INF, -1.0), *_SIGNED_ZEROS)
_ATAN_SPECIALS = ((_INF, math.pi / 2), (-_INF, -math.pi / 2), *_SIGNED_ZEROS)
_CBRT_SPECIALS = ((_INF, _INF), (-_INF, -_INF), *_SIGNED_ZEROS)
_LOG1P_SPECIALS = ((_INF, _INF), (-_INF, _NAN), (-1.0, -_INF), (-2.0, _NAN), *_SIGNED_ZEROS)
_SOFTPLUS_SPECIALS = ((_INF, _INF), (-_INF, 0.0), (0.0, _LOG2), (-0.0, _LOG2), (_NAN, _NAN))
_GELU_SPECIALS = ((_INF, _INF), (-_INF, 0.0), *_SIGNED_ZEROS)
_RSQRT_SPECIALS = (
    (_INF, 0.0), (-_INF, _NAN), (-1.0, _NAN), (0.0, _INF), (-0.0, -_INF), (_NAN, _NAN),
)  # fmt: skip
_ODD_SPECIALS = ((_INF, 1.0), (-_INF, -1.0), (0.0, 0.0), (-0.0, -0.0), (_NAN, _NAN))

#: Up to where exp is a normal number, and one over it.
_NORMAL_EXP = 86.5

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
            lambda: exponentials.binades(None, (-151.0, 129.0)),
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
            lambda: exponentials.binades(_LOG2E, (-104.0, 89.0)),
            _binades(_LOG2E, -104.0, 89.0),
            "y",
            (-_NORMAL_EXP, _NORMAL_EXP),
        ),
        "log2": Known(
            "log2(x)",
            (2.0**-149, LARGEST),
            _NAN,
            None,
            _LOG_SPECIALS,
            lambda: logarithms.exponent(None, complete=True),
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
            lambda: logarithms.exponent(_LOG2, complete=True),
            _exponent(_LOG2),
            "1.0 / x",
            (LEAST, LARGEST),
        ),
        "sin": _periodic(cosine=False),
        "cos": _periodic(cosine=True),
        "tanh": Known(
            "tanh(x)", (-_TANH, _TANH), -1.0, 1.0, _ODD_SPECIALS,
            _odd("tanh(x)", _TANH), _odd("tanh(x)", _TANH), "1.0 - y * y",
            finer=_seamed(seams.tanh, seams.TANH_SEAM, _TANH),
            coarse=_levelling("tanh(x)", math.tanh, _TANH),
            tabled=_pieced("tanh({})", _TANH),
        ),
        "erf": Known(
            "erf(x)", (-_ERF, _ERF), -1.0, 1.0, _ODD_SPECIALS,
            _odd("erf(x)", _ERF), _odd("erf(x)", _ERF), "1.1283792 * jnp.exp(-x * x)",
            finer=_seamed(seams.erf, seams.ERF_SEAM, _ERF),
            coarse=_levelling("erf(x)", math.erf, _ERF),
            tabled=_pieced("erf({})", _ERF),
        ),
        "atan": Known(
            "atan(x)", (-LARGEST, LARGEST), None, None, _ATAN_SPECIALS,
            magnitudes.arctangent, lambda low, high: magnitudes.arctangent(), "1.0 / (1.0 + x * x)",
        ),
        "expm1": Known(
            "expm1(x)", (-18.0, 89.0), -1.0, _INF, _EXPM1_SPECIALS,
            lambda: exponentials.less_one((-18.0, 89.0)),
            lambda low, high: exponentials.less_one(None), "y + 1.0", (-_NORMAL_EXP, _NORMAL_EXP),
        ),
        "log1p": Known(
            "log1p(x)", (_ABOVE_LESS_ONE, LARGEST), _NAN, None, _LOG1P_SPECIALS,
            lambda: logarithms.of_one_more(_LOG2, complete=True),
            lambda low, high: logarithms.of_one_more(_LOG2, complete=high > 2.0**100),
            "1.0 / (1.0 + x)", (_ABOVE_LESS_ONE, 2.0**100),
        ),
        "softplus": Known(
            "softplus(x)", (-104.0, LARGEST), 0.0, None, _SOFTPLUS_SPECIALS,
            exponentials.softplus, _softplus, "jax.nn.sigmoid(x)", (-_NORMAL_EXP, LARGEST),
        ),
        "rsqrt": Known(
            "1 / sqrt(x)", (2.0**-149, LARGEST), _NAN, None, _RSQRT_SPECIALS,
            lambda: roots.inverse_square_root(complete=True),
            lambda low, high: roots.inverse_square_root(complete=low < LEAST),
            "-0.5 * y / x", (LEAST, LARGEST),
        ),
        "cbrt": Known(
            "cbrt(x)", (-LARGEST, LARGEST), None, None, _CBRT_SPECIALS,
            lambda: roots.cube_root(complete=True),
            lambda low, high: roots.cube_root(complete=min(abs(low), abs(high)) < LEAST or low < 0),
            "y / (3.0 * x)", (LEAST, LARGEST), mirrored=True,
        ),
        "gelu": Known(
            "gelu(x)", (-exponentials.GELU_END, LARGEST), 0.0, None, _GELU_SPECIALS,
            exponentials.gelu, lambda low, high: exponentials.gelu(),
            "0.5 + 0.5 * jax.lax.erf(0.7071068 * x) + 0.3989423 * x * jnp.exp(-0.5 * x * x)",
            tabled=tails.gelu,
        ),
        # Below -80 exp(-|x|) comes near subnormal numbers, which a product with x would magnify.
        "silu": Known(
            "x*sigmoid(x)",
            (-80.0, 80.0),
            None,
            None,
            (),
            None,
            lambda low, high: exponentials.through_exp(),
            "jax.nn.sigmoid(x) * (1.0 + x - y)",
        ),
        "sigmoid": Known(
            "sigmoid(x)",
            (-104.0, 104.0),
            0.0,
            1.0,
            ((_INF, 1.0), (-_INF, 0.0), (0.0, 0.5), (-0.0, 0.5), (_NAN, _NAN)),
            exponentials.logistic,
            lambda low, high: exponentials.logistic(max(-low, high) <= _NORMAL_EXP),
            "y * (1.0 - y)",
            (-_NORMAL_EXP, _NORMAL_EXP),
        ),
    }
)  # fmt: skip


def known_as(name: str) -> tuple[str, Known] | None:
    """The short name of a function, and what is known of it; None where nothing is.

    Args:
        name: That, or the expression in x.
    """
    text = name.replace(" ", "")
    for short, row in KNOWN.items():
        if text in (short, row.expression):
            return short, row
    return None
