"""Problems: what runs were asked. Only elites of one problem compete in a front or fill a map.

Two runs have the same problem if space, target and the options that change what is asked agree;
the column ``run.problem`` is the canonical text of those three.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import problem_id
from elitemap.archive.objectives import Objective, recorded
from elitemap.archive.rows import configuration, damaged, document
from elitemap.archive.text import plain

# Problems that a message lists.
_LISTED = 8


@dataclass(frozen=True)
class Problem:
    """What was asked.

    Attributes:
        id: Eight hexadecimal digits of the SHA-256 of ``text``: the same in every archive.
        label: The same in words: the target, what the space always tells (such as the domain), and
            what else tells it from the other problems of this archive.
        space: Name of the space.
        target: Name or expression of the target.
        text: Canonical JSON of space, target and the options that change what is asked.
        objectives: What its latest run declares of them.
    """

    id: str
    label: str
    space: str
    target: str
    text: str
    objectives: tuple[Objective, ...] = field(default=(), compare=False)

    @property
    def asked(self) -> dict[str, Any]:
        """The options that change what is asked.

        Raises:
            ArchiveError: If the archive does not tell them.
        """
        parts = document(self.text)
        if not (isinstance(parts, list) and len(parts) == 3 and isinstance(parts[2], dict)):
            raise damaged("the problem of a run")
        return {name: value for name, value in parts[2].items() if value is not None}

    def to_json(self) -> dict[str, str]:
        """The JSON object of the command line."""
        return {"id": self.id, "label": self.label}


def problems(connection: sqlite3.Connection) -> dict[int, Problem]:
    """The problem of every run by the run's key, the oldest run first.

    Raises:
        ArchiveError: If a run is damaged.
    """
    found: dict[int, Problem] = {}
    words: dict[Problem, tuple[str, ...]] = {}
    objectives: dict[Problem, tuple[Objective, ...]] = {}
    for key, space, target, text, config in connection.execute(
        "SELECT key, space, target, problem, config FROM run ORDER BY started_at, key"
    ):
        if not all(isinstance(each, str) for each in (space, target, text)):
            raise damaged("the problem of a run")
        one = Problem(problem_id(text), target, space, target, text)
        found[key] = one
        settings = configuration(config)
        # What the latest run says: earlier ones may be older than the words.
        words[one] = _words(settings) or words.get(one, ())
        objectives[one] = recorded(space, settings)
    labels = _labels(words)
    return {
        key: replace(one, label=labels[one], objectives=objectives[one])
        for key, one in found.items()
    }


def chosen(text: str, among: Iterable[Problem]) -> Problem:
    """The one problem whose id begins so, or whose label contains the text.

    Spaces, and upper and lower case, make no difference.

    Raises:
        UsageError: If there is none, or more than one.
    """
    known = list(dict.fromkeys(among))
    wanted = _folded(plain(text))
    whole = [one for one in known if wanted in (one.id, _folded(one.label))]
    fitting = whole or [
        one for one in known if one.id.startswith(wanted) or wanted in _folded(one.label)
    ]
    if not wanted or not fitting:
        there = f"there are: {listed(known)}" if known else "there are none"
        raise UsageError(
            f"expected the id of a problem or a part of its name, got {text!r}; {there}"
        )
    if len(fitting) > 1:
        raise UsageError(
            f"expected one problem, got {text!r}, which fits {listed(fitting)}: give more of one"
        )
    return fitting[0]


def listed(some: Sequence[Problem]) -> str:
    """Problems with their ids, for a message."""
    names = [f"{one.label} ({one.id})" for one in some[:_LISTED]]
    left = len(some) - len(names)
    return "; ".join(names) + (f"; and {left} more" if left else "")


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _labels(words: Mapping[Problem, Sequence[str]]) -> dict[Problem, str]:
    """Names of problems, no two of them equal; ``words`` are what is always told of each."""
    labels = {one: _sentence(one, words) for one in words}
    for one in _twins(labels):
        labels[one] = f"{one.space}: {labels[one]}"
    for one in _twins(labels):
        labels[one] = f"{labels[one]} ({one.id})"
    return labels


def _sentence(one: Problem, words: Mapping[Problem, Sequence[str]]) -> str:
    """The target, what is always told, and what tells the problem from those that seem equal."""
    rivals = [
        other.asked
        for other in words
        if (other.space, other.target) == (one.space, one.target)
        and words[one] in ((), words[other])
    ]
    own = one.asked
    differing = (n for n in own if any(other.get(n) != own[n] for other in rivals))
    told = (f"{n} {_value(own[n], [other.get(n) for other in rivals])}" for n in differing)
    phrases = [*words[one], *told]
    return f"{one.target} {', '.join(phrases)}".rstrip()


def _twins(labels: Mapping[Problem, str]) -> list[Problem]:
    """The problems that share a label with others."""
    counts = Counter(labels.values())
    return [one for one, label in labels.items() if counts[label] > 1]


def _words(config: Mapping[str, Any]) -> tuple[str, ...]:
    """What a run always tells of its problem, in the order of the options."""
    words = config.get("words", {})
    return tuple(words[name] for name in config.get("problem", ()) if words.get(name))


def _value(value: Any, others: Sequence[Any]) -> str:
    """A value in words; of a list of names only those that not all of the others have."""
    own = _items(value)
    shared = set(own).intersection(*map(_items, others))
    more = [item for item in own if item not in shared]
    if shared and more and all(item.isidentifier() for item in own):
        return f"+{','.join(more)}"
    return ",".join(own)


def _items(value: Any) -> list[str]:
    return list(map(str, value)) if isinstance(value, list) else str(value).split(",")
