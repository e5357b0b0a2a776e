"""What an archive may say of a rule beyond the search: what fresh runs say, and what it is.

Nothing here is proved. A rule is confirmed on fresh runs (first parameters and order of data that
neither the search nor the fit of learning rates had), next to AdamW with its usual constants and a
learning rate that was fitted in the same way, on the same runs.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from elitemap.engine.protocols import Unproved, Verdict
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.fitting import log_loss
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.labels import label
from elitemap.evaluators.optimizers.training import losses, runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.algebra import simplified
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace, text
from elitemap.searchspaces.optimizers.zoo import known

Floats = NDArray[np.float64]

#: Fresh runs of each workload.
FRESH = 16

#: Part by which a verified loss may differ: on other processors sums are rounded differently.
SLACK = 0.02

METHOD = f"{FRESH} runs that neither search nor tuning had seen, paired with AdamW"


def fresh_logs(rules: Rules, workloads: Sequence[Workload], purpose: str, number: int) -> Floats:
    """float64[n, workloads, number]: log losses of so many runs of a purpose; NaN for failures."""
    n = len(rules)
    made = np.empty((n, len(workloads), number))
    for k, workload in enumerate(workloads):
        of = runs(workload, purpose, tuple(range(number)))
        jobs = Jobs(
            np.repeat(np.arange(n), number),
            np.tile(np.arange(number), n),
            np.repeat(rules.rate[:, k], number),
        )
        made[:, k] = log_loss(losses(rules.programs, of, jobs, workload.steps)).reshape(n, number)
    return made


@cache
def tuned(name: str, workloads: tuple[Workload, ...]) -> Rules:
    """A rule of the zoo with its usual constants and fitted learning rates."""
    space = RuleSpace(2, 1000, "random", len(workloads))
    batch = space.canonical(space.batch([known(name, space.slots)]))[0]
    return RuleEvaluator(workloads, space.slots, 1).fitted(batch, np.zeros(1, np.intp))


def interval(values: Floats) -> tuple[float, float]:
    """Mean and half of its 95 % interval, by Student's distribution."""
    half = float(student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return float(values.mean()), half


def certify(
    document: Mapping[str, Any], space: RuleSpace, workloads: tuple[Workload, ...]
) -> dict[str, Any] | Unproved:
    """Confirm a rule on fresh runs.

    Raises:
        ProgramError: If the document is no rule.
        ValueError: If it is one of another space.
    """
    batch = space.from_json([document])
    if (batch.rate <= 0).any():
        batch = RuleEvaluator(workloads, space.slots, 1).fitted(batch, np.zeros(1, np.intp))
    logs = fresh_logs(batch, workloads, "fresh", FRESH)[0]
    usual = fresh_logs(tuned("AdamW", workloads), workloads, "fresh", FRESH)[0]
    if not np.isfinite(logs).all():
        return Unproved(f"{int((~np.isfinite(logs)).sum())} fresh runs diverged", final=True)
    mean, half = interval(logs.mean(axis=0))
    change, spread = interval((logs - usual).mean(axis=0))
    what = label(batch.programs.program(0))
    return {
        "method": METHOD,
        "workloads": [workload.name for workload in workloads],
        "runs": FRESH,
        "rates": [float(rate) for rate in batch.rate[0]],
        "loss": float(np.exp(mean)),
        "loss_low": float(np.exp(mean - half)),
        "loss_high": float(np.exp(mean + half)),
        "losses": dict(zip((w.name for w in workloads), np.exp(logs.mean(axis=1)), strict=True)),
        "adamw": float(np.exp(usual.mean())),
        "against_adamw": float(np.exp(change)),
        "against_adamw_low": float(np.exp(change - spread)),
        "against_adamw_high": float(np.exp(change + spread)),
        "label": what.text,
        "nearest": what.name,
        "difference": what.difference,
        "constants": what.constants,
        "simplified": text(simplified(batch.programs.program(0))).replace("\n", "; "),
    }


def verify(
    document: Mapping[str, Any],
    recorded: Mapping[str, Any],
    space: RuleSpace,
    workloads: tuple[Workload, ...],
) -> Verdict:
    """Train again, and compare with what a certificate says.

    Args:
        document: The rule.
        recorded: Its certificate, from whoever wrote the archive.
        space: That of the document.
        workloads: What it claims to be good at.
    """
    made = certify(document, space, workloads)
    if isinstance(made, Unproved):
        return Verdict("failed", made.reason)
    for name in ("loss", "loss_low", "loss_high", "against_adamw"):
        told, found = recorded.get(name), made[name]
        if not isinstance(told, float) or not abs(told - found) <= SLACK * abs(found):
            reason = f"{name} is {found:.6g}, the certificate says {str(told)[:40]}"
            return Verdict("failed", reason, made)
    for name in ("workloads", "runs", "label", "simplified"):
        if recorded.get(name) != made[name]:
            reason = (
                f"{name} is {made[name]!r}, the certificate says {str(recorded.get(name))[:60]}"
            )
            return Verdict("failed", reason, made)
    return Verdict("verified", "", made)
