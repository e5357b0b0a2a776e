"""What is left of all float32 beyond the domain where a function has its expression."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from elitemap.evaluators.float32.functions import Function, Singles
from elitemap.evaluators.float32.measures import units
from elitemap.searchspaces.elementary.float32.functions import Single

#: Arguments at a time; all that is made of them stays in the cache.
_BLOCK = 1 << 15
_INFINITE = 0x7F800000
_SIGN = 1 << 31

#: Told the number of arguments done; what it returns says whether to go on.
Going = Callable[[int], bool]


@dataclass(frozen=True)
class Beyond:
    """The largest error beyond the domain.

    Attributes:
        done: Arguments compared.
        ulp: In units of the last place; infinite where an infinity, the sign of a zero or a
            NaN is missed.
        witness: An argument of it; NaN if there is no error.
        absolute: The largest difference; infinite as well.
        absolute_witness: An argument of it.
    """

    done: int = 0
    ulp: float = 0.0
    witness: float = math.nan
    absolute: float = 0.0
    absolute_witness: float = math.nan

    def __add__(self, other: "Beyond") -> "Beyond":
        """Both; of equal errors the first, but rather at a number than at an infinity."""
        worst = other if _beats(other.ulp, self.ulp, self.witness) else self
        far = other if _beats(other.absolute, self.absolute, self.absolute_witness) else self
        return Beyond(
            self.done + other.done,
            worst.ulp,
            worst.witness,
            far.absolute,
            far.absolute_witness,
        )


def _beats(error: float, before: float, witness: float) -> bool:
    """Whether an error is told instead of the one before."""
    return error > before or (error == before and math.isinf(witness))


def compare(function: Function, single: Single, going: Going = lambda done: True) -> Beyond:
    """Compare a function with its constant values beyond the domain, and its special ones."""
    found = Beyond()
    for argument, value in single.specials:
        found += _compared(function, np.array([argument], np.float32), value)
    for first, end, value in _runs(single):
        for at in range(first, end, _BLOCK):
            some = np.arange(at, min(at + _BLOCK, end), dtype=np.uint64).astype(np.uint32)
            found += _compared(function, some.view(np.float32), value)
            if not going(found.done):
                return found
    return found


def count(single: Single) -> int:
    """How many arguments :func:`compare` looks at."""
    return len(single.specials) + sum(end - first for first, end, _ in _runs(single))


def _runs(single: Single) -> Iterator[tuple[int, int, float]]:
    """Bits of the first finite float beyond the domain, bits beyond the last, value there."""
    low, high = (int(np.float32(end).view(np.uint32)) for end in single.domain)
    if single.above is not None:
        yield high + 1, _INFINITE, single.above
    if single.below is not None and low >= _SIGN:
        # A pole at the very end, as log1p has, is a special value.
        poles = {int(np.float32(x).view(np.uint32)) for x, _ in single.specials}
        yield low + 1 + (low + 1 in poles), _INFINITE + _SIGN, single.below
    elif single.below is not None:
        # Everything that is negative; between 0 and the domain lies nothing, zeros are special.
        yield _SIGN + 1, _INFINITE + _SIGN, single.below


def _compared(function: Function, x: Singles, value: float) -> Beyond:
    """One value at some arguments, infinities and the sign of a zero as they are."""
    y = function(x)
    with np.errstate(invalid="ignore"):
        apart = np.abs(y.astype(np.float64) - value)
    if not math.isfinite(value):
        same = np.isnan(y) if math.isnan(value) else y == value
        apart = np.where(same, 0.0, np.inf)
    apart[np.isnan(apart)] = np.inf
    ulp = apart / units(np.array([value if math.isfinite(value) else 0.0]))[0]
    if value == 0.0:
        ulp[(y == 0.0) & (np.signbit(y) != np.signbit(value))] = np.inf
    worst, far = int(np.argmax(ulp)), int(np.argmax(apart))
    return Beyond(
        len(x),
        float(ulp[worst]),
        float(x[worst]) if ulp[worst] else math.nan,
        float(apart[far]),
        float(x[far]) if apart[far] else math.nan,
    )
