from collections.abc import Callable
from typing import Any

import pytest
from flint import fmpz_poly
from hypothesis import assume, given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.canonical import canonical, terminates
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.contraction import contract, contractions, fold, plain
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly

Strategy = Callable[..., st.SearchStrategy[ContinuedFraction]]
Convergents = Callable[[ContinuedFraction, int], list[tuple[int, int]]]

#: The regular fraction 1, 0, 1, 1, 2, 1, 1, 4, 1, ... of e.
E_FRACTION = ContinuedFraction(((1,), (2, 0), (1,)), ((1,), (1,), (1,)))


def interlaced(f: ContinuedFraction, period: int) -> ContinuedFraction:
    """The same fraction written with a longer period."""
    return ContinuedFraction(
        *(
            tuple(as_coefficients(as_poly(side[0])(fmpz_poly([i, period]))) for i in range(period))
            for side in (f.a, f.b)
        )
    )


@given(data=st.data())
def test_each_contraction_tells_the_original_convergents(
    fractions: Strategy, convergents: Convergents, data: Any
) -> None:
    f = data.draw(fractions((2, 3, 4)))
    assume(not terminates(f))
    mine = convergents(f, 60)
    for one in contractions(f):
        assert one.fraction.period == 1
        s, t, u, v = one.matrix()
        assert s * v != t * u
        for p, q in convergents(one.fraction, 3):
            image = s * p + t * q, u * p + v * q
            assert any(image[0] * y == image[1] * x for x, y in mine)


@given(data=st.data(), period=st.integers(2, 4))
def test_folding_undoes_interlacing(fractions: Strategy, data: Any, period: int) -> None:
    f = data.draw(fractions())
    assert fold(interlaced(f, period)) == (f, 1)
    assert plain(interlaced(f, period)) == f


def test_folding_clears_denominators() -> None:
    # n (n + 1)/2 is 2 k^2 + k and 2 k^2 + 3 k + 1.
    f = ContinuedFraction(((2, 1, 0), (2, 3, 1)), ((1,), (1,)))
    folded, scale = fold(f)
    assert scale == 2 and folded == ContinuedFraction.of((1, 1, 0), (4,))
    assert contract(f).matrix() == (1, 0, 0, 2)
    assert all(folded.a_at(n) == 2 * f.a_at(n) for n in range(9))


def test_a_period_of_four_folds_to_two() -> None:
    f = ContinuedFraction(((2, 0), (1,), (2, 1), (1,)), ((1,), (3,), (1,), (3,)))
    assert fold(f) == (ContinuedFraction(((1, 0), (1,)), ((1,), (3,))), 1)


def test_the_regular_fraction_of_e_is_the_one_of_tanh() -> None:
    assert canonical(E_FRACTION) == ContinuedFraction.of((4, 2), (1,))


@given(data=st.data())
def test_canonical_forms_do_not_depend_on_where_a_period_begins(
    fractions: Strategy, data: Any
) -> None:
    f = data.draw(fractions((2, 3)))
    a, b = ((*side[1:], as_coefficients(as_poly(side[0])(as_poly((1, 1))))) for side in (f.a, f.b))
    try:
        form = canonical(f)
    except FractionError:
        return
    assert canonical(ContinuedFraction(a, b)) == form


def test_degenerate_fractions_are_refused() -> None:
    with pytest.raises(FractionError, match="degenerate"):
        plain(ContinuedFraction(((), ()), ((1,), (1, 1))))


def test_a_residue_that_degenerates_is_passed_over() -> None:
    f = ContinuedFraction(((), (1, 1)), ((1,), (1,)))
    assert len(contractions(f)) == 1 and plain(f).period == 1


def test_a_far_start_is_refused_by_the_matrix() -> None:
    f = ContinuedFraction(((1,), (1, -(10**9))), ((1,), (1,)))
    found = contract(f)
    assert found.start > 10**9
    with pytest.raises(FractionError, match="starts below"):
        found.matrix()
