"""Programs of real variables that people write as formulas.

    x / (1 + abs(x))
    1 / (t + 2 / t) where t = x + 3 / x

The second form is what elites are shown as. The text is parsed by the closed grammar of
:mod:`elitemap.formulas.parsing`, and every operation must be one that the search may use. Where it
may use fused multiply-adds, a product in a sum is one.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression
from elitemap.formulas.parsing import parse_where
from elitemap.formulas.vocabulary import constant_value
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program

#: Bits of constants: more than the two floats of a constant hold.
BITS = 160

#: Largest whole exponent; powers are written out as products.
MOST_POWER = 64

#: Most instructions of a formula, written out.
MOST_INSTRUCTIONS = 256


def written(
    text: str, dialect: Dialect, opcodes: Collection[int], inputs: tuple[str, ...] = ("x",)
) -> Program:
    """The program that a formula writes.

    Args:
        text: The formula.
        dialect: ``real``, perhaps with more primitives.
        opcodes: The operations that it may use.
        inputs: Names of the variables.

    Raises:
        UsageError: In one line, with the cure, if it is no formula, or needs something else.
    """
    draft = _Draft(dialect, frozenset(opcodes), inputs)
    output = draft.value(parse_where(text, inputs))
    return Program(inputs, tuple(draft.instructions), (output,), dialect=dialect)


@dataclass
class _Draft:
    """Instructions so far, and the numbers of the values of expressions, by identity."""

    dialect: Dialect
    opcodes: frozenset[int]
    inputs: tuple[str, ...]
    instructions: list[Instruction] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def value(self, node: Expression) -> int:
        """The number of an expression's value, whose instructions are appended once."""
        if id(node) not in self.numbers:
            self.numbers[id(node)] = self._made(node)
        return self.numbers[id(node)]

    def _made(self, node: Expression) -> int:
        if node.head in self.inputs:
            return self.inputs.index(node.head)
        if node.constant:
            return self._constant(node)
        if node.head == "neg":
            return self._negated(node.parts[0])
        if node.head == "pow":
            return self._power(node)
        if node.head == "add" and self.dialect.operations.get("fma") in self.opcodes:
            for product, other in (node.parts, node.parts[::-1]):
                if product.head == "mul" and not product.constant:
                    factors = (*product.parts, other)
                    return self._append("fma", tuple(map(self.value, factors)), str(node))
        operands = tuple(self.value(part) for part in node.parts)
        return self._append(node.head, operands, str(node))

    def _append(self, name: str, operands: tuple[int, ...], text: str) -> int:
        code = self.dialect.operations.get(name)
        if code is None or code not in self.opcodes:
            names = [n for n, c in self.dialect.operations.items() if c in self.opcodes]
            cure = f"; add it to ops, as in --set ops={','.join([*names, name])}" if code else ""
            raise UsageError(
                f"expected a formula of {', '.join(names)}, got {name} in {text[:40]!r}{cure}"
            )
        if len(self.instructions) >= MOST_INSTRUCTIONS:
            raise UsageError(f"expected at most {MOST_INSTRUCTIONS} operations in a formula")
        self.instructions.append(Instruction(code, operands))
        return self._last

    @property
    def _last(self) -> int:
        """The number of the value of the last instruction."""
        return len(self.inputs) + len(self.instructions) - 1

    def _number(self, high: float, low: float) -> int:
        (code,) = (c for c in self.dialect.constants.values())
        self.instructions.append(Instruction(code, (), (high, low)))
        return self._last

    def _constant(self, node: Expression) -> int:
        """A constant as the sum of two floats."""
        if node.head == "number":
            high = float(node.value)
            return self._number(high, float(node.value - Fraction(high)))
        value = constant_value(node, BITS)
        high = float(value.mid())
        return self._number(high, float((value - high).mid()))

    def _negated(self, node: Expression) -> int:
        operand = self.value(node)
        if self.dialect.operations.get("mul") in self.opcodes:
            return self._append("mul", (operand, self._number(-1.0, 0.0)), str(node))
        return self._append("sub", (self._number(0.0, 0.0), operand), str(node))

    def _power(self, node: Expression) -> int:
        """A whole power by products, the square root by its primitive."""
        base, exponent = node.parts
        if exponent.head == "number" and exponent.value == Fraction(1, 2):
            return self._append("sqrt", (self.value(base),), str(node))
        whole = exponent.head == "number" and exponent.value.denominator == 1
        if not whole or not 0 < abs(exponent.value) <= MOST_POWER:
            raise UsageError(
                f"expected whole exponents to {MOST_POWER} or 1/2 in a formula, got "
                f"{str(node)[:40]!r}"
            )
        made = self._raised(self.value(base), abs(int(exponent.value)), str(node))
        if exponent.value > 0:
            return made
        return self._append("div", (self._number(1.0, 0.0), made), str(node))

    def _raised(self, base: int, power: int, text: str) -> int:
        if power == 1:
            return base
        half = self._raised(base, power // 2, text)
        square = self.dialect.operations.get("square")
        if square in self.opcodes:
            made = self._append("square", (half,), text)
        else:
            made = self._append("mul", (half, half), text)
        return self._append("mul", (made, base), text) if power % 2 else made
