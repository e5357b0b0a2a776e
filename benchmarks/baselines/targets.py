"""The functions, domains and error measures for which baselines are computed."""

from collections.abc import Callable
from dataclasses import dataclass

import mpmath

from benchmarks.baselines import symmetries
from benchmarks.baselines.identities import (
    Identity,
    cosine_doubling,
    error_function_power,
    exponential,
    half_angle_cotangent,
    logistic,
    plain,
    sine_tripling,
    symmetric_exponential,
    tangent_doubling,
)
from benchmarks.baselines.numbers import Number, RealFunction, precise


@dataclass(frozen=True)
class Problem:
    """A function to approximate and the reductions to try.

    Attributes:
        target: Name, or an expression in x.
        function: The function on ``mpmath.mpf``.
        lo: Start of the domain; excluded if the function vanishes there under relative error.
        hi: End of the domain.
        domain: The domain as ``--set domain=`` takes it.
        relative: Whether the error is relative.
        identities: Reductions, the plain one first.
    """

    target: str
    function: RealFunction
    lo: float
    hi: float
    domain: str
    relative: bool
    identities: tuple[Identity, ...]

    @property
    def error(self) -> str:
        """``relative`` or ``absolute``."""
        return "relative" if self.relative else "absolute"


_SQUARINGS = range(1, 8)
QUARTER_TURN = 0.7853981633974483


def _exponentials(rate: RealFunction, base: RealFunction) -> tuple[Identity, ...]:
    speed = rate(mpmath.mpf(1))
    symmetric = [symmetric_exponential(rate, j, k) for j in range(4) for k in range(8)]
    centred = [symmetric_exponential(rate, 0, k, 0.5) for k in range(8)]
    powers = [exponential(speed, k) for k in _SQUARINGS]
    return (plain(base, "general"), *powers, *symmetric, *centred)


def _exp2() -> list[Problem]:
    identities = _exponentials(lambda x: x * mpmath.ln(2), lambda x: mpmath.mpf(2) ** x)
    return [Problem("exp2", lambda x: mpmath.mpf(2) ** x, 0, 1, "0,1", True, identities)]


def _exp() -> list[Problem]:
    identities = _exponentials(lambda x: x, mpmath.exp)
    return [Problem("exp", mpmath.exp, 0, 1, "0,1", True, identities)]


def _log2() -> list[Problem]:
    def log2(x: Number) -> Number:
        return mpmath.log(x, 2)

    at_one = (symmetries.logarithm_of_difference(), symmetries.logarithm_at_one())
    absolute = (plain(log2, "general"), *at_one, symmetries.centred_logarithm())
    return [
        Problem("log2", log2, 1, 2, "1,2", False, absolute),
        Problem("log2", log2, 1, 2, "1,2", True, at_one),
    ]


def _sin() -> list[Problem]:
    reduced = [sine_tripling(k) for k in (1, 2)]
    reduced += [half_angle_cotangent("sin", k) for k in range(4)]
    relative = (plain(mpmath.sin, "odd", "zero at 0"), *reduced)
    absolute = (plain(mpmath.sin, "odd", "zero at 0", "general"), *reduced)
    return [
        Problem("sin", mpmath.sin, 0, QUARTER_TURN, "0,pi/4", True, relative),
        Problem("sin", mpmath.sin, 0, QUARTER_TURN, "0,pi/4", False, absolute),
    ]


def _cos() -> list[Problem]:
    reduced = [cosine_doubling(k, False) for k in range(1, 5)]
    reduced += [cosine_doubling(k, True) for k in range(4)]
    reduced += [half_angle_cotangent("cos", k) for k in range(4)]
    identities = (plain(mpmath.cos, "even", "general"), *reduced)
    return [
        Problem("cos", mpmath.cos, 0, QUARTER_TURN, "0,pi/4", relative, identities)
        for relative in (True, False)
    ]


def _tanh() -> list[Problem]:
    reduced = [tangent_doubling(k) for k in range(1, 5)]
    relative = (plain(mpmath.tanh, "odd", "zero at 0"), *reduced)
    powers = [logistic(k) for k in range(6)]
    absolute = (plain(mpmath.tanh, "odd", "zero at 0", "general"), *reduced, *powers)
    return [
        Problem("tanh", mpmath.tanh, 0, 1, "0,1", True, relative),
        Problem("tanh", mpmath.tanh, 0, 1, "0,1", False, absolute),
    ]


def _atan() -> list[Problem]:
    relative = (plain(mpmath.atan, "odd", "zero at 0"),)
    absolute = (
        plain(mpmath.atan, "odd", "zero at 0", "general"),
        symmetries.centred_arctangent(),
    )
    return [
        Problem("atan", mpmath.atan, 0, 1, "0,1", True, relative),
        Problem("atan", mpmath.atan, 0, 1, "0,1", False, absolute),
    ]


def _erf() -> list[Problem]:
    relative = (plain(mpmath.erf, "odd", "zero at 0"),)
    powers = [error_function_power(k) for k in range(6)]
    absolute = (plain(mpmath.erf, "odd", "zero at 0", "general"), *powers)
    return [
        Problem("erf", mpmath.erf, 0, 2, "0,2", True, relative),
        Problem("erf", mpmath.erf, 0, 2, "0,2", False, absolute),
    ]


def _airy() -> list[Problem]:
    def airy(x: Number) -> Number:
        return mpmath.airyai(-7 * x)

    return [Problem("airyai(-7*x)", airy, 0, 1, "0,1", False, (plain(airy, "general"),))]


def _bessel() -> list[Problem]:
    def bessel(x: Number) -> Number:
        return mpmath.sqrt(2 / (mpmath.pi * x)) * mpmath.sinh(x)

    identities = (
        symmetries.root_times_core(),
        *(symmetries.root_and_hyperbolic_cotangent(k) for k in range(4)),
        *(symmetries.root_and_exponential(k) for k in range(4)),
    )
    return [Problem("besseli(1/2,x)", bessel, 0, 1, "0,1", False, identities)]


_FAMILIES: dict[str, Callable[[], list[Problem]]] = {
    "exp2": _exp2,
    "exp": _exp,
    "log2": _log2,
    "sin": _sin,
    "cos": _cos,
    "tanh": _tanh,
    "atan": _atan,
    "erf": _erf,
    "airyai": _airy,
    "besseli": _bessel,
}

#: Names accepted by :func:`problems`.
NAMES = tuple(_FAMILIES)


def problems(name: str) -> list[Problem]:
    """The problems of one function.

    Raises:
        KeyError: If the name is not in :data:`NAMES`.
    """
    precise()
    return _FAMILIES[name]()
