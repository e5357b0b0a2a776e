"""The task of a table of points: programs fitted to some, confirmed on those held out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import Baseline, Curve, Task, Unproved, UserData, Verdict
from elitemap.evaluators.elementary.baselines.forms import horner
from elitemap.evaluators.elementary.baselines.tracing import trace
from elitemap.evaluators.elementary.costs import Costs, chosen_costs, said_of
from elitemap.evaluators.elementary.evaluator import ElementaryEvaluator
from elitemap.evaluators.elementary.fitting.fit import KERNEL
from elitemap.evaluators.elementary.float64.mending import words
from elitemap.evaluators.elementary.float64.removable import find_trouble
from elitemap.evaluators.elementary.liveness import without_dead_code
from elitemap.evaluators.elementary.points.confirming import confirm
from elitemap.evaluators.elementary.points.evidence import evidence_of
from elitemap.evaluators.elementary.points.table import Table, kind_of, parted, table_of
from elitemap.evaluators.elementary.settings import parse_bound, parse_max_ops, parse_primitives
from elitemap.formulas.parsing import parse_constant
from elitemap.formulas.vocabulary import constant_value
from elitemap.searchspaces.elementary.documents import read
from elitemap.searchspaces.elementary.space import ElementarySpace
from elitemap.searchspaces.programs.emission import LANGUAGES, ExportMeta, export
from elitemap.searchspaces.programs.emission.float64 import Float64
from elitemap.searchspaces.programs.emission.vectors import evaluate
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

#: The name of such a target.
NAME = "points"

_PROBES = 8


def points_task(options: Mapping[str, str], data: Mapping[str, UserData]) -> Task:
    """Bind a table and options.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    if "data" not in data:
        raise UsageError("expected points, got none: add --set data=FILE.csv")
    if foreign := [n for n in ("domain", "weight", "half", "split", "seed_with") if options.get(n)]:
        raise UsageError(
            f"expected no {foreign[0]} with a table of points: it has its own x, and weights in "
            "its third column"
        )
    opcodes = parse_primitives(options.get("ops", "add,sub,mul,div"))
    max_ops = parse_max_ops(options.get("max_ops", "12"))
    bound = options.get("bound", "")
    costs = chosen_costs(options.get("costs", ""), opcodes, REAL, data.get("costs"), bool(bound))
    goal = parse_bound(bound, "ops" if costs is None else "cost")
    arrays = data["data"].load()
    kind = kind_of(options.get("error", ""), arrays)
    table = table_of(arrays, kind, _floor(kind))
    seen, held = parted(table)
    names = [name for name, code in REAL.operations.items() if code in opcodes]
    resolved = {"target": NAME, "error": kind, "ops": ",".join(names), "max_ops": max_ops}
    resolved |= {"bound": bound} if bound else {}
    resolved |= {} if costs is None else {"costs": costs.name}
    problem = ("target", "error", "ops", *(("costs",) if costs else ()))
    evaluator = ElementaryEvaluator(evidence_of(seen), max_ops, REAL, goal, costs, "confirmed")
    return Task(
        space=ElementarySpace(opcodes, max_ops, np.quantile(table.x, _quantiles())),
        evaluator=evaluator,
        certify=lambda document, seconds: certified(document, table, held),
        export=lambda document, certificate, name, language: exported(
            document, certificate, name, language, table
        ),
        languages=LANGUAGES,
        verify=lambda document, certificate, seconds: verified(document, certificate, table, held),
        options=resolved,
        problem=problem,
        words={"error": kind},
        prepare=lambda: prepare([KERNEL], REAL),
        goal=goal,
        rivals=lambda: polynomials(seen, held, max_ops, costs),
        asks=(
            f"{len(table.x)} points on [{table.x[0]:g}, {table.x[-1]:g}], {kind} error; "
            f"{len(held.x)} of them held out; at most {max_ops} of {', '.join(names)}"
            + ("" if costs is None else f"; costs as {said_of(costs)}")
        ),
        curve=lambda document: error_curve(document, table),
        grants=lambda certificate: "confirmed",
    )


