"""Pareto fronts: which axes, which way is better, and who is not dominated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from elitemap.archive.columns import Column
from elitemap.archive.errors import UsageError
from elitemap.archive.querying.clauses import unknown_name

#: More axes than a table has readers for; also bounds the size of a query.
MAX_AXES = 8


@dataclass(frozen=True)
class Goal:
    """One axis of a front: a column, and +1 if more is better or -1 if less is."""

    name: str
    column: Column
    sign: int

    @property
    def worse(self) -> str:
        """The comparison that is true of values worse than or equal to another."""
        return "<=" if self.sign > 0 else ">="


def parse_goals(
    text: str, columns: Mapping[str, Column], directions: Mapping[str, int]
) -> tuple[Goal, ...]:
    """Read ``ops,digits`` or, with the directions spelt out, ``-ops,+digits``.

    Args:
        text: Names with an optional sign: ``+`` more is better, ``-`` less is better.
        columns: What names mean.
        directions: Sign of a name that has none in the text, from the runs; 0 if they disagree.

    Raises:
        UsageError: If a name is unknown, not a number, repeated, or of unknown direction.
    """
    goals = []
    for part in text.split(","):
        word = part.strip()
        name = word.lstrip("+-").strip()
        if name not in columns:
            raise UsageError(f"pareto: {unknown_name(name, columns)}")
        if not columns[name].numeric:
            raise UsageError(f"pareto: expected an objective or measure, got {name!r}, a text")
        sign = {"+": 1, "-": -1}.get(word[0]) or directions.get(name, 0)
        if sign == 0:
            raise UsageError(
                f"pareto: unknown which way {name!r} is better: write +{name} to maximise"
                f" or -{name} to minimise"
            )
        goals.append(Goal(name, columns[name], sign))
    if len({goal.name for goal in goals}) < len(goals) or len(goals) > MAX_AXES:
        raise UsageError(f"pareto: expected at most {MAX_AXES} different names, got {text!r}")
    return tuple(goals)


def front(points: Sequence[Sequence[float]], signs: Sequence[int]) -> list[int]:
    """Indices of points that no other point dominates, one per distinct point.

    A point dominates another if it is nowhere worse and somewhere better. Of equal points the
    first is kept. Sorted best first on the first axis.

    Args:
        points: Values per axis.
        signs: Per axis +1 if more is better, -1 if less is.
    """
    gains = [tuple(s * v for s, v in zip(signs, point, strict=True)) for point in points]
    # In descending lexicographic order a point can only be dominated by an earlier one.
    order = sorted(enumerate(gains), key=itemgetter(1), reverse=True)
    kept: list[tuple[int, tuple[float, ...]]] = []
    for index, gain in order:
        # The latest is the likeliest to dominate; with two axes it is the only one that can.
        rivals = kept[-1:] if len(signs) == 2 else reversed(kept)
        if not any(all(r >= g for r, g in zip(rival, gain, strict=True)) for _, rival in rivals):
            kept.append((index, gain))
    return [index for index, _ in kept]
