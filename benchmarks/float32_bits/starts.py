"""Polynomials and quotients of them that searches begin with."""

from collections.abc import Iterator, Sequence

import numpy as np

from elitemap.evaluators.float32.arguments import true_value
from elitemap.searchspaces.elementary.targets import Target

#: Degrees of the polynomials that searches begin with.
DEGREES = range(1, 15)

#: From which of them on they are about the middle of the domain.
CENTRED = 8

#: Degrees of numerators and denominators that they begin with.
QUOTIENTS = ((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3))

#: How far from 0 a core through it is divided by x.
ASIDE = 2.0**-20


def starts(core: Target) -> Iterator[str]:
    """Polynomials that interpolate a core, by Horner's rule and by two of them in the square.

    Those of many terms are about the middle of the domain: in x their constants, which are large
    and of both signs, leave no digits.
    """
    low, high = float(core.lo), float(core.hi)
    # A core through 0 is x times a polynomial, or its relative error there is infinite.
    through = low < 0.0 < high and true_value(core.expression, 0.0) == 0.0
    for degree in DEGREES:
        near = degree < CENTRED or through or low + high == 0.0
        centre, variable = (0.0, "x") if near else ((low + high) / 2, "u")
        nodes = np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
        points = (low + high) / 2 + (high - low) / 2 * nodes
        values, _ = core.sample(points + ASIDE * through)
        values /= points + ASIDE if through else 1.0
        fitted = np.polynomial.chebyshev.chebfit(nodes, values, degree)
        series = np.polynomial.Chebyshev(fitted, domain=(low - centre, high - centre))
        terms = [f"({float(c)!r})" for c in series.convert(kind=np.polynomial.Polynomial).coef]
        names = [f"u = x - ({centre!r})"] if centre else []
        factor = "x*" if through else ""
        yield _where(factor + _horner(terms, variable), names)
        if degree >= 4:
            even, odd = _horner(terms[::2], "s"), _horner(terms[1::2], "s")
            names = [*names, f"s = {variable}*{variable}"]
            yield _where(f"{factor}({even} + {variable}*{odd})", names)


def quotients(core: Target) -> Iterator[str]:
    """Quotients of polynomials in x, and x times those of x^2, near a core in least squares."""
    low, high = float(core.lo), float(core.hi)
    many = 8 * sum(QUOTIENTS[-1])
    points = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(many) + 0.5) / many)
    values, _ = core.sample(points)
    for above, below in QUOTIENTS:
        for variable, factor in (("x", ""), ("s", "x*")):
            v = points if variable == "x" else points**2
            wanted = values if variable == "x" else values / points
            # p - f q = 0 with q = 1 at 0, row by row divided by the q of the time before.
            powers = np.vander(v, max(above, below) + 1, increasing=True)
            rows = np.hstack([powers[:, : above + 1], -wanted[:, None] * powers[:, 1 : below + 1]])
            rows = rows if variable == "x" else rows * points[:, None]
            aims = wanted if variable == "x" else values
            q = np.ones(many)
            for _ in range(4):
                found = np.linalg.lstsq(rows / q[:, None], aims / q, rcond=None)[0]
                q = np.abs(1.0 + powers[:, 1 : below + 1] @ found[above + 1 :]) + 1e-9
            terms = [f"({float(c)!r})" for c in (*found[: above + 1], 1.0, *found[above + 1 :])]
            top, bottom = (
                _horner(part, variable) for part in (terms[: above + 1], terms[above + 1 :])
            )
            yield _where(f"{factor}{top}/{bottom}", [] if variable == "x" else ["s = x*x"])


def _where(text: str, names: Sequence[str]) -> str:
    return f"{text} where {'; '.join(names)}" if names else text


def _horner(terms: Sequence[str], variable: str) -> str:
    *rest, text = terms
    for term in reversed(rest):
        text = f"({term} + {variable}*{text})"
    return text
