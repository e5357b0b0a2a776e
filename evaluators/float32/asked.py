"""What options ask for that whole functions of all formats have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.evaluators.elementary.settings import parse_max_ops, parse_primitives
from elitemap.evaluators.float32.measuring.here import STATIC, settle
from elitemap.evaluators.float32.placing import Placing
from elitemap.evaluators.float32.pricing import Chosen, chosen, costs
from elitemap.formulas.expression import Expression
from elitemap.searchspaces.elementary.float32.batches import priced
from elitemap.searchspaces.elementary.float32.functions import CHEAPEST
from elitemap.searchspaces.elementary.float32.pieced import PiecedSpace
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.elementary.float32.space import WholeSpace
from elitemap.searchspaces.elementary.float32.wholes import ROUNDED
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.real import REAL

#: What cores may use if nothing is said.
USUAL_OPS = "add,sub,mul,fma"

#: How a domain of all numbers of a format is written.
ALL = "all"


#: Inputs of the behavioural hash of cores.
_PROBES = 8

#: Cycles beyond the reduction's that the map tells apart, for each operation of a core.
_CYCLES = 2.0


@dataclass(frozen=True)
class Asked:
    """Settings as they are meant.

    Attributes:
        opcodes: Primitives of ``real`` that cores may use.
        max_ops: Most operations of a core.
        cpu: The model of costs.
        domain: ``lo,hi``; None if none was named, or all.
        reduction: The value of the option.
    """

    opcodes: tuple[int, ...]
    max_ops: int
    cpu: Chosen
    domain: str | None
    reduction: str

    @property
    def names(self) -> str:
        """The primitives, separated by commas."""
        return ",".join(n for n, code in REAL.operations.items() if code in self.opcodes)

    def space(self, reduction: Reduction) -> WholeSpace:
        """Whole functions with a reduction."""
        probes = reduction.core.chebyshev(_PROBES)
        kind = WholeSpace if reduction.tables is None else PiecedSpace
        return kind(reduction, self.opcodes, self.max_ops, probes)

    def placing(self, reduction: Reduction) -> Placing:
        """The map of programs with a reduction."""
        least = float(costs(priced(Batch(1, 1), reduction), self.cpu.model)[0])
        most = least + _CYCLES * self.max_ops
        fuses = REAL.opcodes["fma"] in self.opcodes
        return Placing(reduction, self.max_ops, self.cpu.model, most, fuses)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a search tells of the model of costs."""
        cpu = self.cpu
        return (f"cost by the static model {cpu.name}: {cpu.doubt}",) if cpu.doubt else ()

    def resolved(
        self,
        arithmetic: str,
        expression: Expression,
        complete: bool,
        ends: tuple[float, float],
        bound: str | None,
    ) -> dict[str, Any]:
        """The task's options, from which it can be made again.

        Args:
            arithmetic: The format.
            expression: The function.
            complete: Whether every number of the format is an argument.
            ends: The ends of the domain.
            bound: As the goal has it; None if there is no goal.
        """
        return {
            "target": str(expression),
            "arithmetic": arithmetic,
            "domain": self.domain or (ALL if complete else "{!r},{!r}".format(*ends)),
            "reduction": self.reduction,
            "cpu": self.cpu.name,
            "ops": self.names,
            "max_ops": self.max_ops,
            **({} if bound is None else {"bound": bound}),
        }


def asked(options: Mapping[str, str], arithmetic: str) -> Asked:
    """What a user means.

    Args:
        options: Values of the space's options that were set, as text.
        arithmetic: The format.

    Raises:
        UsageError: With the cure, if anything is unknown or impossible.
    """
    if options.get("error"):
        raise UsageError(
            f"expected no error with arithmetic={arithmetic}: a bound says how errors count"
        )
    opcodes = parse_primitives(options.get("ops") or USUAL_OPS)
    names = {n for n, code in REAL.operations.items() if code in opcodes}
    for unknown in sorted(names - set(ROUNDED)):
        raise UsageError(f"expected ops of {', '.join(ROUNDED)} in {arithmetic}, got {unknown}")
    domain = options.get("domain")
    return Asked(
        opcodes=opcodes,
        max_ops=parse_max_ops(options.get("max_ops", "12")),
        cpu=chosen(settle(options.get("cpu", STATIC))),
        domain=None if domain in (None, "", ALL) else domain,
        reduction=options.get("reduction", CHEAPEST),
    )
