"""What is told before a search starts: what it asks, what to know, and how long it will take."""

from elitemap.archive.plain import one_line
from elitemap.engine.events import Plan, Started
from elitemap.terminal.numbers import duration


def opening(started: Started) -> list[str]:
    """Lines to tell before a search starts."""
    lines = [one_line(text) for text in (started.asks, *started.notes) if text]
    if started.plan is not None:
        lines.append(outlook(started.plan, started.workers))
        lines += shortage(started.plan, started)
    return lines


def outlook(plan: Plan, workers: int) -> str:
    """How much there is to go through, and about how long it takes."""
    hands = "1 worker" if workers == 1 else f"{workers} workers"
    what = f"{plan.size:,} candidates in {plan.blocks:,} blocks"
    if plan.covered:
        what += f", {share(plan.covered, plan.size)} done"
    return f"{what}, {about(plan.estimate)} on {hands}"


def shortage(plan: Plan, started: Started) -> list[str]:
    """What a budget in seconds that is too short will lead to."""
    if started.seconds is None or started.seconds >= plan.estimate:
        return []
    reached = plan.covered + (plan.size - plan.covered) * started.seconds / plan.estimate
    return [
        f"{started.seconds:g} s are too short: it will be interrupted at about "
        f"{share(reached, plan.size)}; `elitemap resume {started.run}` then goes on to the end"
    ]


def about(seconds: float) -> str:
    """An estimated time."""
    return "less than 1s" if seconds < 1 else f"about {duration(seconds)}"


def share(part: float, whole: float) -> str:
    """A part in per cent, one digit more where it is small."""
    percent = 100 * part / max(whole, 1)
    return f"{percent:.1f} %" if percent < 10 else f"{percent:.0f} %"
