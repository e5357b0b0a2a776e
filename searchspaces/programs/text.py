"""Programs as text for people: straight-line source and a one-line formula.

Both are ASCII and follow the entries of the dialect: their ``text`` templates say how an
instruction looks, their ``infix`` strengths where brackets are needed. The order of evaluation is
kept, except that operands of commutative instructions may be exchanged, which changes no result.
"""

import keyword
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.program import Program

#: Inputs of functions of two variables, the only ones of which one may be called like a result.
PLANE = ("x", "y")

#: Binding strength of names, numbers and calls.
ATOM = 3


class Operand(NamedTuple):
    """The text of a value.

    Attributes:
        text: An expression.
        strength: How strongly its outermost operator binds.
        opposite: For a negative constant the text of its opposite, else None.
    """

    text: str
    strength: int = ATOM
    opposite: str | None = None


def source(program: Program) -> str:
    """The program as lines of one assignment each.

    Constants are written in place.

    Args:
        program: A program; instructions that no output needs are left out.

    Returns:
        ASCII lines without a final newline; the last ones assign ``y`` (``z`` where that is an
        input; ``y1``, ``y2``, ... for several outputs, in order), then the next value of each
        state.
    """
    single = len(program.outputs) == 1
    values = _leaves(program)
    result = "z" if "y" in leaf_names(program) else "y"
    lines: list[str] = []
    for k in live(program):
        if k in values:
            continue
        expression = _expression(program, k, values).text
        name = result if single and k == program.outputs[0] else f"t{len(lines) + 1}"
        lines.append(f"{name} = {expression}")
        values[k] = Operand(name)
    for i, k in enumerate(program.outputs, 1):
        if not (single and values[k].text == result):
            lines.append(f"{result if single else f'y{i}'} = {values[k].text}")
    lines += _nexts(program, values)
    return "\n".join(lines)


def formula(program: Program) -> str:
    """The program as one infix expression.

    Values that are used more than once are named after ``where``, in the order of evaluation.

    Args:
        program: A program; several outputs are separated by commas, next states follow.

    Returns:
        One ASCII line, such as ``1 / (t1 + 2 / t1) where t1 = x + 3 / x``.
    """
    values = _leaves(program)
    used = uses(program)
    definitions: list[str] = []
    for k in live(program):
        if k in values:
            continue
        values[k] = _expression(program, k, values)
        if used[k] > 1:
            name = f"t{len(definitions) + 1}"
            definitions.append(f"{name} = {values[k].text}")
            values[k] = Operand(name)
    body = "; ".join([", ".join(values[k].text for k in program.outputs), *_nexts(program, values)])
    return f"{body} where {'; '.join(definitions)}" if definitions else body


def _nexts(program: Program, values: Mapping[int, Operand]) -> list[str]:
    """What becomes of each state."""
    names = leaf_names(program)[len(program.inputs) :]
    return [f"next {n} = {values[k].text}" for n, k in zip(names, program.nexts, strict=True)]


def live(program: Program) -> list[int]:
    """Value numbers of the instructions that some result needs, in the order of evaluation."""
    first = program.leaves
    needed = set(program.results)
    for k in range(first + len(program.instructions) - 1, first - 1, -1):
        if k in needed:
            needed.update(program.instructions[k - first].operands)
    return sorted(k for k in needed if k >= first)


def uses(program: Program) -> Counter[int]:
    """How often each needed value is read by instructions and results."""
    reads = list(program.results)
    for k in live(program):
        reads.extend(program.instructions[k - program.leaves].operands)
    return Counter(reads)


def leaf_names(program: Program) -> tuple[str, ...]:
    """Names for the inputs and states that clash with nothing else in a text.

    Returns:
        The program's own names where all are plain and distinct, else ``x`` or ``x1``, ``x2``, ...
        and ``s1``, ``s2``, ... for states.
    """
    states = tuple(state.name for state in program.states)
    names = program.inputs + states
    taken = {"where", "next", *keyword.kwlist, *program.dialect.opcodes}
    taken |= set() if names == PLANE else {"y"}
    if all(_is_plain(name) for name in names) and len({*names} - taken) == len(names):
        return names
    inputs = range(1, len(program.inputs) + 1)
    plain = ("x",) if len(program.inputs) == 1 else tuple(f"x{i}" for i in inputs)
    return plain + tuple(f"s{i}" for i in range(1, len(states) + 1))


