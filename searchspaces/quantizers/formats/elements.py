"""What level a code stands for: a program in ``float32``, or a table.

A program sees the code as a signed number ``k`` and as a word ``code``, and the choice of its
block, 0 or 1, as a number ``c`` and as a word ``choice``. A table has an entry for each code
(``plain``), for each code without its sign (``mirrored``), for each choice and code (``double``),
or for each code and one more that is added where the block's choice is 1 (``shifted``). Or a level
is the sum of two entries (``sums``): the bits of a code below its sign are two numbers, and each
has its part of the table. With powers of two as entries that is APoT (Li, Dong and Wang, 2020).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.reference import evaluate
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.signature import Signature, Variable
from elitemap.searchspaces.quantizers.formats.rule import FormatError, Rule

#: Kinds of levels, in the kernel's order.
SHAPES = ("program", "plain", "mirrored", "double", "shifted", "sums")
PROGRAM, PLAIN, MIRRORED, DOUBLE, SHIFTED, SUMS = range(6)

#: Most entries of a table.
MOST_ENTRIES = 32

#: Whole entries of sums are powers of two up to this one, or 0.
LARGEST_POWER = 64.0

#: Levels are below this in size, as in the kernel.
_LARGEST = np.float32(1e15)

SIGNATURE = Signature(
    (
        Variable("k", "single"),
        Variable("c", "single"),
        Variable("code", "word"),
        Variable("choice", "word"),
    ),
    ("single",),
)

#: Operations of programs: those that a decoder has at hand, none that reads the bits of a NaN.
OPERATIONS = (
    *("fadd", "fsub", "fmul", "fma", "min", "max", "abs", "neg"),
    *("fromint", "float", "iadd", "isub", "shl", "shr", "and", "or", "xor"),
    *("less", "iless", "select", "iselect"),
)

Floats = NDArray[np.float32]


Bits = TypeVar("Bits", int, NDArray[np.int32])


def parts(bits: Bits) -> tuple[Bits, Bits]:
    """Bits of both numbers that a code has below its sign."""
    return bits // 2, (bits - 1) // 2


def entries_of(shape: int, bits: int) -> int:
    """How many entries a table of a shape has for codes of so many bits."""
    codes, (high, low) = 1 << bits, parts(bits)
    return (0, codes, codes // 2, 2 * codes, codes + 1, (1 << high) + (1 << low))[shape]


@dataclass(frozen=True)
class Element:
    """Levels of a quantizer.

    Attributes:
        shape: Index into :data:`SHAPES`.
        program: Of the signature; None for a table.
        table: Its entries.
        whole: Whether they are whole numbers from -127 to 127.
    """

    shape: int
    program: Program | None
    table: tuple[float, ...] = ()
    whole: bool = False

    @property
    def bytes(self) -> int:
        """What the table takes beside the tensors."""
        return len(self.table) * (1 if self.whole else 4)

    def levels(self, rule: Rule) -> Floats:
        """float32[choices, codes], what codes stand for; NaN where a program has no number."""
        codes, choices = 1 << rule.bits, 1 + rule.choice
        if self.program is not None:
            code = np.tile(np.arange(codes, dtype=np.int32), choices)
            choice = np.repeat(np.arange(choices, dtype=np.int32), codes)
            numbers = (code - codes // 2).astype(np.float32), choice.astype(np.float32)
            (made,), _ = evaluate(self.program, [*numbers, code, choice])
            return np.asarray(np.broadcast_to(made, codes * choices)).reshape(choices, codes)
        t = np.array(self.table, np.float32)
        if self.shape == MIRRORED:
            return np.concatenate([t, -t])[None]
        if self.shape == SUMS:
            high, low = parts(rule.bits)
            size = (t[: 1 << high, None] + t[None, 1 << high :]).reshape(-1)
            return np.concatenate([size, -size])[None]
        if self.shape == SHIFTED:
            return np.stack([t[:codes], t[:codes] + t[codes]])
        return t.reshape(choices, codes)

    def to_json(self) -> dict[str, Any]:
        """The JSON object."""
        if self.program is not None:
            return {"program": self.program.to_json()}
        table = [int(x) if self.whole else float(x).hex() for x in self.table]
        return {"shape": SHAPES[self.shape], "table": table}

    @staticmethod
    def from_json(document: Any, rule: Rule) -> "Element":
        """Read levels for a layout.

        Raises:
            FormatError: If they are none, or of another number of codes and choices.
            ProgramError: If a program is none.
        """
        if isinstance(document, Mapping) and "program" in document:
            program = Program.from_json(document["program"], FLOAT32)
            names = {program.primitive(i).name for i in program.instructions}
            if not program.fits(SIGNATURE) or not names <= {*OPERATIONS, "single", "word"}:
                raise FormatError("expected a program of a code and a choice that gives a level")
            return Element(PROGRAM, program)
        try:
            shape, told = SHAPES.index(document["shape"]), list(document["table"])
            if not isinstance(document["table"], list) or shape == PROGRAM:
                raise TypeError
            whole = all(type(x) is int for x in told)
            table = tuple(float(x) if whole else float.fromhex(x) for x in told)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise FormatError("expected levels: a program, or a shape and a table") from None
        _check_table(shape, table, whole, rule)
        return Element(shape, None, table, whole)


def _check_table(shape: int, table: tuple[float, ...], whole: bool, rule: Rule) -> None:
    entries = entries_of(shape, rule.bits)
    if len(table) != entries or entries > MOST_ENTRIES or not fits(shape, rule.choice):
        raise FormatError(f"expected a table that goes with {rule.bits} bits, got {len(table)}")
    values = np.array(table)
    with np.errstate(over="ignore"):
        single = values.astype(np.float32).astype(np.float64)
    if not np.isfinite(values).all() or not (single == values).all():
        raise FormatError("expected entries of a table that are finite float32 numbers")
    powers = {0.0, *(2.0**k for k in range(7))}
    if whole and shape == SUMS and not {*np.abs(values).tolist()} <= powers:
        raise FormatError("expected whole entries of sums that are powers of two up to 64, or 0")
    if whole and np.abs(values).max() > 127:
        raise FormatError("expected whole entries from -127 to 127")


def fits(shape: int, choice: int) -> bool:
    """Whether a shape goes with layouts that have choices, or have none."""
    return shape == PROGRAM or (shape in (DOUBLE, SHIFTED)) == bool(choice)


def sound(levels: Floats) -> bool:
    """Whether levels float32[choices, codes] can be encoded to: each choice has one beside zero."""
    sizes = np.abs(levels)
    return bool((sizes <= _LARGEST).all() and (sizes.max(axis=1) > 1.0 / _LARGEST).all())
