"""``elitemap bench`` for update rules: elites and peers, tuned alike, on unseen workloads too."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Bench, Entrant, Objective
from elitemap.engine.protocols import Compared as Row
from elitemap.evaluators.optimizers.bench.peers import MISSING, PEERS, SOAP, USUAL
from elitemap.evaluators.optimizers.bench.power import CHANGE, POWER, bounded, needed
from elitemap.evaluators.optimizers.bench.statistics import compared, profiles
from elitemap.evaluators.optimizers.bench.tuning import Contender, Tuned, tuned
from elitemap.evaluators.optimizers.fitting import first_loss, log_loss
from elitemap.evaluators.optimizers.labels import widened
from elitemap.evaluators.optimizers.pace import LENGTHS, crossing
from elitemap.evaluators.optimizers.pace import RUNS as PACED
from elitemap.evaluators.optimizers.training import runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import read

Floats = NDArray[np.float64]

#: Runs of each tuning that say how many fresh ones it takes.
PILOT = 16


@dataclass(frozen=True)
class Effort:
    """How thoroughly everything is tuned: trials, and independent tunings."""

    trials: int
    tunings: int


USUAL_EFFORT, FULL_EFFORT = Effort(32, 3), Effort(160, 5)


@dataclass(frozen=True)
class _Measured:
    """What came of one rule.

    Attributes:
        logs: For each workload float64[tunings, runs], log losses.
        paced: float64[workloads, tunings, lengths, runs], those of schedules of other lengths.
        failed: Runs that diverged.
    """

    logs: list[Floats]
    paced: Floats
    failed: int


def bench(
    searched: Sequence[Workload],
    unseen: Sequence[Workload],
    entrants: Sequence[Entrant],
    exhaustive: bool,
    say: Callable[[str], None],
    effort: Effort | None = None,
    peers: Collection[str] | None = None,
) -> Bench:
    """Tune and measure elites and peers.

    Args:
        searched: Workloads of the search.
        unseen: Others; the figures of the whole are of these, if there are any.
        entrants: The elites.
        exhaustive: Whether to tune with 160 trials, five times, instead of 32, three times.
        say: Is told of each rule.
        effort: Instead of both.
        peers: Names of those beside the usual one; all if left out.

    Raises:
        ProgramError: If an elite is no rule.
    """
    effort = effort or (FULL_EFFORT if exhaustive else USUAL_EFFORT)
    contenders = [
        Contender(one.id[:10], found=widened(read(one.program, len(searched))[0]))
        for one in entrants
    ]
    asked = {*PEERS, SOAP.name} if peers is None else {USUAL, *peers}
    contenders += [Contender(name, of) for name, of in PEERS.items() if name in asked]
    workloads = (*searched, *unseen)
    missing = tuple(MISSING) if any(one.source for one in workloads) else ()
    contenders += [SOAP] if SOAP.name in asked and not missing else []
    usual = _tunings(Contender(USUAL, PEERS[USUAL]), workloads, effort)
    wanted = [_needed(each, workload) for each, workload in zip(usual, workloads, strict=True)]
    found = {}
    for one in contenders:
        say(f"{one.name}, tuned and trained")
        each = usual if one.name == USUAL else _tunings(one, workloads, effort)
        found[one.name] = _measured(each, workloads, list(map(bounded, wanted)))
    whole = range(len(searched), len(workloads)) if unseen else range(len(searched))
    columns = (*_COLUMNS, *(_column(one) for one in workloads))
    notes = _notes(effort, workloads, unseen, wanted)
    return Bench(columns, _rows(found, workloads, list(whole)), missing, notes)


def _tunings(one: Contender, workloads: Sequence[Workload], effort: Effort) -> list[list[Tuned]]:
    """For each workload the rule at its best, by independent tunings."""
    return [
        [tuned(one, workload, effort.trials, k) for k in range(effort.tunings)]
        for workload in workloads
    ]


def _needed(each: Sequence[Tuned], workload: Workload) -> int:
    """Runs that tell a small difference, from a few that count for nothing else."""
    return needed(np.stack([_logs(one, workload, "pilot", PILOT, workload.steps) for one in each]))


def _measured(
    tunings: Sequence[Sequence[Tuned]], workloads: Sequence[Workload], numbers: Sequence[int]
) -> _Measured:
    logs, paced, failed = [], [], 0
    for each, workload, number in zip(tunings, workloads, numbers, strict=True):
        fresh = np.stack([_logs(one, workload, "bench", number, workload.steps) for one in each])
        failed += int(np.isnan(fresh).sum())
        # A run that diverged has learned nothing.
        logs.append(np.where(np.isnan(fresh), np.log(first_loss(workload)), fresh))
        lengths = np.maximum(1, np.rint(LENGTHS * workload.steps)).astype(int).tolist()
        paced.append([[_logs(one, workload, "pace", PACED, n) for n in lengths] for one in each])
    return _Measured(logs, np.array(paced), failed)


def _logs(one: Tuned, workload: Workload, purpose: str, number: int, steps: int) -> Floats:
    """float64[number], log losses; NaN for failures."""
    of = runs(workload, purpose, tuple(range(number)))
    return log_loss(one.losses(of, number, steps))


#: What peers are.
_KINDS = {**dict.fromkeys(PEERS, "rule"), SOAP.name: "in NumPy"}

_COLUMNS = (
    Objective("loss", -1, "confirmed", label="loss / AdamW's"),
    Objective("low", 0, "confirmed", label="from"),
    Objective("high", 0, "confirmed", label="to"),
    Objective("steps", -1, "confirmed", label="steps / AdamW's"),
    Objective("ahead", 0, "confirmed", "count"),
    Objective("behind", 0, "confirmed", "count"),
    Objective("profile", 0, "confirmed"),
    Objective("failed", 0, "confirmed", "count"),
)


def _column(workload: Workload) -> Objective:
    return Objective(f"on {workload.name}", 0, "confirmed", label=workload.name)


def _rows(
    found: dict[str, _Measured], workloads: Sequence[Workload], whole: list[int]
) -> tuple[Row, ...]:
    usual = found[USUAL]
    means = {name: np.array([each.mean() for each in one.logs]) for name, one in found.items()}
    area = profiles([each[whole] for each in means.values()])
    rows = []
    for (name, one), profile in zip(found.items(), area, strict=True):
        beside = compared([one.logs[k] for k in whole], [usual.logs[k] for k in whole])
        loss, low, high = np.exp(beside.whole).tolist()
        each = np.exp(means[name] - means[USUAL])
        objectives = {
            "loss": loss,
            "low": low,
            "high": high,
            "steps": steps(one.paced[whole], usual.paced[whole]),
            "ahead": float(beside.ahead),
            "behind": float(beside.behind),
            "profile": float(profile),
            "failed": float(one.failed),
        }
        on = zip((f"on {one.name}" for one in workloads), each.tolist(), strict=True)
        rows.append(Row(name, _KINDS.get(name, ""), {**objectives, **dict(on)}))
    return tuple(rows)


def steps(paced: Floats, usual: Floats) -> float:
    """Steps to what the usual rule reaches, next to its own: geometric mean; NaN if not reached.

    Args:
        paced: float64[workloads, tunings, lengths, runs], log losses.
        usual: The same of the usual rule.
    """
    at = int(np.argmin(np.abs(LENGTHS - 1.0)))
    aims = usual[:, :, at].mean(axis=(1, 2))
    logs = paced.mean(axis=(1, 3))
    made = np.array([crossing(row, float(aim)) for row, aim in zip(logs, aims, strict=True)])
    return float(np.exp(np.log(made).mean())) if np.isfinite(made).all() else float("nan")


def _notes(
    effort: Effort, workloads: Sequence[Workload], unseen: Sequence[Workload], wanted: Sequence[int]
) -> tuple[str, ...]:
    of = ", ".join(one.name for one in unseen) or "the search's own, there are no others"
    power = ", ".join(
        f"{one.name} {bounded(number)} of {number:,}"
        for one, number in zip(workloads, wanted, strict=True)
    )
    return (
        f"every rule has {effort.trials} trials in the same ranges, {effort.tunings} times, for "
        "each workload, elites with their own constants or others in those ranges; then fresh "
        "runs, the same for all",
        f"fresh runs that are made of those that it takes to see a difference of {CHANGE:.0%} with "
        f"a chance of {POWER:.0%}, by {PILOT} others of AdamW's tunings: {power}",
        f"the whole is of workloads that the search did not see ({of}); 95 % intervals by "
        "bootstrap over workloads, tunings and runs",
        "ahead, behind: workloads on which it differs from AdamW for certain (Holm, 5 %); "
        "profile: area under the performance profile, 1 is best everywhere",
    )
