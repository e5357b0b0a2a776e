"""What a search of elementary functions is asked for: options as text, and what they mean."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Goal, UserData
from elitemap.evaluators.elementary.baselines.computed import forms
from elitemap.evaluators.elementary.baselines.shapes import symmetry
from elitemap.evaluators.elementary.costs import Costs, chosen_costs, said_of
from elitemap.evaluators.elementary.rational.best import BITS
from elitemap.evaluators.elementary.settings import (
    SEEDS,
    parse_bound,
    parse_max_ops,
    parse_primitives,
)
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.folded import FoldedSpace, around, half_of
from elitemap.searchspaces.elementary.space import ElementarySpace
from elitemap.searchspaces.elementary.splits import check_split
from elitemap.searchspaces.elementary.splits import programs as split_programs
from elitemap.searchspaces.elementary.targets import Target, resolve_target
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.program import Program

#: Inputs of the behavioural hash.
PROBES = 8


@dataclass(frozen=True)
class Question:
    """A target and limits.

    Attributes:
        target: What programs approximate.
        opcodes: Primitives that they may have.
        max_ops: Most operations of one.
        costs: What operations cost; None where each counts as one.
        goal: The bound, if there is one.
        odd: Whether the target is odd, where it is searched on its half; else None.
        room: Most operations of what is searched, which the other half may leave fewer.
        near: What is searched: the target, or its half.
        seeds: Makes the programs that a search begins with beside random ones.
    """

    target: Target
    opcodes: tuple[int, ...]
    max_ops: int
    costs: Costs | None
    goal: Goal | None
    odd: bool | None
    room: int
    near: Target
    seeds: Callable[[], Iterable[Program]]

    def space(self, dialect: Dialect) -> ElementarySpace:
        """Where to search."""
        bound = (self.opcodes, self.room, self.near.chebyshev(PROBES), dialect, self.seeds)
        return ElementarySpace(*bound) if self.odd is None else FoldedSpace(self.odd, *bound)

    def primitives(self, dialect: Dialect) -> list[str]:
        """Names of the operations."""
        return [n for n, code in dialect.operations.items() if code in self.opcodes]

    def resolved(self, options: Mapping[str, str], dialect: Dialect) -> dict[str, Any]:
        """The options as they were understood."""
        found = {
            "target": str(self.target.expression),
            "domain": ",".join(self.target.ends),
            "error": self.target.judged.name,
            "ops": ",".join(self.primitives(dialect)),
            "max_ops": self.max_ops,
        }
        found |= {
            name: options[name]
            for name in ("seed_with", "bound", "half", "split")
            if options.get(name)
        }
        found |= {} if self.costs is None else {"costs": self.costs.name}
        weighting = self.target.judged.weighting
        return found | ({"weight": weighting} if weighting else {})

    def asks(self, dialect: Dialect) -> str:
        """One line."""
        return (
            f"{self.target.expression} on [{', '.join(self.target.ends)}], "
            f"{self.target.error_mode} error; "
            f"at most {self.max_ops} of {', '.join(self.primitives(dialect))}"
            + ("" if self.costs is None else f"; costs as {said_of(self.costs)}")
        )


def question(
    name: str, options: Mapping[str, str], dialect: Dialect, data: Mapping[str, UserData]
) -> Question:
    """What options mean.

    Args:
        name: A named target or an expression in x.
        options: Values of the space's options that were set, as text.
        dialect: What programs are written in.
        data: What options bring, by name.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    opcodes = parse_primitives(allowed(options), dialect)
    max_ops = parse_max_ops(options.get("max_ops", "12"))
    target = resolved_target(name, options)
    costs = chosen_costs(
        options.get("costs", ""), opcodes, dialect, data.get("costs"), bool(options.get("bound"))
    )
    goal = parse_bound(options.get("bound", ""), "ops" if costs is None else "cost")
    odd = folding(options.get("half", ""), target)
    near = target if odd is None else half_of(target, odd)
    room = parse_max_ops(str(max_ops - len(() if odd is None else around(odd))))
    split, known = options.get("split", ""), parse_seeds(options.get("seed_with", ""))
    check_split(split, near)

    def seeds() -> Iterable[Program]:
        yield from split_programs(split, near, room)
        if known:
            yield from (form.program for form in forms(near, room, costs))

    return Question(target, tuple(opcodes), max_ops, costs, goal, odd, room, near, seeds)


def resolved_target(name: str, options: Mapping[str, str]) -> Target:
    """The target as options say; a bound on an error of no stated kind is absolute if need be.

    Raises:
        UsageError: As :func:`resolve_target`.
    """
    domain, error = options.get("domain") or None, options.get("error") or None
    weight, halved = options.get("weight", ""), options.get("half") == "yes"
    try:
        return resolve_target(name, domain, error, weight, halved)
    except UsageError:
        if error is not None or not options.get("bound"):
            raise
        return resolve_target(name, domain, "absolute", weight, halved)


def allowed(options: Mapping[str, str]) -> str:
    """The primitives as ``ops`` takes them, with what a split needs."""
    text = options.get("ops", "add,sub,mul,div")
    return f"{text},add,sub,mul,select" if options.get("split") else text


def folding(text: str, target: Target) -> bool | None:
    """Whether the target is odd, if it is to be searched on its half; None for the whole domain.

    Raises:
        UsageError: If it is not even or odd on a symmetric domain.
    """
    if not text:
        return None
    if text != "yes":
        raise UsageError(f"expected half=yes, got {text[:40]!r}; or leave it out")
    if target.lo != -target.hi or target.judged.weighting:
        raise UsageError(
            f"expected a domain such as -1,1 and no weight with half=yes, got "
            f"[{', '.join(target.ends)}]: leave half out"
        )
    with precision(BITS):
        parity = symmetry(target)
    if parity == 0:
        raise UsageError(f"expected an even or odd function with half=yes, got {target.expression}")
    return parity < 0


def parse_seeds(text: str) -> bool:
    """Whether a search begins with known forms beside random programs.

    Raises:
        UsageError: For anything but ``baselines``.
    """
    if text and text not in SEEDS:
        raise UsageError(f"expected seed_with=baselines, got {text[:40]!r}; or leave it out")
    return bool(text)
