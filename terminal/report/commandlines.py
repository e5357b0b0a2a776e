"""Command lines that repeat what a report shows."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.archive.records import RunRecord

#: Settings of a search that are options of the command line, in the order in which they are given.
_FLAGS = ("seconds", "evaluations", "seed", "islands")


def search_line(run: RunRecord) -> str:
    """The command that repeats a run, in a shell of its own."""
    settings = _mapping(run.config.get("settings"))
    search = {"seed": run.seed, **_mapping(run.config.get("search"))}
    words: list[str] = []
    for name in _FLAGS:
        if search.get(name) is not None:
            words += [f"--{name}", _number(search[name])]
    for key, value in sorted(settings.items()):
        words += ["--set", f"{key}={value}"]
    return joined(["elitemap", "search", *_positional([run.space, run.target], words)])


def repeats(run: RunRecord) -> bool:
    """Whether that command gives the same elites again: a budget in seconds does not."""
    search = _mapping(run.config.get("search"))
    return search.get("seconds") is None


def joined(words: Sequence[str]) -> str:
    """Words as a shell takes them."""
    return shlex.join(words)


def _positional(names: Sequence[str], options: Sequence[str]) -> list[str]:
    """Arguments before options, behind ``--`` if one looks like an option."""
    if any(name.startswith("-") for name in names):
        return [*options, "--", *names]
    return [*names, *options]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _number(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)
