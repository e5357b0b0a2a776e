from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.continued import FractionError
from elitemap.searchspaces.fractions.signed import (
    MAX_SIGNS,
    MAX_SIZE,
    MAX_TERMS,
    SignedFraction,
)

E_FRACTION = SignedFraction((1,), (2, 1, 2, 1, 1, 4, 1), (0, 0, 2, 0, 0, -1))


@st.composite
def signed_fractions(draw: st.DrawFn) -> SignedFraction:
    taps = draw(st.lists(st.integers(-3, 3), min_size=1, max_size=6))
    start = draw(st.lists(st.integers(-50, 50), min_size=len(taps), max_size=12))
    signs = draw(st.lists(st.sampled_from((1, -1)), min_size=1, max_size=4))
    return SignedFraction(tuple(signs), tuple(start), tuple(taps))


@given(f=signed_fractions())
def test_documents_read_back(f: SignedFraction) -> None:
    assert SignedFraction.from_json(f.to_json()) == f


@given(f=signed_fractions())
def test_quotients_obey_the_recurrence(f: SignedFraction) -> None:
    a = list(islice(f.quotients(), 40))
    assert tuple(a[: len(f.start)]) == f.start
    for k in range(len(f.start), 40):
        assert a[k] == sum(tap * a[k - 1 - i] for i, tap in enumerate(f.taps))


def test_the_regular_fraction_of_e() -> None:
    assert list(islice(E_FRACTION.quotients(), 12)) == [2, 1, 2, 1, 1, 4, 1, 1, 6, 1, 1, 8]
    assert E_FRACTION.transient == 1
    assert str(E_FRACTION) == ("[2; 1, 2, 1, 1, 4, 1, ...], signs (1), a(k) = 2*a(k-3) - a(k-6)")


def test_signs_repeat_from_the_first() -> None:
    f = SignedFraction((1, -1, -1), (1,), (1,))
    assert [f.sign(k) for k in range(1, 7)] == [1, -1, -1, 1, -1, -1]


GOOD: dict[str, Any] = E_FRACTION.to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "polynomial"},
        {"signs": []},
        {"signs": [1, 0]},
        {"signs": [True]},
        {"signs": [1] * (MAX_SIGNS + 1)},
        {"start": [1]},
        {"start": [1] * (MAX_TERMS + 1)},
        {"start": [1.5] * 7},
        {"taps": []},
        {"taps": [MAX_SIZE]},
        {"taps": None},
        {"start": "1234567"},
    ],
)
def test_malformed_documents(change: dict[str, Any]) -> None:
    SignedFraction.from_json(GOOD)
    with pytest.raises(FractionError, match="expected"):
        SignedFraction.from_json(GOOD | change)
