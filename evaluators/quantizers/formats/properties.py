"""What is true of a quantizer, found out by sending weights through its bytes.

Weights that are NaN or infinite are refused by every encoder. What is beyond the outermost level of
a block, or beyond the largest scale, goes to the outermost level. That ends where squares of
weights or products of scales are no float32 any more; up to which size it holds is told.
"""

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.rule import FormatError, Rule

Singles = NDArray[np.float32]

#: Weights that are sent, a few blocks of any layout, and the seed of them.
_SENT, _SEED = 1024, 5

#: Sizes of the extreme weights of a tensor, the first of them beyond binary16.
EXTREMES = (1e6, 1e12, 1e18, 1e24, 1e30, 1e36)

#: What no encoder takes.
NO_NUMBERS: Mapping[str, tuple[float, ...]] = {
    "nan": (float("nan"),),
    "infinity": (float("inf"), float("-inf")),
}


def through(
    rule: Rule, levels: Singles, weights: Singles, importance: Singles | None = None
) -> tuple[Singles, bytes]:
    """What weights come back as, float32[n], and the bytes between."""
    data = pack(rule, encode(rule, levels, weights, importance))
    return decode(rule, levels, weights.size, data), data


def properties(rule: Rule, element: Element) -> dict[str, Any]:
    """What is true of levels, and of weights that go to bytes and come back.

    Of levels: ``exact_zero``, one of each choice is 0; ``monotone``, they rise with codes;
    ``symmetric``. Of weights: ``zeros_stay``, a tensor of zeros comes back as it was;
    ``idempotent``, what has come back comes back again as it is; ``saturating``, see
    :func:`saturates`, beside weights of a million, and ``saturates_to``, up to which size; and what
    becomes of weights that are no numbers, ``refused`` or ``encoded``.
    """
    levels = element.levels(rule)
    rising = np.diff(levels.astype(np.float64), axis=1)
    mirrored = all(np.array_equal(np.sort(row), np.sort(-row)) for row in levels.astype(np.float64))
    return {
        "exact_zero": bool((levels == 0).any(axis=1).all()),
        "monotone": bool((rising > 0).all()),
        "symmetric": bool(mirrored),
        **behaviour(rule, levels),
    }


def behaviour(rule: Rule, levels: Singles) -> dict[str, Any]:
    """The part of :func:`properties` that is found out by encoding."""
    once, _ = through(rule, levels, probe())
    held = takewhile(lambda extreme: saturates(rule, levels, extreme), EXTREMES)
    reach = max(held, default=0.0)
    nothing, _ = through(rule, levels, np.zeros(_SENT, np.float32))
    return {
        "zeros_stay": bool((nothing == 0).all()),
        "idempotent": bool((through(rule, levels, once)[0] == once).all()),
        "saturating": reach > 0.0,
        "saturates_to": reach,
        **{name: _taken(rule, levels, numbers) for name, numbers in NO_NUMBERS.items()},
    }


def probe() -> Singles:
    """float32[n], normal weights."""
    return np.random.default_rng(_SEED).standard_normal(_SENT).astype(np.float32)


def with_extreme(extreme: float) -> Singles:
    """The same with weights of this size, of both signs, far apart."""
    weights = probe()
    weights[_SENT // 4], weights[3 * _SENT // 4] = extreme, -extreme
    return weights


def saturates(rule: Rule, levels: Singles, extreme: float) -> bool:
    """Whether all comes back finite beside extreme weights, and those with their own sign."""
    weights = with_extreme(extreme)
    with np.errstate(over="ignore", invalid="ignore"):
        back, _ = through(rule, levels, weights)
    far = np.abs(weights) == np.float32(extreme)
    return bool(np.isfinite(back).all() and (np.sign(back[far]) == np.sign(weights[far])).all())


def _taken(rule: Rule, levels: Singles, numbers: tuple[float, ...]) -> str:
    """Whether weights with such a number among them are refused, wherever it is."""
    for number in numbers:
        for at in (0, _SENT // 2, _SENT - 1):
            weights = probe()
            weights[at] = number
            try:
                encode(rule, levels, weights)
            except FormatError:
                continue
            return "encoded"
    return "refused"
