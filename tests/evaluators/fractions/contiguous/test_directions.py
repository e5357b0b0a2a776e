import pytest
from flint import acb, arb, fmpq

from elitemap.evaluators.fractions.contiguous.coboundary import equivalent
from elitemap.evaluators.fractions.contiguous.directions import (
    Along,
    Direction,
    along,
    arguments,
    directions,
    recurrence,
)
from elitemap.evaluators.fractions.contiguous.twists import asymptote
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import canonical, ratio
from elitemap.searchspaces.fractions.continued import ContinuedFraction

PARAMETERS = fmpq(1, 3), fmpq(3, 4), fmpq(5, 2)
Z = fmpq(1, 5)


def solved(direction: Direction) -> ContinuedFraction:
    found = recurrence(PARAMETERS, direction, Z)
    assert found is not None
    return found


@pytest.mark.parametrize("direction", [(1, 0, 0), (0, 1, 2), (1, 1, 1), (2, 1, 3), (0, 1, 1)])
def test_the_function_is_a_solution(direction: Direction) -> None:
    """u(n) = F(n) w(n) with the w that inflation and the step make: one number tells for each n.

    Of u(n) = a(n) u(n-1) + b(n) u(n-2) and F(n+2) = P F(n+1) + Q F(n) only r is common, which is
    Q(n)/(P(n) P(n-1)). Arb's values of F and of a second solution give P and Q.
    """
    k, l, m = direction  # noqa: E741
    a, b, c = PARAMETERS

    def values(n: int) -> tuple[acb, acb]:
        z, p, q, s = (acb(arb(x)) for x in (Z, a + k * n, b + l * n, c + m * n))
        weight = _weight(p, q, s)
        second = z ** (1 - s) * z.hypgeom_2f1(p - s + 1, q - s + 1, 2 - s) * weight
        return z.hypgeom_2f1(p, q, s), second

    fraction = solved(direction)
    with precision(300):
        found = [_quotients(*(values(n + j) for j in range(3))) for n in range(40, 42)]
        (p0, _), (p1, q1) = found
        shifts = [fraction_ratio(fraction, n) for n in range(30, 60)]
        r = q1 / (p1 * p0)
        assert any((r - acb(arb(x))).contains(0) for x in shifts)


def _weight(a: acb, b: acb, c: acb) -> acb:
    """Makes the second solution at 0 satisfy the contiguous relations of the first."""
    return (
        (a - c + 1).gamma()
        * (b - c + 1).gamma()
        * c.gamma()
        / (a.gamma() * b.gamma() * (2 - c).gamma())
    )


def _quotients(
    zero: tuple[acb, acb], one: tuple[acb, acb], two: tuple[acb, acb]
) -> tuple[acb, acb]:
    """P and Q with F(2) = P F(1) + Q F(0) for both solutions."""
    below = one[0] * zero[1] - one[1] * zero[0]
    return (
        (two[0] * zero[1] - two[1] * zero[0]) / below,
        (one[0] * two[1] - one[1] * two[0]) / below,
    )


def fraction_ratio(fraction: ContinuedFraction, n: int) -> fmpq:
    above, below = ratio(fraction)
    return fmpq(above(n), below(n))


@pytest.mark.parametrize("direction", [(1, 1, 0), (0, 1, 2), (2, 1, 3), (1, 0, -2)])
def test_arguments_are_those_with_the_same_characteristic_roots(direction: Direction) -> None:
    limit = asymptote(solved(direction)).limit
    assert Z in arguments(direction, limit)


def test_directions_are_different_ones() -> None:
    found = directions()
    assert (1, 0, 0) in found and (0, 1, 0) not in found and (-1, 0, 0) not in found
    assert len(found) == len(set(found)) < 50


def test_contiguous_parameters_have_a_gauge() -> None:
    one = recurrence((fmpq(1, 3), fmpq(3, 4), fmpq(5, 2)), (0, 1, 2), Z)
    other = recurrence((fmpq(4, 3), fmpq(3, 4), fmpq(3, 2)), (0, 1, 2), Z)
    assert one is not None and other is not None and equivalent(one, other) is not None


def test_a_function_is_found_from_its_recurrence() -> None:
    """The integrals of cos(t)^(n+1) (1 - cos(t))^n from 0 to pi/2."""
    wanted = canonical(ContinuedFraction.of((7, 21, 15), (8, 32, 38, 12, 0)))
    found = [one for one in along(wanted) if equivalent(wanted, one.fraction)]
    assert found and all(isinstance(one, Along) for one in found)
    assert {asymptote(one.fraction).limit for one in found} == {fmpq(8, 49)}


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (
            Along(PARAMETERS, (0, 1, -2), Z, canonical(ContinuedFraction.of((1,), (1,)))),
            "2F1(1/3, n + 3/4; -2*n + 5/2; 1/5)",
        ),
    ],
)
def test_text(one: Along, text: str) -> None:
    assert str(one) == text


@pytest.mark.parametrize(
    ("a", "b"), [((2, 1), (1,)), ((2,), (1, 0, 0)), ((8, 8, 7), (-16, 0, 0, 0, 0))]
)
def test_other_growth_has_no_directions(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    assert not list(along(canonical(ContinuedFraction.of(a, b))))
