from itertools import islice

import pytest
from flint import fmpq

from elitemap.evaluators.fractions.contiguous.coboundary import equivalent
from elitemap.evaluators.fractions.contiguous.exponents import compatible, root, second
from elitemap.evaluators.fractions.contiguous.gauss import near_gauss
from elitemap.evaluators.fractions.contiguous.twists import asymptote
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction

LOG2 = ContinuedFraction.of((10, 5), (-9, 0, 0))


@pytest.mark.parametrize("rest", [(59, 21), (71, 39)])
def test_a_gauge_leads_back_to_gauss(rest: tuple[int, int]) -> None:
    """Both give log 2."""
    fraction = canonical(ContinuedFraction.of((10, 45, *rest), (-9, -54, -108, -72, 0, 0, 0)))
    near = [one for one in near_gauss(fraction) if equivalent(fraction, one)]
    assert canonical(LOG2) in near


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0)),
        ((26, 39, 21, 4), (27, 0, -3, 0, 0, 0, 0)),
        ((7, 21, 15), (8, 32, 38, 12, 0)),
    ],
)
def test_candidates_have_the_invariants(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    fraction = canonical(ContinuedFraction.of(a, b))
    limit = asymptote(fraction).limit
    found = list(islice(near_gauss(fraction), 20))
    assert found and len(set(found)) == len(found)
    for one in found:
        assert one.degrees[0] <= 1 and asymptote(one).limit == limit
        assert compatible(second(one), second(fraction), limit)


def test_others_have_none() -> None:
    for a, b in (((4, 2), (1,)), ((8, 8, 7), (-16, 0, 0, 0, 0)), ((3, 1), (1, 0, 1, 1, 1))):
        assert not list(near_gauss(canonical(ContinuedFraction.of(a, b))))


def test_exponents() -> None:
    assert root(fmpq(-9, 100)) == fmpq(4, 5) and root(fmpq(1)) is None and root(fmpq(-1, 4)) is None
    assert second(LOG2) == 0
    assert compatible(fmpq(4, 5), fmpq(0), fmpq(-9, 100))
    assert not compatible(fmpq(1, 5), fmpq(0), fmpq(-9, 100))
