"""The answer to "the cheapest with at most this error": one program, and its neighbours."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.engine.protocols import Goal
from elitemap.terminal.objectives import Declared
from elitemap.terminal.tables.tables import SHORT


def answer_lines(
    best: Sequence[Mapping[str, Any]], goal: Goal | None, declared: Declared
) -> list[str]:
    """What to tell at the end of a search with a goal.

    Args:
        best: Elites of the front as JSON objects.
        goal: What was asked for; None for nothing.
        declared: How values are written.
    """
    if goal is None:
        return []
    proved = [e for e in best if e["objectives"].get(goal.proved) is not None]
    reaching = [e for e in proved if _short(e, goal) <= 0]
    if not proved:
        return [f"{goal.text}: nothing is proved yet, so there is no answer", *_open(best, goal)]
    if not reaching:
        top = min(proved, key=lambda e: _short(e, goal))
        return [
            f"{goal.text}: missed by {_short(top, goal):.3g} {goal.proved}; the best proved is "
            f"{_said(top, goal, declared)}",
            *_open(best, goal),
        ]
    answer = min(reaching, key=lambda e: float(e["objectives"][goal.cost]))
    lines = [f"{goal.text}: {_said(answer, goal, declared)}, proved"]
    cheaper = [e for e in proved if e["objectives"][goal.cost] < answer["objectives"][goal.cost]]
    if cheaper:
        nearest = min(cheaper, key=lambda e: _short(e, goal))
        said = _said(nearest, goal, declared)
        lines.append(
            f"next cheaper: {said}, short of it by {_short(nearest, goal):.3g} {goal.proved}"
        )
    better = [e for e in proved if _short(e, goal) < _short(answer, goal)]
    if better:
        nearest = min(better, key=lambda e: float(e["objectives"][goal.cost]))
        lines.append(f"next better: {_said(nearest, goal, declared)}")
    return lines


def _open(best: Sequence[Mapping[str, Any]], goal: Goal) -> list[str]:
    """The best of those that may reach a goal and are not proved, and how they can be."""
    hopeful = [
        e
        for e in best
        if e["objectives"].get(goal.proved) is None
        and e["objectives"].get(goal.estimate, math.inf) <= goal.most
    ]
    if not hopeful:
        return []
    top = min(hopeful, key=lambda e: float(e["objectives"][goal.estimate]))
    found, name = top["objectives"][goal.estimate], top["id"][:SHORT]
    return [
        f"not proved, {found:.3g} {goal.estimate} by estimate: {name}; with more time: "
        f"elitemap certify {name} --seconds N"
    ]


def _short(elite: Mapping[str, Any], goal: Goal) -> float:
    """By how much an elite misses the goal; negative for one that is better."""
    value = float(elite["objectives"][goal.proved])
    return goal.sign * (goal.least - value)


def _said(elite: Mapping[str, Any], goal: Goal, declared: Declared) -> str:
    """One elite in a line."""
    values = elite["objectives"]
    texts = [f"{declared.text(name, values[name])} {name}" for name in (goal.cost, goal.proved)]
    return f"{elite['id'][:SHORT]} with {texts[0]} and {texts[1]}"
