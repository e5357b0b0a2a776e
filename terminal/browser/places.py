"""Where to start in an archive."""

from collections.abc import Mapping
from dataclasses import replace

from elitemap.archive.problems import Problem
from elitemap.archive.records import RunRecord
from elitemap.terminal.browser.state import Place


def starting_place(
    last: Place,
    asked: Mapping[str, Problem],
    run: RunRecord | None = None,
    problem: Problem | None = None,
) -> Place:
    """Where to start.

    Args:
        last: Where one was the last time.
        asked: What the runs that the archive holds now were asked, by id, the oldest first.
        run: The run to start with.
        problem: The problem to start with.

    Returns:
        What was asked for, without filters; else where one was, if that is still there; else the
        problem of the latest run.
    """
    if run is not None:
        last = replace(last, where="", search="")
        return replace(last, space=run.space, problem=asked[run.id].id, run=run.id)
    if problem is not None:
        last = replace(last, where="", search="")
        return replace(last, space=problem.space, problem=problem.id, run="")
    if last.tab and _there(last, asked):
        return last
    latest = next(reversed(list(asked.values())), None)
    part = ("", "") if latest is None else (latest.space, latest.id)
    return replace(last, space=part[0], problem=part[1], run="")


def _there(place: Place, asked: Mapping[str, Problem]) -> bool:
    """Whether the archive still holds the part that a place is about."""
    wanted = (place.space, place.problem, place.run)
    return any(
        all(name in ("", have) for name, have in zip(wanted, got, strict=True))
        for got in ((problem.space, problem.id, run) for run, problem in asked.items())
    )
