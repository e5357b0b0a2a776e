"""Corrections: bits of single results move by one, and cores are found behind them."""

import numpy as np
import pytest

from elitemap.searchspaces.elementary.float32.corrections import (
    Correction,
    corrected,
    uncorrected,
)
from elitemap.searchspaces.elementary.float32.parts import run
from elitemap.searchspaces.elementary.float32.wholes import core_of, read, whole
from elitemap.searchspaces.elementary.halves.conversions import HALF_FUNCTION
from elitemap.searchspaces.elementary.halves.formats import BFLOAT16, EVERY, FLOAT16
from elitemap.searchspaces.elementary.halves.functions import resolve
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL

OP = REAL.opcodes

LINE = Program(
    ("x",),
    (
        Instruction(OP["const"], (), (1.0, 0.0)),
        Instruction(OP["const"], (), (0.6875, 0.0)),
        Instruction(OP["fma"], (2, 0, 1)),
    ),
    (3,),
)


def results(program):
    return run(program, EVERY.astype(np.int32).view(np.float32)[None]).view(np.int32)


@pytest.mark.parametrize("number", [BFLOAT16, FLOAT16], ids=lambda n: n.name)
@pytest.mark.parametrize("name", ["exp2", "tanh", "gelu"])
def test_only_named_results_move_and_cores_are_found_again(number, name):
    reduction = resolve(name, number, None, "usual").reduction
    plain = whole(LINE, reduction)
    meant = (Correction(0.5, 1), Correction(-1.25, -1), Correction(float(number.largest), 1))
    made = corrected(plain, reduction, meant)
    difference = results(made) - results(plain)
    places = number.words(np.array([one.argument for one in meant]))
    np.testing.assert_array_equal(difference[places], [1, -1, 1])
    assert np.count_nonzero(difference) == 3
    assert uncorrected(made, reduction) == (plain, meant)
    assert core_of(made, reduction) == LINE
    assert read(made.to_json(), HALF_FUNCTION) == made


def test_programs_without_corrections_stay():
    reduction = resolve("exp2", FLOAT16, None, "usual").reduction
    plain = whole(LINE, reduction)
    assert uncorrected(plain, reduction) == (plain, ())
    assert corrected(plain, reduction, ()) == plain
