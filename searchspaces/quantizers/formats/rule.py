"""The layout of a quantized tensor: codes, blocks, scales, and the bits that all of it takes.

A weight is scale * level(code, choice) + offset. A block shares its scale, an offset where there
are offsets, and one bit that chooses between two sets of levels where there are choices. A scale is
a number of a codec: binary32, binary16 or bfloat16 as they are, a power of two (E8M0), or a small
number in units of a super-block's or of the tensor's scale (E4M3, UE5M3, whole numbers).

Before blocks are encoded, the largest weights of each 256 may be stored apart, or runs of weights
rotated by Walsh and Hadamard's transform, so that none is much larger than the others.
"""

from dataclasses import dataclass, fields
from typing import Any

from elitemap.archive.errors import ArchiveError

#: How scales are stored, in the kernel's order; "int" has a number of bits of its own.
CODECS = ("fp32", "fp16", "bf16", "e8m0", "e4m3", "ue5m3", "int")
FP32, FP16, BF16, E8M0, E4M3, UE5M3, INTEGER = range(7)

#: Bits of a magnitude in each codec; a sign takes another.
_MAGNITUDE = (31, 15, 15, 8, 7, 8)

#: What is added to a block: nothing, a number, or one that is not positive.
OFFSETS = ("none", "signed", "minimum")

#: How a block's scale is found: by its absolute maximum, or as the one of least error.
SEARCHES = ("absmax", "search")

#: How many weights of a span are stored apart, and the span. A place takes a byte, a value two.
OUTLIERS = (0, 1, 2, 4, 8)
SPAN, _APART = 256, 3

#: How many weights are rotated together: powers of 4, whose square roots are exact.
ROTATIONS = (0, 16, 64, 256)

#: How weights become codes: the nearest level, or one of both neighbours, by lot, so that the mean
#: is the weight. Lots come from a seed, which is stored behind everything else.
ROUNDINGS = ("nearest", "stochastic")
SEED_BYTES = 4

LEAST_CODE, MOST_CODE = 2, 8
BLOCKS = (0, 16, 32, 64, 128, 256)
GROUPS = (0, 128, 256, 512)
INTEGERS = tuple(range(3, 9))


class FormatError(ArchiveError):
    """What claims to be a quantizer is none."""


