"""What an archive may say of a rule beyond the search: what fresh runs say, and what it is.

Nothing here is proved. A rule is confirmed on fresh runs (first parameters and order of data that
neither the search nor the fit of learning rates had), next to AdamW with its usual constants and a
learning rate that was fitted in the same way, on the same runs.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from elitemap.engine.protocols import Unproved, Verdict
from elitemap.evaluators.optimizers.comparing import fresh_logs, interval, usual_logs
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.funnel import Gates, gates, passed
from elitemap.evaluators.optimizers.labels import label
from elitemap.evaluators.optimizers.pace import steps_ratio
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.algebra import simplified
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace, text

#: Fresh runs of each workload.
FRESH = 16

#: Part by which a verified loss may differ: on other processors sums are rounded differently.
SLACK = 0.02

METHOD = f"{FRESH} runs that neither search nor tuning had seen, paired with AdamW"


def certify(
    document: Mapping[str, Any],
    space: RuleSpace,
    workloads: tuple[Workload, ...],
    along: Gates = Gates(),  # noqa: B008
) -> dict[str, Any] | Unproved:
    """Confirm a rule on fresh runs, and see how far it comes.

    Args:
        document: The rule.
        space: That of the document.
        workloads: What it is for.
        along: What it is tried on where it is better than AdamW.

    Raises:
        ProgramError: If the document is no rule.
        ValueError: If it is one of another space.
    """
    batch = space.from_json([document])
    if (batch.rate <= 0).any():
        batch = RuleEvaluator(workloads, space.slots, 1).fitted(batch, np.zeros(1, np.intp))
    logs = fresh_logs(batch, workloads, "fresh", FRESH)[0]
    usual = usual_logs(workloads, "fresh", FRESH)
    if not np.isfinite(logs).all():
        return Unproved(f"{int((~np.isfinite(logs)).sum())} fresh runs diverged", final=True)
    mean, half = interval(logs.mean(axis=0))
    change, spread = interval((logs - usual).mean(axis=0))
    stage, told = gates(batch.programs, passed((logs - usual).mean(axis=0)), along)
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
        **_pace(batch, workloads),
        "stage": stage,
        "gates": told,
        "label": what.text,
        "nearest": what.name,
        "difference": what.difference,
        "constants": what.constants,
        "simplified": text(simplified(batch.programs.program(0))).replace("\n", "; "),
    }


def _pace(batch: Rules, workloads: tuple[Workload, ...]) -> dict[str, Any]:
    """Steps to AdamW's loss, the geometric mean over workloads; None where it is not reached."""
    each = [steps_ratio(batch, workload, batch.rate[:, k]) for k, workload in enumerate(workloads)]
    made = np.exp(np.log(np.array(each)).mean(axis=0)).tolist()
    names = "steps_ratio", "steps_ratio_low", "steps_ratio_high"
    return {
        name: value if np.isfinite(value) else None for name, value in zip(names, made, strict=True)
    }


def verify(
    document: Mapping[str, Any],
    recorded: Mapping[str, Any],
    space: RuleSpace,
    workloads: tuple[Workload, ...],
    along: Gates = Gates(),  # noqa: B008
) -> Verdict:
    """Train again, and compare with what a certificate says.

    Args:
        document: The rule.
        recorded: Its certificate, from whoever wrote the archive.
        space: That of the document.
        workloads: What it claims to be good at.
        along: How far it may have come.
    """
    made = certify(document, space, workloads, along)
    if isinstance(made, Unproved):
        return Verdict("failed", made.reason)
    for name in ("loss", "loss_low", "loss_high", "against_adamw"):
        told, found = recorded.get(name), made[name]
        if not isinstance(told, float) or not abs(told - found) <= SLACK * abs(found):
            reason = f"{name} is {found:.6g}, the certificate says {str(told)[:40]}"
            return Verdict("failed", reason, made)
    names = ["workloads", "runs", "label", "simplified"]
    # Older certificates do not tell how far a rule came.
    for name in names + ["stage"] * ("stage" in recorded):
        if recorded.get(name) != made[name]:
            reason = (
                f"{name} is {made[name]!r}, the certificate says {str(recorded.get(name))[:60]}"
            )
            return Verdict("failed", reason, made)
    return Verdict("verified", "", made)
