"""How errors of float32 functions count, and what may be bounded."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Goal, Objective
from elitemap.formulas.parsing import parse_constant
from elitemap.formulas.vocabulary import constant_value

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """A way to count errors; inside a search they are numbers of a unit.

    Attributes:
        unit: The unit at true values, float64[n] to float64[n].
        seen: What a search sees of errors.
        grain: One unit, as ``seen`` has it.
        most: Units from which on a program is nothing.
        steering: Name of the objective that proves it.
        said: What curves call it.
    """

    unit: Callable[[Floats], Floats]
    seen: Objective
    grain: float
    most: float
    steering: str
    said: str


def units(values: Floats) -> Floats:
    """The unit of the last place of true values, as float32."""
    # By bits: searches ask for millions of them.
    places = np.ascontiguousarray(values, np.float64).view(np.int64) >> 52 & 0x7FF
    exponents = np.clip(places, 1023 - 126, 1023 + 127) - 23
    found: Floats = (exponents << 52).view(np.float64)
    return found


#: The unit of relative errors: at most that of the last place, and more than half of it.
_RELATIVE = 2.0**-23

#: The unit of absolute errors: half that of the last place of 1.
_ABSOLUTE = 2.0**-24

ULPS = Measure(
    units,
    Objective("ulp", -1, "estimated", label="est. ULP", steers=True),
    1.0,
    2.0**20,
    "max_ulp",
    "error in ULP",
)

RELATIVE = Measure(
    lambda values: np.maximum(np.abs(values), 2.0**-126) * _RELATIVE,
    Objective("relative_error", -1, "estimated", "scientific", label="est. relative", steers=True),
    _RELATIVE,
    2.0**20,
    "max_relative_error",
    "relative error",
)

ABSOLUTE = Measure(
    lambda values: np.full(np.shape(values), _ABSOLUTE),
    Objective("absolute_error", -1, "estimated", "scientific", label="est. absolute", steers=True),
    _ABSOLUTE,
    2.0**23,
    "max_absolute_error",
    "absolute error",
)


def objectives(measure: Measure) -> tuple[Objective, ...]:
    """What elites are worth where errors count by a measure."""
    errors = [
        Objective("max_ulp", 0, "proved", "cut", label="ULP ≤"),
        Objective("max_relative_error", 0, "proved", "scientific", label="relative ≤"),
        Objective("max_absolute_error", 0, "proved", "scientific", label="absolute ≤"),
    ]
    return (
        # Exact as what it is, the sum of a stated model; what programs take is ``ns``.
        Objective("cost", -1, "proved", label="cycles", steers=True),
        *(replace(e, direction=-1) if e.name == measure.steering else e for e in errors),
        measure.seen,
        Objective("ns", 0, "measured", unit="ns"),
        Objective("ratio", 0, "measured"),
    )


#: What may be bounded, how it counts, and one of it as the search sees it.
BOUNDS: Mapping[str, tuple[Measure, float]] = MappingProxyType(
    {
        "max_ulp": (ULPS, 1.0),
        "max_relative_error": (RELATIVE, 1.0),
        "max_absolute_error": (ABSOLUTE, 1.0),
    }
)

#: How much below a bound a search goes on: at more arguments errors are larger.
_ROOM = 0.97

_BOUND = re.compile(r"\s*(?P<name>\w+)\s*<=\s*(?P<limit>.+)")


def parse_bound(text: str) -> tuple[Measure, Goal | None]:
    """How errors count, and the goal that a bound sets; None for no text.

    Raises:
        UsageError: For anything but ``NAME<=CONSTANT`` with a name of :data:`BOUNDS`.
    """
    if not text:
        return ULPS, None
    name, limit = bounded(text, tuple(BOUNDS), "float32")
    if not 0.0 < limit < float("inf"):
        raise UsageError(f"expected a positive bound, got {text[:40]!r}")
    measure, one = BOUNDS[name]
    said = "".join(text.split())
    most = _ROOM * one * limit
    return measure, Goal("cost", measure.seen.name, most, name, limit, said, sign=-1)


def bounded(text: str, names: tuple[str, ...], arithmetic: str) -> tuple[str, float]:
    """Name and limit of a bound.

    Args:
        text: What the user wrote.
        names: What may be bounded.
        arithmetic: What the message calls the numbers.

    Raises:
        UsageError: For anything but ``NAME<=CONSTANT`` with one of the names.
    """
    found = _BOUND.fullmatch(text)
    if found is None or found["name"] not in names:
        *others, last = (f"{name}<=CONSTANT" for name in names)
        raise UsageError(
            f"expected bound in {arithmetic} as {', '.join(others)} or {last}, "
            f"got {text[:40]!r}; quote it"
        )
    limit = constant_value(parse_constant(found["limit"]), 128)
    return found["name"], float(limit.mid())
