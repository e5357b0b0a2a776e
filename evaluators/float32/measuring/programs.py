"""Random programs whose times tell what entries cost.

They are made of short pieces as whole functions have them, take numbers from 1 to 2, and are not
meant to compute anything: values stay finite and normal, so that no instruction meets a slow case.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from elitemap.searchspaces.elementary.float32.assembly import Assembly
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.tables import choices
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import live

#: Entries of tables, the bits that tell them apart, where those stand, and how many instructions
#: more than one they are.
ENTRIES, _BITS, _PLACE = 32, 5, 18
_CHOICES = _BITS + ENTRIES - 2

_MANTISSA, _ONE, _INFINITE = 0x007FFFFF, 0x3F800000, 0x7F800000

#: Shares of the pieces: sums, products and fused ones are what cores consist of.
ADDITIVE: Mapping[str, float] = MappingProxyType(
    {
        "fma": 8.0, "fadd": 3.0, "fsub": 2.0, "fmul": 4.0, "fdiv": 0.5, "sqrt": 0.25,
        "abs": 0.5, "neg": 0.5, "copysign": 0.5, "rint": 0.5,
        "scaled": 1.0, "fraction": 1.0, "power": 0.7, "halved": 0.3, "flipped": 0.4,
    }
)  # fmt: skip

#: Those and choices, which compilers turn into branches, and branches into masks of their own: what
#: they take depends on what stands around them.
EVERY: Mapping[str, float] = MappingProxyType(
    {
        **ADDITIVE,
        "min": 0.5,
        "max": 0.5,
        "chosen": 0.7,
        "chosen_by_words": 0.5,
        "looked_up": 0.7,
    }
)


def random_program(
    rng: np.random.Generator,
    pieces: Mapping[str, float] = ADDITIVE,
    least: int = 6,
    most: int = 25,
) -> Program:
    """A program of so many instructions, constants not counted; all are used.

    Args:
        rng: Source of randomness.
        pieces: Their shares, by name.
        least: Fewest instructions.
        most: Most of them.
    """
    names = list(pieces)
    shares = np.array(list(pieces.values())) / sum(pieces.values())
    while True:
        wanted = int(rng.integers(least, most + 1))
        code, open_ones, values, plain = Assembly(1), [0], [0], [0]
        while _counted(code) + len(open_ones) - 1 < wanted:
            name = names[rng.choice(len(names), p=shares)]
            made = _piece(name, code, _Operands(rng, values, open_ones, plain))
            values.append(made)
            if name not in _COMPOSED:
                plain.append(made)
            open_ones.append(made)
        value = open_ones.pop()
        while open_ones:
            value = code.do("fadd", value, open_ones.pop())
        program = Program(("x",), tuple(code.rows), (value,), dialect=FLOAT32)
        if least <= _counted(code) <= most and len(live(program)) == len(code.rows):
            return program


class _Operands:
    """Draws numbers of values: mostly such as nothing has used, sometimes a constant."""

    def __init__(
        self, rng: np.random.Generator, values: list[int], unused: list[int], plain: list[int]
    ) -> None:
        self.rng, self._values, self._unused, self._plain = rng, values, unused, plain

    def value(self) -> int:
        if self._unused and self.rng.random() < 0.75:
            return self._unused.pop(int(self.rng.integers(len(self._unused))))
        return self._values[int(self.rng.integers(len(self._values)))]

    def bits(self, code: Assembly) -> int:
        """The bits of a value of arithmetic: of bits of bits compilers leave out some."""
        unused = [value for value in self._unused if value in self._plain]
        value = unused[-1] if unused else self._plain[int(self.rng.integers(len(self._plain)))]
        if unused:
            self._unused.remove(value)
        return code.do("bits", value)

    def several(self, code: Assembly, many: int) -> list[int]:
        """Different values, the first one no constant: of equal ones compilers make nothing."""
        found = [self.value()]
        while len(found) < many:
            constant = self.rng.random() < 0.5 or len(self._values) < many
            value = code.single(float(self.rng.uniform(0.5, 2.0))) if constant else self.value()
            if value not in found:
                found.append(value)
        return found


def _counted(code: Assembly) -> int:
    """Instructions that compute something; tables count for one."""
    singles = sum(1 for row in code.rows if row.opcode == FLOAT32.opcodes["single"])
    # Other constants of a program are fewer than the entries of one table.
    return sum(1 for row in code.rows if not row.constant) - singles // ENTRIES * _CHOICES


def _piece(name: str, code: Assembly, operands: _Operands) -> int:
    """One piece; the number of its value, a single."""
    if name in _COMPOSED:
        return _COMPOSED[name](code, operands)
    arity = FLOAT32.primitives[FLOAT32.opcodes[name]].arity
    return code.do(name, *operands.several(code, arity))


def _scaled(code: Assembly, operands: _Operands) -> int:
    """A power of two by a sum of bits, as exponentials have it."""
    word = operands.bits(code)
    name = "iadd" if operands.rng.random() < 0.5 else "isub"
    return code.do("float", code.do(name, word, code.word(1 << 20)))


def _fraction(code: Assembly, operands: _Operands) -> int:
    """The mantissa between 1 and 2, as logarithms have it."""
    word = code.do("and", operands.bits(code), code.word(_MANTISSA))
    return code.do("float", code.do("or", word, code.word(_ONE)))


def _power(code: Assembly, operands: _Operands) -> int:
    """The exponent as a number."""
    name = "shr" if operands.rng.random() < 0.6 else "ushr"
    return code.do("fromint", code.do(name, operands.bits(code), code.word(23)))


def _halved(code: Assembly, operands: _Operands) -> int:
    """Bits moved down and up again."""
    word = code.do("ushr", operands.bits(code), code.word(12))
    return code.do("float", code.do("shl", word, code.word(12)))


def _chosen(code: Assembly, operands: _Operands) -> int:
    name = "less" if operands.rng.random() < 0.8 else "equal"
    mask = code.do(name, *operands.several(code, 2))
    return code.do("select", mask, *operands.several(code, 2))


def _chosen_by_words(code: Assembly, operands: _Operands) -> int:
    word = operands.bits(code)
    mask = code.do("iless", word, code.word(_ONE + int(operands.rng.integers(1 << 23))))
    if operands.rng.random() < 0.5:
        return code.do("select", mask, *operands.several(code, 2))
    chosen = code.do("iselect", mask, word, code.word(_ONE))
    return code.do("float", chosen)


def _flipped(code: Assembly, operands: _Operands) -> int:
    """Bits of two numbers joined, the last ones."""
    word = code.do("and", operands.bits(code), code.word(0xFFFF))
    return code.do("float", code.do("xor", operands.bits(code), word))


def _looked_up(code: Assembly, operands: _Operands) -> int:
    """An entry of a table, by some bits of a number."""
    word = operands.bits(code)
    bits = [code.do("shl", word, code.word(31 - _PLACE - k)) for k in range(_BITS)]
    entries = operands.rng.uniform(0.5, 2.0, ENTRIES).astype(np.float32).tolist()
    code.rows += choices(entries, bits, code.first + len(code.rows))
    return code.first + len(code.rows) - 1


_COMPOSED: dict[str, Callable[[Assembly, _Operands], int]] = {
    "scaled": _scaled,
    "fraction": _fraction,
    "power": _power,
    "halved": _halved,
    "chosen": _chosen,
    "chosen_by_words": _chosen_by_words,
    "flipped": _flipped,
    "looked_up": _looked_up,
}
