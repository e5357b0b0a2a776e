import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.telescoping.summands import Summand, parse

TEXTS = (
    "C(n,k)^2",
    "C(n,k)*C(n+k,2k)*(-1/4)^k",
    "C(2n-2k,n-k)*C(2k,k)*(3)^k",
    "C(n,3k)*C(3k,k)*C(2k,k)*(-1/27)^k",
    "C(n,k)*C(2n-3k,n)*C(n-2k,1)*C(2n-3k,1)^-1*(-1)^k",
)


@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_read_back(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize("text", ["", "C(n,k)*x", "C(n;k)", "C(n,k)^k", "2^k"])
def test_others_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="binomials"):
        parse(text)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("step", [(1, 0), (2, 0), (0, 1), (0, -1), (1, 1)])
@given(n=st.integers(6, 20), k=st.integers(1, 2))
def test_quotients_are_those_of_values(text: str, step: tuple[int, int], n: int, k: int) -> None:
    summand = parse(text)
    ratio = summand.ratio(*step)
    above, below = (
        math.prod((a * n + b * k + c) ** times for (a, b, c), times in side.items())
        for side in (ratio.above, ratio.below)
    )
    moved = summand.at(n + step[0], k + step[1])
    assert moved * below == summand.at(n, k) * above * ratio.scale


def test_sums_are_finite_ones() -> None:
    assert [parse("C(n,k)").total(n) for n in range(5)] == [1, 2, 4, 8, 16]
    assert [parse("C(n,k)^2*C(n+k,k)^2").total(n) for n in range(4)] == [1, 5, 73, 1445]
    assert Summand(parse("C(n,k)").binomials, Fraction(1, 2)).total(2) == Fraction(9, 4)
