"""What ``--set`` means for update rules: what is trained, and what rules are tried on at last."""

from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import NamedFunction, Option, UserData
from elitemap.evaluators.optimizers.catalogue import (
    LEAST_STEPS,
    MOST_STEPS,
    SIZES,
    chosen,
    next_size,
    others,
)
from elitemap.evaluators.optimizers.funnel import Gates
from elitemap.evaluators.optimizers.models.text import digest
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.signature import SLOTS
from elitemap.searchspaces.optimizers.zoo import STARTS, ZOO

#: Most that a program may cost, least and most.
LEAST_COST, MOST_COST = 2, 120

#: How names of workloads on text begin.
_TEXTS = "text-"

_START_NAMES = (*STARTS, "random")

OPTIONS = (
    Option("start", "adamw", "the rule that a search begins with", _START_NAMES),
    Option("slots", "2", f"most tensors that a rule remembers, 1 to {len(SLOTS)}"),
    Option("max_cost", "30", f"most that a program may cost, {LEAST_COST} to {MOST_COST}"),
    Option(
        "matrices",
        "no",
        "whether rules may look at tensors as matrices, as Muon does",
        ("no", "yes"),
    ),
    Option("size", SIZES[0], "of what is trained; a step costs ten times the one before", SIZES),
    Option("steps", "", "steps of a run; the usual ones of what is trained if left out"),
    Option(
        "model", "", "a model of yours as module:function, for target own", brings=NamedFunction()
    ),
    Option("unseen", "", "what rules that beat AdamW are tried on at last, names with commas"),
    Option("limit", "60", "seconds that one run of a model in JAX may take"),
)

_DEFAULTS = {option.name: option.default for option in OPTIONS}


def told(options: Mapping[str, str], name: str) -> str:
    """An option as it was set, or its default."""
    return options.get(name, _DEFAULTS[name])


def whole(options: Mapping[str, str], name: str, low: int, high: int) -> int:
    """An option as a whole number of a range.

    Raises:
        UsageError: If it is none.
    """
    text = told(options, name)
    if text.isdecimal() and low <= int(text) <= high:
        return int(text)
    raise UsageError(f"expected {name} as a whole number from {low} to {high}, got {text[:40]!r}")


def matrices_of(options: Mapping[str, str]) -> bool:
    """Whether rules may look at tensors as matrices.

    Raises:
        UsageError: If it is neither yes nor no.
    """
    answer = told(options, "matrices")
    if answer not in ("no", "yes"):
        raise UsageError(f"expected matrices as one of no, yes, got {answer[:40]!r}")
    return answer == "yes"


def start_of(options: Mapping[str, str], slots: int, max_cost: int) -> str:
    """The rule that a search begins with.

    Raises:
        UsageError: If it is unknown, or needs more slots, cost or matrices.
    """
    start = told(options, "start")
    if start not in _START_NAMES:
        raise UsageError(f"expected start as one of {', '.join(_START_NAMES)}, got {start[:40]!r}")
    if start in STARTS and ZOO[STARTS[start]].slots > slots:
        raise UsageError(f"expected slots of at least {ZOO[STARTS[start]].slots} for {start}")
    if start in STARTS and ZOO[STARTS[start]].matrices and not matrices_of(options):
        raise UsageError(f"expected matrices=yes for {start}")
    cost = ZOO[STARTS[start]].program(slots).cost if start in STARTS else LEAST_COST
    if cost > max_cost:
        raise UsageError(f"expected max_cost of at least {cost} for {start}, got {max_cost}")
    return start


def workloads_of(
    target: str, options: Mapping[str, str], data: Mapping[str, UserData]
) -> tuple[Workload, ...]:
    """The workloads of a target, as options want them.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    size = told(options, "size")
    if size not in SIZES:
        raise UsageError(f"expected size as one of {', '.join(SIZES)}, got {size[:40]!r}")
    steps = whole(options, "steps", LEAST_STEPS, MOST_STEPS) if options.get("steps") else None
    limit = whole(options, "limit", 1, 86_400)
    return chosen(target, size, steps, float(limit), data.get("model"))


def gates_of(workloads: tuple[Workload, ...], options: Mapping[str, str]) -> Gates:
    """What rules are tried on that beat AdamW: the next size, and workloads not of the search.

    Raises:
        UsageError: If a workload is unknown, or one of the search.
    """
    larger, names = next_size(workloads, told(options, "size")), told(options, "unseen")
    if not names:
        return Gates(larger, others(workloads))
    unseen = chosen(names, SIZES[0], None, 60.0, None)
    if seen := {w.name for w in workloads} & {w.name for w in unseen}:
        raise UsageError(f"expected unseen workloads, got {', '.join(sorted(seen))} of the search")
    return Gates(larger, unseen)


def asked_of(options: Mapping[str, str], workloads: Sequence[Workload]) -> dict[str, Any]:
    """What changes the question, where it is not the usual one."""
    names = ("matrices", "size", "steps", "unseen")
    asked: dict[str, Any] = {k: options[k] for k in names if told(options, k) != _DEFAULTS[k]}
    if any(one.name.startswith(_TEXTS) for one in workloads):
        asked["text"] = digest()
    return asked
