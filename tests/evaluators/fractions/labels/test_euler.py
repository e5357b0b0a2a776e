import dataclasses
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.fractions.labels.euler import Euler, check, euler
from elitemap.evaluators.fractions.labels.surds import Surd
from elitemap.searchspaces.fractions.canonical import terminates
from elitemap.searchspaces.fractions.continued import ContinuedFraction, value

Known = list[tuple[ContinuedFraction, dict[str, str]]]


def convergents(f: ContinuedFraction, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Those of the tail c(start) up to b(stop)."""
    before, now = (1, 0), (f.a_at(start), 1)
    yield now
    for n in range(start + 1, stop + 1):
        a, b = f.a_at(n), f.b_at(n)
        before, now = now, (a * now[0] + b * before[0], a * now[1] + b * before[1])
        yield now


def assert_sums_are_convergents(form: Euler, f: ContinuedFraction, terms: int = 20) -> None:
    """(C c - A) S = B, with everything multiplied by the terms' common denominator."""
    rest, last, scale = form.ends()
    total = term = denominator = Surd.of(1)
    pairs = convergents(f, form.start, form.start + terms)
    for k, (p, q) in enumerate(pairs, form.start):
        assert scale.times(p) * total == rest.times(q) * total + (last * denominator).times(q)
        above, below = form.ratio(k)
        term, denominator, total = term * above, denominator * below, total * below
        total = total + term


@pytest.fixture(scope="module")
def solved(known_fractions: Known) -> list[tuple[Euler, ContinuedFraction]]:
    found = ((euler(fraction), fraction) for fraction, _ in known_fractions)
    return [(form, fraction) for form, fraction in found if form is not None]


def test_every_row_said_to_have_the_form_has_it(
    known_fractions: Known, solved: list[tuple[Euler, ContinuedFraction]]
) -> None:
    wanted = {f for f, row in known_fractions if row["euler_form_found"] == "True"}
    assert wanted <= {fraction for _, fraction in solved}
    # Rows of degree above 6 come without the mark; 147 of all 191 have the form.
    assert len(solved) == 147


def test_whatever_is_found_satisfies_the_identities(
    solved: list[tuple[Euler, ContinuedFraction]],
) -> None:
    for form, fraction in solved:
        if fraction.degrees[1] <= 10:
            assert check(form, fraction), fraction


def test_partial_sums_are_the_convergents(solved: list[tuple[Euler, ContinuedFraction]]) -> None:
    for form, fraction in solved:
        if fraction.degrees[1] <= 6:
            assert_sums_are_convergents(form, fraction)


def test_an_irrational_factor_is_found() -> None:
    fraction = ContinuedFraction.of((8, 4), (-4, 0, 1))
    form = euler(fraction)
    assert form is not None and not form.h1[0].rational
    assert check(form, fraction)
    assert_sums_are_convergents(form, fraction)


def test_zeros_of_f_are_left_behind() -> None:
    # f = n makes t(0) infinite.
    fraction = ContinuedFraction.of((3, 0), (-2, 3, 0))
    form = euler(fraction)
    assert form is not None
    assert all(value([int(c.fraction) for c in form.f], n) for n in range(form.start, 50))
    assert_sums_are_convergents(form, fraction)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0)),
        ((11, 11, 3), (1, 0, 0, 0, 0)),
        ((6, 9, 5, 1), (-1, 0, 0, 0, 0, 0, 0)),
        ((2,), (1, 0, 0)),
        ((1,), (1, 0)),
    ],
)
def test_what_has_no_such_form_gets_none(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    assert euler(ContinuedFraction.of(a, b)) is None


def test_a_wrong_form_fails_the_check() -> None:
    fraction = ContinuedFraction.of((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0))
    form = euler(fraction)
    assert form is not None and check(form, fraction)
    assert not check(dataclasses.replace(form, f=(Surd.of(1), Surd.of(1))), fraction)
    assert not check(dataclasses.replace(form, h1=form.h2[:-1] + (Surd.of(1),)), fraction)
    assert not check(form, ContinuedFraction.of((2, 3, 3, 2), fraction.b[0]))


_FACTOR = st.tuples(st.integers(1, 4), st.integers(-4, 4))


@given(_FACTOR, _FACTOR)
def test_fractions_made_from_the_form_are_solved(h1: tuple[int, int], h2: tuple[int, int]) -> None:
    """Case f = 1: a(n) = h1(n) + h2(n+1), b(n) = -h1(n) h2(n)."""
    (p, q), (r, s) = h1, h2
    fraction = ContinuedFraction.of((p + r, q + r + s), (-p * r, -p * s - q * r, -q * s))
    if terminates(fraction):
        return
    form = euler(fraction)
    assert form is not None
    assert_sums_are_convergents(form, fraction, 8)


def test_the_document_names_everything() -> None:
    form = euler(ContinuedFraction.of((1,), (1, 0, 0)))
    assert form is not None
    assert form.to_json() == {
        "kind": "Euler sum",
        "h1": "-n",
        "h2": "n",
        "f": "1",
        "start": 0,
        "tail": "(0 + (1)/S)/(1)",
        "ratio": "h1(k+1)*f(k)/(h2(k+2)*f(k+2))",
    }
    assert "sum of t(k)" in str(form)
