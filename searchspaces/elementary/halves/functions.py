"""Functions of 16-bit numbers: where they are asked for, what lies beyond, their reduction."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.elementary.domain import parse_domain
from elitemap.searchspaces.elementary.float32.functions import NONE, TABLE, chosen_reduction
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.elementary.float32.reductions.magnitudes import plain
from elitemap.searchspaces.elementary.halves.conversions import converted
from elitemap.searchspaces.elementary.halves.formats import EVERY, Format, Words
from elitemap.searchspaces.elementary.halves.known import KNOWN, Fast, Known, Values
from elitemap.searchspaces.elementary.targets import resolve_target


@dataclass(frozen=True)
class Half:
    """A function of 16-bit numbers.

    Attributes:
        name: As it was asked for.
        expression: The function.
        number: The format of arguments and results.
        domain: The least and the largest argument at which it follows the expression.
        below: Its values for finite arguments below the domain; None if it is not asked for there.
        above: The same above.
        specials: Pairs of argument and value.
        inner: What surrounds a core, from float32 to float32.
        ties: What becomes of ties when results are rounded, in ``inner`` and in ``fast``.
        derivative: As that of :class:`elitemap.searchspaces.elementary.float32.functions.Single`.
        fast: Arguments without special cases, and the ``inner`` that suffices for them.
    """

    name: str
    expression: Expression
    number: Format
    domain: tuple[float, float]
    below: Values | None
    above: Values | None
    specials: tuple[tuple[float, float], ...]
    inner: Reduction
    ties: tuple[str, str]
    derivative: str = ""
    fast: Fast | None = None

    @property
    def complete(self) -> bool:
        """Whether all bits of a number are among the arguments."""
        return bool(self.specials)

    @property
    def reduction(self) -> Reduction:
        """What surrounds a core, from bits to bits."""
        return converted(self.inner, self.number, self.ties[0])

    @property
    def fast_reduction(self) -> Reduction | None:
        """The same for arguments without special cases."""
        if self.fast is None:
            return None
        return converted(self.fast[1], self.number, self.ties[1])

    def plain(self, words: Words) -> NDArray[np.bool_]:
        """Which arguments ``fast`` suffices for."""
        if self.fast is None:
            return np.zeros(len(words), np.bool_)
        (low, high), _ = self.fast
        values = self.number.values(words)
        found: NDArray[np.bool_] = (values >= low) & (values <= high)
        return found


def resolve(name: str, number: Format, domain: str | None, reduction: str) -> Half:
    """The function a user means.

    Args:
        name: A named target or an expression in x.
        number: The format of arguments and results.
        domain: ``lo,hi``; None for all numbers where there is a reduction that takes them, else for
            the target's usual domain.
        reduction: ``usual`` or ``none``; the cheapest is the usual one.

    Raises:
        UsageError: With the cure, for what is no function on a domain of the format.
    """
    chosen = chosen_reduction(reduction)
    if chosen == TABLE:
        raise UsageError(f"expected reduction as usual or none in {number.name}, got {chosen}")
    row = None if chosen == NONE else _known(name)
    if row is None:
        return _alone(name, number, domain)
    short, known = row
    ends = within(number, *known.body)
    found = Half(
        short,
        parse(known.expression),
        number,
        ends,
        known.below,
        known.above,
        known.specials(number),
        known.complete(number),
        known.ties,
        known.derivative,
        known.fast(number),
    )
    return found if domain is None else _restricted(found, domain)


def _known(name: str) -> tuple[str, Known] | None:
    text = name.replace(" ", "")
    return next(((n, row) for n, row in KNOWN.items() if text in (n, row.expression)), None)


def _restricted(half: Half, domain: str) -> Half:
    """The function on a part of its domain; the smaller reduction where it suffices."""
    first, last = parse_domain(domain)
    low, high = half.domain
    if first.near < low or last.near > high:
        raise UsageError(
            f"expected a domain of {half.expression} within [{low!r}, {high!r}], got {domain[:60]}"
            + (f"; leave it out for every {half.number.name}" if half.complete else "")
        )
    ends = within(half.number, float(first.near), float(last.near))
    inner, ties = half.inner, half.ties
    if half.fast is not None:
        (least, most), smaller = half.fast
        if least <= ends[0] and ends[1] <= most:
            inner, ties = smaller, (ties[1], ties[1])
    return replace(
        half, domain=ends, below=None, above=None, specials=(), inner=inner, ties=ties, fast=None
    )


def _alone(name: str, number: Format, domain: str | None) -> Half:
    """A function without a reduction; its values may be exact ties, which go to even."""
    target = resolve_target(name, domain, "absolute")
    ends = within(number, *target.inner)
    core = replace(target, relative=True)
    ties = ("even", "even")
    return Half(target.name, target.expression, number, ends, None, None, (), plain(core), ties)


def within(number: Format, low: float, high: float) -> tuple[float, float]:
    """The least and the largest finite number of a domain.

    Raises:
        UsageError: If there are no two.
    """
    every = number.values(EVERY)
    inside = every[(every >= low) & (every <= high) & np.isfinite(every)]
    if len(np.unique(inside)) < 2:
        raise UsageError(f"expected a domain with several {number.name}, got {low!r},{high!r}")
    return float(inside.min()), float(inside.max())
