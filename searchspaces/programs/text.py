"""Programs as text for people: straight-line source and a one-line formula.

Both are ASCII and follow the table of primitives: its ``text`` templates say how an instruction
looks, its ``infix`` strengths where brackets are needed. The order of evaluation is kept, except
that operands of commutative instructions may be exchanged, which changes no result.
"""

import keyword
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import NamedTuple

from elitemap.searchspaces.programs.primitives import ADD, CONST, PRIMITIVES, SUB
from elitemap.searchspaces.programs.program import Program

#: Binding strength of names, numbers and calls.
ATOM = 3

#: A double-double rarely needs more digits; one whose parts lie far apart is cut here.
_MOST_DIGITS = 40

# Sums of float64 numbers are exact in it; arithmetic on fractions is many times slower.
_EXACT = Context(prec=2200, Emax=9999, Emin=-9999)

#: Names that mean something else in a text.
_TAKEN = frozenset({"where", *keyword.kwlist, *(primitive.name for primitive in PRIMITIVES)})


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

    Constants are written in place (see :func:`decimal`).

    Args:
        program: A program; instructions that no output needs are left out.

    Returns:
        ASCII lines without a final newline; the last one assigns ``y`` (``y1``, ``y2``, ... for
        several outputs, in order).
    """
    single = len(program.outputs) == 1
    values = _leaves(program)
    lines: list[str] = []
    for k in live(program):
        if k in values:
            continue
        expression = _expression(program, k, values).text
        name = "y" if single and k == program.outputs[0] else f"t{len(lines) + 1}"
        lines.append(f"{name} = {expression}")
        values[k] = Operand(name)
    for i, k in enumerate(program.outputs, 1):
        if not (single and values[k].text == "y"):
            lines.append(f"{'y' if single else f'y{i}'} = {values[k].text}")
    return "\n".join(lines)


def formula(program: Program) -> str:
    """The program as one infix expression.

    Values that are used more than once are named after ``where``, in the order of evaluation.

    Args:
        program: A program; several outputs are separated by commas.

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
    body = ", ".join(values[k].text for k in program.outputs)
    return f"{body} where {'; '.join(definitions)}" if definitions else body


def live(program: Program) -> list[int]:
    """Value numbers of the instructions that some output needs, in the order of evaluation."""
    first = len(program.inputs)
    needed = set(program.outputs)
    for k in range(first + len(program.instructions) - 1, first - 1, -1):
        if k in needed:
            needed.update(program.instructions[k - first].operands)
    return sorted(k for k in needed if k >= first)


def uses(program: Program) -> Counter[int]:
    """How often each needed value is read by instructions and outputs."""
    first = len(program.inputs)
    reads = list(program.outputs)
    for k in live(program):
        reads.extend(program.instructions[k - first].operands)
    return Counter(reads)


def input_names(program: Program) -> tuple[str, ...]:
    """Names for the inputs that clash with nothing else in a text.

    Returns:
        The program's own names where all are plain and distinct, else ``x`` or ``x1``, ``x2``, ...
    """
    names = program.inputs
    if all(map(_is_free, names)) and len(set(names)) == len(names):
        return names
    return ("x",) if len(names) == 1 else tuple(f"x{i}" for i in range(1, len(names) + 1))


def _is_free(name: str) -> bool:
    return name.isascii() and name not in _TAKEN and not re.fullmatch(r"[ty]\d*", name)


def decimal(constant: tuple[float, float], digits: int | None = None) -> str:
    """A constant as a decimal number.

    Args:
        constant: The pair (hi, lo) whose exact sum is meant.
        digits: Significant digits, or None for the fewest that read back as the float64 ``hi`` if
            ``lo`` is zero, else the fewest (from 17, at most 40) that read back as the pair.

    Returns:
        Text such as ``-0.25`` or ``1.5e-07``.
    """
    hi, lo = constant
    if lo == 0.0 and digits is None:
        return _short(repr(hi))
    exact = _EXACT.add(Decimal(hi), Decimal(lo))
    if digits is not None:
        return _short(str(_rounded(exact, digits)))
    tries = range(17, _MOST_DIGITS)
    place = bisect_left(tries, True, key=lambda digits: _reads_back(exact, digits, hi, lo))
    return _short(str(_rounded(exact, 17 + place)))


def _reads_back(exact: Decimal, digits: int, hi: float, lo: float) -> bool:
    candidate = _rounded(exact, digits)
    return float(candidate) == hi and float(_EXACT.subtract(candidate, Decimal(hi))) == lo


def _rounded(exact: Decimal, digits: int) -> Decimal:
    return Context(prec=digits, Emax=9999, Emin=-9999).plus(exact)


def _short(text: str) -> str:
    mantissa, mark, exponent = text.lower().partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + mark + exponent


def number(constant: tuple[float, float]) -> Operand:
    """A constant as an operand of a text."""
    hi, lo = constant
    if math.copysign(1.0, hi) < 0.0:
        positive = decimal((-hi, -lo))
        return Operand(f"-{positive}", ATOM, positive)
    return Operand(decimal(constant))


def _leaves(program: Program) -> dict[int, Operand]:
    values = {k: Operand(name) for k, name in enumerate(input_names(program))}
    for k, instruction in enumerate(program.instructions, len(program.inputs)):
        if instruction.opcode == CONST:
            values[k] = number(instruction.constant)
    return values


def _expression(program: Program, k: int, values: Mapping[int, Operand]) -> Operand:
    instruction = program.instructions[k - len(program.inputs)]
    return combine(instruction.opcode, [values[i] for i in instruction.operands], "text")


def combine(opcode: int, operands: Sequence[Operand], language: str) -> Operand:
    """One instruction applied to texts, with as few brackets as its strength allows.

    Args:
        opcode: Index into the table of primitives; not ``const``.
        operands: One text per operand.
        language: ``text`` or ``latex``.

    Returns:
        The expression. A sum with a negative constant becomes a difference and the reverse.
    """
    opcode, operands = _positive(opcode, operands)
    primitive = PRIMITIVES[opcode]
    template = primitive.templates[language]
    encloses = template.startswith("\\") or template.startswith(f"{primitive.name}(")
    if encloses:
        return Operand(template.format(*(o.text for o in operands)))
    own = primitive.infix or ATOM
    orders = [operands]
    if primitive.commutative and len(operands) == 2:
        orders.append(operands[::-1])
    best = min(orders, key=lambda order: sum(_bracketed(order, own, language)))
    left, right = (r"\left(", r"\right)") if language == "latex" else ("(", ")")
    texts = [
        f"{left}{operand.text}{right}" if bracket else operand.text
        for operand, bracket in zip(best, _bracketed(best, own, language), strict=True)
    ]
    return Operand(template.format(*texts), own)


def _positive(opcode: int, operands: Sequence[Operand]) -> tuple[int, Sequence[Operand]]:
    if opcode not in (ADD, SUB):
        return opcode, operands
    left, right = operands
    if right.opposite is not None:
        return (SUB if opcode == ADD else ADD), (left, Operand(right.opposite, right.strength))
    if opcode == ADD and left.opposite is not None:
        return SUB, (right, Operand(left.opposite, left.strength))
    return opcode, operands


def _bracketed(operands: Sequence[Operand], own: int, language: str) -> list[bool]:
    brackets = []
    for position, operand in enumerate(operands):
        weak = operand.strength < own
        equal = operand.strength == own < ATOM and position > 0
        signed = operand.opposite is not None and (position > 0 or own == ATOM)
        brackets.append(weak or equal or (signed and language == "latex"))
    return brackets
