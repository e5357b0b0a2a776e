"""The tasks of ``optimizers``: what ``--set`` means, and everything bound together."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from elitemap.archive.identity import identity
from elitemap.engine.protocols import Curve, Objective, SpaceEntry, Task, Unproved, UserData
from elitemap.evaluators.optimizers.analysis import analysis
from elitemap.evaluators.optimizers.bench.benching import bench
from elitemap.evaluators.optimizers.catalogue import SUMMARIES
from elitemap.evaluators.optimizers.certificate import FRESH, certify, verify
from elitemap.evaluators.optimizers.compiled import KERNEL
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.funnel import Gates, outlook
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.options import (
    LEAST_COST,
    MOST_COST,
    OPTIONS,
    asked_of,
    gates_of,
    matrices_of,
    start_of,
    whole,
    workloads_of,
)
from elitemap.evaluators.optimizers.training import runs, traced
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.emission.export import LANGUAGES, exported
from elitemap.searchspaces.optimizers.rules import KERNEL as SPACE_KERNEL
from elitemap.searchspaces.optimizers.rules import RuleSpace, read
from elitemap.searchspaces.optimizers.signature import SLOTS
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.tensors.machine import prepare as prepare_machine

#: Proposals of a generation. An evaluation takes a hundredth to a tenth of a second, but few
#: proposals are evaluated.
BATCH = 256

_CONFIRMED = (
    Objective("fresh_loss", -1, "confirmed", label="fresh loss"),
    Objective("against_adamw", -1, "confirmed", label="loss / AdamW's"),
    Objective("steps_ratio", -1, "confirmed", label="steps / AdamW's"),
    Objective("stage", 1, "confirmed", "count"),
    Objective("label", 0, "measured", "text"),
)


def rule_task(
    target: str, options: Mapping[str, str], data: Mapping[str, UserData] | None = None
) -> Task:
    """Bind a target, options and perhaps a user's model.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    workloads = workloads_of(target, options, data or {})
    along = gates_of(workloads, options)
    slots = whole(options, "slots", 1, len(SLOTS))
    max_cost = whole(options, "max_cost", LEAST_COST, MOST_COST)
    start, matrices = start_of(options, slots, max_cost), matrices_of(options)
    asked = asked_of(options, workloads)
    space = RuleSpace(slots, max_cost, start, len(workloads), matrices)
    return Task(
        space=space,
        evaluator=RuleEvaluator(workloads, slots, max_cost, matrices),
        certify=lambda document, seconds: certified(document, space, workloads, along),
        verify=lambda document, certificate, seconds: verify(
            document, certificate, space, workloads, along
        ),
        export=lambda document, certificate, name, language: export(
            document, certificate, name, language, space
        ),
        languages=LANGUAGES,
        options={
            "start": start,
            "slots": slots,
            "max_cost": max_cost,
            **asked,
        },
        problem=("slots", *asked),
        words={"slots": f"with at most {_counted(slots)}"},
        prepare=partial(_prepare, workloads),
        curve=lambda document: curve(document, space, workloads),
        analysis=lambda document: analysis(document, space, workloads),
        asks=(
            f"loss after training {' and '.join(w.summary for w in workloads)}; at most "
            f"{_counted(slots)}, a learning rate for every rule"
        ),
        objectives=_CONFIRMED,
        batch=BATCH,
        bench=partial(bench, workloads, along.unseen),
        parse=space.written,
        # Learning rates are fitted to the workloads.
        adopt=lambda document: {"program": document.get("program"), "rates": []},
        beyond=lambda document: outlook(space.from_json([document]), workloads, along),
        grants=lambda certificate: "confirmed",
    )


def _counted(slots: int) -> str:
    return "1 slot" if slots == 1 else f"{slots} slots"


def _prepare(workloads: Sequence[Workload]) -> None:
    """Build the kernels, and look whether models are such."""
    prepare([SPACE_KERNEL], TENSORS)
    prepare_machine(KERNEL)
    for workload in workloads:
        assert workload.entries


def certified(
    document: Mapping[str, Any], space: RuleSpace, workloads: tuple[Workload, ...], along: Gates
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any] | Unproved]:
    """The document as it is, what fresh runs say, and the certificate."""
    made = certify(document, space, workloads, along)
    if isinstance(made, Unproved):
        return dict(document), {}, made
    told = {
        "fresh_loss": made["loss"],
        "against_adamw": made["against_adamw"],
        "steps_ratio": np.nan if made["steps_ratio"] is None else made["steps_ratio"],
        "stage": made["stage"],
        "label": made["label"],
    }
    return dict(document), told, made


def export(
    document: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    name: str,
    language: str,
    space: RuleSpace,
) -> dict[str, str]:
    """One elite as code; the remark says its learning rates and what fresh runs said.

    Raises:
        ProgramError: If the document is no rule.
    """
    program, rates = read(document, space.tasks)
    told = ", ".join(f"{rate:.3g}" for rate in rates) or "not fitted"
    remark = f"Update rule {identity(document)[:12]}; learning rate when it was judged: {told}"
    if certificate:
        remark += (
            f"; loss next to AdamW's on {certificate['runs']} fresh runs of "
            f"{', '.join(certificate['workloads'])}: {certificate['against_adamw']:.3f} "
            f"({certificate['against_adamw_low']:.3f} to {certificate['against_adamw_high']:.3f})"
        )
    return exported(program, name, language, f"{remark}.")


def curve(
    document: Mapping[str, Any], space: RuleSpace, workloads: tuple[Workload, ...]
) -> Curve | None:
    """Losses along fresh runs of the first workload; None for a rule without a learning rate.

    Raises:
        ProgramError: If the document is no rule.
    """
    batch, workload = space.from_json([document]), workloads[0]
    if (batch.rate <= 0).any():
        return None
    of = runs(workload, "fresh", tuple(range(FRESH)))
    jobs = Jobs(np.zeros(FRESH, np.int64), np.arange(FRESH), np.repeat(batch.rate[:, 0], FRESH))
    _, losses, _ = traced(batch.programs, of, jobs, workload.steps)
    steps = np.arange(1, workload.steps + 1, dtype=np.float64)
    return Curve(steps, losses.mean(axis=0), "step", f"loss on {workload.name}")


tasks = SpaceEntry(
    name="optimizers",
    summary="update rules of optimizers as programs on tensors, trained on small models",
    targets=SUMMARIES,
    options=OPTIONS,
    task=rule_task,
)
