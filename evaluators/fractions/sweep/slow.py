"""Relations of slowly convergent fractions: no table holds them, their coefficients are too large.

Values in double-double have some 28 digits. That suffices to see whether the representative of a
class has a relation with small coefficients, by lattice reduction, before anything is computed to
more digits.
"""

from collections.abc import Sequence

import numpy as np
from flint import fmpz_mat
from numpy.typing import NDArray

from elitemap.evaluators.fractions.sweep.batched import MOST_DEGREE
from elitemap.evaluators.fractions.sweep.fates import SLOW, expansion_of
from elitemap.evaluators.fractions.sweep.singles import deepened
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.grammar import MAX_COEFFICIENT

#: Bits of a value that are used at most, bits that it must have, and bits that a relation must
#: save over chance.
MOST_BITS, LEAST_BITS, SAVED = 88, 60, 16

#: Relative precision that values are computed to, where possible.
AIM = 2.0 ** -(MOST_BITS + 4)


def suspects(
    fractions: Sequence[ContinuedFraction], constants: Sequence[Constant], joint: bool
) -> NDArray[np.bool_]:
    """Which of some algebraically convergent plain fractions look related to the constants.

    All those related to one constant with coefficients of up to five digits are among them, and
    hardly any others; rational values do not count.

    Args:
        fractions: Of the classes "algebraic" and "alternating algebraic".
        constants: The constants.
        joint: Whether relations may have several of them.
    """
    found = np.zeros(len(fractions), dtype=np.bool_)
    groups: dict[tuple[int, int], list[int]] = {}
    for k, f in enumerate(fractions):
        sizes = [abs(c) for side in (f.a, f.b) for c in side[0]]
        if max(sizes) < MAX_COEFFICIENT and max(f.degrees) <= MOST_DEGREE:
            groups.setdefault(f.degrees, []).append(k)
        else:
            found[k] = True
    sets = [tuple(constants)] if joint else [(one,) for one in constants]
    for members in groups.values():
        values = _scaled([fractions[k] for k in members])
        for k, (value, bits) in zip(members, values, strict=True):
            found[k] = bits >= LEAST_BITS and any(
                _suspect(value, bits, _scale(group, bits)) for group in sets
            )
    return found


def _scaled(fractions: Sequence[ContinuedFraction]) -> list[tuple[int, int]]:
    """Values of fractions of the same degrees in fixed point, with the bits that they have."""
    da, db = fractions[0].degrees
    a, b = (np.array([getattr(f, side)[0] for f in fractions], dtype=np.int64) for side in "ab")
    values = deepened(expansion_of(SLOW, db - 2 * da), a, b, AIM)
    lost = np.maximum(values.error / np.maximum(np.abs(values.high), 1.0), 2.0**-MOST_BITS)
    bits = np.where(lost < 1, -np.log2(lost), 0).astype(np.int64).tolist()
    pairs = zip(values.high.tolist(), values.low.tolist(), bits, strict=True)
    return [(_fixed(high, n) + _fixed(low, n) if n else 0, n) for high, low, n in pairs]


def _fixed(x: float, bits: int) -> int:
    above, below = x.as_integer_ratio()
    return (above << bits) // below


def _scale(group: tuple[Constant, ...], bits: int) -> list[int]:
    """1 and the constants in fixed point."""
    found = [1 << bits]
    with precision(2 * MOST_BITS):
        for one in group:
            mantissa, exponent = one.ball(MOST_BITS + 16).mid().man_exp()
            shift = int(exponent) + bits
            found.append(int(mantissa) << shift if shift >= 0 else int(mantissa) >> -shift)
    return found


def _suspect(value: int, bits: int, scaled: list[int]) -> bool:
    """Whether there is a relation shorter than chance has it, and not of a rational value."""
    terms = [*scaled, *(value * c >> bits for c in scaled)]
    count, half = len(terms), len(scaled)
    rows = [0] * (count * (count + 1))
    for k, term in enumerate(terms):
        rows[k * (count + 1) + k] = 1
        rows[k * (count + 1) + count] = term
    basis = fmpz_mat(count, count + 1, rows).lll()
    shortest = [int(basis[0, j]) for j in range(count)]
    above, below = shortest[:half], shortest[half:]
    # About (2H)^count/2 relations of height H, one in 2^bits of which holds by chance.
    if count * (2 * max(map(abs, shortest))).bit_length() > bits - SAVED:
        return False
    return any(above[i] * below[j] != above[j] * below[i] for i in range(half) for j in range(i))
