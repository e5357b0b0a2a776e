from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.formula import SCHEMA, Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

Strategy = Callable[..., st.SearchStrategy[ContinuedFraction]]

VALUE = Relation.of(["pi"], [4, 0], [0, 1])
SIGNED = SignedFraction((1, -1), (9, 2, 2), (2, -1))


@given(data=st.data(), value=st.sampled_from((None, VALUE)))
def test_documents_read_back(fractions: Strategy, data: Any, value: Relation | None) -> None:
    fraction = data.draw(fractions((1, 2)) | st.just(SIGNED))
    formula = Formula(fraction, value)
    assert Formula.from_json(formula.to_json()) == formula


def test_texts() -> None:
    f = ContinuedFraction.of((3, 1), (-2, 1, 0))
    assert str(Formula(f, VALUE)) == "4/pi: a = 3*n + 1, b = -2*n**2 + n"
    assert str(Formula(f)) == "a = 3*n + 1, b = -2*n**2 + n"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"schema": SCHEMA},
        {"schema": SCHEMA + 1, "fraction": SIGNED.to_json()},
        {"schema": SCHEMA, "fraction": [], "value": None},
        {"schema": SCHEMA, "fraction": {"kind": "other"}, "value": None},
        {"schema": SCHEMA, "fraction": SIGNED.to_json(), "value": 3},
        {"schema": SCHEMA, "fraction": SIGNED.to_json(), "value": {}},
    ],
)
def test_malformed_documents(document: Any) -> None:
    with pytest.raises(FractionError, match="expected"):
        Formula.from_json(document)
