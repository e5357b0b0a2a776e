"""The targets of ``quantizers``: multipliers, integer operators, and quantizers of weights."""

from collections.abc import Mapping

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Option, SpaceEntry, Task, UserData
from elitemap.evaluators.quantizers import multiplier_task
from elitemap.evaluators.quantizers.formats import options as format_options
from elitemap.evaluators.quantizers.formats import task as formats
from elitemap.evaluators.quantizers.operators import task as operators
from elitemap.searchspaces.quantizers.formats.rule import ROUNDINGS as OF_WEIGHTS
from elitemap.searchspaces.quantizers.mantissas import ROUNDINGS as OF_OPERANDS
from elitemap.searchspaces.quantizers.tabled import TABLES

MULTIPLIER = "multiplier"

#: Options that all targets have, with defaults of their own.
_SHARED = (
    Option(
        "rounding",
        "nearest",
        "how operands of multipliers become codes (nearest, truncate), or weights (nearest, "
        "stochastic: by lot, so that the mean is the weight)",
        tuple(dict.fromkeys((*OF_OPERANDS, *OF_WEIGHTS))),
    ),
    Option(
        "table",
        "",
        "most entries of a table, 0 for programs without one: of multipliers and operators one of "
        f"{', '.join(map(str, TABLES))} (defaults 16 and 0), of formats up to 32 (default 32)",
    ),
    Option(
        "max_ops",
        "",
        f"most operations of a program: of multipliers (default {multiplier_task.OPS}, most "
        f"{multiplier_task.MOST_OPS}), operators ({operators.OPS}, {operators.MOST_OPS}; a product "
        f"counts 4) or levels ({format_options.OPS}, {format_options.MOST_OPS})",
    ),
)

#: Names of the options of each kind of target.
_OWN = {
    "multiplier": {"rounding", *(option.name for option in multiplier_task.OPTIONS)},
    "operator": {option.name for option in operators.OPTIONS},
    "format": {"rounding", *(option.name for option in format_options.OPTIONS)},
}


def _kind(target: str) -> str:
    """Which kind of target it is.

    Raises:
        UsageError: If there is no such target.
    """
    if target == MULTIPLIER:
        return "multiplier"
    if target in operators.TARGETS:
        return "operator"
    if target in formats.TARGETS:
        return "format"
    known = ", ".join((MULTIPLIER, *operators.TARGETS, *formats.TARGETS))
    raise UsageError(f"expected one of the targets {known}, got {target[:40]!r}")


def made(target: str, options: Mapping[str, str], data: Mapping[str, UserData]) -> Task:
    """Bind a target and options.

    Raises:
        UsageError: If anything is unknown or impossible, or an option belongs to other targets.
    """
    kind = _kind(target)
    given = {name: text for name, text in options.items() if text}
    foreign = set().union(*_OWN.values()) - _OWN[kind]
    for name in sorted(foreign & given.keys()):
        raise UsageError(f"expected no {name} with the target {target}: drop it")
    if kind == "multiplier":
        return multiplier_task.multiplier_task(target, given)
    if kind == "operator":
        return operators.operator_task(target, given)
    return formats.quantizer_task(target, given, data)


tasks = SpaceEntry(
    name="quantizers",
    summary="number formats of weights, approximate multipliers, integer operators",
    targets={
        MULTIPLIER: "product of two mantissas, errors over all pairs of operands",
        **operators.TARGETS,
        **formats.TARGETS,
    },
    options=(*multiplier_task.OPTIONS, *operators.OPTIONS, *_SHARED, *format_options.OPTIONS),
    task=made,
)
