"""What elites are worth, declared: nothing that shows an archive knows an objective by name."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

#: What vouches for a value: the search's own estimate, a measurement on this machine, data that the
#: search did not see, or a proof (exhaustion included).
Vouched = Literal["estimated", "measured", "confirmed", "proved"]

#: How values are written: in a few significant digits; whole; in a few significant digits with an
#: exponent; two places, cut towards what is proved and never rounded beyond it; as it is.
Form = Literal["number", "count", "scientific", "cut", "text"]


@dataclass(frozen=True)
class Objective:
    """One thing that an elite is worth.

    Attributes:
        name: Its name in filters, JSON and the archive.
        direction: +1 where more is better, -1 where less is, 0 for what nobody ranks by (texts).
        vouched: What vouches for its values.
        form: How they are written.
        unit: Unit of the values, as it is written behind them; empty for none.
        label: What people read above a column; empty for the name.
        steers: Whether the search's own front and the choice of parents use it.
    """

    name: str
    direction: int
    vouched: Vouched = "measured"
    form: Form = "number"
    unit: str = ""
    label: str = ""
    steers: bool = False

    def to_json(self) -> dict[str, Any]:
        """The declaration as a JSON object, as runs record it."""
        return asdict(self)


def steering(objectives: Iterable[Objective]) -> tuple[tuple[str, int], ...]:
    """Names and signs of the objectives that steer a search, in their order."""
    return tuple((one.name, one.direction) for one in objectives if one.steers)


def directions(objectives: Iterable[Objective]) -> Mapping[str, int]:
    """Sign by name, +1 where more is better, of the objectives that people rank by."""
    return {one.name: one.direction for one in objectives if one.direction}
