"""Numbers as people read them, without promising more than was proved."""

import math
from collections.abc import Iterable
from typing import Any

#: Shown where there is no value yet.
MISSING = "—"

#: Seconds of a day and of a year.
DAY, YEAR = 86_400, 31_557_600

#: Objectives that only the search vouches for; they are marked, and no result is chosen by them.
ESTIMATES = frozenset({"error"})

#: Objectives that come first; all others follow by name.
_ORDER = ("ops", "digits", "error")


def in_order(names: Iterable[str]) -> list[str]:
    """Names of objectives in the order in which tables show them, without repetition."""
    return sorted(set(names), key=lambda n: (_ORDER.index(n) if n in _ORDER else len(_ORDER), n))


def known_as(name: str) -> str:
    """An objective or measure as people know it.

    Queries put the kind before the name of a measure that is an objective too: ``measure_ops``.
    """
    return name.removeprefix("measure_") or name


def objective(name: str, value: Any) -> str:
    """One objective as text; a text is told as it is, and is no safer for that.

    Certified digits are cut, never rounded up: the text stays a proved statement. The search's own
    ``error`` carries a tilde, because it is an estimate.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    if isinstance(value, str):
        return value
    if name == "digits":
        return f"{math.floor(value * 100) / 100:.2f}"
    if name in ESTIMATES:
        return f"~{value:.1e}"
    return number(value)


def number(value: Any) -> str:
    """A number in at most six significant digits; whole ones without a point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value) if isinstance(value, int) else f"{value:.6g}"


def count(value: float) -> str:
    """A large count in three digits: 987, 12.3k, 4.56M, 7.8e+15."""
    if value >= 1e12:
        return f"{value:.3g}"
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * limit:
            return f"{value / limit:.3g}{unit}"
    return f"{value:.0f}"


def duration(seconds: float) -> str:
    """A time as 42s, 3m07s, 2h05m, 12 days or 3.4e+09 years."""
    if seconds >= 3 * YEAR:
        return f"{seconds / YEAR:.3g} years"
    if seconds >= 3 * DAY:
        return f"{seconds / DAY:.0f} days"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
