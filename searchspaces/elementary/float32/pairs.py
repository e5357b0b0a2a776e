"""Exponentials as pairs of a mantissa and an exponent, which no sum of them overflows."""

from dataclasses import replace

from elitemap.searchspaces.elementary.float32.reductions.exponentials import binades
from elitemap.searchspaces.elementary.float32.reductions.pieces import LOG2E
from elitemap.searchspaces.elementary.float32.wholes import whole
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Program


def pair(core: Program) -> tuple[Program, Program]:
    """Programs for m and n in exp(x) = m 2^n, with n whole and m the core's value, near 1.

    Args:
        core: Of exp on the reduced argument, in ``real``.
    """
    reduction = binades(LOG2E, None)
    mantissa = whole(core, replace(reduction, after=()))
    names = [FLOAT32.primitives[i.opcode].name for i in reduction.before]
    number = 1 + names.index("fsub")
    exponent = Program(("x",), reduction.before[:number], (number,), dialect=FLOAT32)
    return mantissa, exponent
