"""Numbers as people read them, without promising more than was proved."""

from typing import Any

#: Shown where there is no value yet.
MISSING = "—"

#: Seconds of a day and of a year.
DAY, YEAR = 86_400, 31_557_600


def known_as(name: str) -> str:
    """An objective or measure as people know it.

    Queries put the kind before the name of a measure that is an objective too: ``measure_ops``.
    """
    return name.removeprefix("measure_") or name


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
