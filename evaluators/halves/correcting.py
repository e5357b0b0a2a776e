"""Which results a program's bits are a unit off at, and the program with those set right."""

import numpy as np

from elitemap.evaluators.halves.certificate import results_of
from elitemap.evaluators.halves.truth import truth
from elitemap.searchspaces.elementary.float32.corrections import Correction, corrected
from elitemap.searchspaces.elementary.halves.functions import Half
from elitemap.searchspaces.programs.program import Program

#: Most results that are set right, at two operations each; a program with more is as it is.
MOST = 16


def set_right(program: Program, half: Half) -> Program:
    """The program, correctly rounded where few results are a unit off and all others are right.

    Args:
        program: Of bits of a 16-bit number, with the function's reduction.
        half: What it shall be.

    Raises:
        SearchError: If the true function has no value somewhere.
    """
    true, number = truth(half), half.number
    got = results_of(program, true.words)
    wrong = np.flatnonzero(~true.right(number, got))
    units = true.results[wrong].astype(np.int64) - got[wrong].astype(np.int64)
    arguments = number.values(true.words[wrong])
    # Infinities and zeros have reductions that know them; a comparison cannot tell signs of zeros.
    told = np.isfinite(arguments) & (arguments != 0.0) & (np.abs(units) == 1)
    if not 0 < len(wrong) <= MOST or not told.all():
        return program
    pairs = zip(arguments.tolist(), units.tolist(), strict=True)
    return corrected(program, half.reduction, [Correction(x, move) for x, move in pairs])
