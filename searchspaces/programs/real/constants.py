"""Constants of ``real``: pairs (hi, lo) of float64 whose exact sum is meant."""

import math
from decimal import Context, Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.dialect import Storage
from elitemap.searchspaces.programs.primitive import Literal, Primitive, templates

#: A double-double rarely needs more digits; one whose parts lie far apart is cut here.
_LEAST_DIGITS, _MOST_DIGITS = 17, 40

# Sums of float64 numbers are exact in it; arithmetic on fractions is many times slower.
_EXACT = Context(prec=2200, Emax=9999, Emin=-9999)


def decimal(constant: tuple[float, float], digits: int | None = None) -> str:
    """A constant as a decimal number.

    Args:
        constant: The pair (hi, lo) whose exact sum is meant.
        digits: Significant digits, or None for the fewest that read back as the float64 ``hi`` if
            ``lo`` is zero, else the fewest (from 17, at most 40) that read back as the pair.

    Returns:
        Text such as ``-0.25`` or ``1.5e-07``.
    """
    hi, lo = constant
    if lo == 0.0 and digits is None:
        return _short(repr(hi))
    if digits is not None:
        return _short(str(_rounded(_EXACT.add(Decimal(hi), Decimal(lo)), digits)))
    return _fewest(hi, lo)


# Children have most constants of their parents, and all of them are written.
@lru_cache(maxsize=1 << 16)
def _fewest(hi: float, lo: float) -> str:
    exact = _EXACT.add(Decimal(hi), Decimal(lo))
    # So many are enough: half a unit of the last one is less than a quarter of one of ``lo``.
    digits = exact.adjusted() + 2 - math.floor(math.log10(math.ulp(lo)) - 0.302)
    digits = min(max(digits, _LEAST_DIGITS), _MOST_DIGITS)
    while digits > _LEAST_DIGITS and _reads_back(exact, digits - 1, hi, lo):
        digits -= 1
    return _short(str(_rounded(exact, digits)))


def _reads_back(exact: Decimal, digits: int, hi: float, lo: float) -> bool:
    candidate = _rounded(exact, digits)
    return float(candidate) == hi and float(_EXACT.subtract(candidate, Decimal(hi))) == lo


def _rounded(exact: Decimal, digits: int) -> Decimal:
    return _to(digits).plus(exact)


@cache
def _to(digits: int) -> Context:
    return Context(prec=digits, Emax=9999, Emin=-9999)


def _short(text: str) -> str:
    mantissa, mark, exponent = text.lower().partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return mantissa + mark + exponent


def _read(values: list[Any]) -> tuple[float, float]:
    hi, lo = (float.fromhex(text) for text in values)
    if not (math.isfinite(hi) and math.isfinite(lo)):
        raise ValueError("expected finite numbers")
    return hi, lo


PAIR = Literal(
    write=lambda constant: [part.hex() for part in constant],
    read=_read,
    text=decimal,
)

#: Bits of the leading part that tell two starts of a fit apart: those that agree so far are fitted
#: to the same constants.
_BITS = 51
_DROPPED, _HALF = np.uint64(52 - _BITS), np.uint64(1 << (51 - _BITS))


def _words(constant: NDArray[np.float64]) -> NDArray[np.uint64]:
    words: NDArray[np.uint64] = (constant[:, :, 0].view(np.uint64) + _HALF) >> _DROPPED
    return words


STORAGE = Storage(
    dtype=np.float64,
    width=2,
    c="double",
    header=Path(__file__).resolve().parents[1] / "kernel" / "constants_real.h",
    plain=(1.0, 0.0),
    words=_words,
)

#: Carries its value in the instruction; the interpreter fills a row from there.
CONST = Primitive(
    name="const",
    operands=(),
    result="real",
    cost=0,
    run=lambda hi, lo: np.float64(hi),
    templates=templates("{value}", exact="{value}"),
    literal=PAIR,
)
