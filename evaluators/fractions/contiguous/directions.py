"""Recurrences of 2F1(alpha + k n, beta + l n; gamma + m n; z) in n, for directions (k, l, m).

With v = (F, z F') one step of a parameter is a matrix: F(a+1) = F + z F'/a, F(c-1) = F + z F'/(c-1)
(DLMF 15.5.3, 15.5.4), and the differential equation gives the second row. Products of steps are a
direction; the first component obeys a three-term recurrence, a continued fraction. For large n
the steps commute, which gives its characteristic roots as functions of z: for a given fraction z is
a rational root of a polynomial. Kummer's solutions make directions equal; one of each is kept.
"""

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_poly

from elitemap.evaluators.fractions.contiguous.exponents import compatible, second
from elitemap.evaluators.fractions.contiguous.matrices import (
    IDENTITY,
    ONE,
    Matrix,
    adjugate,
    det,
    fraction_of,
    times,
)
from elitemap.evaluators.fractions.contiguous.twists import asymptote, odd_classes
from elitemap.searchspaces.fractions.continued import ContinuedFraction

#: Steps of a direction in each parameter.
LARGEST = 3
#: What parameters may be modulo whole numbers, and their whole parts.
CLASSES = tuple(fmpq(p, q) for p, q in ((0, 1), (1, 2), (1, 3), (2, 3), (1, 4), (3, 4)))
STARTS = (1, 2)

Direction = tuple[int, int, int]
Parameters = tuple[fmpq, fmpq, fmpq]


@dataclass(frozen=True)
class Along:
    """A function along a direction, and the fraction of its recurrence.

    Attributes:
        parameters: alpha, beta, gamma.
        direction: k, l, m.
        z: The argument.
        fraction: Canonical.
    """

    parameters: Parameters
    direction: Direction
    z: fmpq
    fraction: ContinuedFraction

    def __str__(self) -> str:
        """As in ``2F1(1/2, n + 2; 2*n + 5/2; -1)``."""
        a, b, c = (
            _linear(step, start)
            for step, start in zip(self.direction, self.parameters, strict=True)
        )
        return f"2F1({a}, {b}; {c}; {self.z})"


def _linear(step: int, start: fmpq) -> str:
    if not step:
        return str(start)
    slope = {1: "n", -1: "-n"}.get(step, f"{step}*n")
    return slope if start == 0 else f"{slope} {'+' if start > 0 else '-'} {abs(start)}"


def along(fraction: ContinuedFraction) -> Iterator[Along]:
    """Functions whose recurrences have all invariants of a fraction, simple ones first.

    Args:
        fraction: Of period 1, canonical.

    Raises:
        FractionError: If the fraction is degenerate.
    """
    of, rho = asymptote(fraction), second(fraction)
    odd, even = odd_classes(fraction)
    if of.growth or 1 + 4 * of.limit <= 0 or any(len(key) != 2 for key in odd):
        return
    classes, others = (
        frozenset(fmpq(-key[0], key[1]) for key in side if len(key) == 2) for side in (odd, even)
    )
    seen = set()
    for parameters, direction, z in _candidates(of.limit, classes, classes | others):
        key = _key(parameters, direction, z)
        if key not in seen:
            seen.add(key)
            found = recurrence(parameters, direction, z)
            if found is not None and compatible(second(found), rho, of.limit):
                yield Along(parameters, direction, z, found)


def _candidates(
    limit: fmpq, odd: frozenset[fmpq], classes: frozenset[fmpq]
) -> list[tuple[Parameters, Direction, fmpq]]:
    """What has R and the odd classes; first what has all classes of b and no others."""
    found = [
        (len(every ^ classes), (parameters, direction, z))
        for direction in directions()
        for z in arguments(direction, limit)
        for parameters, every in _parameters(direction).get(odd, ())
    ]
    return [candidate for _, candidate in sorted(found, key=lambda one: one[0])]


def _key(parameters: Parameters, direction: Direction, z: fmpq) -> tuple[object, ...]:
    """Equal for functions that solve one differential equation, or contiguous ones.

    The exponents' differences at 0, 1 and infinity tell, each up to its sign, with the point z; the
    three points may change places. Whole parts count where the equation is reducible.
    """
    (a, b, c), (k, l, m) = parameters, direction  # noqa: E741
    whole_parts = any(x.q == 1 for x in (a, b, c - a, c - b))
    given = (1 - c, -m), (c - a - b, m - k - l), (a - b, k - l)
    points = tuple(
        min(_signed(x, step, sign, whole_parts) for sign in (1, -1)) for x, step in given
    )
    moved = _moved(z)
    return min((*(points[i] for i in move), _text(moved[move])) for move in moved)


def _signed(x: fmpq, step: int, sign: int, whole_parts: bool) -> tuple[int, str]:
    x *= sign
    return sign * step, _text(x if whole_parts else x - x.floor())


def _text(x: fmpq) -> str:
    return str(x)


def _moved(z: fmpq) -> dict[tuple[int, int, int], fmpq]:
    """The cross ratios of z by the order in which 0, 1 and infinity are taken."""
    return {
        (0, 1, 2): z,
        (1, 0, 2): 1 - z,
        (2, 1, 0): 1 / z,
        (0, 2, 1): z / (z - 1),
        (1, 2, 0): 1 - 1 / z,
        (2, 0, 1): 1 / (1 - z),
    }


