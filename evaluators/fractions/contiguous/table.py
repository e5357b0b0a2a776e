"""Tables of fractions by canonical form, and by what gauges keep of them."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from elitemap.evaluators.fractions.contiguous.twists import Asymptote, asymptote
from elitemap.searchspaces.fractions.continued import ContinuedFraction

Row = TypeVar("Row")


@dataclass(frozen=True)
class Table(Generic[Row]):
    """Rows by the canonical form of their fraction."""

    formulas: Mapping[ContinuedFraction, Row]

    @functools.cached_property
    def by_asymptote(self) -> Mapping[Asymptote, Sequence[ContinuedFraction]]:
        """The canonical forms by what gauges keep of them."""
        found: dict[Asymptote, list[ContinuedFraction]] = {}
        for fraction in self.formulas:
            found.setdefault(asymptote(fraction), []).append(fraction)
        return found
