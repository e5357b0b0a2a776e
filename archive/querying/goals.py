"""The axes of a Pareto front: which columns, and which way is better."""

from collections.abc import Mapping
from dataclasses import dataclass

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
