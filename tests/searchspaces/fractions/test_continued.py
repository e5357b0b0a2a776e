from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import (
    MAX_DEGREE,
    MAX_DIGITS,
    MAX_PERIOD,
    ContinuedFraction,
    FractionError,
    polynomial_text,
    trimmed,
    value,
)

Strategy = Callable[..., st.SearchStrategy[ContinuedFraction]]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(data=st.data())
def test_documents_read_back(fractions: Strategy, data: Any) -> None:
    f = data.draw(fractions((1, 2, 5)))
    assert ContinuedFraction.from_json(f.to_json()) == f


@given(a=JSON, b=JSON, kind=st.just("polynomial") | JSON)
def test_hostile_documents_raise_one_error(a: Any, b: Any, kind: Any) -> None:
    document = {"kind": kind, "a": a, "b": b}
    try:
        f = ContinuedFraction.from_json(document)
    except FractionError:
        return
    assert f.to_json() == document


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([[1]], [[1], [1]]),
        ([], []),
        ([[0, 1]], [[1]]),
        ([[True]], [[1]]),
        ([[1.0]], [[1]]),
        ([["1"]], [[1]]),
        ([[1] * (MAX_DEGREE + 2)], [[1]]),
        ([[10**MAX_DIGITS]], [[1]]),
        ([[1]] * (MAX_PERIOD + 1), [[1]] * (MAX_PERIOD + 1)),
        ([1], [1]),
        (None, [[1]]),
    ],
)
def test_malformed_documents(a: Any, b: Any) -> None:
    with pytest.raises(FractionError, match="expected"):
        ContinuedFraction.from_json({"kind": "polynomial", "a": a, "b": b})


@pytest.mark.parametrize("document", [None, [], "x", {}, {"kind": "signed"}, {"kind": [1]}])
def test_documents_of_another_kind(document: Any) -> None:
    with pytest.raises(FractionError, match="polynomial continued fraction"):
        ContinuedFraction.from_json(document)


def test_interlacing() -> None:
    f = ContinuedFraction(((1,), (1,), (2, 0)), ((1,), (1,), (5, 1)))
    assert [f.a_at(n) for n in range(9)] == [1, 1, 0, 1, 1, 2, 1, 1, 4]
    assert [f.b_at(n) for n in range(1, 9)] == [1, 1, 1, 1, 6, 1, 1, 11]
    assert f.period == 3 and f.degrees == (1, 1)
    assert str(f) == "a = (1; 1; 2*k), b = (1; 1; 5*k + 1)"


@given(coefficients=st.lists(st.integers(-9, 9), max_size=5), n=st.integers(-9, 9))
def test_text_means_the_polynomial(coefficients: list[int], n: int) -> None:
    polynomial = trimmed(coefficients)
    expected = sum(c * n**k for k, c in enumerate(reversed(coefficients)))
    assert value(polynomial, n) == expected
    text = polynomial_text(polynomial).replace("n", f"({n})")
    assert constant(text).ball(64) == expected


@pytest.mark.parametrize(
    ("coefficients", "text"),
    [
        ((), "0"),
        ((-1,), "-1"),
        ((-1, 0), "-n"),
        ((3, -1, 1), "3*n**2 - n + 1"),
        ((-1, 0, 0, 2), "-n**3 + 2"),
    ],
)
def test_texts(coefficients: tuple[int, ...], text: str) -> None:
    assert polynomial_text(coefficients) == text
