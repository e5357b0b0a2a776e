"""The targets of ``quantizers``: approximate multipliers, and quantizers of weights."""

from collections.abc import Mapping

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import SpaceEntry, Task, UserData
from elitemap.evaluators.quantizers import multiplier_task
from elitemap.evaluators.quantizers.formats import task as formats

MULTIPLIER = "multiplier"

#: Options of one kind of target that mean nothing to the other.
_FOREIGN = {
    True: {option.name for option in formats.OPTIONS},
    False: {"mantissa", "rounding", "guard"},
}


def made(target: str, options: Mapping[str, str], data: Mapping[str, UserData]) -> Task:
    """Bind a target and options.

    Raises:
        UsageError: If anything is unknown or impossible, or an option belongs to other targets.
    """
    if target != MULTIPLIER and target not in formats.TARGETS:
        known = ", ".join((MULTIPLIER, *formats.TARGETS))
        raise UsageError(f"expected one of the targets {known}, got {target[:40]!r}")
    foreign = sorted(_FOREIGN[target == MULTIPLIER] & {n for n, text in options.items() if text})
    if foreign:
        raise UsageError(f"expected no {foreign[0]} with the target {target}: drop it")
    if target == MULTIPLIER:
        return multiplier_task.multiplier_task(target, options)
    return formats.quantizer_task(target, options, data)


tasks = SpaceEntry(
    name="quantizers",
    summary="number formats of weights, and approximate multipliers of short floats",
    targets={
        MULTIPLIER: "product of two mantissas, errors over all pairs of operands",
        **formats.TARGETS,
    },
    options=(*multiplier_task.OPTIONS, *formats.OPTIONS),
    task=made,
)
