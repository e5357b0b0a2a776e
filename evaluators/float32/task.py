"""The tasks of ``elementary`` in float32: whole functions, bound together."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import identity
from elitemap.engine.protocols import Curve, Goal, Task, Unproved, Verdict
from elitemap.evaluators.elementary.fitting.fit import KERNEL as FITTING
from elitemap.evaluators.float32.arguments import true_value
from elitemap.evaluators.float32.asked import Asked, asked
from elitemap.evaluators.float32.bench import bench
from elitemap.evaluators.float32.certificate import certify
from elitemap.evaluators.float32.choosing import settled
from elitemap.evaluators.float32.compiled import fast_path
from elitemap.evaluators.float32.evaluator import SingleEvaluator
from elitemap.evaluators.float32.functions import interpreter
from elitemap.evaluators.float32.grid import KERNEL
from elitemap.evaluators.float32.measures import ABSOLUTE, Measure, parse_bound
from elitemap.evaluators.float32.outlook import expected
from elitemap.evaluators.float32.pieced import PiecedEvaluator
from elitemap.evaluators.float32.statements import statements
from elitemap.evaluators.float32.verification import verify
from elitemap.searchspaces.elementary.float32.functions import Single, resolve
from elitemap.searchspaces.elementary.float32.pairs import pair
from elitemap.searchspaces.elementary.float32.wholes import core_of, read
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.emission import (
    softmax_float32,
    to_c_float32,
    to_cuda_float32,
    to_jax_float32,
    to_numpy_float32,
    to_python_float32,
    to_rust_float32,
    to_triton_float32,
)
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.kernels import prepare
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

#: Languages that need nothing but the program.
PLAIN = {
    "numpy": to_numpy_float32.files,
    "python": to_python_float32.files,
    "rust": to_rust_float32.files,
    "cuda": to_cuda_float32.files,
    "triton": to_triton_float32.files,
}

LANGUAGES = ("c", *PLAIN, "jax")

#: What exponentials are exported as, beside.
SOFTMAX = "softmax"

#: Arguments of a curve.
_POINTS = 400


def float32_task(name: str, options: Mapping[str, str]) -> Task:
    """Bind a target and options.

    Args:
        name: A named target or an expression in x.
        options: Values of the space's options that were set, as text.

    Raises:
        UsageError: If anything is unknown or impossible.
    """
    meant = asked(options, "float32")
    measure, goal = parse_bound(options.get("bound", ""))
    most = math.inf if goal is None else goal.most / measure.grain
    absolute = goal.least if goal is not None and measure is ABSOLUTE else None
    meant = replace(meant, reduction=settled(name, meant, most, absolute))
    single = resolve(name, meant.domain, meant.reduction, most, absolute)
    return _bound(meant, single, measure, goal)


def _bound(meant: Asked, single: Single, measure: Measure, goal: Goal | None) -> Task:
    """The task of a function and limits."""
    resolved = meant.resolved(
        "float32",
        single.expression,
        single.complete,
        single.domain,
        None if goal is None else goal.text,
    )
    searched = single.searched
    placing = meant.placing(searched.reduction)
    said = "at every float32" if single.complete else f"on [{resolved['domain']}]"
    space = meant.space(single.reduction)
    judges = SingleEvaluator if single.reduction.tables is None else PiecedEvaluator
    return Task(
        space=space,
        evaluator=judges(searched, placing, 0.0 if goal is None else goal.most, measure),
        certify=lambda document, seconds: certified(document, single, seconds),
        verify=lambda document, certificate, seconds: verified(
            document, certificate, single, seconds
        ),
        export=lambda document, certificate, name, language: exported(
            document, certificate, name, language, single
        ),
        languages=languages_of(single),
        options=resolved,
        problem=("target", "arithmetic", "domain", "cpu"),
        words={"domain": said, "arithmetic": "in float32", "cpu": resolved["cpu"]},
        prepare=prepared,
        goal=goal,
        bench=lambda entrants, exhaustive, say: bench(single, entrants, exhaustive, say),
        curve=lambda document: curve(document, single, measure),
        parse=lambda text: space.wrapped(written(text, REAL, meant.opcodes)),
        adopt=space.adopted,
        notes=meant.notes,
        proving=lambda: expected(single),
        asks=(
            f"{single.expression} in float32 {said}, reduction {single.reduction.name}; "
            f"core of at most {meant.max_ops} of {meant.names}, cost for {resolved['cpu']}"
        ),
    )


def prepared() -> None:
    """Build the kernels."""
    prepare([FITTING], REAL)
    prepare([KERNEL], FLOAT32)


def certified(
    document: Mapping[str, Any], single: Single, seconds: float
) -> tuple[dict[str, Any], dict[str, float], dict[str, Any] | Unproved]:
    """The program as it is, what is proved and measured of it, and the certificate."""
    proof = certify(read(document), single, seconds)
    if proof is None:
        return dict(document), {}, Unproved("there was not enough time for every float32")
    if not np.isfinite(proof.judged.max_ulp):
        where = f"the result is no approximation at x = {proof.judged.witness!r}"
        return dict(document), {}, Unproved(where, final=True)
    if not np.isfinite([proof.judged.witness, proof.judged.absolute_witness]).all():
        return dict(document), {}, Unproved("no result is as far off as at an infinity", final=True)
    return dict(document), proof.objectives, proof.to_json()


def verified(
    document: Mapping[str, Any], certificate: Mapping[str, Any], single: Single, seconds: float
) -> Verdict:
    """A certificate proved again."""
    return verify(read(document), certificate, single, seconds)


def exported(
    document: Mapping[str, Any],
    certificate: Mapping[str, Any] | None,
    name: str,
    language: str,
    single: Single,
) -> dict[str, str]:
    """One elite as code.

    Raises:
        UsageError: If the language is none of the task's.
    """
    meta = ExportMeta(
        name=name,
        space="elementary",
        target=f"{single.expression} in float32",
        domain=single.domain,
        error="units of the last place",
        program_id=identity(document),
    )
    program, said = read(document), statements(single, certificate)
    if language == "c":
        return to_c_float32.files(program, meta, said, fast_path(program, single))
    if language == "jax":
        near, beyond = jax_parts(program, single)
        return to_jax_float32.files(near, meta, said, single.derivative, beyond)
    if language == SOFTMAX and languages_of(single) != LANGUAGES:
        return softmax_float32.files(*pair(core_of(program, single.reduction)), meta, said)
    if language in PLAIN:
        return PLAIN[language](program, meta, said)
    known = ", ".join(languages_of(single))
    raise UsageError(f"expected {known} in float32, got {language[:40]!r}")


def jax_parts(program: Program, single: Single) -> tuple[Program, to_jax_float32.Beyond | None]:
    """What JAX computes by itself, and what its own function takes."""
    shorter = fast_path(program, single)
    if shorter is None or single.fast is None or not single.inner:
        return program, None
    (_, reach), _ = single.fast
    name = str(single.expression).removesuffix("(x)")
    return shorter.program, to_jax_float32.Beyond(reach, f"jnp.{name}", single.signless)


def languages_of(single: Single) -> tuple[str, ...]:
    """What a function can be exported to: an exponential that is reduced as one to softmax too."""
    exponential = str(single.expression) == "exp(x)" and single.reduction.name == "binades"
    return (*LANGUAGES, SOFTMAX) if exponential else LANGUAGES


def curve(document: Mapping[str, Any], single: Single, measure: Measure) -> Curve:
    """The signed error as it is measured, at arguments evenly spread over the domain."""
    low, high = single.domain
    points = np.linspace(max(low, -100.0), min(high, 100.0), _POINTS, dtype=np.float32)
    points = np.clip(points, np.float32(low), np.float32(high))
    wanted = np.array([true_value(single.expression, x) for x in points.tolist()])
    got = interpreter(read(document))(points).astype(np.float64)
    with np.errstate(invalid="ignore"):
        error = measure.grain * (got - wanted) / measure.unit(wanted)
    error[~np.isfinite(error)] = np.nan
    return Curve(points.astype(np.float64), error, "x", measure.said)
