"""What comes before a core and after it as programs of their own."""

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.float32.assembly import CORE
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.interpret import evaluate_steps
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.signature import Signature, Variable

Singles = NDArray[np.float32]


def reducing(reduction: Reduction) -> Program:
    """The reduced argument of an argument."""
    signature = Signature(reduction.signature.inputs, ("single",))
    return Program.of(signature, reduction.before, (reduction.argument,), FLOAT32)


def rest(reduction: Reduction) -> Program:
    """The result of an argument and the core's value."""

    def place(k: int) -> int:
        return 1 if k == CORE else k + 1 if k > 0 else 0

    rows = tuple(
        Instruction(i.opcode, tuple(map(place, i.operands)), i.constant)
        for i in (*reduction.before, *reduction.after)
    )
    whole = reduction.signature
    signature = Signature((*whole.inputs, Variable("core", "single")), whole.outputs)
    output = len(rows) + 1 if reduction.after else 1
    return Program.of(signature, rows, (output,), FLOAT32)


def run(program: Program, inputs: Singles) -> Singles:
    """float32[n], values or bits of the result; inputs float32[k, n]."""
    batch = Batch.from_programs([program], len(program.instructions), program.signature, FLOAT32)
    found: Singles = evaluate_steps(batch, inputs[None])[0, 0, 0]
    return found
