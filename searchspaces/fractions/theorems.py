"""Which classical theorem proves that a fraction converges, its condition checked exactly.

The conditions hold from some n on: a tail converges, and so does the fraction, perhaps to infinity,
because no b_n is zero.
"""

from collections.abc import Callable
from dataclasses import dataclass

from elitemap.searchspaces.fractions.conditions import (
    distinct_moduli,
    parabolic_start,
    positive_start,
    pringsheim_start,
    worpitzky_start,
)
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.ratio import terminates

#: A condition that holds only from a larger n on is not stated.
FARTHEST = 10**6

_APPLICATIONS = "Lorentzen, Waadeland: Continued Fractions with Applications (1992), chapter {}"
_HANDBOOK = (
    "Cuyt, Petersen, Verdonk, Waadeland, Jones: "
    "Handbook of Continued Fractions for Special Functions (2008), chapter {}"
)


@dataclass(frozen=True)
class Theorem:
    """A proof of convergence.

    Attributes:
        name: The theorem.
        source: A book that proves it.
        start: The condition holds for every n >= start, and this is the least such n.
        statement: The condition, in the syntax of Python.
    """

    name: str
    source: str
    start: int
    statement: str


#: Name, source, statement and condition of each theorem that speaks about every n from one on.
_THEOREMS: tuple[tuple[str, str, str, Callable[[ContinuedFraction], int | None]], ...] = (
    (
        "Worpitzky",
        _APPLICATIONS.format("I"),
        "abs(b(n)/(a(n)*a(n-1))) <= 1/4",
        worpitzky_start,
    ),
    (
        "Śleszyński-Pringsheim",
        _APPLICATIONS.format("I"),
        "abs(a(n)) >= abs(b(n)) + 1",
        pringsheim_start,
    ),
    (
        "Seidel-Stern",
        _APPLICATIONS.format("III"),
        "b(n)/(a(n)*a(n-1)) is positive and grows no faster than n**2",
        positive_start,
    ),
    (
        "Śleszyński-Pringsheim after inflation by 4*n/(2*n + 1)",
        _APPLICATIONS.format("I"),
        "abs(b(n)/(a(n)*a(n-1))) <= (2*n - 1)**2/(16*n*(n - 1))",
        parabolic_start,
    ),
)


def convergence_theorem(f: ContinuedFraction) -> Theorem | None:
    """The theorem that proves the convergence of a fraction, of several the one from the least n.

    Returns:
        The theorem; None if the fraction terminates, has no limit, or none of the theorems covers
        it (some of the logarithmic ones, and some interlaced ones).
    """
    if terminates(f) or not all(f.a):
        return None
    found = [
        Theorem(name, source, start, f"{statement} for n >= {start}")
        for name, source, statement, condition in _THEOREMS
        if (start := condition(f)) is not None and start <= FARTHEST
    ]
    if found:
        return min(found, key=lambda theorem: theorem.start)
    if f.period == 1 and distinct_moduli(f):
        return Theorem(
            "Poincaré-Perron and Pincherle",
            _HANDBOOK.format(3) + "; " + _APPLICATIONS.format("IV"),
            1,
            "b(n)/(a(n)*a(n-1)) tends to a limit above -1/4 and b(n) != 0 for n >= 1",
        )
    return None
