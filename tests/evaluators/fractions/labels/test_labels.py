import ast

import pytest

from elitemap.evaluators.fractions.labels.explanations import explain
from elitemap.evaluators.fractions.labels.known import Known, load
from elitemap.evaluators.fractions.labels.labels import NAMES, Label, label
from elitemap.evaluators.fractions.values import deep
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

PI = Relation.of(("pi",), (0, 1), (1, 0))
#: Stands for any value that is not algebraic.
ANY = PI
NOTHING = Known({})


def named(a: tuple[int, ...], b: tuple[int, ...], known: Known = NOTHING) -> Label:
    return label(Formula(ContinuedFraction.of(a, b), ANY), known)


def test_without_a_value_nothing_is_said() -> None:
    assert label(Formula(ContinuedFraction.of((1, 1), (1,))), load()).name == "unidentified"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Relation.of((), (2,), (3,)), "rational"),
        (Relation.of(("pi",), (2, 0), (3, 0)), "rational"),
        (Relation.of(("pi",), (1, 2), (2, 4)), "rational"),
        (Relation.of(("sqrt(2)",), (1, 1), (1, 0)), "algebraic"),
        (Relation.of(("sqrt(2)", "golden"), (1, 1, 1), (1, 0, 0)), "algebraic"),
        (Relation.of(("sqrt(2)", "pi"), (1, 1, 0), (1, 0, 0)), "algebraic"),
        (Relation.of(("sqrt(2)", "pi"), (1, 0, 1), (1, 0, 0)), "unexplained"),
    ],
)
def test_values_come_first(value: Relation, name: str) -> None:
    fraction = ContinuedFraction.of((34, 51, 27, 7), (-1, 0, 0, 0, 0, 0, 0))
    assert label(Formula(fraction, value), NOTHING).name == name


def test_the_minimal_polynomial_is_told() -> None:
    value = Relation.of(("sqrt(2)",), (1, 1), (1, 0))
    found = label(Formula(ContinuedFraction.of((2,), (1,)), value), NOTHING)
    assert found.details == {"polynomials": {"sqrt(2)": "x**2 - 2"}}


def test_periodic_fractions_are_algebraic_in_any_disguise() -> None:
    assert named((1,), (1,)).name == "algebraic"
    # The golden ratio, inflated by n + 1.
    assert named((1, 1), (1, 1, 0)).name == "algebraic"
    signed = SignedFraction((1, -1), (3, 2), (0, 1))
    assert label(Formula(signed, ANY), NOTHING).name == "algebraic"


def test_fractions_that_end_are_rational() -> None:
    assert named((1, 1), (1, -3)).name == "rational"


@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        ((3, 1), (-2, 1, 0), "Euler sum"),
        ((6, 3), (-1, 0, 0), "2F1"),
        ((4, 2), (1,), "0F1"),
        ((1, 4), (-1, 0), "Euler sum"),
        ((2,), (1, 0, 0), "2F1"),
        ((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0), "Euler sum"),
        # 2/log 2, inflated by n + 2: the equivalent fraction is named.
        ((6, 15, 6), (-1, -3, -2, 0, 0), "2F1"),
    ],
)
def test_mechanisms(a: tuple[int, ...], b: tuple[int, ...], text: str) -> None:
    found = named(a, b)
    assert found.name == "explained" and text in found.reason
    assert found.details["kind"] in found.reason


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0)),
        ((6, 9, 5, 1), (-1, 0, 0, 0, 0, 0, 0)),
        ((7, 7, 2), (8, 0, 0, 0, 0)),
        ((3, 7, 3), (-2, -4, 0, 0, 0)),
        ((11, 11, 3), (1, 0, 0, 0, 0)),
    ],
)
def test_the_table_knows_the_apery_like_ones_by_name(
    a: tuple[int, ...], b: tuple[int, ...]
) -> None:
    assert named(a, b).name == "explained"
    found = named(a, b, load())
    assert found.name == "known" and found.details["source"] in found.reason
    assert "explained" not in found.details


def test_a_known_formula_may_be_explained_too() -> None:
    found = named((6,), (4, -4, 1), load())
    assert found.name == "known" and found.details["explained"]["kind"] == "Euler sum"


def test_a_ratio_must_give_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recurrence alone does not tell the minimal solution from others."""
    real = deep.limit

    def wrong(f: ContinuedFraction, digits: int) -> object:
        return real(ContinuedFraction.of((6, 4), f.b[0]), digits)

    assert explain(ContinuedFraction.of((6, 3), (-1, 0, 0))) is not None
    monkeypatch.setattr(deep, "limit", wrong)
    assert explain(ContinuedFraction.of((6, 3), (-1, 0, 0))) is None


def test_interlaced_fractions_are_labelled_by_their_contraction() -> None:
    e = ContinuedFraction(((1,), (2, 2), (1,)), ((1,),) * 3)
    assert label(Formula(e, ANY), NOTHING).name == "explained"
    assert label(Formula(e, ANY), load()).name == "known"
    zeta3 = ContinuedFraction(((8, 4), (1,)), ((1, 0, 0, 0), (1, 3, 3, 1)))
    assert label(Formula(zeta3, ANY), load()).name == "known"


def test_rows_of_the_literature(
    known_fractions: list[tuple[ContinuedFraction, dict[str, str]]],
) -> None:
    """Nothing is left to call a conjecture."""
    labels = [(label(Formula(f, ANY), load()), row) for f, row in known_fractions]
    assert {found.name for found, _ in labels} < set(NAMES)
    assert not [row for found, row in labels if found.name == "unexplained"]
    near = {r["constant_expression"]: f for f, r in labels if "contiguous to" in f.reason}
    assert sorted(near) == ["10/(-4 + pi)", "16/(6*catalan-1)", "6/(17-18*catalan)"]
    assert all(found.details["gauge"]["U"] and found.details["source"] for found in near.values())
    periodic = [row for found, row in labels if found.name == "algebraic"]
    assert len(periodic) == 6 and all("sqrt" in r["constant_sympy"] for r in periodic)


def test_slow_rows_of_the_literature(
    slow_fractions: list[tuple[ContinuedFraction, dict[str, str]]],
) -> None:
    for fraction, row in slow_fractions:
        assert label(Formula(fraction, ANY), load()).name in ("explained", "known"), row


@pytest.mark.slow
def test_signed_fractions_with_progressions_are_not_conjectures(
    known_signed: list[tuple[SignedFraction, dict[str, str]]],
) -> None:
    for fraction, row in known_signed:
        (key,) = (name for name in row if name.startswith("value"))
        c = ast.literal_eval(row[key])
        value = Relation.of((constant(row["constant"]).text,), c[:2], c[2:])
        found = label(Formula(fraction, value), load())
        assert found.name in ("known", "explained"), row


def test_other_signed_fractions_are_unexplained() -> None:
    fibonacci = SignedFraction((1,), (1, 1), (1, 1))
    assert label(Formula(fibonacci, ANY), load()).name == "unexplained"
    # Quotients n^3 + 1.
    cubes = SignedFraction((1,), (1, 2, 9, 28), (4, -6, 4, -1))
    assert label(Formula(cubes, ANY), load()).name == "unexplained"
