"""What a program of words takes as hardware, estimated: look-up tables of six inputs, and gates.

Look-up tables are those of FPGAs with carry chains: a bit of a sum takes one table, and so do a
multiplexer of four, two bits of a comparison and 64 entries of a read-only memory (AMD, UG474,
7 Series CLB User Guide).

Gates have two inputs, inverters are free, and adders ripple: a full adder takes five (two XOR, two
AND, one OR), a half adder two, a multiplexer of two three (Mano and Ciletti, Digital Design,
chapter 4). A product is an array of ANDs and adders, one of a constant an adder for each further 1
of it. A bit of a read-only memory of 4, 8, 16 or 32 entries takes at most 1, 4, 7 or 12 gates
(Knuth, The Art of Computer Programming 4A, 7.1.2). Bits that never change take nothing, and shifts
by constants are wires. Nothing is shared or simplified beyond that, as synthesis does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.program import Program

Words = NDArray[np.uint32]

#: Where the numbers are from.
SOURCE = (
    "Estimates: look-up tables of six inputs by AMD, UG474, 7 Series CLB User Guide; gates of two "
    "inputs with ripple-carry adders by Mano and Ciletti, Digital Design, chapter 4 (a full adder "
    "five, a half adder two, a multiplexer three), memories by Knuth, The Art of Computer "
    "Programming 4A, 7.1.2. Nothing is shared or simplified as synthesis does."
)

FULL, HALF, MUX = 5, 2, 3

#: What a bit of a memory takes, by bits of the index.
_MEMORY = (0, 0, 1, 4, 7, 12)

#: What a majority of three, the carry alone, takes; and of two.
_CARRY, _CARRY_HALF = 4, 1


@dataclass(frozen=True)
class Hardware:
    """Estimates of a program.

    Attributes:
        tables: Look-up tables of six inputs, without products of two values.
        products: Those, by the widths of their operands.
        gates: Gates of two inputs, all included.
    """

    tables: int
    products: tuple[str, ...]
    gates: int

    def __add__(self, other: "Hardware") -> "Hardware":
        """Both beside each other."""
        return Hardware(
            self.tables + other.tables, self.products + other.products, self.gates + other.gates
        )


@dataclass(frozen=True)
class _Bits:
    """Which bits of a value change, and what the others are: words."""

    varying: int
    ones: int

    @staticmethod
    def of(values: Any) -> "_Bits":
        """Of all values that there are."""
        flat = np.atleast_1d(np.asarray(values, np.uint32))
        varying = int(np.bitwise_or.reduce(flat ^ flat[0]))
        return _Bits(varying, int(flat[0]) & ~varying)

    @property
    def count(self) -> int:
        """How many change."""
        return self.varying.bit_count()

    @property
    def inverted(self) -> "_Bits":
        """Of the complements."""
        return _Bits(self.varying, ~(self.varying | self.ones) & 0xFFFFFFFF)


def hardware(program: Program, leaves: Sequence[Words]) -> Hardware:
    """Estimates of a program on all its inputs, tables left out.

    Args:
        program: Of words.
        leaves: uint32[n] each, all inputs of the program together.
    """
    values: list[Any] = list(leaves)
    tables, gates, products = 0, 0, []
    for i in program.instructions:
        told = i.constant if program.is_constant(i) else [values[k] for k in i.operands]
        entry = program.primitive(i)
        values.append(entry.run(*told))
        if program.is_constant(i) or (entry.name == "add" and len(set(i.operands)) == 1):
            continue  # A number added to itself is shifted: wires.
        made, operands = _Bits.of(values[-1]), [_Bits.of(x) for x in told]
        gates += _gates(entry.name, made, operands)
        if entry.name == "mul" and all(x.count for x in operands):
            products.append(f"{operands[0].count}x{operands[1].count}")
        else:
            tables += _tables(entry.name, made, operands)
    return Hardware(tables, tuple(products), gates)


def memory(table: Sequence[int]) -> Hardware:
    """Estimates of a read-only memory with these entries."""
    if not table:
        return Hardware(0, (), 0)
    bits = _Bits.of(np.array(table, np.int64).astype(np.uint32)).count
    index = max(len(table) - 1, 0).bit_length()
    each = _MEMORY[min(index, len(_MEMORY) - 1)]
    for _ in range(index - len(_MEMORY) + 1):
        each = 2 * each + MUX
    return Hardware(-(-len(table) // 64) * bits, (), each * bits)


def summed(a: Words, b: Words) -> Hardware:
    """Estimates of an adder of two values, uint32[n] each."""
    made = _Bits.of(a + b)
    return Hardware(made.count, (), adder(_Bits.of(a), _Bits.of(b), made, subtract=False))


def multiplied(a: Words, b: Words) -> Hardware:
    """Estimates of a product of two values, uint32[n] each."""
    x, y = _Bits.of(a), _Bits.of(b)
    return Hardware(_tables("mul", _Bits.of(a * b), (x, y)), (), _product(x, y))


def _tables(name: str, made: _Bits, operands: Sequence[_Bits]) -> int:
    """Look-up tables of an operation that changes such bits of its result."""
    widths = [x.count for x in operands]
    if name in ("and", "or", "xor"):
        return (operands[0].varying & operands[1].varying).bit_count()
    if name in ("shl", "shr", "sar"):
        return made.count * -(-min(widths[1], 5) // 2)
    if name == "less":
        return -(-max(widths) // 2)
    if name in ("min", "max"):
        return made.count + -(-max(widths) // 2)
    if name == "mul":
        return made.count * max(1, max(widths) // 2)
    return made.count


def _gates(name: str, made: _Bits, operands: Sequence[_Bits]) -> int:
    """Gates of two inputs of an operation."""
    if name in ("add", "sub"):
        return adder(operands[0], operands[1], made, subtract=name == "sub")
    if name in ("and", "or", "xor"):
        return (operands[0].varying & operands[1].varying).bit_count()
    if name in ("shl", "shr", "sar"):
        return MUX * made.count * min(operands[1].count, 5)
    if name == "less":
        return comparison(operands[0], operands[1])
    if name in ("min", "max"):
        return comparison(operands[0], operands[1]) + _choice(made, operands[0], operands[1])
    if name == "select":
        return max(operands[0].count - 1, 0) + _choice(made, operands[1], operands[2])
    return _product(operands[0], operands[1])


def adder(a: _Bits, b: _Bits, made: _Bits, subtract: bool) -> int:
    """A ripple-carry adder up to the last bit that changes, from where on no carry is needed."""
    changing = list(_rippled(a, b.inverted if subtract else b, subtract, made.varying.bit_length()))
    carrying = sum({3: FULL, 2: HALF}.get(count, 0) for count in changing[:-1])
    return carrying + sum(max(count - 1, 0) for count in changing[-1:])


def comparison(a: _Bits, b: _Bits) -> int:
    """The last carry of a difference."""
    width = (a.varying | b.varying | a.ones | b.ones).bit_length()
    changing = _rippled(a, b.inverted, True, width)
    return sum({3: _CARRY, 2: _CARRY_HALF}.get(count, 0) for count in changing)


def _rippled(a: _Bits, b: _Bits, carry: bool, width: int) -> Iterator[int]:
    """How many of both bits and the carry change, from the lowest place on."""
    varies, one = False, carry
    for k in range(width):
        count = varies + (a.varying >> k & 1) + (b.varying >> k & 1)
        ones = one + (a.ones >> k & 1) + (b.ones >> k & 1)
        yield count
        varies = count >= 2 or (count == 1 and ones == 1)
        one = not varies and ones >= 2


def _choice(made: _Bits, a: _Bits, b: _Bits) -> int:
    """A multiplexer for each bit that changes; one gate where one of both is constant."""
    both = (made.varying & a.varying & b.varying).bit_count()
    return MUX * both + (made.count - both)


def _product(a: _Bits, b: _Bits) -> int:
    if not (a.count and b.count):
        constant, other = (a, b) if b.count else (b, a)
        return max(constant.ones.bit_count() - 1, 0) * FULL * other.count
    return a.count * b.count + FULL * (min(a.count, b.count) - 1) * max(a.count, b.count)
