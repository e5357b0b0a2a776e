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
    reaching = [e for e in proved if e["objectives"][goal.proved] >= goal.least]
    if not reaching:
        top = max(proved, key=lambda e: float(e["objectives"][goal.proved]))
        short = goal.least - top["objectives"][goal.proved]
        return [
            f"{goal.text}: missed by {short:.2f} {goal.proved}; the best proved is "
            f"{_said(top, goal, declared)}"
        ]
    answer = min(reaching, key=lambda e: float(e["objectives"][goal.cost]))
    lines = [f"{goal.text}: {_said(answer, goal, declared)}, proved"]
    cost, worth = (answer["objectives"][name] for name in (goal.cost, goal.proved))
    cheaper = [e for e in proved if e["objectives"][goal.cost] < cost]
    if cheaper:
        nearest = max(cheaper, key=lambda e: float(e["objectives"][goal.proved]))
        short = goal.least - nearest["objectives"][goal.proved]
        said = _said(nearest, goal, declared)
        lines.append(f"next cheaper: {said}, short of it by {short:.2f} {goal.proved}")
    better = [e for e in proved if e["objectives"][goal.proved] > worth]
    if better:
        nearest = min(better, key=lambda e: float(e["objectives"][goal.cost]))
        lines.append(f"next better: {_said(nearest, goal, declared)}")
    return lines


def _said(elite: Mapping[str, Any], goal: Goal, declared: Declared) -> str:
    """One elite in a line."""
    values = elite["objectives"]
    texts = [f"{declared.text(name, values[name])} {name}" for name in (goal.cost, goal.proved)]
    return f"{elite['id'][:SHORT]} with {texts[0]} and {texts[1]}"
