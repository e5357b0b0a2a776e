"""The answer to "the cheapest with at most this error": one program, and its neighbours."""

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
    if not proved:
        return [f"{goal.text}: nothing is proved yet, so there is no answer"]
    reaching = [e for e in proved if _short(e, goal) <= 0]
    if not reaching:
        top = min(proved, key=lambda e: _short(e, goal))
        return [
            f"{goal.text}: missed by {_short(top, goal):.3g} {goal.proved}; the best proved is "
            f"{_said(top, goal, declared)}"
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


def _short(elite: Mapping[str, Any], goal: Goal) -> float:
    """By how much an elite misses the goal; negative for one that is better."""
    value = float(elite["objectives"][goal.proved])
    return goal.sign * (goal.least - value)


def _said(elite: Mapping[str, Any], goal: Goal, declared: Declared) -> str:
    """One elite in a line."""
    values = elite["objectives"]
    texts = [f"{declared.text(name, values[name])} {name}" for name in (goal.cost, goal.proved)]
    return f"{elite['id'][:SHORT]} with {texts[0]} and {texts[1]}"
