"""``elitemap bench`` for update rules: elites and peers, tuned alike, on unseen workloads too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Bench, Entrant, Objective
from elitemap.engine.protocols import Compared as Row
from elitemap.evaluators.optimizers.bench.peers import MISSING, PEERS, USUAL
from elitemap.evaluators.optimizers.bench.statistics import compared, profiles
from elitemap.evaluators.optimizers.bench.tuning import Contender, Tuned, tuned
from elitemap.evaluators.optimizers.fitting import first_loss, log_loss
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.labels import widened
from elitemap.evaluators.optimizers.pace import LENGTHS, crossing
from elitemap.evaluators.optimizers.pace import RUNS as PACED
from elitemap.evaluators.optimizers.training import losses, runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import read

Floats = NDArray[np.float64]

#: Fresh runs of each tuning.
FRESH = 64


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
        logs: float64[workloads, tunings, runs], log losses.
        paced: float64[workloads, tunings, lengths, runs], those of schedules of other lengths.
        failed: Runs that diverged.
    """

    logs: Floats
    paced: Floats
    failed: int


def bench(
    searched: Sequence[Workload],
    unseen: Sequence[Workload],
    entrants: Sequence[Entrant],
    exhaustive: bool,
    say: Callable[[str], None],
    effort: Effort | None = None,
) -> Bench:
    """Tune and measure elites and peers.

    Args:
        searched: Workloads of the search.
        unseen: Others; the figures of the whole are of these, if there are any.
        entrants: The elites.
        exhaustive: Whether to tune with 160 trials, five times, instead of 32, three times.
        say: Is told of each rule.
        effort: Instead of both.

    Raises:
        ProgramError: If an elite is no rule.
    """
    effort = effort or (FULL_EFFORT if exhaustive else USUAL_EFFORT)
    contenders = [
        Contender(one.id[:10], fixed=widened(read(one.program, len(searched))[0]))
        for one in entrants
    ]
    contenders += [Contender(name, variants) for name, variants in PEERS.items()]
    workloads = (*searched, *unseen)
    found = {}
    for one in contenders:
        say(f"{one.name}, tuned and trained")
        found[one.name] = _measured(one, workloads, effort)
    whole = range(len(searched), len(workloads)) if unseen else range(len(searched))
    columns = (*_COLUMNS, *(_column(one) for one in workloads))
    return Bench(columns, _rows(found, workloads, list(whole)), MISSING, _notes(effort, unseen))


def _measured(one: Contender, workloads: Sequence[Workload], effort: Effort) -> _Measured:
    logs, paced, failed = [], [], 0
    for workload in workloads:
        made = [tuned(one, workload, effort.trials, k) for k in range(effort.tunings)]
        fresh = np.stack([_logs(each, workload, "bench", FRESH, workload.steps) for each in made])
        failed += int(np.isnan(fresh).sum())
        # A run that diverged has learned nothing.
        logs.append(np.where(np.isnan(fresh), np.log(first_loss(workload)), fresh))
        lengths = np.maximum(1, np.rint(LENGTHS * workload.steps)).astype(int).tolist()
        paced.append([[_logs(each, workload, "pace", PACED, n) for n in lengths] for each in made])
    return _Measured(np.stack(logs), np.array(paced), failed)


def _logs(one: Tuned, workload: Workload, purpose: str, number: int, steps: int) -> Floats:
    """float64[number], log losses; NaN for failures."""
    of = runs(workload, purpose, tuple(range(number)))
    jobs = Jobs(np.zeros(number, np.int64), np.arange(number), np.full(number, one.rate))
    return log_loss(losses(one.programs(steps), of, jobs, steps))


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
    area = profiles([one.logs[whole].mean(axis=(1, 2)) for one in found.values()])
    rows = []
    for (name, one), profile in zip(found.items(), area, strict=True):
        beside = compared(one.logs[whole], usual.logs[whole])
        loss, low, high = np.exp(beside.whole).tolist()
        each = np.exp(one.logs.mean(axis=(1, 2)) - usual.logs.mean(axis=(1, 2)))
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
        rows.append(Row(name, "" if name not in PEERS else "rule", {**objectives, **dict(on)}))
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


def _notes(effort: Effort, unseen: Sequence[Workload]) -> tuple[str, ...]:
    of = ", ".join(one.name for one in unseen) or "the search's own, there are no others"
    return (
        f"every rule has {effort.trials} trials in the same ranges, {effort.tunings} times, for "
        f"each workload; then {FRESH} fresh runs, the same for all; elites keep their constants",
        f"the whole is of workloads that the search did not see ({of}); 95 % intervals by "
        "bootstrap over workloads, tunings and runs",
        "ahead, behind: workloads on which it differs from AdamW for certain (Holm, 5 %); "
        "profile: area under the performance profile, 1 is best everywhere",
    )
