"""Mechanisms that reach a fraction by a gauge, or by what its convergents are.

Each is an exact identity: a gauge that is multiplied out, a creative telescoping whose certificate
is. That the gauge sends limit to limit is checked numerically besides, as a recurrence alone does
not tell its minimal solution from others.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from elitemap.evaluators.fractions.contiguous.coboundary import Equivalence, realised
from elitemap.evaluators.fractions.contiguous.directions import along
from elitemap.evaluators.fractions.contiguous.gauss import near_gauss
from elitemap.evaluators.fractions.contiguous.relatives import agrees, relative
from elitemap.evaluators.fractions.contiguous.twists import twists
from elitemap.evaluators.fractions.fields.trajectories import trajectory
from elitemap.evaluators.fractions.labels.dualhahn import dual_hahn
from elitemap.evaluators.fractions.labels.explanations import Explanation, explain
from elitemap.evaluators.fractions.telescoping.table import proved, sums
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction

#: Linear systems solved for one fraction and mechanism, the likeliest first.
MOST = 24

Mechanism = Callable[[ContinuedFraction], Explanation | None]


def further(fraction: ContinuedFraction) -> Explanation | None:
    """The first of :data:`MECHANISMS` that explains a fraction.

    Args:
        fraction: Of any period, not terminating.

    Raises:
        FractionError: If the fraction is degenerate.
    """
    home = canonical(fraction)
    found = (mechanism(home) for mechanism in MECHANISMS.values())
    return next((one for one in found if one is not None), None)


def _dual_hahn(home: ContinuedFraction) -> Explanation | None:
    found = dual_hahn(home)
    if found is None:
        return None
    text = f"convergents of {home} are sums of {found}, continuous dual Hahn polynomials"
    return Explanation(home, text, found.to_json())


def _gauss(home: ContinuedFraction) -> Explanation | None:
    candidates = ((near, near) for near in near_gauss(home))
    for _, near, gauge in gauged(home, candidates):
        explanation = explain(near)
        if explanation is not None:
            text = f"contiguous to {near}, a {explanation.text}"
            return Explanation(home, text, explanation.details | {"gauge": gauge.to_json()})
    return None


def _along(home: ContinuedFraction) -> Explanation | None:
    for found, near, gauge in gauged(home, ((one, one.fraction) for one in along(home))):
        details = {"kind": "2F1 along a direction", "function": str(found)}
        text = f"contiguous to {near}, the recurrence of {found} in n"
        return Explanation(home, text, details | {"gauge": gauge.to_json()})
    return None


def gauged(
    home: ContinuedFraction, candidates: Iterator[tuple[Any, ContinuedFraction]]
) -> Iterator[tuple[Any, ContinuedFraction, Equivalence]]:
    """The candidates that a gauge leads to, with it."""
    pairs = ((one, near, twist) for one, near in candidates for twist in twists(home, near))
    for one, near, twist in itertools.islice(pairs, MOST):
        gauge = realised(home, near, twist)
        if gauge is not None and agrees(gauge):
            yield one, near, gauge


def _sum(home: ContinuedFraction) -> Explanation | None:
    found = relative(home, sums())
    if found is None:
        return None
    row, details = found.formula, {"kind": "binomial sum", "sum": str(found.formula)}
    how = "published"
    if row.summand:
        recurrence = proved(row.summand)
        if recurrence is None:
            return None
        details |= recurrence.to_json()
        how = "proved by creative telescoping"
    same = found.gauge.left == found.gauge.right and found.steps == (1, 1)
    text = f"{'' if same else found.how}the recurrence of {row}, {how}"
    return Explanation(home, text, details | {"gauge": found.to_json()})


def _trajectory(home: ContinuedFraction) -> Explanation | None:
    found = trajectory(home)
    if found is None:
        return None
    text = f"{home} is along {found}, a conservative matrix field"
    details = {"kind": "matrix field", "field": str(found.field), "start": [*map(str, found.start)]}
    return Explanation(home, text, details | {"direction": list(found.direction)})


#: What is tried, by the words in which labels say so.
MECHANISMS: dict[str, Mechanism] = {
    "terminating 3F2 (continuous dual Hahn)": _dual_hahn,
    "gauges to ratios of 2F1 with the same characteristic roots": _gauss,
    "2F1 along directions (k, l, m)": _along,
    "sums over k of up to five binomials and sporadic sequences, up to gauges": _sum,
    "trajectories in matrix fields of conjugate polynomials": _trajectory,
}


def tried() -> str:
    """The mechanisms in words."""
    return ", ".join(MECHANISMS)
