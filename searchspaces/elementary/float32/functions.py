"""Functions of float32: where they are asked for, what lies beyond, and their reduction."""

import difflib
import math
from dataclasses import dataclass, replace

import numpy as np

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.elementary.domain import parse_domain
from elitemap.searchspaces.elementary.float32 import coarse
from elitemap.searchspaces.elementary.float32.known import KNOWN, Known, known_as
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.elementary.float32.reductions.looked_up import looked_up
from elitemap.searchspaces.elementary.float32.reductions.magnitudes import plain
from elitemap.searchspaces.elementary.targets import resolve_target

#: Values of the option ``reduction``.
CHEAPEST, USUAL, TABLE, NONE = REDUCTIONS = ("cheapest", "usual", "table", "none")


@dataclass(frozen=True)
class Single:
    """A function of float32.

    Attributes:
        name: As it was asked for.
        expression: The function.
        domain: The least and the largest argument at which it is compared with the expression.
        below: Its value for all finite arguments below the domain, correctly rounded; None if it
            is asked for on the domain alone.
        above: The same above.
        specials: Pairs of argument and value, as C's Annex F has them, or the limits.
        reduction: What surrounds a core.
        derivative: An expression of JAX in ``x`` and the value ``y``; empty where it is that of the
            code, which has only arithmetic.
        fast: Arguments without special cases, and the reduction that suffices for them and gives
            the same bits; None where there is none.
        inner: Whether a core has at those arguments all that can happen to it.
        signless: Whether -0 is none of them, as its sign is lost there.
        mirrored: Whether their negatives are among them too.
    """

    name: str
    expression: Expression
    domain: tuple[float, float]
    below: float | None
    above: float | None
    specials: tuple[tuple[float, float], ...]
    reduction: Reduction
    derivative: str = ""
    fast: tuple[tuple[float, float], Reduction] | None = None
    inner: bool = False
    signless: bool = False
    mirrored: bool = False

    @property
    def searched(self) -> "Single":
        """What a search has to look at: without the arguments at which no core is worse."""
        if self.fast is None or not self.inner:
            return self
        domain, reduction = self.fast
        return replace(self, domain=domain, reduction=reduction, specials=(), fast=None)

    @property
    def complete(self) -> bool:
        """Whether every float32 is among the arguments."""
        return bool(self.specials)


def resolve(
    name: str,
    domain: str | None,
    reduction: str,
    most: float = math.inf,
    absolute: float | None = None,
) -> Single:
    """The function a user means.

    Args:
        name: A named target or an expression in x.
        domain: ``lo,hi``; None for all float32 where there is a reduction that takes them, else for
            the target's usual domain.
        reduction: One of :data:`REDUCTIONS`; the cheapest is taken for the usual one here.
        most: Units of the last place that it is about: for few, some functions have another one.
        absolute: The absolute error that it is about: for large ones, too; None for no such.

    Raises:
        UsageError: With the cure, for what is no function on a domain of float32.
    """
    known = None if chosen_reduction(reduction) == NONE else known_as(name)
    if reduction == TABLE and known is None:
        raise UsageError(_no_tables(name))
    if known is None:
        return _alone(name, domain)
    short, row = known
    if domain is None and row.complete is not None:
        ends, below, above, specials = row.body, row.below, row.above, row.specials
    else:
        ends = row.body if domain is None else _within(domain, row)
        below, above, specials = None, None, ()
    if reduction == TABLE:
        made, fast = _tabled(short, row, ends, absolute), None
    else:
        made, fast = _surroundings(short, row, ends, bool(specials), most, absolute)
    return Single(
        name=short,
        expression=parse(row.expression),
        domain=ends,
        below=below,
        above=above,
        specials=specials,
        reduction=made,
        derivative=row.derivative,
        fast=fast,
        inner=row.inner,
        signless=row.signless,
        mirrored=row.mirrored,
    )


