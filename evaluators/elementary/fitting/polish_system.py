"""Errors of a program and their derivatives by its constants, in extended precision."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import arb

from elitemap.archive.errors import SearchError
from elitemap.evaluators.elementary.duals import FIELD, partials
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball
from elitemap.searchspaces.elementary.domain import vanishes_at
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.program import Program

#: Working precision: 60 digits and room for ill-conditioned constants.
BITS = 320


@dataclass
class System:
    """A program's error as a function of its constants; all methods run under ``precision(BITS)``.

    Attributes:
        program: The program; its stored constants are not used.
        target: What it approximates.
        fixed: Indices of constants that must not change; their derivatives count as zero.
        wanted: Target values that are known, by argument.
        factors: Weights of the error that are known, by argument.
    """

    program: Program
    target: Target
    fixed: frozenset[int] = frozenset()
    wanted: dict[float, arb] = field(default_factory=dict)
    factors: dict[float, arb] = field(default_factory=dict)

    def error(self, x: float, constants: Sequence[arb]) -> tuple[arb, tuple[bool, ...]] | None:
        """The error at one argument and the sign of every divisor, or None if it is not finite."""
        values = self._forward(x, constants)
        error = self._weighted(x, values[self.program.outputs[0]])
        if not error.is_finite():
            return None
        divisors = divisors_of(self.program)
        return error.mid(), tuple(values[k] > 0 for k in divisors)

    def row(self, x: float, constants: Sequence[arb]) -> tuple[arb, list[arb]] | None:
        """The error and its derivatives by the constants (reverse accumulation), or None."""
        values = self._forward(x, constants)
        output = self.program.outputs[0]
        error = self._weighted(x, values[output])
        if not error.is_finite():
            return None
        slopes: list[Any] = [0] * len(values)
        slopes[output] = 1 / self._value(x) if self.target.relative else arb(1)
        slopes[output] *= self._factor(x)
        for k in range(len(self.program.instructions) - 1, -1, -1):
            self._propagate(k, values, slopes)
        constant = [
            k for k, i in enumerate(self.program.instructions) if self.program.is_constant(i)
        ]
        gradient = [
            arb(0) if index in self.fixed else arb(slopes[1 + k]).mid()
            for index, k in enumerate(constant)
        ]
        return (error.mid(), gradient) if all(g.is_finite() for g in gradient) else None

    def _propagate(self, k: int, values: list[arb], slopes: list[Any]) -> None:
        instruction, slope = self.program.instructions[k], slopes[1 + k]
        if self.program.is_constant(instruction) or (isinstance(slope, int) and slope == 0):
            return
        operands = [values[j] for j in instruction.operands]
        found = partials(self.program.primitive(instruction), operands)
        for j, partial in zip(instruction.operands, found, strict=True):
            slopes[j] = slopes[j] + slope * partial

    def _forward(self, x: float, constants: Sequence[arb]) -> list[arb]:
        supply = iter(constants)
        values = [arb(x)]
        for instruction in self.program.instructions:
            primitive = self.program.primitive(instruction)
            if primitive.literal is not None:
                values.append(next(supply))
            else:
                operands = (values[k] for k in instruction.operands)
                values.append(primitive.exactly(FIELD, *operands))
        return values

    def _weighted(self, x: float, value: arb) -> arb:
        wanted = self._value(x)
        error = value / wanted - 1 if self.target.relative else value - wanted
        return error * self._factor(x)

    def _factor(self, x: float) -> arb:
        if x not in self.factors:
            self.factors[x] = self.target.weight(Fraction(x), BITS)
        return self.factors[x]

    def _value(self, x: float) -> arb:
        if x not in self.wanted:
            try:
                found = self.target.value(Fraction(x), BITS - 64)
            except SearchError:
                found = arb.nan()
            self.wanted[x] = found
        return self.wanted[x]


def divisors_of(program: Program) -> list[int]:
    """Value numbers of the operands at whose zeros instructions have poles."""
    table = ((i, program.primitive(i).divisor) for i in program.instructions)
    return [i.operands[place] for i, place in table if place is not None]


def anchors(program: Program, target: Target) -> dict[int, arb]:
    """Constants that must equal an end of the domain exactly, by their index.

    Under relative error a zero of the target at an end other than 0, like that of log2 at 1, needs
    a factor such as x - 1 that vanishes there exactly; fitted constants only come close.
    """
    found = {}
    width = target.hi - target.lo
    for end, inwards in ((target.lo, width), (target.hi, -width)):
        if not target.relative or end == 0 or not vanishes_at(target.expression, end, inwards):
            continue
        for index, value in enumerate(program.constants):
            if abs(abs(value) - abs(end)) < abs(end) * Fraction(1, 10**5):
                found[index] = ball(abs(end) if value > 0 else -abs(end))
    return found


def exact_constants(program: Program) -> list[arb]:
    """The constants of a program as balls without radius."""
    with precision(BITS):
        return [ball(value) for value in program.constants]
