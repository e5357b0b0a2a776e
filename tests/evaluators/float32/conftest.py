"""Cores that are good enough, found by fitting a plain polynomial."""

import numpy as np
import pytest

from elitemap.evaluators.float32.evaluator import SingleEvaluator
from elitemap.evaluators.float32.placing import Placing
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.wholes import whole
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.float32.cycles import AVX2
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL

OP = REAL.opcodes


@pytest.fixture(scope="session")
def horner():
    """``(degree, odd) -> Program``: a polynomial by Horner's rule, times x where it is odd.

    It is one in x, so that the fit finds what becomes of the even terms.
    """

    def make(degree, odd=False):
        rows = [Instruction(OP["const"], (), (1.0 / (k + 1), 0.0)) for k in range(degree + 1)]
        value = degree + 1
        for k in range(degree):
            rows.append(Instruction(OP["fma"], (value, 0, degree - k)))
            value = len(rows)
        if odd:
            rows.append(Instruction(OP["mul"], (value, 0)))
        return Program(("x",), tuple(rows), (len(rows),))

    return make


@pytest.fixture(scope="session")
def settled():
    """``(name, domain, core) -> (function, program, error at the arguments, the arguments)``."""

    def make(name, domain, core, most=1.0):
        function = resolve(name, domain, "usual", most)
        evaluator = SingleEvaluator(
            function.searched, Placing(function.searched.reduction, 23, AVX2, 100.0)
        )
        batch = Batch.from_programs([core], len(core.instructions))
        canonical(batch, 23)
        scores = evaluator.evaluate(batch, lambda measures: np.full(len(measures), -np.inf))
        core = scores.batch.program(0)
        error = scores.objectives["ulp"][0]
        return function, whole(core, function.reduction), error, evaluator.many.points

    return make
