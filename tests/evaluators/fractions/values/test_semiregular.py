"""Signed fractions whose convergence is proved, and those where it is not."""

import pytest

from elitemap.evaluators.fractions.values.products import convergent, state
from elitemap.evaluators.fractions.values.semiregular import enclose, interlacing, semiregular_from
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.signed import SignedFraction

E = SignedFraction((1,), (2, 1, 2, 1, 1, 4, 1), (0, 0, 2, 0, 0, -1))


def test_interlacing():
    assert interlacing(E) == 3
    assert interlacing(SignedFraction((1,), (1, 1), (1, 1))) is None
    assert interlacing(SignedFraction((1,), (7,), (1,))) == 1


def test_proved_where_the_quotients_are_large_enough():
    assert semiregular_from(E, 1)
    assert not semiregular_from(SignedFraction((-1,), E.start, E.taps), 10)
    assert semiregular_from(SignedFraction((-1,), (2,), (1,)), 4)
    assert not semiregular_from(SignedFraction((1,), (9, 8), (2, -1)), 2)
    assert not semiregular_from(SignedFraction((1,), (1, 2, 4), (2,)), 4)


def test_not_before_the_recurrence_begins():
    assert E.transient == 1
    assert not semiregular_from(E, -1)
    assert semiregular_from(E, 0)


@pytest.mark.parametrize("n", [1, 2, 5, 20, 60])
def test_enclosures_contain_the_limit_and_neighbours(n):
    found = enclose(state(E, n), 500)
    assert found.contains(constant("e").ball(600))
    with precision(500):
        p, q = convergent(E, n + 1)
        assert found.contains(int(p) / constant("1").ball(500) / int(q))