@functools.cache
def directions() -> tuple[Direction, ...]:
    """One of each class of directions, by size."""
    sizes = range(-LARGEST, LARGEST + 1)
    given = [(k, l, m) for k in sizes for l in sizes for m in sizes if k or l or m]  # noqa: E741
    given.sort(key=lambda d: (sum(map(abs, d)), max(map(abs, d)), [-x for x in d]))
    seen: set[Direction] = set()
    kept = []
    for direction in given:
        if direction not in seen:
            kept.append(direction)
            seen |= _images(direction)
    return tuple(kept)


def _images(direction: Direction) -> set[Direction]:
    """The directions of Kummer's solutions (DLMF 15.10), whose arguments differ."""
    found, new = set(), {direction}
    while new:
        found |= new
        new = {image for one in new for image in _kummer(*one)} - found
    return found


def _kummer(k: int, l: int, m: int) -> tuple[Direction, ...]:  # noqa: E741
    return (l, k, m), (k, m - l, m), (k, l, k + l - m), (k, k - m, k - l), (-k, -l, -m)


@functools.lru_cache(maxsize=4096)
def arguments(direction: Direction, limit: fmpq) -> tuple[fmpq, ...]:
    """The rational z, not 0 and 1, at which a direction's recurrence has this R."""
    trace, determinant = _limits(direction)
    if not trace:
        return ()
    equation = determinant + trace * trace * limit
    factors = equation.numer().factor()[1] if equation else []
    roots = [fmpq(-f[0], f[1]) for f, _ in factors if f.degree() == 1]
    return tuple(sorted((z for z in roots if z not in (0, 1)), key=lambda z: (z.q, abs(z.p))))


@functools.cache
def _limits(direction: Direction) -> tuple[fmpq_poly, fmpq_poly]:
    """Trace t and determinant of a step for large n, polynomials in z; factors cancel in d/t^2."""
    k, l, m = direction  # noqa: E741
    z, rest = fmpq_poly([0, 1]), fmpq_poly([1, -1])
    total = IDENTITY
    for divisor, count in ((k, k), (l, l), (m, -m)):
        plain = rest * divisor
        one: Matrix = (plain, rest), (z * (k * l), plain + z * (k + l) - m)
        for _ in range(abs(count)):
            total = times(one if count > 0 else adjugate(one), total)
    return total[0][0] + total[1][1], det(total)


@functools.cache
def _parameters(
    direction: Direction,
) -> dict[frozenset[fmpq], Sequence[tuple[Parameters, frozenset[fmpq]]]]:
    """Parameters by the classes of roots with an odd exponent in b, with all classes of roots."""
    k, l, m = direction  # noqa: E741
    found: dict[frozenset[fmpq], list[tuple[Parameters, frozenset[fmpq]]]] = {}
    for a, b, c in sorted(itertools.product(CLASSES, repeat=3), key=lambda p: sum(x.q for x in p)):
        odd: frozenset[fmpq] = frozenset()
        every: frozenset[fmpq] = frozenset()
        for slope, start in ((k, a), (l, b), (k - m, a - c), (l - m, b - c)):
            zeros = _zeros(slope, start)
            odd, every = odd ^ zeros, every | zeros
        first, second, third = ([x + s for s in (STARTS if x == 0 else (0,))] for x in (a, b, c))
        for parameters in itertools.product(first, second, third):
            found.setdefault(odd, []).append((parameters, every))
    return {key: tuple(value) for key, value in found.items()}


@functools.lru_cache(maxsize=4096)
def _zeros(slope: int, start: fmpq) -> frozenset[fmpq]:
    """The n modulo 1 at which slope n + start is whole."""
    zeros = (-(start + j) / slope for j in range(abs(slope)))
    return frozenset(x - x.floor() for x in zeros)


def recurrence(parameters: Parameters, direction: Direction, z: fmpq) -> ContinuedFraction | None:
    """The fraction of 2F1(alpha + k n, beta + l n; gamma + m n; z); None if it degenerates."""
    return fraction_of(step(parameters, direction, z))


def step(parameters: Parameters, direction: Direction, z: fmpq) -> Matrix:
    """v(n+1) from v(n), but for a factor."""
    total = IDENTITY
    at = [fmpq_poly([start, slope]) for start, slope in zip(parameters, direction, strict=True)]
    for index, count in enumerate(direction):
        up = (count > 0) == (index < 2)  # the steps that raise a and b, and lower c, are plain
        for _ in range(abs(count)):
            if not up:
                at[index] = at[index] + (1 if index == 2 else -1)
            divisor = at[index] - (1 if index == 2 else 0)
            one = _unit(at, divisor, z)
            total = times(one if up else adjugate(one), total)
            if up:
                at[index] = at[index] + (1 if index < 2 else -1)
    return total


def _unit(at: Sequence[fmpq_poly], divisor: fmpq_poly, z: fmpq) -> Matrix:
    """(1 - z) (divisor + theta) on v = (F, theta F), theta = z d/dz."""
    a, b, c = at
    plain = divisor * (1 - z)
    return (plain, ONE * (1 - z)), (a * b * z, plain + 1 - c + (a + b) * z)