def apart_bytes(outliers: int, n: int) -> int:
    """Bytes of the weights that are stored apart, so many of each span of n."""
    return _APART * outliers * -(-n // SPAN)


@dataclass(frozen=True)
class Rule:
    """A layout; the order of the fields is the kernel's.

    Attributes:
        bits: Of a weight's code.
        block: Weights that share a scale; 0 for all of a tensor.
        codec: Index into :data:`CODECS`.
        scale_bits: Bits of a scale that is a whole number, its sign included; else 0.
        signed: 1 where scales may be negative.
        group: Weights that share the unit of scales that are whole numbers; 0 for a tensor.
        search: Index into :data:`SEARCHES`.
        offset: Index into :data:`OFFSETS`.
        choice: 1 where a bit of each block chooses between two sets of levels.
        outliers: Weights of each 256 that are stored apart.
        rotated: Weights that are rotated together; 0 for none.
        rounding: Index into :data:`ROUNDINGS`.
    """

    bits: int
    block: int
    codec: int
    scale_bits: int
    signed: int
    group: int
    search: int
    offset: int
    choice: int
    outliers: int = 0
    rotated: int = 0
    rounding: int = 0

    def possible(self) -> bool:
        """Whether the fields make sense together."""
        whole = self.codec == INTEGER
        return (
            LEAST_CODE <= self.bits <= MOST_CODE
            and self.block in BLOCKS
            and (self.scale_bits in INTEGERS if whole else self.scale_bits == 0)
            and (self.group in GROUPS if whole else self.group == 0)
            and (self.group == 0 or self.group > self.block)
            and not (self.signed and self.codec in (E8M0, UE5M3))
            and not (self.offset and self.codec in (E8M0, UE5M3))
            and not (self.offset and self.signed)
            and not (self.block == 0 and (self.codec != FP32 or self.choice or self.group))
            and self.outliers in OUTLIERS
            and self.rotated in ROTATIONS
            and self.rounding in (0, 1)
            and not ((self.outliers or self.rotated) and self.block == 0)
            and not (self.outliers and self.rotated)
        )

    @property
    def magnitude(self) -> int:
        """Bits of a scale's magnitude."""
        return self.scale_bits - self.signed if self.codec == INTEGER else _MAGNITUDE[self.codec]

    @property
    def scale_width(self) -> int:
        """Bits that a scale takes; the sign of a float is there whether it is used or not."""
        if self.codec == INTEGER:
            return self.scale_bits
        return (32, 16, 16, 8, 8, 8)[self.codec]

    @property
    def offset_width(self) -> int:
        """Bits that an offset takes."""
        if not self.offset:
            return 0
        return self.magnitude + (self.offset == 1 or self.codec != INTEGER)

    @property
    def unit_width(self) -> int:
        """Bits of a unit of scales, 0 where there are none."""
        return 0 if self.codec < E4M3 else 16 if self.group else 32

    def blocks(self, n: int) -> int:
        """How many blocks n > 0 weights have."""
        return -(-n // self.block) if self.block else 1

    def groups(self, n: int) -> int:
        """How many units n > 0 weights have, of scales; there are as many of offsets."""
        if not self.unit_width:
            return 0
        return -(-n // self.group) if self.group else 1

    def apart(self, n: int) -> int:
        """How many of n weights are stored apart."""
        return self.outliers * -(-n // SPAN)

    def bytes(self, n: int) -> int:
        """Bytes of n > 0 weights: of units, scales, offsets, choices, codes, outliers, seed."""
        blocks = self.blocks(n)
        units = self.groups(n) * self.unit_width * (2 if self.offset else 1)
        streams = (
            units,
            blocks * self.scale_width,
            blocks * self.offset_width,
            blocks * self.choice,
            n * self.bits,
        )
        whole = sum(-(-bits // 8) for bits in streams)
        return whole + apart_bytes(self.outliers, n) + SEED_BYTES * self.rounding

    def to_json(self) -> dict[str, Any]:
        """The JSON object."""
        codec = CODECS[self.codec]
        told = {"outliers": self.outliers, "rotated": self.rotated}
        return {
            "code_bits": self.bits,
            "block": self.block,
            "scale": {
                "codec": f"int{self.scale_bits}" if self.codec == INTEGER else codec,
                "signed": bool(self.signed),
                "group": self.group,
                "found": SEARCHES[self.search],
            },
            "offset": OFFSETS[self.offset],
            "choice": bool(self.choice),
            **{name: number for name, number in told.items() if number},
            **({"rounding": ROUNDINGS[self.rounding]} if self.rounding else {}),
        }

    @staticmethod
    def from_json(document: Any) -> "Rule":
        """Read the fields of a JSON object.

        Raises:
            FormatError: If they are no layout.
        """
        try:
            scale = document["scale"]
            codec, signed = scale["codec"], scale["signed"]
            whole = codec.startswith("int")
            numbers = document["code_bits"], document["block"], scale["group"]
            apart = document.get("outliers", 0), document.get("rotated", 0)
            width = int(codec[3:]) if whole else 0
            flags = signed, document["choice"]
            if not all(type(x) is int for x in (*numbers, *apart)) or not all(
                type(x) is bool for x in flags
            ):
                raise TypeError
            rule = Rule(
                numbers[0],
                numbers[1],
                CODECS.index("int" if whole else codec),
                width,
                int(signed),
                numbers[2],
                SEARCHES.index(scale["found"]),
                OFFSETS.index(document["offset"]),
                int(document["choice"]),
                *apart,
                ROUNDINGS.index(document.get("rounding", ROUNDINGS[0])),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise FormatError("expected a quantizer's layout: code, block, scale") from None
        made = rule.to_json()
        written = {"outliers", "rotated", "rounding"} & set(document) <= set(made)
        if not rule.possible() or not written or any(made[key] != document[key] for key in made):
            raise FormatError("expected a layout whose parts go together")
        return rule

    def text(self) -> str:
        """One line for people."""
        scale = self.to_json()["scale"]["codec"]
        block = f"blocks of {self.block}" if self.block else "whole tensor"
        parts = [f"{self.bits}-bit codes", block]
        parts.append(f"{'signed ' if self.signed else ''}{scale} scale by {SEARCHES[self.search]}")
        if self.unit_width:
            parts.append(f"in units per {self.group or 'tensor'}")
        if self.offset:
            parts.append("offset" if self.offset == 1 else "minimum")
        if self.choice:
            parts.append("a bit chooses levels")
        if self.outliers:
            parts.append(f"{self.outliers} of {SPAN} weights apart")
        if self.rotated:
            parts.append(f"rotated by {self.rotated}")
        if self.rounding:
            parts.append("stochastic rounding")
        return ", ".join(parts)

    def row(self) -> tuple[int, ...]:
        """The fields in order."""
        return tuple(vars(self).values())


#: How many fields a rule has.
WIDTH = len(fields(Rule))
