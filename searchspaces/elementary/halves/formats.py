"""The two formats of 16 bits that vector code computes with: bfloat16 and float16."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint16]
Floats = NDArray[np.float64]

#: Of the bits of a number, all but the sign.
SIZE = 0x7FFF


@dataclass(frozen=True)
class Format:
    """A binary format of 16 bits, laid out as IEEE 754 lays out its own.

    Attributes:
        name: What it is called.
        precision: Bits of a normal significand, with the leading one.
        least: Exponent of the least normal number.
        most: Exponent of the largest finite number.
    """

    name: str
    precision: int
    least: int
    most: int

    @property
    def infinity(self) -> int:
        """Bits of infinity."""
        return SIZE + 1 - (1 << (self.precision - 1))

    @property
    def nan(self) -> int:
        """Bits of the usual NaN."""
        return self.infinity | 1 << (self.precision - 2)

    @property
    def largest(self) -> float:
        """The largest finite number."""
        return float(2.0**self.most * (2.0 - 2.0 ** (1 - self.precision)))

    def values(self, words: Words) -> Floats:
        """float64[n], the numbers with these bits."""
        size = (words & SIZE).astype(np.int64)
        fraction = size & ((1 << (self.precision - 1)) - 1)
        exponent = size >> (self.precision - 1)
        leading = np.where(exponent > 0, 1 << (self.precision - 1), 0)
        scale = np.maximum(exponent, 1) - 1 + self.least - (self.precision - 1)
        found = np.ldexp((leading + fraction).astype(np.float64), scale)
        found[size == self.infinity] = np.inf
        found[size > self.infinity] = np.nan
        signed: Floats = np.where(words > SIZE, -found, found)
        return signed

    def words(self, values: Floats) -> Words:
        """The inverse of :meth:`values` for numbers that are of the format, or infinite.

        Raises:
            ValueError: If one is not.
        """
        sizes = self.values(EVERY[: self.infinity + 1])
        found = np.searchsorted(sizes, np.abs(values)).astype(np.uint16)
        if not np.array_equal(sizes[np.minimum(found, self.infinity)], np.abs(values)):
            raise ValueError(f"expected numbers of {self.name}")
        return np.where(np.signbit(values), found | np.uint16(SIZE + 1), found).astype(np.uint16)

    def units(self, values: Floats) -> Floats:
        """The unit of the last place of true values."""
        _, exponent = np.frexp(np.abs(values))
        inside = np.clip(exponent - 1, self.least, self.most)
        found: Floats = np.ldexp(1.0, inside - (self.precision - 1))
        return found

    def places(self, words: Words) -> NDArray[np.int64]:
        """Numbers in their order as whole numbers; both zeros are 0."""
        size = (words & SIZE).astype(np.int64)
        return np.where(words > SIZE, -size, size)

    def numbers(self, places: NDArray[np.int64]) -> Floats:
        """The numbers at places; NaN beyond infinity."""
        sizes = np.append(self.values(EVERY[: self.infinity + 1]), np.nan)
        found: Floats = sizes[np.minimum(np.abs(places), self.infinity + 1)]
        return np.where(places < 0, -found, found)

    def is_nan(self, words: Words) -> NDArray[np.bool_]:
        """Which bits are those of no number."""
        found: NDArray[np.bool_] = (words & SIZE) > self.infinity
        return found


BFLOAT16 = Format("bfloat16", 8, -126, 127)
FLOAT16 = Format("float16", 11, -14, 15)

#: By name.
FORMATS: Mapping[str, Format] = MappingProxyType({f.name: f for f in (BFLOAT16, FLOAT16)})

#: All bits there are.
EVERY: Words = np.arange(1 << 16, dtype=np.uint32).astype(np.uint16)
EVERY.setflags(write=False)
