"""Elites of elementary functions proved, and written as code."""

import math
import time
from collections.abc import Mapping
from typing import Any

from elitemap.archive.identity import identity
from elitemap.engine.protocols import Unproved
from elitemap.evaluators.elementary.certificate import LATE, Certificate, certify
from elitemap.evaluators.elementary.fitting.polish import polish
from elitemap.evaluators.elementary.float64.check import examine
from elitemap.searchspaces.elementary.documents import read
from elitemap.searchspaces.elementary.domain import storable, vanishes_at
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.emission import ExportMeta, export
from elitemap.searchspaces.programs.emission.float64 import Float64
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.real import REAL

#: Between the points it looks at, polishing may have made a spike: bounds this much above the error
#: it reports send the proof back to the constants as they were.
SPIKE = 1.2


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
