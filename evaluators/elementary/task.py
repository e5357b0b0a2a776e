"""The elementary space's tasks: what ``--set`` means, and everything bound together."""

import math
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import Objective, SpaceEntry, Task, Unproved, UserData
from elitemap.evaluators.elementary.baselines.computed import forms, rivals
from elitemap.evaluators.elementary.baselines.shapes import symmetry
from elitemap.evaluators.elementary.baselines.tabulated import baselines
from elitemap.evaluators.elementary.certificate import LATE, Certificate, certify
from elitemap.evaluators.elementary.costs import Costs, chosen_costs, said_of
from elitemap.evaluators.elementary.curve import error_curve
from elitemap.evaluators.elementary.evaluator import ElementaryEvaluator
from elitemap.evaluators.elementary.fitting.fit import KERNEL
from elitemap.evaluators.elementary.fitting.polish import polish
from elitemap.evaluators.elementary.float64.check import examine
from elitemap.evaluators.elementary.points.task import NAME as POINTS
from elitemap.evaluators.elementary.points.task import points_task
from elitemap.evaluators.elementary.rational.best import BITS
from elitemap.evaluators.elementary.settings import (
    ARITHMETICS,
    OPTIONS,
    SEEDS,
    parse_bound,
    parse_max_ops,
    parse_primitives,
)
from elitemap.evaluators.elementary.verification import verify
from elitemap.evaluators.float32.task import float32_task
from elitemap.evaluators.halves.task import half_task
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.documents import read
from elitemap.searchspaces.elementary.domain import storable, vanishes_at
from elitemap.searchspaces.elementary.folded import FoldedSpace, around, half_of
from elitemap.searchspaces.elementary.halves.formats import FORMATS
from elitemap.searchspaces.elementary.space import ElementarySpace
from elitemap.searchspaces.elementary.splits import parse_places
from elitemap.searchspaces.elementary.splits import programs as split_programs
from elitemap.searchspaces.elementary.targets import NAMED, Target, resolve_target
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.emission import LANGUAGES, ExportMeta, export
from elitemap.searchspaces.programs.emission.float64 import Float64
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

#: No option brings anything.
NOTHING: Mapping[str, UserData] = MappingProxyType({})

#: Inputs of the behavioural hash.
PROBES = 8

#: Between the points it looks at, polishing may have made a spike: bounds this much above the error
#: it reports send the proof back to the constants as they were.
SPIKE = 1.2


