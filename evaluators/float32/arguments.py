"""Arguments at which a search compares float32 functions, and the true values there."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.described import described
from elitemap.evaluators.float32.grid import BLOCK, Truth
from elitemap.evaluators.float32.measures import ULPS, Measure
from elitemap.evaluators.float32.pieces import pieces
from elitemap.formulas.expression import Expression
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball, value_at
from elitemap.searchspaces.elementary.float32.functions import Single

Singles = NDArray[np.float32]

#: Of the arguments, those that are reduced by no more than the core's own domain, and those that
#: are uniform by value; the rest is uniform among the floats.
_NEAR, _EVEN = 0.4, 0.3

#: How much further than the core's domain those reach on either side, as a share of it.
_BEYOND = 0.15

#: Precisions in turn, in bits.
_BITS = (96, 192, 768)


def truth(function: Single, blocks: int) -> Truth:
    """The function at some arguments of its domain, the same for the same function.

    Errors are in units of the last place, as :mod:`elitemap.evaluators.float32.sweep` counts them.

    Args:
        function: What is approximated.
        blocks: How many times :data:`.grid.BLOCK` arguments.

    Raises:
        SearchError: If the function cannot be described; see :mod:`.pieces`.
    """
    return Known(function).at(arguments(function, blocks * BLOCK))


class Known:
    """A function that is described once and asked often."""

    def __init__(self, function: Single, measure: Measure = ULPS) -> None:
        """Describe it.

        Args:
            function: What is approximated.
            measure: How errors count.

        Raises:
            SearchError: If it cannot be; see :mod:`.pieces`.
        """
        self.domain, self.measure = function.domain, measure
        self._values = described(list(pieces(function.expression, *function.domain)))

    def at(self, points: Singles) -> Truth:
        """The function at float32[n] of its domain, n a multiple of :data:`.grid.BLOCK`."""
        values = self._values(points)
        return Truth(points, values, 1.0 / self.measure.unit(values))

    def around(self, points: Singles, reach: int) -> Truth:
        """At those that are at most so many floats from some, and in the domain.

        Args:
            points: float32[n].
            reach: A multiple of :data:`.grid.BLOCK`.
        """
        first, last = (_place(end) for end in map(np.float32, self.domain))
        steps = np.arange(-reach, reach)
        places = np.clip(_places(points)[:, None] + steps, first, last)
        return self.at(_at_places(places.ravel()))


def true_value(expression: Expression, x: float) -> float:
    """The function at a float32 to nearly the accuracy of a float64; at most 2^128 in size."""
    for bits in _BITS:
        with precision(bits, 1):
            argument = ball(Fraction(x))
        value = value_at(expression, argument, bits)
        if value.is_finite() and (value.rel_accuracy_bits() > 60 or abs(value) < 2.0**-200):
            break
    return float(np.clip(float(value.mid()), -(2.0**128), 2.0**128))


def arguments(function: Single, many: int) -> Singles:
    """float32[many] of the domain: near the origin of the reduction, by value and by exponent."""
    rng = np.random.default_rng(0)
    low, high = function.domain
    near = int(_NEAR * many)
    core, origin = function.reduction.core, function.reduction.origin
    reach = function.reduction.reach or (origin + float(core.lo), origin + float(core.hi))
    # Beyond the seams, where the next piece of the reduction begins, errors are as large as any.
    beyond = _BEYOND * (reach[1] - reach[0])
    first, last = (float(end) for end in np.clip((reach[0] - beyond, reach[1] + beyond), low, high))
    third = near // 3
    found = [
        rng.uniform(first, last, near - third).astype(np.float32),
        _by_exponent(function.reduction.reach or core.inner, third, rng) + np.float32(origin),
        rng.uniform(low, high, int(_EVEN * many)).astype(np.float32),
    ]
    found.append(_by_bits(np.float32(low), np.float32(high), many - sum(map(len, found)), rng))
    points = np.clip(np.concatenate(found), low, high)
    ends = np.array([low, high], np.float32)
    points[:4] = *ends, *np.nextafter(ends, ends[::-1])
    # Every block gets some of each kind, so that what is poor is seen in the first.
    return np.ascontiguousarray(rng.permutation(points))


def _by_exponent(ends: tuple[float, float], many: int, rng: np.random.Generator) -> Singles:
    """Numbers around 0, or above it, whose exponents are uniform over 30 binades."""
    sizes = np.where(rng.random(many) < 0.5, ends[0], ends[1]) if ends[0] < 0 else ends[1]
    found: Singles = (sizes * np.exp2(-30.0 * rng.random(many))).astype(np.float32)
    return found


def _by_bits(low: np.float32, high: np.float32, many: int, rng: np.random.Generator) -> Singles:
    """float32[many] between two ends, uniform among the floats in their order."""
    return _at_places(rng.integers(_place(low), _place(high), many, endpoint=True))


def _place(x: np.float32) -> int:
    """The number of a float in their order."""
    return int(_places(np.array([x], np.float32))[0])


def _places(points: Singles) -> NDArray[np.int64]:
    bits = points.view(np.uint32).astype(np.int64)
    return np.where(bits >= 1 << 31, (1 << 31) - bits, bits)


def _at_places(places: NDArray[np.int64]) -> Singles:
    return np.where(places < 0, (1 << 31) - places, places).astype(np.uint32).view(np.float32)
