"""Constants of families of quotients that are a part of a program, by descent in coefficients.

What stands around the family has constants of its own, which no linear system gives: the c of
(x - c) / (x + c) in log(x), the c of a doubling w + c / w, a value that is added last. So
the family is written as P(u) / Q(u) with its coefficients as constants, all constants of that
program are fitted together, and :mod:`peeling` turns coefficients into constants again. That works
where descent in the constants of the program itself creeps or goes astray.
"""

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from flint import arb, arb_poly
from numpy.typing import NDArray

from elitemap.evaluators.elementary.fitting.fit import KERNEL, Samples, Screening, fit, plunged
from elitemap.evaluators.elementary.rational.best import BITS
from elitemap.evaluators.elementary.rational.nodes import NoFamily, Terms, graph
from elitemap.evaluators.elementary.rational.peeling import NotPeeled, Quotient, constants_of
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball
from elitemap.native.pointers import pointer
from elitemap.searchspaces.elementary.targets import split
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.interpret import batch_arguments
from elitemap.searchspaces.programs.kernels import load
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]
Places = NDArray[np.int16]

#: Instructions that coefficients take beside those of the program.
ROOM = 64

#: A program is refitted only if that gains so many digits.
GAIN = 0.05

#: Digits that a few steps may leave open.
REACH = 1.5

#: Where numbers of coefficients begin, as in ``unfold.c``.
TOP, BOTTOM = 1, 41


@dataclass(frozen=True)
class Unfolded:
    """Programs that have a family within them, with its coefficients as constants.

    Attributes:
        batch: n programs.
        rows: intp[n], which of the programs given they are.
        start: int16[n], the value in which the family is one of quotients.
        end: int16[n], the value that can be any of them.
        divisor: int16[n], the denominator among the new program's values, -1 without one.
        origin: int16[n, length]; of an instruction that is a constant the number of that which it
            copies, or minus the number of a coefficient.
    """

    batch: Batch
    rows: NDArray[np.intp]
    start: Places
    end: Places
    divisor: Places
    origin: Places


def unfolded(batch: Batch) -> Unfolded:
    """The programs of a batch that have a family within, without those that are one as a whole.

    Args:
        batch: Programs of one input and output.
    """
    n, codes = len(batch), batch.dialect.opcodes
    made = Batch(n, batch.length + ROOM, batch.signature, batch.dialect)
    start, end, divisor = (np.empty(n, np.int16) for _ in range(3))
    origin = np.zeros((n, made.length), np.int16)
    constant = next(k for k in range(len(batch.dialect.primitives)) if batch.dialect.is_constant(k))
    used = np.array([constant, *(codes[name] for name in ("add", "sub", "mul", "div"))], np.int32)
    load(KERNEL / "unfold.c", batch.dialect).unfold(
        *batch_arguments(batch),
        pointer(used),
        ctypes.c_int(made.length),
        *batch_arguments(made)[3:],
        *(pointer(array) for array in (start, end, divisor, origin)),
    )
    rows = np.flatnonzero(start >= 0)
    return Unfolded(made.take(rows), rows, start[rows], end[rows], divisor[rows], origin[rows])


def refit(batch: Batch, bars: Floats, screened: Screening, nodes: Samples, check: Samples) -> None:
    """Put constants found in coefficients into the programs that gain by it, in place.

    Args:
        batch: n programs.
        bars: float64[n], digits below which nothing matters.
        screened: What is known of them; digits are raised, work is added.
        nodes: Where constants are fitted.
        check: Where the error is measured then.
    """
    found = unfolded(batch)
    first = plunged(found.batch, found.divisor, found.origin, nodes)
    screened.evaluated[found.rows] += first.evaluated
    wanted = np.maximum(np.maximum(bars, screened.digits + GAIN), 0.0)[found.rows]
    near = np.flatnonzero(first.digits > wanted - REACH)
    chosen = found.batch.take(near)
    fitted = fit(chosen, wanted[near], nodes, check)
    screened.evaluated[found.rows[near]] += fitted.evaluated
    for k in np.flatnonzero(fitted.digits > wanted[near]).tolist():
        at, row = int(near[k]), int(found.rows[near[k]])
        constants = _folded(batch, row, found, at, chosen.constant[k])
        if constants is not None:
            batch.constant[row] = constants
            screened.digits[row], screened.signature[row] = fitted.digits[k], 0


def _folded(batch: Batch, row: int, found: Unfolded, at: int, fitted: Floats) -> Floats | None:
    """The constants of a program from those of its unfolded form.

    Args:
        batch: Programs.
        row: The program's.
        found: What they are unfolded.
        at: The program's row there.
        fitted: float64[slots, 2], constants of the unfolded program.

    Returns:
        float64[length, 2]; None if there are none.
    """
    opcodes = found.batch.opcode[at, : int(found.batch.size[at])].tolist()
    numbers = [k for k, code in enumerate(opcodes) if batch.dialect.is_constant(code)]
    by_origin = {int(found.origin[at, k]): fitted[k] for k in numbers}
    constants: Floats = batch.constant[row].copy()
    for slot in (origin for origin in by_origin if origin >= 0):
        constants[slot] = by_origin[slot]
    within, slots = _within(batch.program(row), int(found.start[at]), int(found.end[at]))
    try:
        with precision(BITS):
            node = graph(within)
            top = _polynomial(node.family.top, by_origin, TOP)
            bottom = _polynomial(node.family.bottom, by_origin, BOTTOM)
            values = constants_of(node, Quotient(top, bottom))
            if not all(values[number].is_finite() for number in range(len(slots))):
                return None
            for number, slot in enumerate(slots):
                constants[slot] = split(values[number])
    except (NoFamily, NotPeeled, ZeroDivisionError, KeyError, OverflowError):
        return None
    return constants


def _polynomial(terms: Terms, by_origin: Mapping[int, Floats], first: int) -> arb_poly:
    """With what was fitted, what is known, and the leading coefficient that was made 1."""

    def coefficient(e: int) -> arb:
        if e not in terms:
            return arb(0)
        if (known := terms[e]) is not None:
            return ball(Fraction(known))
        return sum(map(arb, by_origin.get(-(first + e), (1.0,))), arb(0))

    return arb_poly([coefficient(e) for e in range(max(terms) + 1)])


def _within(program: Program, start: int, end: int) -> tuple[Program, list[int]]:
    """What is between two values as a program of the first, and where its constants stood."""
    needed = {end}
    for value in range(end, start, -1):
        if value in needed:
            needed |= set(program.instructions[value - 1].operands)
    place, slots, made = {start: 0}, list[int](), list[Instruction]()
    for value in sorted(needed - {start, 0}):
        instruction = program.instructions[value - 1]
        if program.is_constant(instruction):
            slots.append(value - 1)
        operands = tuple(place[operand] for operand in instruction.operands)
        made.append(replace(instruction, operands=operands))
        place[value] = len(made)
    return replace(program, instructions=tuple(made), outputs=(place[end],)), slots
