"""Reductions: what comes before and after the core of an operator.

e^-x is 2^-(q + f) with t = x log2 e, q the whole part of t and f the rest: a core of f is shifted
right by q. How many signed digits log2 e has, and how much finer than x t is, are the reduction's.
GELU is max(x, 0) minus a core of |x|. These are identities; all else is the core's, which is
searched. Seeds have no reduction: their cores are whole.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.operators.targets import Operator, Words, signature

#: Signed digits of log2 e in base 2 after the first, 1: exponent and sign.
_DIGITS = ((1, 1), (4, -1), (7, 1), (9, -1), (11, -1), (13, -1), (14, 1))

#: By how many bits t may be finer than x.
_FINER = range(7)

#: How the core's value and the word that is kept for it make the output, in the kernel's order.
ENDINGS = ("core", "shift", "minus")


@dataclass(frozen=True)
class Reduction:
    """Instructions before a core, and one after it.

    Values are numbered as in a program with the given leaves.

    Attributes:
        leaves: Values before the instructions: 1, or 2 with an entry.
        before: The instructions.
        argument: Number of the value that the core takes for its input.
        kept: Number of the value that the ending takes.
        ending: Index into :data:`ENDINGS`.
    """

    leaves: int
    before: tuple[Instruction, ...]
    argument: int
    kept: int
    ending: int

    @property
    def cost(self) -> int:
        """Operations, that of the ending included."""
        return sum(WORDS.primitives[i.opcode].cost for i in self.before) + (self.ending > 0)

    def whole(self, core: Program) -> Program:
        """The core within the reduction."""
        many = len(self.before)

        def moved(value: int) -> int:
            return self.argument if value == 0 else value + many if value >= self.leaves else value

        body = tuple(
            Instruction(i.opcode, tuple(map(moved, i.operands)), i.constant)
            for i in core.instructions
        )
        made, *index = map(moved, core.results)
        made_of = (), (made, self.kept), (self.kept, made)
        if self.ending:
            code = WORDS.opcodes[("", "shr", "sub")[self.ending]]
            body += (Instruction(code, made_of[self.ending]),)
            made = self.leaves + many + len(body) - 1
        room = len(core.results) - 1
        return Program.of(signature(room), self.before + body, (made, *index), WORDS)

    def core(self, program: Program) -> Program:
        """The inverse.

        Raises:
            ValueError: If the program is no core within this reduction.
        """
        many, last = len(self.before), len(program.instructions) - (self.ending > 0)

        def moved(value: int) -> int:
            return 0 if value == self.argument else value - many if value >= self.leaves else value

        body = tuple(
            Instruction(i.opcode, tuple(map(moved, i.operands)), i.constant)
            for i in program.instructions[many:last]
        )
        made, *index = program.results
        if self.ending:
            made = program.instructions[-1].operands[0 if ENDINGS[self.ending] == "shift" else 1]
        results = tuple(map(moved, (made, *index)))
        if any(k < 0 for i in body for k in i.operands) or min(results) < 0:
            raise ValueError("expected a core that sees nothing of its reduction but its argument")
        return Program.of(signature(len(index)), body, results, WORDS)


class _Text:
    """Instructions that are written one after another."""

    def __init__(self, leaves: int) -> None:
        self.leaves, self.rows = leaves, list[Instruction]()

    def constant(self, value: int) -> int:
        """The number of a constant's value."""
        self.rows.append(Instruction(WORDS.opcodes["word"], (), (value,)))
        return self.leaves + len(self.rows) - 1

    def does(self, name: str, *operands: int) -> int:
        """The number of an operation's value."""
        self.rows.append(Instruction(WORDS.opcodes[name], operands))
        return self.leaves + len(self.rows) - 1


def menu(o: Operator, room: int) -> tuple[Reduction, ...]:
    """All reductions of an operator, neighbours next to each other."""
    leaves = 2 if room else 1
    if o.name == "softmax-exp":
        return tuple(
            _exponent(o, leaves, finer, digits)
            for finer in _FINER
            for digits in range(len(_DIGITS))
        )
    if o.name == "gelu-int":
        return (_even(leaves),)
    return (Reduction(leaves, (), 0, 0, 0),)


def _exponent(o: Operator, leaves: int, finer: int, digits: int) -> Reduction:
    text = _Text(leaves)
    x = text.does("shl", 0, text.constant(finer)) if finer else 0
    t = x
    for exponent, sign in _DIGITS[: digits + 1]:
        part = text.does("shr", x, text.constant(exponent))
        t = text.does("add" if sign > 0 else "sub", t, part)
    bits = o.fraction + finer
    whole = text.does("shr", t, text.constant(bits))
    rest = text.does("and", t, text.constant((1 << bits) - 1))
    return Reduction(leaves, tuple(text.rows), rest, whole, ENDINGS.index("shift"))


def _even(leaves: int) -> Reduction:
    text = _Text(leaves)
    sign = text.does("sar", 0, text.constant(31))
    size = text.does("sub", text.does("xor", 0, sign), sign)
    positive = text.does("sub", 0, text.does("and", 0, sign))
    return Reduction(leaves, tuple(text.rows), size, positive, ENDINGS.index("minus"))


@lru_cache(maxsize=8)
def reduced(o: Operator, room: int) -> tuple[Words, Words]:
    """uint32[reductions, n] twice: what cores see of each input, and what endings take."""
    arguments, kept = [], []
    for one in menu(o, room):
        values = [o.inputs] * one.leaves
        for i in one.before:
            entry = WORDS.primitives[i.opcode]
            told = i.constant if entry.literal else [values[k] for k in i.operands]
            values.append(np.broadcast_to(entry.run(*told), o.inputs.shape).astype(np.uint32))
        arguments.append(values[one.argument])
        kept.append(values[one.kept])
    return np.stack(arguments), np.stack(kept)
