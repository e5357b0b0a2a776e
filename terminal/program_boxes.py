"""Programs as mathematics: shared values are named, and repeated squares are powers."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from elitemap.searchspaces.programs.primitives import (
    ABS,
    ADD,
    CONST,
    DIV,
    FMA,
    MUL,
    PRIMITIVES,
    SQRT,
    SQUARE,
    SUB,
)
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import decimal, input_names, live
from elitemap.terminal.boxes import Box, beside, bracketed, raised, stacked, subscript, word

#: How strongly a value's outermost operator binds.
SUM, PRODUCT, SIGN, POWER, ATOM = range(1, 6)

#: Digits of a constant after the point; the source has all of them.
_LONG = re.compile(r"(\.\d{5})\d{2,}")
_EXPONENT = re.compile(r"e([+-])0*(\d+)$")


class Value(NamedTuple):
    """A value as mathematics.

    Attributes:
        box: How it looks.
        strength: How strongly its outermost operator binds.
        base: What it is a power of, if it is one.
        exponent: The power.
        opposite: For what begins with a minus, the same without it.
    """

    box: Box
    strength: int = ATOM
    base: "Value | None" = None
    exponent: int = 1
    opposite: "Value | None" = None


def program_boxes(program: Program, stack: bool) -> list[Box]:
    """The outputs of a program, then what it names, in the order of evaluation.

    Args:
        program: A program; instructions that no output needs are left out.
        stack: Write quotients over a bar.
    """
    values = {k: Value(word(name)) for k, name in enumerate(input_names(program))}
    reads = _reads(program)
    named: list[Box] = []
    for k in live(program):
        instruction = program.instructions[k - len(program.inputs)]
        if instruction.opcode == CONST:
            values[k] = _constant(instruction.constant)
            continue
        operands = [values[i] for i in instruction.operands]
        values[k] = _combined(instruction.opcode, instruction.operands, operands, stack)
        if reads[k] > 1:
            name = word("t" + subscript(str(len(named) + 1)))
            named.append(beside(name, word(" = "), values[k].box))
            values[k] = Value(name)
    results = [beside(*_listed([values[k].box for k in program.outputs]))]
    return [*results, *(beside(word("  "), box) for box in named)]


def _reads(program: Program) -> Counter[int]:
    """How often a value would be written; a product of a value with itself writes it once."""
    reads = Counter(program.outputs)
    for k in live(program):
        reads.update(set(program.instructions[k - len(program.inputs)].operands))
        instruction = program.instructions[k - len(program.inputs)]
        if not _is_square(instruction.opcode, instruction.operands):
            reads.update(Counter(instruction.operands) - Counter(set(instruction.operands)))
    return reads


def _is_square(opcode: int, operands: Sequence[int]) -> bool:
    return opcode == SQUARE or (opcode == MUL and operands[0] == operands[1])


def _combined(opcode: int, places: Sequence[int], operands: Sequence[Value], stack: bool) -> Value:
    if _is_square(opcode, places):
        return _power(operands[0])
    if opcode in (ADD, SUB):
        return _sum(opcode, *operands)
    if opcode == MUL:
        return _product(*operands)
    if opcode == DIV:
        return _quotient(operands[0], operands[1], stack)
    if opcode == FMA:
        return _sum(ADD, _product(*operands[:2]), operands[2])
    if opcode == SQRT:
        return Value(beside(word("√"), _held(operands[0], ATOM)), POWER)
    if opcode == ABS:
        return Value(beside(word("|"), operands[0].box, word("|")))
    inside = beside(*_listed([operand.box for operand in operands]))
    return Value(beside(word(PRIMITIVES[opcode].name), bracketed(inside)))


def _power(of: Value) -> Value:
    base, exponent = (of, 2) if of.base is None else (of.base, 2 * of.exponent)
    box = raised(_held(base, ATOM), str(exponent))
    return Value(box, POWER, base, exponent)


def _sum(opcode: int, left: Value, right: Value) -> Value:
    if right.opposite is not None:
        return _sum(SUB if opcode == ADD else ADD, left, right.opposite)
    if opcode == ADD and left.opposite is not None:
        return _sum(SUB, right, left.opposite)
    if opcode == ADD:
        return Value(beside(left.box, word(" + "), right.box), SUM)
    return Value(beside(left.box, word(" − "), _held(right, PRODUCT)), SUM)


def _product(left: Value, right: Value) -> Value:
    if left.opposite is not None:
        return _negative(_product(left.opposite, right))
    if right.opposite is not None:
        return _negative(_product(left, right.opposite))
    if right.box.rows[0][0].isdigit():  # a number comes first
        left, right = right, left
    return Value(beside(_held(left, PRODUCT), word("·"), _held(right, PRODUCT)), PRODUCT)


def _quotient(left: Value, right: Value, stack: bool) -> Value:
    if left.opposite is not None:
        return _negative(_quotient(left.opposite, right, stack))
    if stack:
        return Value(stacked(left.box, right.box), PRODUCT)
    return Value(beside(_held(left, PRODUCT), word("/"), _held(right, SIGN)), PRODUCT)


def _negative(value: Value) -> Value:
    if value.opposite is not None:
        return value.opposite
    return Value(beside(word("−"), value.box), SIGN, opposite=value)


def _held(value: Value, least: int) -> Box:
    """In brackets if the value binds less strongly."""
    return value.box if value.strength >= least else bracketed(value.box)


def _constant(constant: tuple[float, float]) -> Value:
    hi, lo = constant
    if hi < 0:
        return _negative(_constant((-hi, -lo)))
    text = _LONG.sub(r"\1…", decimal(constant))
    power = _EXPONENT.search(text)
    if power is None:
        return Value(word(text))
    sign, digits = power.groups()
    exponent = digits if sign == "+" else f"-{digits}"
    box = beside(word(f"{text[: power.start()]}·"), raised(word("10"), exponent))
    return Value(box, PRODUCT)


def _listed(boxes: Sequence[Box]) -> list[Box]:
    return [part for box in boxes for part in (word(", "), box)][1:]