def _is_plain(name: str) -> bool:
    return name.isascii() and not re.fullmatch(r"t\d*|y\d+", name)


def number(text: str) -> Operand:
    """A number as an operand of a text."""
    return Operand(text, ATOM, text[1:]) if text.startswith("-") else Operand(text)


def _leaves(program: Program) -> dict[int, Operand]:
    values = {k: Operand(name) for k, name in enumerate(leaf_names(program))}
    for k, instruction in enumerate(program.instructions, program.leaves):
        literal = program.primitive(instruction).literal
        if literal is not None:
            values[k] = number(literal.text(instruction.constant))
    return values


def _expression(program: Program, k: int, values: Mapping[int, Operand]) -> Operand:
    instruction = program.instructions[k - program.leaves]
    operands = [values[i] for i in instruction.operands]
    return combine(program.dialect, instruction.opcode, operands, "text")


def combine(dialect: Dialect, opcode: int, operands: Sequence[Operand], language: str) -> Operand:
    """One instruction applied to texts, with as few brackets as its strength allows.

    Args:
        dialect: What the opcode means.
        opcode: That of an operation, not of a constant.
        operands: One text per operand.
        language: ``text`` or ``latex``.

    Returns:
        The expression. A sum with a negative constant becomes a difference and the reverse.
    """
    form = _form(dialect, opcode, language)
    if other := form.other:
        first, second = operands
        if second.opposite is not None:
            form, operands = other, (first, Operand(second.opposite, second.strength))
        elif form.commutative and first.opposite is not None:
            form, operands = other, (second, Operand(first.opposite, first.strength))
    if form.encloses:
        return Operand(form.template.format(*[o.text for o in operands]))
    brackets = _bracketed(operands, form.strength, language)
    if True in brackets and form.commutative:
        turned = operands[::-1]
        others = _bracketed(turned, form.strength, language)
        if sum(others) < sum(brackets):
            operands, brackets = turned, others
    texts = [operand.text for operand in operands]
    if True in brackets:
        left, right = (r"\left(", r"\right)") if language == "latex" else ("(", ")")
        for place in (k for k, bracket in enumerate(brackets) if bracket):
            texts[place] = f"{left}{texts[place]}{right}"
    return Operand(form.template.format(*texts), form.strength)


class _Form(NamedTuple):
    """How an operation is written in a language.

    Attributes:
        template: With places for the operands.
        strength: How strongly it binds.
        encloses: Whether operands stand in brackets of its own.
        commutative: Whether there are two that may be exchanged.
        other: The form of the operation that takes the second operand's negative, if there is one.
    """

    template: str
    strength: int
    encloses: bool
    commutative: bool
    other: "_Form | None"


# Every program of an archive is written, and all are made of a few operations.
@lru_cache(maxsize=1 << 10)
def _form(dialect: Dialect, opcode: int, language: str, alone: bool = False) -> _Form:
    primitive = dialect.primitives[opcode]
    template = primitive.templates[language]
    other = None
    if primitive.opposite and not alone:
        other = _form(dialect, dialect.opcodes[primitive.opposite], language, True)
    return _Form(
        template,
        primitive.infix or ATOM,
        template.startswith("\\") or template.startswith(f"{primitive.name}("),
        primitive.commutative and primitive.arity == 2,
        other,
    )


def _bracketed(operands: Sequence[Operand], own: int, language: str) -> list[bool]:
    brackets = []
    for position, operand in enumerate(operands):
        weak = operand.strength < own
        equal = operand.strength == own < ATOM and position > 0
        signed = operand.opposite is not None and (position > 0 or own == ATOM)
        brackets.append(weak or equal or (signed and language == "latex"))
    return brackets
