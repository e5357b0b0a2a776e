"""What ``--set`` means for fractions: the options of each mode, read and checked."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Option
from elitemap.evaluators.fractions.sweep.limits import USUAL, WHOLE

MODES = ("evolve", "sweep", "signed", "field")

#: Bounds of whole-number options: what a kernel takes, or what a machine can hold.
MOST_MOEBIUS, MOST_LIMIT, MOST_PERIOD, MOST_COEFFICIENT, MOST_REACH = 60, 20, 8, 10_000, 9

#: Largest degrees of a(n) and b(n) that evolve.
MOST_DEGREES = (4, 8)

#: What ``moebius`` is unless it is set.
ANY = "any"

OPTIONS = (
    Option(
        "mode",
        "evolve",
        "evolve, sweep (a whole box), signed (simple, with signs) or field (trajectories around a "
        "fraction)",
        MODES,
    ),
    Option(
        "a",
        "1..13,-13..13",
        "sweep and field: a(n), ranges from the leading term down, or a template such as "
        "(2*n+1)*([1..9]*n*(n+1)+[-9..9]); periods interlace by ;",
    ),
    Option("b", "-11..11,-11..11,-11..11", "sweep and field: b(n), the same"),
    Option(
        "moebius",
        ANY,
        f"sweep: values (c0 + c1 x)/(c2 + c3 x) with coefficients to this, 1 to {MOST_MOEBIUS}; "
        "any identifies every value, whatever its coefficients, in boxes of up to "
        f"{WHOLE:,} fractions, and is {USUAL} in larger ones",
    ),
    Option("joint", "no", "sweep: yes looks for values in all constants at once", ("yes", "no")),
    Option("limit", "3", f"signed: values as for moebius, coefficients to this, 1 to {MOST_LIMIT}"),
    Option("periods", "1..3", f"signed: lengths of the periods of signs, within 1..{MOST_PERIOD}"),
    Option(
        "reach",
        "3",
        f"field: steps of a direction in each coordinate, 1 to {MOST_REACH}; a and b are one "
        "fraction, and what approximates better is kept",
    ),
    Option(
        "degrees",
        "3,6",
        "evolve: largest degrees of a(n) and b(n), at most {},{}".format(*MOST_DEGREES),
    ),
    Option("coefficients", "200", f"evolve: random ones up to this, 1 to {MOST_COEFFICIENT}"),
    Option(
        "known",
        "",
        "a CSV file of your own of known fractions, columns a,b,value,source,year: coefficients "
        "from the leading one down, as in 34 51 27 5, or polynomials in a parameter x",
    ),
)

#: Which modes an option belongs to; the others belong to all.
_MODES_OF = {
    **dict.fromkeys(("a", "b"), ("sweep", "field")),
    **dict.fromkeys(("moebius", "joint"), ("sweep",)),
    "reach": ("field",),
    **dict.fromkeys(("limit", "periods"), ("signed",)),
    **dict.fromkeys(("degrees", "coefficients"), ("evolve",)),
}


@dataclass(frozen=True)
class Settings:
    """The options of a task, read.

    Attributes:
        mode: One of :data:`MODES`.
        a: Text of a's side of the box.
        b: Text of b's side.
        moebius: Largest coefficient of the values of a sweep; None for any.
        joint: Whether a sweep looks for values in all constants at once.
        limit: Largest coefficient of the values of a signed search.
        periods: Shortest and longest period of signs.
        reach: Largest coordinate of a direction in a matrix field.
        degrees: Largest degrees that evolve.
        coefficients: Size of random coefficients.
        known: The user's table, or None.
    """

    mode: str
    a: str
    b: str
    moebius: int | None
    joint: bool
    limit: int
    periods: tuple[int, int]
    reach: int
    degrees: tuple[int, int]
    coefficients: int
    known: Path | None


def read(options: Mapping[str, str]) -> Settings:
    """Read the options that were set; the others have their defaults.

    Raises:
        UsageError: If one is mistaken or belongs to another mode.
    """
    text = {option.name: options.get(option.name, option.default) for option in OPTIONS}
    mode = text["mode"]
    if mode not in MODES:
        near = difflib.get_close_matches(mode, MODES, 1)
        cure = f"did you mean {near[0]!r}?" if near else f"use one of {', '.join(MODES)}"
        raise UsageError(f"unknown mode {mode[:40]!r}; {cure}")
    for name in options:
        if mode not in _MODES_OF.get(name, MODES):
            others = " or ".join(_MODES_OF[name])
            raise UsageError(
                f"expected options of mode={mode}, got {name}; drop it or set mode={others}"
            )
    if text["joint"] not in ("yes", "no"):
        raise UsageError(f"expected joint as yes or no, got {text['joint'][:40]!r}")
    return Settings(
        mode=mode,
        a=text["a"],
        b=text["b"],
        moebius=_moebius(text),
        joint=text["joint"] == "yes",
        limit=_whole(text, "limit", MOST_LIMIT),
        periods=_pair(text, "periods", r"(\d{1,3})(?:\.\.(\d{1,3}))?", (MOST_PERIOD,) * 2, "1..3"),
        reach=_whole(text, "reach", MOST_REACH),
        degrees=_pair(text, "degrees", r"(\d{1,3}),(\d{1,3})", MOST_DEGREES, "3,6"),
        coefficients=_whole(text, "coefficients", MOST_COEFFICIENT),
        known=Path(text["known"]) if text["known"] else None,
    )


def own(mode: str) -> tuple[str, ...]:
    """The options that do not belong to all modes, but to this one."""
    return tuple(name for name, owners in _MODES_OF.items() if mode in owners)


def _moebius(text: Mapping[str, str]) -> int | None:
    return None if text["moebius"].strip() == ANY else _whole(text, "moebius", MOST_MOEBIUS)


def _whole(text: Mapping[str, str], name: str, most: int) -> int:
    given = text[name].strip()
    if not re.fullmatch(r"\d{1,9}", given) or not 1 <= int(given) <= most:
        raise UsageError(f"expected {name} as a whole number from 1 to {most}, got {given[:40]!r}")
    return int(given)


def _pair(
    text: Mapping[str, str], name: str, pattern: str, most: tuple[int, int], example: str
) -> tuple[int, int]:
    match = re.fullmatch(pattern, text[name].replace(" ", ""))
    numbers = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    ordered = name != "periods" or numbers[0] <= numbers[1]
    if not (1 <= numbers[0] <= most[0] and 1 <= numbers[1] <= most[1] and ordered):
        raise UsageError(
            f"expected {name} such as {example}, at most {most[0]} and {most[1]}, "
            f"got {text[name][:40]!r}"
        )
    return numbers
