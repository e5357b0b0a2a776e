"""What levels take beside operations: table entries, products, accumulators of dot products.

Both formulas are those of Aggarwal et al. (arXiv 2311.12359) for sums of n products that are not
rounded: r_a + r_b + ceil(log2 n) + 1 bits for whole numbers of r_a and r_b bits, and
2^e_a + m_a + 2^e_b + m_b + ceil(log2 n) - 1 for small floats of e exponent and m mantissa bits. The
other operand is a whole number of 8 bits, or E4M3; scales are applied behind the sum of a block.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.rule import Rule

Singles = NDArray[np.float32]

#: Products that are summed, bits of the other whole number, exponent and mantissa of the other
#: float.
SUMMED, _WHOLE, _EXPONENT, _MANTISSA = 256, 8, 4, 3

#: Most mantissa bits of a level, which is a float32.
_MOST = 23

#: Operations that multiply.
_PRODUCTS = ("fmul", "fma")


def taking(rule: Rule, element: Element) -> dict[str, Any]:
    """What levels take, for certificates.

    Returns:
        ``table_entries``; ``multiplies`` for a weight, that with the scale included; widths of
        accumulators in bits, ``accumulator_integer`` where levels are whole numbers and
        ``accumulator_float``, and the ``float_levels`` that the latter is of.
    """
    levels = element.levels(rule)
    made: dict[str, Any] = {
        "table_entries": len(element.table),
        "multiplies": 1 + _multiplies(element) + (1 if rule.rotated else 0),
    }
    if (bits := whole_bits(levels)) is not None:
        made["accumulator_integer"] = integer_accumulator(bits, _WHOLE, SUMMED)
    if (small := small_float(levels)) is not None:
        own, other = small, (_EXPONENT, _MANTISSA)
        made["float_levels"] = f"E{own[0]}M{own[1]}"
        made["accumulator_float"] = float_accumulator(own, other, SUMMED)
    return made


def _multiplies(element: Element) -> int:
    if element.program is None:
        return 0
    program = element.program
    return sum(program.primitive(i).name in _PRODUCTS for i in program.instructions)


def integer_accumulator(a: int, b: int, n: int) -> int:
    """Bits of a sum of n products of whole numbers of so many bits."""
    return a + b + (n - 1).bit_length() + 1


def float_accumulator(a: tuple[int, int], b: tuple[int, int], n: int) -> int:
    """The same of floats of so many exponent and mantissa bits."""
    return (1 << a[0]) + a[1] + (1 << b[0]) + b[1] + (n - 1).bit_length() - 1


def whole_bits(levels: Singles) -> int | None:
    """Bits of a two's complement that has all levels; None if one is no whole number of 16 bits."""
    if (levels != np.rint(levels)).any() or np.abs(levels).max() >= 1 << 15:
        return None
    lowest, highest = int(levels.min()), int(levels.max())
    return 1 + max(highest.bit_length(), (-lowest - 1).bit_length() if lowest < 0 else 0)


def small_float(levels: Singles) -> tuple[int, int] | None:
    """Exponent and mantissa bits of the smallest float that has all levels, times a power of two.

    Subnormals count, codes for infinity and NaN do not. None if 8 exponent bits are too few.
    """
    values = np.unique(np.abs(levels[levels != 0])).astype(np.float64)
    if not len(values):
        return None
    highest = np.frexp(values)[1] - 1
    whole = np.ldexp(values, _MOST - highest).astype(np.int64)
    lowest = highest - _MOST + np.array([(int(x) & -int(x)).bit_length() - 1 for x in whole])
    found = []
    for mantissa in range(_MOST + 1):
        least = int(lowest.min()) + mantissa
        if (np.maximum(highest, least) - lowest <= mantissa).all():
            exponents = max(int(highest.max()) - least, 0) + 2
            found.append((max(1, (exponents - 1).bit_length()), mantissa))
    fitting = [one for one in found if one[0] <= 8]
    return min(fitting, key=sum) if fitting else None
