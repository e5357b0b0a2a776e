"""Fitting the cores of a problem under an identity, and all constants of a program at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.baselines.identities import Identity
from benchmarks.baselines.numbers import Number, arb, cached, chebyshev
from benchmarks.baselines.rational import Core, interpolant, unpacked
from benchmarks.baselines.remez import (
    ErrorFunction,
    Fit,
    NoFit,
    interpolated,
    largest_error,
    minimax,
)
from benchmarks.baselines.targets import Problem
from elitemap.evaluators.elementary.baselines.tracing import Straight

#: A removable point at the start of a domain is approached, not touched.
_GAP = 2.0**-45
#: Interpolants to start from keep these parts of the domain away from its ends.
_MARGINS = (0.0, 0.03, 0.1, 0.2)
#: Step sizes tried one after the other where all constants of a nested form are fitted.
_CAPS = (0.05, 0.02, 0.15, 0.3)


@dataclass(frozen=True)
class Setting:
    """A problem and one of its identities, ready for fitting."""

    problem: Problem
    identity: Identity
    lo: Number
    hi: Number
    target: Callable[[Number], Number]
    inner: Callable[[Number], Number]

    def deviation(self, x: Number, value: Number) -> Number:
        """The signed error of a value at x."""
        wanted = self.target(x)
        error = value - wanted
        return (error / wanted if self.problem.relative else error).mid()

    def value(self, core: Core, x: Number) -> Number:
        """The approximation of the target by a core (with its own scale) at x."""
        return self.identity.outer(core(self.identity.argument(x)), x, arb(1))

    def core_error(self, parity: str, n: int) -> ErrorFunction:
        """The error as a function of x and the constants of an (n, m) core."""

        def error(x: Number, constants: Sequence[Number]) -> Number:
            return self.deviation(x, self.value(unpacked(parity, n, constants), x))

        return error


def setting(problem: Problem, identity: Identity) -> Setting:
    """Prepare the functions of a problem under an identity."""
    lo, hi = identity.domain or (problem.lo, problem.hi)
    gap = arb(hi - lo) * _GAP
    return Setting(
        problem,
        identity,
        (arb(lo) + gap).mid(),
        arb(hi),
        cached(problem.function),
        cached(identity.inner),
    )


def fit_core(here: Setting, parity: str, n: int, m: int) -> Fit:
    """The minimax core of degrees (n, m).

    Raises:
        NoFit: If the exchange converges from none of a few interpolants.
    """
    error = here.core_error(parity, n)
    for margin in _MARGINS:
        inset = (here.hi - here.lo) * margin
        nodes = chebyshev(here.lo + inset, here.hi - inset, n + m + 1)
        points = [(x, here.identity.argument(x).mid()) for x in nodes]
        try:
            start = interpolant(parity, n, m, here.inner, points)
            return minimax(error, start, here.lo, here.hi)
        except (NoFit, ZeroDivisionError):
            continue
    raise NoFit("expected a fit from one of the interpolants")


def core_error_size(here: Setting, core: Core) -> float:
    """The largest error of a given core on the domain.

    Raises:
        NoFit: If it has a pole there.
    """

    def error(x: Number, constants: Sequence[Number]) -> Number:
        return here.deviation(x, here.value(core, x))

    return largest_error(error, [*core.p, *core.q], here.lo, here.hi)


def refit(problem: Problem, straight: Straight) -> Fit:
    """Fit all constants of a program at once, from those it has, on the whole domain.

    Raises:
        NoFit: If the constants are not independent or the exchange does not converge.
    """
    whole = setting(problem, Identity("", problem.function, ()))

    def error(x: Number, constants: Sequence[Number]) -> Number:
        return whole.deviation(x, straight.evaluate(x, list(constants)))

    start = list(straight.constants.values())
    points = chebyshev(whole.lo, whole.hi, len(start))
    for cap in _CAPS:
        try:
            near = interpolated(error, start, points, cap)
            return minimax(error, near, whole.lo, whole.hi, cap)
        except NoFit:
            continue
    raise NoFit("expected a fit with one of the step sizes")
