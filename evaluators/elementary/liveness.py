"""Programs without the instructions that no output depends on."""

from dataclasses import replace

from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.text import live


def without_dead_code(program: Program) -> Program:
    """The same function without unused instructions, whose values may be undefined harmlessly.

    Constants that are unused go as well, so the result has fewer of them.
    """
    first = program.leaves
    kept = live(program)
    number = {k: k for k in range(first)} | {k: first + n for n, k in enumerate(kept)}
    instructions = (program.instructions[k - first] for k in kept)
    return replace(
        program,
        instructions=tuple(
            Instruction(i.opcode, tuple(number[k] for k in i.operands), i.constant)
            for i in instructions
        ),
        outputs=tuple(number[k] for k in program.outputs),
        nexts=tuple(number[k] for k in program.nexts),
    )
