"""The tasks of ``elementary`` in bfloat16 and float16: whole functions, bound together."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import Curve, Goal, Task, Unproved
from elitemap.evaluators.float32.asked import Asked, asked
from elitemap.evaluators.float32.measures import ABSOLUTE, bounded
from elitemap.evaluators.float32.pricing import Model, costs
from elitemap.evaluators.float32.task import prepared
from elitemap.evaluators.halves.bench import bench
from elitemap.evaluators.halves.certificate import certify, results_of
from elitemap.evaluators.halves.compiled import fast_path
from elitemap.evaluators.halves.correcting import set_right
from elitemap.evaluators.halves.evaluator import HalfEvaluator
from elitemap.evaluators.halves.intervals import Limit
from elitemap.evaluators.halves.statements import statements
from elitemap.evaluators.halves.truth import truth
from elitemap.evaluators.halves.verification import verify
from elitemap.searchspaces.elementary.float32.wholes import read
from elitemap.searchspaces.elementary.halves.conversions import HALF_FUNCTION
from elitemap.searchspaces.elementary.halves.formats import Format
from elitemap.searchspaces.elementary.halves.functions import Half, resolve
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.emission import to_c_halves, to_jax_halves, to_numpy_halves
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

#: What may be bounded.
BOUNDS = ("misrounded", "max_ulp", "max_absolute_error")

#: Units of the last place within which a correctly rounded result is.
ROUNDED_RIGHT = 0.5


def half_task(name: str, options: Mapping[str, str], number: Format) -> Task:
    """Bind a target and options.

    Args:
        name: A named target or an expression in x.
        options: Values of the space's options that were set, as text.
        number: The format of arguments and results.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    meant = asked(options, number.name)
    half = resolve(name, number, meant.domain, meant.reduction)
    limit, goal = parse_bound(options.get("bound", ""))
    return _bound(meant, half, limit, goal)


def _bound(meant: Asked, half: Half, limit: Limit, goal: Goal | None) -> Task:
    """The task of a function and limits."""
    resolved = meant.resolved(
        half.number.name,
        half.expression,
        half.complete,
        half.domain,
        None if goal is None else goal.text,
    )
    reduction = half.reduction
    said = f"at every {half.number.name}" if half.complete else f"on [{resolved['domain']}]"
    space, placing = meant.space(reduction), meant.placing(reduction)
    return Task(
        space=space,
        evaluator=HalfEvaluator(half, placing, limit),
        certify=lambda document, seconds: certified(document, half, limit, placing.table),
        verify=lambda document, certificate, seconds: verify(
            program_of(document), certificate, half
        ),
        export=lambda document, certificate, name, language: exported(
            document, certificate, name, language, half
        ),
        languages=("c", "numpy", "jax"),
        options=resolved,
        problem=("target", "arithmetic", "domain", "cpu"),
        words={
            "domain": said,
            "arithmetic": f"in {half.number.name}",
            "cpu": resolved["cpu"],
        },
        prepare=prepared,
        goal=goal,
        bench=lambda entrants, exhaustive, say: bench(half, entrants, say),
        curve=lambda document: curve(document, half),
        parse=lambda text: space.wrapped(written(text, REAL, meant.opcodes)),
        adopt=space.adopted,
        notes=meant.notes,
        asks=(
            f"{half.expression} in {half.number.name} {said}, float32 in between, reduction "
            f"{reduction.name}; core of at most {meant.max_ops} of {meant.names}, "
            f"cost for {resolved['cpu']}"
        ),
    )


def parse_bound(text: str) -> tuple[Limit, Goal | None]:
    """What results may be wrong by, and the goal that a bound sets; None for no text.

    Raises:
        UsageError: For anything but ``misrounded<=0``, ``max_ulp<=CONSTANT`` of at least 1/2, or
            ``max_absolute_error<=CONSTANT``.
    """
    if not text:
        return Limit(), None
    name, most = bounded(text, BOUNDS, "16 bits")
    if name == "misrounded" and most != 0.0:
        raise UsageError(f"expected bound as misrounded<=0, got {text[:40]!r}; or use max_ulp<=")
    if name == "max_ulp" and not ROUNDED_RIGHT <= most < float("inf"):
        raise UsageError(f"expected max_ulp<=0.5 (correct rounding) or more, got {text[:40]!r}")
    if name == "max_absolute_error" and not 0.0 < most < float("inf"):
        raise UsageError(f"expected a positive bound, got {text[:40]!r}")
    said, absolute = "".join(text.split()), name == "max_absolute_error"
    limit = Limit(ROUNDED_RIGHT if name == "misrounded" else most, absolute)
    seen = ABSOLUTE.seen.name if absolute else "ulp"
    return limit, Goal("cost", seen, limit.most, name, most, said, sign=-1)


def program_of(document: Mapping[str, Any]) -> Program:
    """A document's program.

    Raises:
        ProgramError: If it is none of 16-bit functions.
    """
    return read(document, HALF_FUNCTION)


def certified(
    document: Mapping[str, Any], half: Half, limit: Limit, table: Model
) -> tuple[dict[str, Any], dict[str, float], dict[str, Any] | Unproved]:
    """The program, what is proved and measured of it, and the certificate.

    Where correct rounding is asked for, the few results that float32 leaves a unit off are set
    right, and the program costs as much more.
    """
    program = program_of(document)
    right = program if limit.most > ROUNDED_RIGHT or limit.absolute else set_right(program, half)
    proof = certify(right, half)
    if not np.isfinite(proof.judged.max_ulp):
        where = f"the result is no approximation at x = {proof.judged.witness!r}"
        return dict(document), {}, Unproved(where, final=True)
    if right is program:
        return dict(document), proof.objectives, proof.to_json()
    batch = Batch.from_programs([right], len(right.instructions), right.signature, right.dialect)
    worth = proof.objectives | {"cost": float(costs(batch, table)[0])}
    return right.to_json(), worth, proof.to_json()


def exported(
    document: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    name: str,
    language: str,
    half: Half,
) -> dict[str, str]:
    """One elite as code.

    Raises:
        UsageError: If the language is none of the task's.
    """
    number = half.number.name
    meta = ExportMeta(
        name=name,
        space="elementary",
        target=f"{half.expression} in {number}",
        domain=half.domain,
        error="units of the last place",
        program_id=identity(document),
    )
    program, said = program_of(document), statements(half, certificate)
    if language == "c":
        return to_c_halves.files(program, meta, number, said, fast_path(program, half))
    if language == "numpy":
        return to_numpy_halves.files(program, meta, number, said)
    if language == "jax":
        return to_jax_halves.files(program, meta, number, said, half.derivative)
    raise UsageError(f"expected c, numpy or jax in {number}, got {language[:40]!r}")


def curve(document: Mapping[str, Any], half: Half) -> Curve:
    """The signed error in units of the last place at arguments of the domain, up to 100 in size."""
    true = truth(half)
    x = half.number.values(true.words)
    inside = np.flatnonzero((np.abs(x) <= 100.0) & np.isfinite(true.values) & (np.abs(x) > 2**-10))
    rows = inside[np.argsort(x[inside], kind="stable")]
    got = half.number.values(results_of(program_of(document), true.words[rows]))
    error = (got - true.values[rows]) / half.number.units(true.values[rows])
    error[~np.isfinite(error)] = np.nan
    return Curve(x[rows], error, "x", "error in ULP")
