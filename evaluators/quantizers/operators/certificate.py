"""Errors of an integer operator proved: every input, run by NumPy, true values as balls.

An input that stands for an interval has the error of the worse end. A free unit is the one of least
largest error, and part of the certificate. Means are over inputs, at the middle of intervals.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Verdict
from elitemap.evaluators.quantizers.evaluator import table_cost
from elitemap.evaluators.quantizers.operators.softmax import softmax_rows
from elitemap.evaluators.quantizers.operators.truth import BITS, true_balls, true_values
from elitemap.formulas.precision import precision
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.quantizers.operators.hardware import estimated
from elitemap.searchspaces.quantizers.operators.space import outputs, read
from elitemap.searchspaces.quantizers.operators.targets import Operator

METHOD = "all inputs, true values in ball arithmetic"

#: Largest radius of a figure: far below the digits of a float64, which is what is stored.
MOST_RADIUS = 1e-18

#: What certificates say that did not say it once.
LATER = ("look_up_tables", "gates", "monotone", "exact_zero", "beyond")

#: Words that no float32 above zero has: what stands for nothing.
_NONE = 0.0


def certify(document: Mapping[str, Any], o: Operator, room: int) -> dict[str, Any] | None:
    """The certificate of an operator; None if an output stands for nothing.

    Raises:
        ProgramError: If the document is no operator.
    """
    program, table = read(document, room)
    words = outputs(program, table, room, o.inputs)
    value = o.values(words)
    if o.relative and not (np.isfinite(value).all() and (value > _NONE).all()):
        return None
    with precision(BITS):
        low, high = true_balls(o)
        found = _relative(value, low, high, o.free) if o.relative else _absolute(value, low)
        if any(float(ball.rad()) > MOST_RADIUS for ball in found.values()):
            return None
        told = {name: float(ball.mid()) for name, ball in found.items()}
    products = sum(program.primitive(i).name == "mul" for i in program.instructions)
    made = {
        "method": METHOD,
        "inputs": len(o.inputs),
        "outputs": hashlib.sha256(words.astype("<u4").tobytes()).hexdigest(),
        "cost": program.cost + float(table_cost(np.array([len(table)], np.int16))[0]),
        "products": products,
        "entries": len(table),
        **told,
        **_hardware(program, table, room, o),
        **properties(value, o),
    }
    return made | (softmax_rows(words) if o.name == "softmax-exp" else {})


def _hardware(program: Program, table: list[int], room: int, o: Operator) -> dict[str, int]:
    taken = estimated(program, table, room, o.inputs)
    return {"look_up_tables": taken.tables, "gates": taken.gates}


def properties(value: NDArray[np.float64], o: Operator) -> dict[str, Any]:
    """What is true of all inputs.

    Returns:
        ``monotone``: outputs never rise where true values fall, nor fall where those rise;
        ``exact_zero``, of GELU: 0 stays 0; ``beyond``: what exported functions give of numbers
        that are no inputs, NaN and infinities among them.
    """
    true, _ = true_values(o)
    against = np.diff(value) * np.diff(true) < 0
    zero = {"exact_zero": bool((value[o.inputs == 0] == 0).all())} if o.reading == "signed" else {}
    return {"monotone": not against.any(), **zero, "beyond": o.beyond}


def _relative(
    value: NDArray[np.float64], low: Sequence[Any], high: Sequence[Any], free: bool
) -> dict[str, Any]:
    """Balls of the largest error, its mean, the bias and, where it is free, the unit."""
    made = [flint.arb(v) for v in value.tolist()]
    above = [v / t for v, t in zip(made, low, strict=True)]
    below = above if high is low else [v / t for v, t in zip(made, high, strict=True)]
    most, least = _largest(above), -_largest([-b for b in below])
    unit = (most + least) / 2 if free else flint.arb(1)
    worst = (most - least) / (most + least) if free else _largest([most - 1, 1 - least])
    middle = low if high is low else [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    errors = [v / (unit * t) - 1 for v, t in zip(made, middle, strict=True)]
    told = _means(errors, "relative") | {"max_relative_error": worst}
    return told | ({"unit": 1 / unit} if free else {})


def _absolute(value: NDArray[np.float64], true: Sequence[Any]) -> dict[str, Any]:
    errors = [flint.arb(v) - t for v, t in zip(value.tolist(), true, strict=True)]
    return _means(errors, "absolute") | {"max_absolute_error": _largest([abs(e) for e in errors])}


def _means(errors: Sequence[Any], kind: str) -> dict[str, Any]:
    count = len(errors)
    return {
        f"mean_{kind}_error": sum((abs(e) for e in errors), flint.arb(0)) / count,
        "bias": sum(errors, flint.arb(0)) / count,
    }


def _largest(balls: Sequence[Any]) -> Any:
    """The ball of the largest of many: its candidates are those near the largest midpoint."""
    middles = np.array([float(b.mid()) for b in balls])
    near = np.flatnonzero(middles >= middles.max() - 1e-9 * max(1.0, abs(float(middles.max()))))
    found = balls[int(near[0])]
    for k in near[1:].tolist():
        found = found.max(balls[k])
    return found


def verify(
    document: Mapping[str, Any], recorded: Mapping[str, Any], o: Operator, room: int
) -> Verdict:
    """Go through all inputs again, and compare every number with what is recorded."""
    made = certify(document, o, room)
    if made is None:
        return Verdict("failed", "an output stands for nothing")
    for name, value in made.items():
        if recorded.get(name) != value and (name in recorded or name not in LATER):
            told = f"{name} is {value!r}, the certificate says {str(recorded.get(name))[:60]!r}"
            return Verdict("failed", told, made)
    return Verdict("verified", "", made)
