"""Where a search is ahead of what was known before, where level with it, and where behind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.objectives import Objective
from elitemap.archive.plain import one_line
from elitemap.engine.protocols import Baseline
from elitemap.terminal.objectives import Declared

#: Differences that count as none, in units of the second objective.
LEVEL = 0.005


@dataclass(frozen=True)
class Standing:
    """The best with at most so much of the first objective.

    Attributes:
        cost: Of the first objective.
        ours: Best value of the second among the elites, None if none costs so little.
        known: The best baseline.
    """

    cost: float
    ours: float | None
    known: Baseline


def pair_of(declared: Declared) -> tuple[Objective, Objective] | None:
    """The two objectives to compare by: the first that is to be small and the first to be large."""
    small = next((o for o in declared.known.values() if o.direction < 0), None)
    large = next((o for o in declared.known.values() if o.direction > 0), None)
    return (small, large) if small is not None and large is not None else None


def standings(
    best: Iterable[Mapping[str, Any]],
    known: Iterable[Baseline],
    pair: tuple[Objective, Objective],
    everywhere: bool = True,
) -> list[Standing]:
    """At every cost of an elite or a baseline, up to the dearest elite, who is best.

    Args:
        best: Elites as JSON objects.
        known: Baselines.
        pair: Cost and worth.
        everywhere: Whether costs count at which there are baselines only.
    """
    cost, worth = (one.name for one in pair)
    ours = [
        (float(o[cost]), float(o[worth]))
        for o in (elite["objectives"] for elite in best)
        if o.get(cost) is not None and o.get(worth) is not None
    ]
    theirs = [b for b in known if {cost, worth} <= b.objectives.keys()]
    if not ours or not theirs:
        return []
    most = max(x for x, _ in ours)
    places = {x for x, _ in ours}
    if everywhere:
        places |= {b.objectives[cost] for b in theirs}
    found = []
    for place in sorted(p for p in places if p <= most):
        rivals = [b for b in theirs if b.objectives[cost] <= place]
        if rivals:
            top = max((y for x, y in ours if x <= place), default=None)
            found.append(Standing(place, top, max(rivals, key=lambda b: b.objectives[worth])))
    return found


def rivalry_lines(
    best: Sequence[Mapping[str, Any]],
    known: Sequence[Baseline],
    declared: Declared,
    everywhere: bool = True,
) -> list[str]:
    """What to tell at the end of a search; nothing where there is nothing to compare.

    Args:
        best: Elites as JSON objects.
        known: Baselines.
        declared: How objectives are declared.
        everywhere: Whether costs count at which there are baselines only; a search with a goal
            leaves most of them unproved.
    """
    pair = pair_of(declared)
    found = [] if pair is None else standings(best, known, pair, everywhere)
    if pair is None or not found:
        return []
    cost, worth = pair
    gaps = [
        (s, -1e300 if s.ours is None else s.ours - s.known.objectives[worth.name]) for s in found
    ]
    lines = []
    if ahead := [(s, gap) for s, gap in gaps if gap > LEVEL]:
        least, most = min(gap for _, gap in ahead), max(gap for _, gap in ahead)
        by = f"{least:.2f}" if len(ahead) == 1 else f"{least:.2f} to {most:.2f}"
        lines.append(f"ahead at {_costs(ahead, cost)}, by {by} {worth.name}")
    if level := [(s, gap) for s, gap in gaps if abs(gap) <= LEVEL]:
        lines.append(f"level at {_costs(level, cost)}")
    if behind := [_behind(s, worth) for s, gap in gaps if gap < -LEVEL]:
        lines.append(f"behind at {'; at '.join(behind)}")
    return ["known forms: " + line for line in lines]


def _behind(s: Standing, worth: Objective) -> str:
    """What the better baseline is."""
    ours = "nothing" if s.ours is None else f"{s.ours:.2f}"
    return (
        f"{s.cost:g}: {ours} against {s.known.objectives[worth.name]:.2f}, {one_line(s.known.name)}"
    )


def _costs(standings: Sequence[tuple[Standing, float]], cost: Objective) -> str:
    return ", ".join(f"{s.cost:g}" for s, _ in standings) + f" {cost.name}"
