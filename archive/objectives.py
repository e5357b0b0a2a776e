"""What elites are worth, declared: nothing that shows an archive knows an objective by name."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

#: What vouches for a value: the search's own estimate, a measurement on this machine, data that the
#: search did not see, or a proof (exhaustion included). The weakest first.
Vouched = Literal["estimated", "measured", "confirmed", "proved"]

#: How values are written: in a few significant digits; whole; in a few significant digits with an
#: exponent; two places, cut towards what is proved and never rounded beyond it; as it is.
Form = Literal["number", "count", "scientific", "cut", "text"]

_VOUCHED, _FORMS = get_args(Vouched), get_args(Form)


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

    @classmethod
    def from_json(cls, document: Any) -> "Objective":
        """Read a declaration.

        Raises:
            ValueError: If it is none.
        """
        names = {field.name for field in fields(cls)}
        if not isinstance(document, dict) or not {"name", "direction"} <= set(document) <= names:
            raise ValueError("expected the declaration of an objective")
        one = cls(**document)
        texts = (one.name, one.unit, one.label)
        if (
            not all(isinstance(text, str) for text in texts)
            or one.direction not in (-1, 0, 1)
            or one.vouched not in _VOUCHED
            or one.form not in _FORMS
        ):
            raise ValueError(f"expected the declaration of an objective, got {str(document)[:60]}")
        return one


#: Runs of before objectives were declared meant these by their names, in the spaces of that time.
#: The same names in a space of somebody else promise nothing.
_BEFORE = {
    ("elementary", "ops"): Objective("ops", -1, "proved", "count"),
    ("elementary", "digits"): Objective("digits", +1, "proved", "cut", label="digits ≥"),
    ("elementary", "error"): Objective("error", -1, "estimated", "scientific", label="est. error"),
    ("fractions", "digits"): Objective("digits", +1, "proved", "cut", label="digits ≥"),
}


def steering(objectives: Iterable[Objective]) -> tuple[tuple[str, int], ...]:
    """Names and signs of the objectives that steer a search, in their order."""
    return tuple((one.name, one.direction) for one in objectives if one.steers)


def directions(objectives: Iterable[Objective]) -> Mapping[str, int]:
    """Sign by name, +1 where more is better, of the objectives that people rank by."""
    return {one.name: one.direction for one in objectives if one.direction}


def recorded(space: str, config: Mapping[str, Any]) -> tuple[Objective, ...]:
    """What a run declares; of one that only says which way is better, what it meant by the names.

    Raises:
        ValueError: If a declaration is none.
    """
    if "objectives" in config:
        return tuple(Objective.from_json(one) for one in config["objectives"])
    return tuple(
        _undeclared(space, name, 1 if sign > 0 else -1) for name, sign in config.get("pareto", ())
    )


def _undeclared(space: str, name: str, direction: int) -> Objective:
    known = _BEFORE.get((space, name))
    return Objective(name, direction) if known is None else replace(known, direction=direction)


def merged(declarations: Iterable[Iterable[Objective]]) -> dict[str, Objective]:
    """By name, in order of appearance.

    Of what several declare differently holds what all of them say: the weakest of what vouches, the
    direction and the form if they agree, and no unit.
    """
    found: dict[str, Objective] = {}
    for objectives in declarations:
        for one in objectives:
            known = found.setdefault(one.name, one)
            if replace(known, steers=one.steers) != one:
                found[one.name] = _common(known, one)
    return found


def _common(first: Objective, second: Objective) -> Objective:
    agreed = first.direction == second.direction
    return Objective(
        first.name,
        first.direction if agreed else 0,
        min(first.vouched, second.vouched, key=_VOUCHED.index),
        first.form if first.form == second.form else "number",
    )
