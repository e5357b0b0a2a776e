"""Programs as mathematics: shared values are named, and repeated squares are powers.

How a primitive looks is the ``layout`` of its entry, a tree of operands, texts and kinds: ``sum``,
``difference``, ``product``, ``quotient``, ``power`` (with a whole number behind), ``root``,
``bars`` and ``call`` (with the name first).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from elitemap.formulas.boxes import Box, Drafts, beside, bracketed, raised, stacked, subscript, word
from elitemap.searchspaces.programs.primitive import Layout
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.text import leaf_names, live

#: Instructions of a program that is stacked, and of one that is shown at all: archives may come
#: from strangers, and boxes in boxes take much room.
_STACKED, _LONGEST = 60, 400

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


def drafts(document: Mapping[str, Any]) -> Drafts | None:
    """The mathematics of a program's document; None if it is very long.

    Raises:
        ProgramError: If it is no program.
    """
    program = Program.from_json(document)
    size = len(program.instructions)
    if size > _LONGEST:
        return None
    return [
        program_boxes(program, stack) for stack in (True, False) if size <= _STACKED or not stack
    ]


def program_boxes(program: Program, stack: bool) -> list[Box]:
    """The outputs of a program, then what it names, in the order of evaluation.

    Args:
        program: A program; instructions that no output needs are left out.
        stack: Write quotients over a bar.
    """
    names = leaf_names(program)
    values = {k: Value(word(name)) for k, name in enumerate(names)}
    reads = _reads(program)
    named: list[Box] = []
    for k in live(program):
        instruction = program.instructions[k - program.leaves]
        primitive = program.primitive(instruction)
        if primitive.literal is not None:
            values[k] = _constant(primitive.literal.text(instruction.constant))
            continue
        operands = [values[i] for i in instruction.operands]
        values[k] = _laid_out(_layout(program, instruction), operands, stack)
        if reads[k] > 1:
            name = word("t" + subscript(str(len(named) + 1)))
            named.append(beside(name, word(" = "), values[k].box))
            values[k] = Value(name)
    results = [beside(*_listed([values[k].box for k in program.outputs]))]
    states = zip(names[len(program.inputs) :], program.nexts, strict=True)
    nexts = [beside(word(f"  {name} ← "), values[k].box) for name, k in states]
    return [*results, *nexts, *(beside(word("  "), box) for box in named)]


def _layout(program: Program, instruction: Instruction) -> Layout:
    """How an instruction looks; a product of a value with itself is a square."""
    primitive = program.primitive(instruction)
    if primitive.layout == ("product", 0, 1) and len(set(instruction.operands)) == 1:
        return ("power", 0, 2)
    return primitive.layout or ("call", primitive.name, *range(primitive.arity))


def _reads(program: Program) -> Counter[int]:
    """How often a value would be written."""
    reads = Counter(program.results)
    for k in live(program):
        instruction = program.instructions[k - program.leaves]
        reads.update(
            instruction.operands[place] for place in _places(_layout(program, instruction))
        )
    return reads


def _places(layout: Layout) -> list[int]:
    """The operands that a layout writes, once for each time."""
    if isinstance(layout, int):
        return [layout]
    if isinstance(layout, str):
        return []
    kind, *parts = layout
    return [place for part in (parts[:1] if kind == "power" else parts) for place in _places(part)]


def _laid_out(layout: Layout, operands: Sequence[Value], stack: bool) -> Value:
    if isinstance(layout, int):
        return operands[layout]
    if isinstance(layout, str):
        return Value(word(layout))
    kind, *inner = layout
    if kind == "power":
        return _power(_laid_out(inner[0], operands, stack), int(str(inner[1])))
    parts = [_laid_out(part, operands, stack) for part in inner]
    if kind in ("sum", "difference"):
        return _sum(kind == "sum", *parts)
    if kind == "product":
        return _product(*parts)
    if kind == "quotient":
        return _quotient(parts[0], parts[1], stack)
    if kind == "root":
        return Value(beside(word("√"), _held(parts[0], ATOM)), POWER)
    if kind == "bars":
        return Value(beside(word("|"), parts[0].box, word("|")))
    name, *arguments = parts
    return Value(beside(name.box, bracketed(beside(*_listed([part.box for part in arguments])))))


def _power(of: Value, exponent: int) -> Value:
    base, exponent = (of, exponent) if of.base is None else (of.base, exponent * of.exponent)
    box = raised(_held(base, ATOM), str(exponent))
    return Value(box, POWER, base, exponent)


def _sum(plus: bool, left: Value, right: Value) -> Value:
    if right.opposite is not None:
        return _sum(not plus, left, right.opposite)
    if plus and left.opposite is not None:
        return _sum(False, right, left.opposite)
    if plus:
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


def _constant(text: str) -> Value:
    if text.startswith("-"):
        return _negative(_constant(text[1:]))
    text = _LONG.sub(r"\1…", text)
    power = _EXPONENT.search(text)
    if power is None:
        return Value(word(text))
    sign, digits = power.groups()
    exponent = digits if sign == "+" else f"-{digits}"
    box = beside(word(f"{text[: power.start()]}·"), raised(word("10"), exponent))
    return Value(box, PRODUCT)


def _listed(boxes: Sequence[Box]) -> list[Box]:
    return [part for box in boxes for part in (word(", "), box)][1:]
