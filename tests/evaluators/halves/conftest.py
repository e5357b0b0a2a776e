"""Cores of 16-bit functions that are good enough, found by fitting a plain polynomial."""

import numpy as np
import pytest

from elitemap.evaluators.float32.placing import Placing
from elitemap.evaluators.halves.evaluator import HalfEvaluator
from elitemap.evaluators.halves.intervals import Limit
from elitemap.searchspaces.elementary.float32.wholes import whole
from elitemap.searchspaces.elementary.halves.formats import FORMATS
from elitemap.searchspaces.elementary.halves.functions import resolve
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.float32.cycles import AVX2
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL

OP = REAL.opcodes


def polynomial(degree, odd=False):
    """By Horner's rule, times x where it is odd."""
    rows = [Instruction(OP["const"], (), (1.0 / (k + 1), 0.0)) for k in range(degree + 1)]
    value = degree + 1
    for k in range(degree):
        rows.append(Instruction(OP["fma"], (value, 0, degree - k)))
        value = len(rows)
    if odd:
        rows.append(Instruction(OP["mul"], (value, 0)))
    return Program(("x",), tuple(rows), (len(rows),))


@pytest.fixture(scope="session")
def settled():
    """``(name, format, domain, degree, odd) -> (half, program, estimate, evaluator)``."""
    made = {}

    def make(name, number, domain, degree, odd=False, units=0.5):
        key = (name, number, domain, degree, odd, units)
        if key not in made:
            half = resolve(name, FORMATS[number], domain, "usual")
            evaluator = HalfEvaluator(half, Placing(half.reduction, 23, AVX2, 100.0), Limit(units))
            core = polynomial(degree, odd)
            batch = Batch.from_programs([core], len(core.instructions))
            canonical(batch, 23)
            nothing = lambda measures: np.full(len(measures), -np.inf)  # noqa: E731
            scores = evaluator.refine(evaluator.evaluate(batch, nothing).batch)
            program = whole(scores.batch.program(0), half.reduction)
            made[key] = half, program, scores.objectives["ulp"][0], evaluator
        return made[key]

    return make
