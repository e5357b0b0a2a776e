"""Every baseline of a problem: all families, degrees and evaluation forms up to 20 operations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import mpmath

from benchmarks.baselines.fitting import Setting, core_error_size, fit_core, refit, setting
from benchmarks.baselines.identities import Identity
from benchmarks.baselines.numbers import Number, arb, digits
from benchmarks.baselines.rational import (
    PARITIES,
    Core,
    evaluations,
    expansion,
    pade,
    unpacked,
)
from benchmarks.baselines.remez import NoFit
from benchmarks.baselines.targets import Problem
from elitemap.evaluators.elementary.baselines.forms import fraction_cost, shifted
from elitemap.evaluators.elementary.baselines.tracing import Straight, trace

MAX_OPS = 20
#: Numerator and denominator degrees differ by at most this, polynomials and their inverses apart.
_SKEW = 2
#: Degrees are tried if their continued fraction is at most this much too long: special forms save.
_SLACK = 3
#: Programs up to this many operations are refitted as a whole.
_MAX_REFITTED = 14
#: With more constants than this the nested forms could not be fitted from their exact identities.
_MAX_CONSTANTS = 8


@dataclass(frozen=True)
class Baseline:
    """One approximation of a problem.

    Attributes:
        method: ``minimax``, ``refitted`` (every constant of the program), ``taylor`` or ``pade``.
        identity: The reduction.
        core: The core.
        form: How the core is evaluated.
        digits: -log10 of the largest error on the domain.
        straight: The program (with its unfitted constants if the method is ``refitted``).
    """

    method: str
    identity: Identity
    core: Core
    form: str
    digits: float
    straight: Straight

    @property
    def ops(self) -> int:
        """Operations, counted on the program."""
        return self.straight.ops

    @property
    def shape(self) -> str:
        """Degrees, parity and reduction as text."""
        parity = "" if self.core.parity == "general" else f" {self.core.parity}"
        name = f", {self.identity.name}" if self.identity.name else ""
        return f"({self.core.degrees[0]},{self.core.degrees[1]}){parity}{name}"


def baselines(problem: Problem, most: int = MAX_OPS) -> Iterator[Baseline]:
    """Baselines of a problem, identity by identity: all up to so many operations, some beyond."""
    for identity in problem.identities:
        here = setting(problem, identity)
        for parity in identity.parities:
            for n, m in degrees(parity, most - outer_cost(identity)):
                yield from fitted(here, parity, n, m)
                yield from expanded(here, parity, n, m)


def outer_cost(identity: Identity) -> int:
    """Operations around the core."""
    wrapped = trace(lambda x: identity.outer(identity.argument(x) * arb(3), x, arb(7)))
    return wrapped.ops - 1


def degrees(parity: str, left: int) -> list[tuple[int, int]]:
    """Degrees (n, m) whose cheapest form may fit into the operations left."""
    power, squared = PARITIES[parity]
    room = left + _SLACK - (1 if squared else 0) - abs(power)
    pairs = [(n, m) for n in range(MAX_OPS) for m in range(MAX_OPS) if n + m > 0]
    near = [(n, m) for n, m in pairs if abs(n - m) <= _SKEW or n == 0 or m == 0]
    return [(n, m) for n, m in near if fraction_cost(n, m) <= room]


def fitted(here: Setting, parity: str, n: int, m: int) -> Iterator[Baseline]:
    """The minimax core of given degrees in all its forms, and refitted if constants are free."""
    try:
        fit = fit_core(here, parity, n, m)
        core = unpacked(parity, n, fit.constants)
        found = list(_forms(here, core, "minimax", fit.error))
    except (NoFit, ZeroDivisionError):
        return
    yield from found
    best = min(found, key=lambda b: b.ops, default=None)
    if best is not None and here.identity.free and _refittable(best.straight):
        try:
            error = refit(here.problem, best.straight).error
        except NoFit:
            return
        yield replace(best, method="refitted", digits=digits(error))


def _refittable(straight: Straight) -> bool:
    return straight.ops <= _MAX_REFITTED and len(straight.constants) <= _MAX_CONSTANTS


def _forms(here: Setting, core: Core, method: str, error: float) -> Iterator[Baseline]:
    identity = here.identity
    scale = core.lead if identity.scale_free else arb(1)
    for form, evaluate in evaluations(core, identity.scale_free):

        def program(x: Number, run: Callable[[Number], Number] = evaluate) -> Number:
            return identity.outer(run(identity.argument(x)), x, scale)

        straight = trace(program)
        if straight.ops <= MAX_OPS:
            yield Baseline(method, identity, core, form, digits(error), straight)


def expanded(here: Setting, parity: str, n: int, m: int) -> Iterator[Baseline]:
    """Taylor or Padé cores about 0 (or the start of the domain) and about its middle."""
    if here.identity.series is None or (m > 0 and abs(n - m) > 1):
        return
    centres = [0.0]
    if parity == "general":
        lo, hi = here.problem.lo, here.problem.hi
        centres = [lo, (lo + hi) / 2]
    for centre in centres:
        try:
            core = _expansion(here, parity, n, m, mpmath.mpf(centre))
            error = core_error_size(here, core)
            yield from _forms(here, core, "taylor" if m == 0 else "pade", error)
        except (NoFit, ZeroDivisionError):
            continue


def _expansion(here: Setting, parity: str, n: int, m: int, centre: Number) -> Core:
    assert here.identity.series is not None
    series = expansion(here.identity.series, parity, centre, n + m + 1)
    p, q = pade(series, n, m)
    return Core(parity, shifted(p, arb(-centre)), shifted(q, arb(-centre)))
