"""The task of a function of two variables: options, evaluator, certificates and exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import Goal, Task, Unproved, UserData, Verdict
from elitemap.evaluators.elementary.bivariate.certificate import certify
from elitemap.evaluators.elementary.bivariate.float64 import examine
from elitemap.evaluators.elementary.bivariate.polynomials import polynomials
from elitemap.evaluators.elementary.bivariate.sampling import PROBES, evidence_of
from elitemap.evaluators.elementary.bivariate.surface import error_surface
from elitemap.evaluators.elementary.certificate import LATE
from elitemap.evaluators.elementary.costs import Costs, chosen_costs, said_of
from elitemap.evaluators.elementary.evaluator import ElementaryEvaluator
from elitemap.evaluators.elementary.fitting.fit import KERNEL
from elitemap.evaluators.elementary.liveness import without_dead_code
from elitemap.evaluators.elementary.settings import parse_bound, parse_max_ops, parse_primitives
from elitemap.evaluators.elementary.verification import judged
from elitemap.formulas.expression import VARIABLES
from elitemap.searchspaces.elementary.bivariate.targets import BivariateTarget, resolve_bivariate
from elitemap.searchspaces.elementary.documents import read
from elitemap.searchspaces.elementary.space import ElementarySpace
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.emission import LANGUAGES, ExportMeta, export
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import BIVARIATE

#: Options that say what problem it is; with ``costs`` and ``weight`` where there are any.
PROBLEM = ("target", "domain", "error", "ops")

#: Options that only functions of one variable have.
FOREIGN = ("half", "split", "seed_with")


@dataclass(frozen=True)
class _Question:
    """A target and limits."""

    target: BivariateTarget
    opcodes: tuple[int, ...]
    max_ops: int
    costs: Costs | None
    goal: Goal | None
    bound: str

    @property
    def primitives(self) -> list[str]:
        return [name for name, code in REAL.operations.items() if code in self.opcodes]

    def resolved(self) -> dict[str, Any]:
        """The options as they were understood."""
        found = {
            "target": str(self.target.expression),
            "domain": ",".join(self.target.ends),
            "error": self.target.measure.name,
            "ops": ",".join(self.primitives),
            "max_ops": self.max_ops,
        }
        found |= {"bound": self.bound} if self.bound else {}
        found |= {} if self.costs is None else {"costs": self.costs.name}
        weighting = self.target.measure.weighting
        return found | ({"weight": weighting} if weighting else {})

    def asks(self) -> str:
        """One line."""
        return (
            f"{self.target.expression} on {self.target.where}, {self.target.error_mode} error; "
            f"at most {self.max_ops} of {', '.join(self.primitives)}"
            + ("" if self.costs is None else f"; costs as {said_of(self.costs)}")
        )


def bivariate_task(name: str, options: Mapping[str, str], data: Mapping[str, UserData]) -> Task:
    """Bind a target and options.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    asked = _question(name, options, data)
    target = asked.target
    space = ElementarySpace(
        asked.opcodes, asked.max_ops, target.grid(PROBES), REAL, signature=BIVARIATE
    )
    evidence = evidence_of(target)
    resolved = asked.resolved()
    return Task(
        space=space,
        evaluator=ElementaryEvaluator(evidence, asked.max_ops, REAL, asked.goal, asked.costs),
        certify=lambda document, seconds: certified(document, target, seconds),
        export=lambda document, certificate, name, language: exported(
            document, certificate, name, language, target
        ),
        languages=LANGUAGES,
        verify=lambda document, certificate, seconds: verified(
            document, certificate, target, seconds
        ),
        options=resolved,
        problem=(*PROBLEM, *(name for name in ("costs", "weight") if name in resolved)),
        words={"domain": f"on {target.where}", "error": target.error_mode},
        prepare=lambda: prepare([KERNEL], REAL),
        goal=asked.goal,
        # What is best in the largest error need not be in the mean.
        rivals=lambda: () if target.mean else polynomials(evidence, asked.max_ops, asked.costs),
        asks=asked.asks(),
        curve=lambda document: error_surface(read(document, REAL, 2), target),
        parse=lambda text: written(text, REAL, asked.opcodes, VARIABLES).to_json(),
        adopt=space.adopted,
    )


def _question(name: str, options: Mapping[str, str], data: Mapping[str, UserData]) -> _Question:
    if foreign := [option for option in FOREIGN if options.get(option)]:
        raise UsageError(f"expected no {foreign[0]} with a function of two variables: leave it out")
    opcodes = parse_primitives(options.get("ops", "add,sub,mul,div"))
    max_ops = parse_max_ops(options.get("max_ops", "12"))
    bound = options.get("bound", "")
    costs = chosen_costs(options.get("costs", ""), opcodes, REAL, data.get("costs"), bool(bound))
    goal = parse_bound(bound, "ops" if costs is None else "cost")
    domain, error = options.get("domain") or None, options.get("error") or None
    target = resolve_bivariate(name, domain, error, options.get("weight", ""))
    return _Question(target, opcodes, max_ops, costs, goal, bound)


def certified(
    document: Mapping[str, Any], target: BivariateTarget, seconds: float
) -> tuple[dict[str, Any], dict[str, float | str | None], dict[str, Any] | Unproved]:
    """Prove the error of an elite; see ``Task.certify``."""
    proof = certify(read(document, REAL, 2), target, seconds)
    if proof.upper is None or proof.digits is None:
        return dict(document), {}, Unproved(proof.failure, proof.failure != LATE)
    return dict(document), {"digits": proof.digits, "error": proof.lower}, proof.to_json()


def verified(
    document: Mapping[str, Any],
    recorded: Mapping[str, Any],
    target: BivariateTarget,
    seconds: float,
) -> Verdict:
    """Prove the bound of a certificate again, which may be anyone's."""
    upper = recorded.get("upper")
    aim = upper if isinstance(upper, float) and upper > 0 else 0.0
    return judged(recorded, certify(read(document, REAL, 2), target, seconds, aim).to_json())


def exported(
    document: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    name: str,
    language: str,
    target: BivariateTarget,
) -> dict[str, str]:
    """One elite as code: file names and texts."""
    program = read(document, REAL, 2)
    meta = ExportMeta(
        name=name,
        space="elementary",
        target=str(target.expression),
        domain=target.inner[0],
        further=target.inner[1:],
        error=target.error_mode,
        program_id=identity(document),
        float64=examine(without_dead_code(program), target),
    )
    return export(program, certificate, meta, language)
