"""Programs of ``float32`` written by hand, and one around each primitive."""

import numpy as np

from elitemap.searchspaces.elementary.float32.assembly import Assembly
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.tables import choices
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.signature import Signature, Variable

OP = FLOAT32.opcodes
SINGLE = Signature((Variable("x", "single"),), ("single",))


def of(*rows):
    """A program from (name, operand numbers or parts of a constant)."""
    made = tuple(
        Instruction(OP[name], (), tuple(rest))
        if FLOAT32.is_constant(OP[name])
        else Instruction(OP[name], tuple(rest))
        for name, *rest in rows
    )
    return Program.of(SINGLE, made, (len(rows),), FLOAT32)


def around(primitive):
    """The primitive on x, a number with other bits and a third, in their types."""
    rows = [("bits", 0), ("word", 0x2B5A17C3), ("xor", 1, 2), ("float", 3)]
    rows += [("single", 1.25), ("fmul", 0, 5), ("bits", 6)]
    singles, words = (0, 4, 6), (1, 3, 7)
    chosen = [
        (singles if kind == "single" else words)[k] for k, kind in enumerate(primitive.operands)
    ]
    rows.append((primitive.name, *chosen))
    return of(*rows, *([("float", 8)] if primitive.result == "word" else []))


def with_look(program, size, seed=0, shift=19):
    """A program whose result gets the sign of an entry of a table, by some bits of x."""
    code = Assembly(1)
    code.rows = list(program.instructions)
    word = code.do("bits", 0)
    bits = [code.do("shl", word, code.word(31 - shift - k)) for k in range(size.bit_length() - 1)]
    entries = np.random.default_rng(seed).normal(size=size).astype(np.float32)
    code.rows += choices(entries.tolist(), bits, 1 + len(code.rows))
    code.do("copysign", program.outputs[0], len(code.rows))
    return Program.of(SINGLE, tuple(code.rows), (len(code.rows),), FLOAT32)
