from typing import Any

import pytest
from flint import arb
from hypothesis import assume, given
from hypothesis import strategies as st

from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import FractionError
from elitemap.searchspaces.fractions.relation import MAX_CONSTANTS, MAX_NAME, Relation

#: Every way in which a constant's text can bind.
NAMES = (
    "pi",
    "zeta(3)",
    "e**2",
    "-pi",
    "1/pi",
    "pi*e",
    "pi - 1",
    "besseli(0, 2)/besseli(1, 2)",
    "sqrt(2) + 1/3",
    "1/3",
    "-(pi + 1)",
    "2**(1/3)",
)


@st.composite
def relations(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> Relation:
    constants = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    rows = [
        draw(st.lists(st.integers(-9, 9), min_size=n, max_size=n)) for n in [len(constants) + 1] * 2
    ]
    assume(any(rows[1]))
    return Relation.of(constants, *rows)


@given(relation=relations())
def test_documents_read_back(relation: Relation) -> None:
    assert Relation.from_json(relation.to_json()) == relation


@given(relation=relations())
def test_texts_mean_the_number(relation: Relation) -> None:
    with precision(300):
        number = relation.at([constant(name).ball(280) for name in relation.constants])
    assume(number.is_finite())
    difference = constant(str(relation)).ball(200) - number
    with precision(300):
        assert difference.contains(0)
        assert abs(difference) < arb(2) ** -100 * (1 + abs(number))


@given(relation=relations(("pi", "zeta(3)", "catalan")))
def test_texts_have_no_needless_brackets(relation: Relation) -> None:
    text = str(relation).replace("zeta(3)", "zeta3")
    above, slash, below = text.partition("/")
    assert not above.startswith("(") or " " in above
    assert not slash or below.isdigit() or below.isidentifier() or below.startswith("(")
    assert "((" not in text and "+ -" not in text and "- -" not in text


@given(relation=relations(), factor=st.integers(-9, 9).filter(bool))
def test_multiples_are_one_relation(relation: Relation, factor: int) -> None:
    rows = ([factor * c for c in row] for row in (relation.numerator, relation.denominator))
    assert Relation.of(relation.constants, *rows) == relation


@pytest.mark.parametrize(
    ("names", "numerator", "denominator", "text"),
    [
        (["pi"], [0, 4], [2, -1], "4*pi/(2 - pi)"),
        (["pi"], [4, 0], [-2, 1], "4/(pi - 2)"),
        (["pi"], [0, 4], [-2, -1], "-4*pi/(pi + 2)"),
        (["pi"], [2, 1], [0, 3], "(pi + 2)/(3*pi)"),
        (["zeta(3)"], [8, 0], [0, 7], "8/(7*zeta(3))"),
        (["zeta(3)"], [6, 0], [0, 1], "6/zeta(3)"),
        (["pi"], [-3, 1], [1, 0], "pi - 3"),
        (["pi"], [3, -1], [1, 0], "3 - pi"),
        ([], [3], [-2], "-3/2"),
        ([], [0], [5], "0"),
        (["pi", "catalan"], [0, 0, -2], [1, 1, -1], "2*catalan/(catalan - pi - 1)"),
        (["besseli(0, 2)/besseli(1, 2)"], [0, 1], [1, 0], "besseli(0, 2)/besseli(1, 2)"),
        (["e**2"], [1, 1], [-1, 1], "(e**2 + 1)/(e**2 - 1)"),
        (["no name"], [0, 2], [1, 0], "2*(no name)"),
    ],
)
def test_texts(names: list[str], numerator: list[int], denominator: list[int], text: str) -> None:
    assert str(Relation.of(names, numerator, denominator)) == text


@pytest.mark.parametrize(
    ("numerator", "denominator", "degenerate"),
    [
        ((1, 2), (2, 4), True),
        ((0, 3), (0, 1), True),
        ((0, 0), (0, 1), True),
        ((1, 2), (2, 5), False),
        ((1, 0), (0, 1), False),
    ],
)
def test_proportional_rows_are_rational(
    numerator: tuple[int, ...], denominator: tuple[int, ...], degenerate: bool
) -> None:
    assert Relation.of(["pi"], numerator, denominator).degenerate is degenerate


def test_a_pole_is_not_finite() -> None:
    assert not Relation.of(["pi"], (1, 0), (-1, 1)).at([arb(1)]).is_finite()


@pytest.mark.parametrize(
    ("numerator", "denominator"), [((1,), (1, 0)), ((1, 0), (1,)), ((1, 0), (0, 0)), ((), ())]
)
def test_rows_must_fit(numerator: tuple[int, ...], denominator: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Relation.of(["pi"], numerator, denominator)


GOOD: dict[str, Any] = {"constants": ["pi"], "numerator": [0, 4], "denominator": [2, -1]}


@pytest.mark.parametrize(
    "change",
    [
        {"constants": None},
        {"constants": ["pi"] * (MAX_CONSTANTS + 1)},
        {"constants": [1]},
        {"constants": [""]},
        {"constants": ["x" * (MAX_NAME + 1)]},
        {"constants": ["pi\x1b[2J"]},
        {"numerator": [0, 8], "denominator": [4, -2]},
        {"numerator": [0, -4], "denominator": [-2, 1]},
        {"numerator": [0, True]},
        {"numerator": [0, 4.0]},
        {"numerator": [0, 10**2000]},
        {"numerator": None},
        {"numerator": [0]},
        {"denominator": [0, 0]},
    ],
)
def test_malformed_documents(change: dict[str, Any]) -> None:
    Relation.from_json(GOOD)
    with pytest.raises(FractionError, match="expected"):
        Relation.from_json(GOOD | change)


@pytest.mark.parametrize("document", [None, [], 1, "x", {}])
def test_documents_of_another_kind(document: Any) -> None:
    with pytest.raises(FractionError, match="expected"):
        Relation.from_json(document)