def _quantiles() -> list[float]:
    return [(k + 0.5) / _PROBES for k in range(_PROBES)]


def _floor(kind: str) -> float:
    text = kind.partition(":")[2]
    return float(constant_value(parse_constant(text), 128).mid()) if text else 0.0


def _ends(table: Table) -> tuple[float, float]:
    return float(table.x[0]), float(table.x[-1])


def certified(
    document: Mapping[str, Any], table: Table, held: Table
) -> tuple[dict[str, Any], dict[str, float | None], dict[str, Any] | Unproved]:
    """What the held-out points say of an elite."""
    program = without_dead_code(read(document))
    trouble = find_trouble(program, *_ends(table))
    if trouble.gaps:
        reason = f"the float64 evaluation is not finite at {words(trouble.gaps)}"
        return dict(document), {}, Unproved(reason, True)
    found = confirm(program, held, _ends(table))
    if found["held_out_digits"] is None:
        return dict(document), {}, Unproved("there is no value at a point that was held out", True)
    told = {"digits": found["held_out_digits"], "error": found["held_out_error"]}
    return program.to_json(), told, found


def verified(
    document: Mapping[str, Any], recorded: Mapping[str, Any], table: Table, held: Table
) -> Verdict:
    """A certificate made again from the points, and compared."""
    _, _, made = certified(document, table, held)
    if isinstance(made, Unproved):
        return Verdict("failed", made.reason)
    for key in ("held_out", "error", "held_out_error", "held_out_digits", "confidence"):
        if recorded.get(key) != made[key]:
            told = f"{key} is {made[key]!r}, the certificate says {recorded.get(key)!r}"
            return Verdict("failed", told[:300], made)
    return Verdict("verified", "", made)


def exported(
    document: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    name: str,
    language: str,
    table: Table,
) -> dict[str, str]:
    """One elite as code: file names and texts."""
    program = read(document)
    trouble = find_trouble(without_dead_code(program), *_ends(table))
    where = words(trouble.gaps) if trouble.gaps else ""
    meta = ExportMeta(
        name=name,
        space="elementary",
        target=f"a table of {len(table.x)} points",
        domain=_ends(table),
        error=table.error,
        program_id=identity(document),
        float64=Float64(not trouble.gaps, trouble.proved, where),
    )
    return export(program, certificate, meta, language)


def error_curve(document: Mapping[str, Any], table: Table) -> Curve:
    """The signed error at all points."""
    with np.errstate(all="ignore"):
        errors = (evaluate(read(document), table.x) - table.y) * table.factor
    first = np.flatnonzero(np.diff(table.x, prepend=-np.inf) > 0)
    return Curve(table.x[first], errors[first], "x", f"{table.error} error")


def polynomials(seen: Table, held: Table, most: int, costs: Costs | None) -> tuple[Baseline, ...]:
    """Polynomials by least squares, as the held-out points see them, while more terms help."""
    found: list[Baseline] = []
    distinct = len(np.unique(seen.x))
    for degree in range(1, min(most // 2, distinct - 1) + 1):
        program = _polynomial(seen, degree)
        certificate = confirm(program, held, _ends(seen))
        digits = certificate["held_out_digits"]
        if digits is None or (found and digits <= found[-1].objectives["digits"]):
            continue
        price = {} if costs is None else {"cost": costs.of(program)}
        worth = {**price, "ops": program.cost, "digits": digits, "error": 10.0**-digits}
        found.append(Baseline(f"polynomial of degree {degree} by least squares, Horner", worth))
    return tuple(found)


def _polynomial(seen: Table, degree: int) -> Program:
    fitted = np.polynomial.Polynomial.fit(seen.x, seen.y, degree, w=seen.factor)
    coefficients = fitted.convert().coef.tolist()
    coefficients += [0.0] * (degree + 1 - len(coefficients))
    return trace(lambda x: horner([*coefficients[:-1], coefficients[-1] or 1e-300], x)).program
