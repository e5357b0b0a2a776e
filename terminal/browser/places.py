"""Where to start in an archive."""

from collections.abc import Sequence
from dataclasses import replace

from elitemap.archive.records import RunRecord
from elitemap.terminal.browser.state import Place


def starting_place(last: Place, runs: Sequence[RunRecord], chosen: RunRecord | None) -> Place:
    """Where to start.

    Args:
        last: Where one was the last time.
        runs: The runs that the archive holds now, the oldest first.
        chosen: The run that was asked for.

    Returns:
        The run that was asked for without filters; else where one was, if that is still there; else
        the target of the latest run.
    """
    if chosen is not None:
        part = (chosen.space, chosen.target, chosen.id)
        last = replace(last, where="", search="")
    elif last.tab and _there(last, runs):
        part = (last.space, last.target, last.run)
    elif runs:
        part = (runs[-1].space, runs[-1].target, "")
    else:
        part = ("", "", "")
    return replace(last, space=part[0], target=part[1], run=part[2])


def _there(place: Place, runs: Sequence[RunRecord]) -> bool:
    """Whether the archive still holds the part that a place is about."""
    wanted = (place.space, place.target, place.run)
    return any(
        all(name in ("", have) for name, have in zip(wanted, got, strict=True))
        for got in ((run.space, run.target, run.id) for run in runs)
    )
