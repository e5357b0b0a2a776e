"""Exact convergents against the recurrence, taken literally."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.fractions.values.products import convergent, state, states, terms, walk
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.signed import SignedFraction


def literally(f: ContinuedFraction, depth: int) -> list[tuple[int, int]]:
    rows = [(1, 0), (f.a_at(0), 1)]
    for n in range(1, depth + 1):
        a, b = f.a_at(n), f.b_at(n)
        rows.append(tuple(a * x + b * y for x, y in zip(rows[-1], rows[-2], strict=True)))
    return rows[1:]


@pytest.fixture(scope="module")
def drawn(some_fractions):
    return some_fractions()


def test_convergents_are_those_of_the_recurrence(drawn):
    @given(drawn, st.integers(0, 70))
    def check(f, n):
        expected = literally(f, n)
        assert convergent(f, n) == expected[n]
        if n:
            p, before_p, q, before_q = state(f, n)
            assert ((p, q), (before_p, before_q)) == (expected[n], expected[n - 1])

    check()


def test_states_and_walks_agree_with_single_convergents(drawn):
    @given(drawn, st.integers(0, 30), st.integers(0, 30), st.integers(1, 4))
    def check(f, first, more, stride):
        assert states(f, (first, first + more)) == [state(f, first), state(f, first + more)]
        walked = list(walk(f, first, first + more + 1, stride))
        assert walked == [convergent(f, n) for n in range(first, first + more + 1, stride)]

    check()


def test_terms_too_large_for_words_are_exact():
    row = (3, -1, 7, 0, 2)
    found = terms((row,), 10**5 - 40, 10**5)
    assert found[7] == sum(c * (10**5 - 33) ** (4 - k) for k, c in enumerate(row))
    assert max(found) > 2**63


def test_signed_convergents_are_those_of_the_recurrence():
    f = SignedFraction((1, -1, -1), (2, 3, 5), (2, -1))
    a, rows = f.quotients(), [(1, 0)]
    rows.append((next(a), 1))
    for k in range(1, 40):
        x = next(a)
        rows.append(tuple(x * u + f.sign(k) * v for u, v in zip(rows[-1], rows[-2], strict=True)))
        assert convergent(f, k) == rows[-1]
