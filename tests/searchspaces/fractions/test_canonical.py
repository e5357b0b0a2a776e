from collections.abc import Callable
from typing import Any

import pytest
from flint import fmpz_poly
from hypothesis import assume, given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.canonical import (
    canonical,
    derivation,
    ratio,
    reduced,
    terminates,
)
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.links import link
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly, shifted

Strategy = Callable[..., st.SearchStrategy[ContinuedFraction]]
Convergents = Callable[[ContinuedFraction, int], list[tuple[int, int]]]
Rows = list[tuple[ContinuedFraction, dict[str, str]]]

factors = st.lists(st.integers(-4, 4), min_size=1, max_size=3).filter(any)


def polynomials(f: ContinuedFraction) -> tuple[fmpz_poly, fmpz_poly]:
    return as_poly(f.a[0]), as_poly(f.b[0])


def from_polynomials(a: fmpz_poly, b: fmpz_poly) -> ContinuedFraction:
    return ContinuedFraction.of(as_coefficients(a), as_coefficients(b))


def inflated(f: ContinuedFraction, factor: list[int]) -> ContinuedFraction:
    a, b = polynomials(f)
    c = fmpz_poly(factor)
    return from_polynomials(c * a, c * shifted(c, -1) * b)


def moved(f: ContinuedFraction, by: int) -> ContinuedFraction:
    a, b = polynomials(f)
    return from_polynomials(shifted(a, by), shifted(b, by))


@pytest.mark.parametrize(
    ("column", "form", "classes"),
    [("inflation_class_id", reduced, 157), ("shift_class_id", canonical, 123)],
)
def test_known_fractions_fall_into_the_listed_classes(
    known_rows: Rows, column: str, form: Callable[..., ContinuedFraction], classes: int
) -> None:
    pairs = {(row[column], form(f)) for f, row in known_rows}
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
    assert len(pairs) == classes


@given(data=st.data(), factor=factors, by=st.integers(-30, 30))
def test_disguises_share_one_form(
    fractions: Strategy, data: Any, factor: list[int], by: int
) -> None:
    f = data.draw(fractions())
    form = canonical(f)
    assert canonical(form) == form
    assert canonical(inflated(f, factor)) == form
    assert canonical(moved(f, by)) == form
    assert reduced(inflated(f, factor)) == reduced(f)
    assert ratio(reduced(f)) == ratio(f)


@given(data=st.data())
def test_forms_do_not_terminate(fractions: Strategy, data: Any) -> None:
    assert not terminates(canonical(data.draw(fractions())))


@given(data=st.data())
def test_no_factor_of_a_form_is_superfluous(fractions: Strategy, data: Any) -> None:
    f = reduced(data.draw(fractions()))
    a, b = polynomials(f)
    scale = a.content()
    for divisor in {int(p) for p, _ in scale.factor()}:
        assert any(c % divisor**2 for c in b.coeffs())
    for factor, _ in a.factor()[1]:
        # With one factor less in a, b would not be a polynomial.
        assert b % (factor * shifted(factor, -1)) != 0


@given(data=st.data())
def test_a_link_maps_convergents_to_convergents(
    fractions: Strategy, convergents: Convergents, data: Any
) -> None:
    f = data.draw(fractions((1, 1, 2, 3)))
    assume(not terminates(f))
    try:
        form, (s, t, u, v) = link(f)
    except FractionError:
        return
    assert s * v != t * u
    found = derivation(f)
    depth = found.contraction.start + f.period * (14 + max(0, found.shift))
    assume(depth < 2000)
    mine = convergents(f, depth)
    for p, q in convergents(form, 13)[-2:]:
        image = s * p + t * q, u * p + v * q
        assert any(image[0] * y == image[1] * x for x, y in mine)


@pytest.mark.parametrize(
    ("a", "b", "form"),
    [
        ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))),
        ((1, 0), (1,), ((1, 0), (1,))),
        ((-4, 2), (1,), ((4, 2), (1,))),
        ((6,), (3,), ((6,), (3,))),
        ((12,), (12,), ((6,), (3,))),
        ((1, 9), (-1, -5), ((1, 4), (-1, 0))),
        # r = 1/n leaves a = n, b = n - 1, which starts behind the zero of b.
        ((1, 1), (1, 1), ((1, 1), (1, 0))),
    ],
)
def test_forms_of_examples(
    a: tuple[int, ...], b: tuple[int, ...], form: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    f = ContinuedFraction.of(a, b)
    assert canonical(f) == ContinuedFraction.of(*form)


def test_a_factor_that_inflation_hides_is_no_end() -> None:
    # a_0 = 0 makes the factor n of a and b invisible in r; the form starts behind it.
    f = ContinuedFraction.of((1, 0), (1, 0))
    assert not terminates(f)
    form, matrix = link(f)
    assert form == ContinuedFraction.of((1, 1), (1, 0)) and matrix != (1, 0, 0, 1)


@pytest.mark.parametrize("a", [(), ((), ())])
def test_fractions_without_denominators_are_refused(a: tuple[Any, ...]) -> None:
    f = ContinuedFraction((a or ((),)), ((1,),) * max(1, len(a)))
    with pytest.raises(FractionError, match="degenerate"):
        canonical(f)


def test_terminating_fractions_have_no_link() -> None:
    with pytest.raises(FractionError, match="not terminate"):
        link(ContinuedFraction.of((1, 1), (1, -3)))


@pytest.mark.parametrize(
    ("b", "expected"),
    [
        (((1, -3),), True),
        (((1, 3),), False),
        (((1, 0),), False),
        (((),), True),
        (((1, 0), (1,)), False),
        (((1,), (1, 0)), True),
        (((1, -1), (1,)), True),
    ],
)
def test_termination(b: tuple[tuple[int, ...], ...], expected: bool) -> None:
    f = ContinuedFraction(((1,),) * len(b), b)
    assert terminates(f) is expected
    assert any(f.b_at(n) == 0 for n in range(1, 20)) is expected


def test_large_contents_are_reduced_without_factoring() -> None:
    prime, other = 10**30 + 57, 10**40 + 121
    f = ContinuedFraction.of((prime * other, prime * other), (12 * (prime * other) ** 2,))
    assert reduced(f) == ContinuedFraction.of((1, 1), (12,))
    g = ContinuedFraction.of((prime * other, prime * other), (12 * prime,))
    assert canonical(inflated(g, [0, 5])) == canonical(g)