def _surroundings(
    short: str,
    row: Known,
    ends: tuple[float, float],
    every: bool,
    most: float,
    absolute: float | None,
) -> tuple[Reduction, tuple[tuple[float, float], Reduction] | None]:
    """The reduction, and what suffices for arguments without special cases; see :class:`Single`."""
    fast = None
    if every and row.complete is not None:
        made, wide = row.complete(), True
    else:
        made = row.finite(*ends)
        wide = row.inner and row.fast is not None and not _inside(ends, row.fast)
    if wide and row.fast is not None:
        fast = row.fast, row.made(most, *row.fast) or row.finite(*row.fast)
    made = row.made(most, *ends) or made
    rough = coarse.reductions(short, most * 2.0**-23, absolute, ends)
    if rough is not None:
        made, shorter = rough
        fast = None if fast is None else (fast[0], shorter)
    return made, fast


def _tabled(short: str, row: Known, ends: tuple[float, float], absolute: float | None) -> Reduction:
    """The reduction with tables.

    Raises:
        UsageError: If there is none.
    """
    rough = None if absolute is None else coarse.reductions(short, math.inf, absolute, ends)
    if rough is not None and short in coarse.MAGNITUDES:
        return looked_up(rough[0])
    if row.tabled is None:
        raise UsageError(_no_tables(short))
    return row.tabled(*ends)


def has_tables(name: str, absolute: float | None) -> bool:
    """Whether there is a reduction with tables that is about such errors.

    Args:
        name: A named target or an expression in x.
        absolute: The absolute error that is asked for; None where errors are relative.
    """
    found = known_as(name)
    if found is None or absolute is None:
        return found is not None and found[1].tabled is not None
    return found[0] in coarse.MAGNITUDES and coarse.FINEST <= absolute <= coarse.COARSEST


def _no_tables(name: str) -> str:
    names = ", ".join(short for short, row in KNOWN.items() if row.tabled is not None)
    return (
        f"expected one of {names}, or with a bound on max_absolute_error of 7 to 18 bits "
        f"{', '.join(coarse.MAGNITUDES)}, with reduction={TABLE}, got {name[:40]!r}"
    )


def _inside(ends: tuple[float, float], others: tuple[float, float]) -> bool:
    return others[0] <= ends[0] and ends[1] <= others[1]


def chosen_reduction(text: str) -> str:
    """One of :data:`REDUCTIONS`.

    Raises:
        UsageError: For anything else, with the cure.
    """
    if text not in REDUCTIONS:
        near = difflib.get_close_matches(text, REDUCTIONS, 1)
        cure = f"did you mean {near[0]!r}?" if near else f"use {', '.join(REDUCTIONS)}"
        raise UsageError(f"unknown reduction {text[:40]!r}; {cure}")
    return text


def _within(domain: str, row: Known) -> tuple[float, float]:
    """The float32 of a domain, which must lie where the function is no constant."""
    first, last = parse_domain(domain)
    low, high = row.body
    if first.near < low or last.near > high:
        raise UsageError(
            f"expected a domain of {row.expression} within [{low!r}, {high!r}], got {domain[:60]}; "
            + ("leave it out for all float32" if row.complete else "choose a smaller one")
        )
    return singles(float(first.near), float(last.near))


def _alone(name: str, domain: str | None) -> Single:
    """A function without a reduction: the core is asked for on the whole domain."""
    target = resolve_target(name, domain, "absolute")
    ends = singles(*target.inner)
    core = replace(target, relative=True)
    return Single(target.name, target.expression, ends, None, None, (), plain(core))


def singles(low: float, high: float) -> tuple[float, float]:
    """The least and the largest finite float32 of a domain.

    Raises:
        UsageError: If there is none, or the domain is beyond float32.
    """
    with np.errstate(over="ignore"):
        first, last = np.float32(low), np.float32(high)
    if float(first) < low:
        first = np.nextafter(first, np.float32(np.inf))
    if float(last) > high:
        last = np.nextafter(last, np.float32(-np.inf))
    if not (np.isfinite(first) and np.isfinite(last) and first < last):
        raise UsageError(f"expected a domain with several finite float32, got {low!r},{high!r}")
    return float(first), float(last)
