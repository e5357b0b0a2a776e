"""What all languages share: the instructions that some values need, as assignments.

Norms over all tensors of a model cannot be computed where one tensor is at hand. Each of them
becomes a parameter ``n1``, ``n2``, ..., and a part of its own: the instructions that its operand
needs, which may take the norms before it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from elitemap.searchspaces.programs.program import Instruction, Program

#: The primitive whose value is that of all tensors together.
EVERYWHERE = "global_norm"


@dataclass(frozen=True)
class Part:
    """Assignments that end in some values.

    Attributes:
        lines: ``t3 = ...``, in order.
        results: Names or numbers of the wanted values.
    """

    lines: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True)
class Lowered:
    """A rule as parts.

    Attributes:
        norms: For each norm over all tensors the part that ends in its operand.
        rule: The part that ends in the update and the next slots.
        slots: Names of the slots that are used; the others keep what they have.
        reads: Names of the inputs that are used at all.
    """

    norms: tuple[Part, ...]
    rule: Part
    slots: tuple[str, ...]
    reads: frozenset[str]


def lower(program: Program, language: str, constant: Callable[[str], str]) -> Lowered:
    """The parts of a rule in a language.

    Args:
        program: A canonical rule.
        language: Whose templates are taken.
        constant: How it writes a float32, of which it gets the shortest digits.
    """
    first = program.leaves
    names = dict(enumerate(program.signature.names))
    globals_ = [k for k, i in _numbered(program) if _name(program, i) == EVERYWHERE]
    names |= {k: f"n{number}" for number, k in enumerate(globals_, 1)}

    def part(wanted: Iterable[int]) -> Part:
        wanted = tuple(wanted)
        told = dict(names)
        lines = []
        for k in needed(program, wanted, set(globals_)):
            instruction = program.instructions[k - first]
            entry = program.primitive(instruction)
            if entry.literal is not None:
                told[k] = constant(shortest(instruction.constant[0]))
                continue
            told[k] = f"t{k - first + 1}"
            value = entry.templates[language].format(*(told[o] for o in instruction.operands))
            lines.append(f"{told[k]} = {value}")
        return Part(tuple(lines), tuple(told[k] for k in wanted))

    used = used_slots(program)
    rule = part((program.outputs[0], *(program.nexts[j] for j in used)))
    operands = (program.instructions[k - first].operands for k in globals_)
    slots = tuple(program.states[j].name for j in used)
    return Lowered(tuple(part(o) for o in operands), rule, slots, _reads(program))


def shortest(value: float) -> str:
    """The shortest digits that are read as this float32."""
    return str(np.float32(value))


def used_slots(program: Program) -> tuple[int, ...]:
    """Places of the slots that are read or changed."""
    inputs = len(program.inputs)
    read = {o for i in program.instructions for o in i.operands} | set(program.outputs)
    places = range(len(program.states))
    return tuple(j for j in places if inputs + j in read or program.nexts[j] != inputs + j)


def _reads(program: Program) -> frozenset[str]:
    read = {o for i in program.instructions for o in i.operands} | set(program.results)
    # What makes a tensor of a scalar asks the parameters for their shape.
    spreads = any(_name(program, i) == "spread" for i in program.instructions)
    return frozenset(n for k, n in enumerate(program.inputs) if k in read or (spreads and n == "w"))


def _numbered(program: Program) -> Iterable[tuple[int, Instruction]]:
    return enumerate(program.instructions, program.leaves)


def _name(program: Program, instruction: Instruction) -> str:
    return program.primitive(instruction).name


def needed(program: Program, wanted: Iterable[int], stops: set[int]) -> list[int]:
    """Instructions behind values, in order, but for those that are parameters."""
    found = set(wanted)
    for k in range(program.leaves + len(program.instructions) - 1, program.leaves - 1, -1):
        if k in found and k not in stops:
            found.update(program.instructions[k - program.leaves].operands)
    return sorted(k for k in found if k >= program.leaves and k not in stops)


def block(lines: Iterable[str], depth: int = 1) -> str:
    """Lines indented by so many levels."""
    return "\n".join("    " * depth + line for line in lines)


def functions(lowered: Lowered, arguments: str) -> str:
    """The parts as Python functions ``_norm1``, ... and ``_rule``, of one tensor each."""
    texts = []
    for number, part in enumerate(lowered.norms, 1):
        given = ", ".join([arguments, *_norms(number - 1)])
        lines = [f"def _norm{number}({given}):", *_indented(part, part.results[0])]
        texts.append("\n".join(lines))
    given = ", ".join([arguments, *_norms(len(lowered.norms))])
    results = ", ".join(lowered.rule.results[1:])
    result = f"{lowered.rule.results[0]}, ({results}{',' if results else ''})"
    texts.append("\n".join([f"def _rule({given}):", *_indented(lowered.rule, result)]))
    return "\n\n\n".join(texts)


def _norms(count: int) -> list[str]:
    return [f"n{k}" for k in range(1, count + 1)]


def _indented(part: Part, result: Any) -> list[str]:
    return [f"    {line}" for line in (*part.lines, f"return {result}")]
