"""What the live view knows at one moment, made from the events so far, and its figures as text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from elitemap.archive.plain import one_line
from elitemap.archive.records import EliteRecord
from elitemap.engine.events import (
    Certified,
    Covered,
    Event,
    Finished,
    Interrupted,
    Progress,
    Started,
    Warned,
)
from elitemap.terminal.numbers import MISSING, count, duration
from elitemap.terminal.objectives import Declared

#: Tried elites that a picture keeps.
FRONT_LINES = 14

Figures = TypeVar("Figures", Progress, Covered)


#: Workers of a cluster that are named.
MOST_HANDS = 8


@dataclass(frozen=True)
class Picture:
    """One moment of a search.

    Attributes:
        started: How it began.
        progress: The latest figures, None before the first epoch.
        covered: The latest figures of an enumeration, None before the first block.
        tried: Elites that were certified, or could not be: the latest, or the first of a front.
        number: How many need no other attempt.
        total: How many there are to certify.
        warnings: What the user should know.
        phase: What is going on.
    """

    started: Started
    progress: Progress | None = None
    covered: Covered | None = None
    tried: tuple[EliteRecord, ...] = ()
    number: int = 0
    total: int = 0
    warnings: tuple[str, ...] = ()
    phase: str = "starting"

    @property
    def declared(self) -> Declared:
        """What the search declares of objectives."""
        return Declared.of(self.started.objectives)

    @property
    def going(self) -> bool:
        """Whether the search has not ended."""
        return self.phase in {"starting", "searching", "proving"}


def follow(picture: Picture | None, event: Event) -> Picture | None:
    """The picture after an event; None until the search has started."""
    if isinstance(event, Started):
        return Picture(event, warnings=picture.warnings if picture else ())
    if picture is None:
        return None
    if isinstance(event, Progress):
        return replace(picture, progress=event, phase="searching")
    if isinstance(event, Covered):
        return replace(picture, covered=event, phase="searching")
    if isinstance(event, Certified):
        # One that ran out of time comes again.
        tried = (*(one for one in picture.tried if one.slot != event.elite.slot), event.elite)
        tried = tried[:FRONT_LINES] if picture.covered is None else tried[-FRONT_LINES:]
        return replace(
            picture, tried=tried, number=event.number, total=event.total, phase="proving"
        )
    if isinstance(event, Warned):
        return replace(picture, warnings=(*picture.warnings, event.message))
    return replace(
        picture,
        progress=picture.progress and _ended(picture.progress, event),
        covered=picture.covered and _ended(picture.covered, event),
        phase="done" if isinstance(event, Finished) else "interrupted",
    )


def later(picture: Picture, seconds: float) -> Picture:
    """The picture when so much time has passed without an event: its clocks have gone on."""
    if not picture.going:
        return picture
    return replace(
        picture,
        progress=picture.progress and _aged(picture.progress, seconds),
        covered=picture.covered and _aged(picture.covered, seconds),
    )


def _aged(figures: Figures, seconds: float) -> Figures:
    """Figures so much later: time, what is left of it, and the bar have moved."""
    left, elapsed = figures.remaining, figures.elapsed + seconds
    if not left:
        return replace(figures, elapsed=elapsed)
    done = figures.done + (1 - figures.done) * min(seconds / left, 1.0)
    return replace(figures, elapsed=elapsed, remaining=max(left - seconds, 0.0), done=done)


def _ended(figures: Figures, event: Finished | Interrupted) -> Figures:
    """Figures of a search that has ended: nothing is left to wait for."""
    elapsed = event.summary.get("seconds", figures.elapsed)
    done = 1.0 if isinstance(event, Finished) else figures.done
    return replace(figures, elapsed=elapsed, remaining=None, done=done)


def line(picture: Picture) -> str:
    """The moment as one line, for logs."""
    parts = [stage(picture)]
    if picture.phase == "proving":
        pass
    elif picture.covered is not None:
        parts += passed(picture.covered) + crew(picture)
    elif picture.progress is not None:
        parts += times(picture.progress) + counts(picture.progress) + crew(picture)
        if picture.progress.front:
            parts.append(f"best: {objectives(picture.progress.front[-1], picture.declared)}")
    return one_line(", ".join(parts))


def stage(picture: Picture) -> str:
    """The phase, and how far proofs have got."""
    if picture.phase != "proving":
        return picture.phase
    return f"proving, {picture.number} of {picture.total}"


def passed(covered: Covered) -> list[str]:
    """How far an enumeration has got, and what it has found."""
    left = [] if not covered.remaining else [f"{duration(covered.remaining)} left"]
    return [
        duration(covered.elapsed),
        *left,
        f"{count(covered.candidates)} of {count(covered.size)} candidates"
        f" ({count(covered.rate)}/s)",
        found(covered.members, covered.classes),
    ]


def found(members: int, classes: int) -> str:
    """So many disguises of so many elites, as text."""
    return (
        f"{members} formula{'' if members == 1 else 's'}"
        f" in {classes} class{'' if classes == 1 else 'es'}"
    )


def times(progress: Progress) -> list[str]:
    """How long it has taken, what is left, and how much of the map and the cache is in use."""
    left = [] if progress.remaining is None else [f"{duration(progress.remaining)} left"]
    return [
        duration(progress.elapsed),
        *left,
        f"{progress.cells} of {progress.all_cells} cells",
        f"cache hits {progress.hit_rate:.0%}",
    ]


def crew(picture: Picture) -> list[str]:
    """Who works for a search that is not at home, how fast, and what was lost; else nothing."""
    figures = picture.progress or picture.covered
    if not picture.started.place or figures is None or not figures.crew:
        return []
    number, losses = len(figures.crew), figures.losses
    head = f"{number} worker{'' if number == 1 else 's'} at {picture.started.place}"
    lost = f", {losses} job{'' if losses == 1 else 's'} begun again" if losses else ""
    hands = [f"{hand.name} {count(hand.rate)}/s" for hand in figures.crew[:MOST_HANDS]]
    more = [f"and {number - MOST_HANDS} more"] if number > MOST_HANDS else []
    return [one_line(f"{head}{lost}"), *map(one_line, hands), *more]


def counts(progress: Progress) -> list[str]:
    """What was done, and how fast."""
    return [
        f"{count(progress.screened)} screened ({count(progress.screened_per_second)}/s)",
        f"{count(progress.evaluations)} evaluations ({count(progress.evaluations_per_second)}/s)",
    ]


def objectives(values: Mapping[str, Any], declared: Declared) -> str:
    """The objectives that have a value, as one line."""
    texts = {name: declared.text(name, values[name]) for name in declared.in_order(values)}
    return ", ".join(f"{one_line(n)} {t}" for n, t in texts.items() if t != MISSING)
