"""The tasks of ``optimizers``: what ``--set`` means, and everything bound together."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import (
    Curve,
    NamedFunction,
    Objective,
    Option,
    SpaceEntry,
    Task,
    Unproved,
    UserData,
)
from elitemap.evaluators.optimizers.catalogue import (
    LEAST_STEPS,
    MOST_STEPS,
    SIZES,
    SUMMARIES,
    chosen,
)
from elitemap.evaluators.optimizers.certificate import FRESH, certify, verify
from elitemap.evaluators.optimizers.compiled import KERNEL
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.models.text import digest
from elitemap.evaluators.optimizers.training import runs, traced
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.emission.export import LANGUAGES, exported
from elitemap.searchspaces.optimizers.rules import KERNEL as SPACE_KERNEL
from elitemap.searchspaces.optimizers.rules import RuleSpace, read
from elitemap.searchspaces.optimizers.signature import SLOTS
from elitemap.searchspaces.optimizers.zoo import STARTS, ZOO
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.tensors.machine import prepare as prepare_machine

#: Most that a program may cost, least and most.
LEAST_COST, MOST_COST = 2, 60

#: Proposals of a generation: an evaluation takes a hundredth to a tenth of a second.
BATCH = 64

#: How names of workloads on text begin.
TEXTS = "text-"

_START_NAMES = (*STARTS, "random")

OPTIONS = (
    Option("start", "adamw", "the rule that a search begins with", _START_NAMES),
    Option("slots", "2", f"most tensors that a rule remembers, 1 to {len(SLOTS)}"),
    Option("max_cost", "30", f"most that a program may cost, {LEAST_COST} to {MOST_COST}"),
    Option(
        "size", SIZES[0], "of what is trained; a step of each costs ten times the one before", SIZES
    ),
    Option("steps", "", "steps of a run; the usual ones of what is trained if left out"),
    Option(
        "model",
        "",
        "a model of yours as module:function, for the target own",
        brings=NamedFunction(),
    ),
    Option("limit", "60", "seconds that one run of a model in JAX may take"),
)

_DEFAULTS = {option.name: option.default for option in OPTIONS}

_CONFIRMED = (
    Objective("fresh_loss", -1, "confirmed", label="fresh loss"),
    Objective("against_adamw", -1, "confirmed", label="loss / AdamW's"),
    Objective("label", 0, "measured", "text"),
)


def _whole(options: Mapping[str, str], name: str, low: int, high: int) -> int:
    """An option as a whole number of a range.

    Raises:
        UsageError: If it is none.
    """
    text = options.get(name, _DEFAULTS[name])
    if text.isdecimal() and low <= int(text) <= high:
        return int(text)
    raise UsageError(f"expected {name} as a whole number from {low} to {high}, got {text[:40]!r}")


def workloads_of(
    target: str, options: Mapping[str, str], data: Mapping[str, UserData]
) -> tuple[Workload, ...]:
    """The workloads of a target, as options want them.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    size = options.get("size", _DEFAULTS["size"])
    if size not in SIZES:
        raise UsageError(f"expected size as one of {', '.join(SIZES)}, got {size[:40]!r}")
    steps = _whole(options, "steps", LEAST_STEPS, MOST_STEPS) if options.get("steps") else None
    limit = _whole(options, "limit", 1, 86_400)
    return chosen(target, size, steps, float(limit), data.get("model"))


def rule_task(
    target: str, options: Mapping[str, str], data: Mapping[str, UserData] | None = None
) -> Task:
    """Bind a target, options and perhaps a user's model.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    workloads = workloads_of(target, options, data or {})
    slots = _whole(options, "slots", 1, len(SLOTS))
    max_cost = _whole(options, "max_cost", LEAST_COST, MOST_COST)
    start = options.get("start", _DEFAULTS["start"])
    if start not in _START_NAMES:
        raise UsageError(f"expected start as one of {', '.join(_START_NAMES)}, got {start[:40]!r}")
    if start in STARTS and ZOO[STARTS[start]].slots > slots:
        raise UsageError(f"expected slots of at least {ZOO[STARTS[start]].slots} for {start}")
    space = RuleSpace(slots, max_cost, start, len(workloads))
    return Task(
        space=space,
        evaluator=RuleEvaluator(workloads, slots, max_cost),
        certify=lambda document, seconds: certified(document, space, workloads),
        verify=lambda document, certificate, seconds: verify(
            document, certificate, space, workloads
        ),
        export=lambda document, certificate, name, language: export(
            document, certificate, name, language, space
        ),
        languages=LANGUAGES,
        options={
            "start": start,
            "slots": slots,
            "max_cost": max_cost,
            **_asked(options, workloads),
        },
        problem=("slots", *_asked(options, workloads)),
        words={"slots": f"with at most {_counted(slots)}"},
        prepare=partial(_prepare, workloads),
        curve=lambda document: curve(document, space, workloads),
        asks=(
            f"loss after training {' and '.join(w.summary for w in workloads)}; at most "
            f"{_counted(slots)}, a learning rate for every rule"
        ),
        objectives=_CONFIRMED,
        batch=BATCH,
        parse=space.written,
        # Learning rates are fitted to the workloads.
        adopt=lambda document: {"program": document.get("program"), "rates": []},
        grants=lambda certificate: "confirmed",
    )


def _counted(slots: int) -> str:
    return "1 slot" if slots == 1 else f"{slots} slots"


def _asked(options: Mapping[str, str], workloads: Sequence[Workload]) -> dict[str, Any]:
    """What changes the question, where it is not the usual one."""
    asked: dict[str, Any] = {k: options[k] for k in ("size", "steps") if options.get(k)}
    asked = {name: value for name, value in asked.items() if value != _DEFAULTS[name]}
    if any(one.name.startswith(TEXTS) for one in workloads):
        asked["text"] = digest()
    return asked


def _prepare(workloads: Sequence[Workload]) -> None:
    """Build the kernels, and look whether models are such."""
    prepare([SPACE_KERNEL], TENSORS)
    prepare_machine(KERNEL)
    for workload in workloads:
        assert workload.entries


def certified(
    document: Mapping[str, Any], space: RuleSpace, workloads: tuple[Workload, ...]
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any] | Unproved]:
    """The document as it is, what fresh runs say, and the certificate."""
    made = certify(document, space, workloads)
    if isinstance(made, Unproved):
        return dict(document), {}, made
    told = {
        "fresh_loss": made["loss"],
        "against_adamw": made["against_adamw"],
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
