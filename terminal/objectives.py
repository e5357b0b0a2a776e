"""Objectives as people read them: their order, heads, figures and who vouches, as runs declare."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from elitemap.archive.objectives import Objective, merged
from elitemap.archive.plain import one_line
from elitemap.archive.problems import Problem
from elitemap.terminal.numbers import MISSING, number

#: What is said of values by what vouches for them.
_VOUCHERS = {
    "estimated": "the search's estimate",
    "measured": "measured",
    "confirmed": "confirmed on what the search did not see",
    "proved": "proved",
}


@dataclass(frozen=True)
class Declared:
    """What some runs declare of their objectives.

    Attributes:
        known: By name, in the order in which they are shown.
    """

    known: Mapping[str, Objective]

    @classmethod
    def of(cls, *declarations: Iterable[Objective]) -> "Declared":
        """What these declare together."""
        return cls(merged(declarations))

    @classmethod
    def by(cls, problems: Iterable[Problem]) -> "Declared":
        """What the runs of these problems declare."""
        return cls.of(*(one.objectives for one in dict.fromkeys(problems)))

    def __getitem__(self, name: str) -> Objective:
        """The declaration of an objective; of an unknown one nothing is promised."""
        return self.known.get(name) or Objective(name, 0)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names as tables show them, without repetition: as declared, then all others by name."""
        there = set(names)
        return [name for name in self.known if name in there] + sorted(there - set(self.known))

    def estimated(self, name: str) -> bool:
        """Whether only the search vouches for it: it is marked, and no result is chosen by it."""
        return self[name].vouched == "estimated"

    def text(self, name: str, value: Any) -> str:
        """A value as text; a text is told as it is, and is no safer for that."""
        return text(self[name], value)

    def head(self, name: str) -> str:
        """What is written above a column, as one printable line."""
        return one_line(self[name].label or name)

    def words(self, name: str) -> str:
        """The name in words, for titles of charts and sentences; honest about estimates."""
        words = one_line(name).replace("_", " ")
        return f"{words} (estimate)" if self.estimated(name) else words

    def note(self, name: str) -> str:
        """What vouches for figures that could be mistaken for more; empty for counts and texts."""
        one = self[name]
        plain = one.form in ("count", "text") or (one.vouched == "measured" and not one.unit)
        return "" if plain or name not in self.known else _VOUCHERS[one.vouched]


def text(one: Objective, value: Any) -> str:
    """A value of an objective, never promising more than vouches for it.

    What is proved is cut towards what was proved: a bound from above is never told as less, one
    from below never as more. What is estimated carries a tilde.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    if isinstance(value, str):
        return value
    written = _WRITERS.get(one.form, _plainly)(one, value)
    mark = "~" if one.vouched == "estimated" else ""
    return f"{mark}{written} {one.unit}".rstrip()


def _rounding(one: Objective) -> str:
    if one.vouched != "proved" or not one.direction:
        return ROUND_HALF_EVEN
    return ROUND_FLOOR if one.direction > 0 else ROUND_CEILING


def _decimal(value: float) -> Decimal:
    """The shortest decimal that is this float: 5.6 stays 5.60 when it is cut."""
    return Decimal(repr(float(value)))


def _cut(one: Objective, value: float) -> str:
    return f"{_decimal(value).quantize(Decimal('0.01'), _rounding(one)):f}"


def _scientific(one: Objective, value: float) -> str:
    exact = _decimal(value)
    if not exact:
        return f"{value:.1e}"
    last = Decimal(1).scaleb(exact.adjusted() - 1)
    return f"{float(exact.quantize(last, _rounding(one))):.1e}"


def _plainly(one: Objective, value: float) -> str:
    return number(value)


_WRITERS = {"cut": _cut, "scientific": _scientific}