def elementary_task(
    name: str,
    options: Mapping[str, str],
    dialect: Dialect = REAL,
    data: Mapping[str, UserData] = NOTHING,
) -> Task:
    """Bind a target and options.

    Args:
        name: A named target or an expression in x.
        options: Values of :data:`OPTIONS` that were set, as text.
        dialect: ``real``, perhaps with more primitives.
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
    beside = () if odd is None else around(odd)
    room = parse_max_ops(str(max_ops - len(beside)))
    places = parse_places(options.get("split", ""), near)
    seeds = [
        *split_programs(places, room),
        *parse_seeds(options.get("seed_with", ""), near, room, costs),
    ]
    bound = (opcodes, room, near.chebyshev(PROBES), dialect, seeds)
    space = ElementarySpace(*bound) if odd is None else FoldedSpace(odd, *bound)
    primitives = [n for n, code in dialect.operations.items() if code in opcodes]
    resolved = {
        "target": str(target.expression),
        "domain": ",".join(target.ends),
        "error": target.judged.name,
        "ops": ",".join(primitives),
        "max_ops": max_ops,
    }
    resolved |= {
        name: options[name] for name in ("seed_with", "bound", "half", "split") if options.get(name)
    }
    resolved |= {} if costs is None else {"costs": costs.name}
    weighting = target.judged.weighting
    resolved |= {"weight": weighting} if weighting else {}
    told = {"costs": costs is not None, "weight": weighting}
    return Task(
        space=space,
        evaluator=ElementaryEvaluator(near, max_ops, dialect, goal, costs, around=beside),
        certify=lambda document, seconds: certified(document, target, seconds, dialect),
        export=lambda document, certificate, name, language: exported(
            document, certificate, name, language, target, dialect
        ),
        languages=LANGUAGES,
        verify=lambda document, certificate, seconds: verify(
            read(document, dialect), certificate, target, seconds
        ),
        options=resolved,
        problem=("target", "domain", "error", "ops", *(name for name in told if told[name])),
        words={"domain": f"on [{resolved['domain']}]", "error": target.error_mode},
        prepare=lambda: prepare([KERNEL], dialect),
        baselines=baselines(target) if costs is None else (),
        goal=goal,
        # What is best in the largest error need not be in the mean.
        rivals=lambda: () if target.mean else rivals(target, max_ops, costs),
        asks=(
            f"{target.expression} on [{', '.join(target.ends)}], {target.error_mode} error; "
            f"at most {max_ops} of {', '.join(primitives)}"
            + ("" if costs is None else f"; costs as {said_of(costs)}")
        ),
        objectives=(Objective("float64", 0, "proved", "text"),),
        notes=doubts(target),
        curve=lambda document: error_curve(read(document, dialect), target),
        parse=lambda text: written(text, dialect, opcodes).to_json(),
        adopt=space.adopted,
    )


def resolved_target(name: str, options: Mapping[str, str]) -> Target:
    """The target as options say; a bound on an error of no stated kind is absolute if need be.

    Raises:
        UsageError: As :func:`resolve_target`.
    """
    domain, error = options.get("domain") or None, options.get("error") or None
    weight = options.get("weight", "")
    try:
        return resolve_target(name, domain, error, weight)
    except UsageError:
        if error is not None or not options.get("bound"):
            raise
        return resolve_target(name, domain, "absolute", weight)


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


def parse_seeds(text: str, target: Target, most: int, costs: Costs | None) -> list[Program]:
    """The programs that a search begins with beside random ones.

    Raises:
        UsageError: For anything but ``baselines``.
    """
    if text and text not in SEEDS:
        raise UsageError(f"expected seed_with=baselines, got {text[:40]!r}; or leave it out")
    return [known.program for known in forms(target, most, costs)] if text else []


def doubts(target: Target) -> tuple[str, ...]:
    """What makes proofs unlikely: a zero at an end that constants come close to and never reach."""
    width = target.hi - target.lo
    return tuple(
        f"the target has a zero at x = {text}, which no constant of a program equals: under "
        "relative error few programs or none can be proved, error=absolute avoids that"
        for end, inwards, text in zip(
            (target.lo, target.hi), (width, -width), target.ends, strict=True
        )
        if target.relative and not storable(end) and vanishes_at(target.expression, end, inwards)
    )


def certified(
    document: Mapping[str, Any], target: Target, seconds: float, dialect: Dialect = REAL
) -> tuple[dict[str, Any], dict[str, float | str | None], dict[str, Any] | Unproved]:
    """Polish an elite's constants and prove its error.

    Args:
        document: The program as JSON.
        target: What it approximates.
        seconds: Time for both.
        dialect: What it is written in.

    Returns:
        The program with polished constants, the objectives that changed (``digits``, proved,
        ``error``, estimated again, and ``float64``, what it costs to mend its code), and the
        certificate, or why there is none.
    """
    deadline = time.monotonic() + seconds
    given = read(document, dialect)
    if target.mean:  # a fit by least squares is at its optimum
        return _told(document, given, certify(given, target, seconds), 0.0)
    program, expected = polish(given, target, 0.5 * seconds)
    proof = certify(program, target, max(deadline - time.monotonic(), 0.05))
    if _bound(proof) > SPIKE * expected or proof.digits is None:
        other = certify(given, target, max(deadline - time.monotonic(), 0.05))
        if _worth(other) < _worth(proof):
            program, proof, expected = given, other, other.lower
    return _told(document, program, proof, expected)


def _told(
    document: Mapping[str, Any], program: Program, proof: Certificate, expected: float
) -> tuple[dict[str, Any], dict[str, float | str | None], dict[str, Any] | Unproved]:
    """What is kept of a proof."""
    if proof.upper is None or proof.digits is None:
        return dict(document), {}, Unproved(proof.failure, proof.failure != LATE)
    objectives = {
        "digits": proof.digits,
        "error": max(expected, proof.lower),
        "float64": None if proof.float64 is None else _remark(proof.float64.code),
    }
    return program.to_json(), objectives, proof.to_json()


def _bound(proof: Certificate) -> float:
    return math.inf if proof.upper is None else proof.upper


def _worth(proof: Certificate) -> tuple[bool, float]:
    """The less the better: code that does not keep its bound comes after all other."""
    return proof.digits is None, _bound(proof)


def _remark(code: Float64) -> str | None:
    """What a table says about code; nothing if it is what the program says."""
    return f"mended, +{len(code.mends)} select" if code.mends else None


def exported(
    document: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    name: str,
    language: str,
    target: Target,
    dialect: Dialect = REAL,
) -> dict[str, str]:
    """One elite as code: file names and texts.

    Whether code is finite and how it is mended is found and proved here again: nothing but the size
    of the bound is taken from the certificate, which may be an older one or a stranger's.
    """
    program = read(document, dialect)
    upper = (certificate or {}).get("upper")
    bound = upper if isinstance(upper, float) and 0.0 < upper < math.inf else 0.0
    meta = ExportMeta(
        name=name,
        space="elementary",
        target=str(target.expression),
        domain=target.inner,
        error=target.error_mode,
        program_id=identity(document),
        float64=examine(program, target, bound),
    )
    return export(program, certificate, meta, language)


def task(name: str, options: Mapping[str, str], data: Mapping[str, UserData] = NOTHING) -> Task:
    """Bind a target, options and what they bring in the arithmetic that is asked for.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    arithmetic = options.get("arithmetic") or "real"
    if arithmetic not in ARITHMETICS:
        known = ", ".join(ARITHMETICS)
        raise UsageError(f"expected arithmetic as one of {known}, got {arithmetic[:40]!r}")
    if arithmetic == "float32":
        if name.strip() == POINTS or "data" in data:
            raise UsageError("expected no points with arithmetic=float32: leave one of them out")
        if options.get("costs"):
            raise UsageError("expected no costs with arithmetic=float32: cpu names its cost model")
        return float32_task(name, options)
    if arithmetic in FORMATS:
        if name.strip() == POINTS or "data" in data:
            raise UsageError(f"expected no points with arithmetic={arithmetic}: leave one out")
        if options.get("costs"):
            raise UsageError(f"expected no costs with arithmetic={arithmetic}: cpu names its model")
        return half_task(name, options, FORMATS[arithmetic])
    if name.strip() == POINTS:
        return points_task(options, data)
    if "data" in data:
        raise UsageError(f"expected data with the target points, got it with {name[:40]}: drop it")
    for option in ("cpu", "reduction"):
        if option in options:
            raise UsageError(f"expected {option} with arithmetic=float32 only; leave it out")
    return elementary_task(name, options, data=data)


tasks = SpaceEntry(
    name="elementary",
    summary="straight-line arithmetic that approximates a function of one real variable",
    targets={
        name: f"{expression} on {domain}, {error} error"
        for name, (expression, domain, error) in NAMED.items()
    }
    | {POINTS: "the function behind a table: --set data=FILE.csv"},
    options=OPTIONS,
    task=task,
)
