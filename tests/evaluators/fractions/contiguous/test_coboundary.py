import dataclasses
import time
from typing import Any

import pytest
from flint import fmpz_poly
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from elitemap.evaluators.fractions.contiguous.coboundary import Equivalence, equivalent
from elitemap.evaluators.fractions.contiguous.relatives import agrees
from elitemap.evaluators.fractions.contiguous.twists import asymptote
from elitemap.searchspaces.fractions.canonical import canonical, reduced
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError, Polynomial
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly, shifted

APERY3 = ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))
APERY2 = ContinuedFraction.of((11, 11, 3), (1, 0, 0, 0, 0))
ZETA3_8_7 = ContinuedFraction.of((6, 9, 5, 1), (-1, 0, 0, 0, 0, 0, 0))
CATALAN = ContinuedFraction.of((3, 3, 1), (-2, 0, 0, 0, 0))
CATALAN13 = ContinuedFraction.of(
    (3520, 5632, 2064, -384, -156, 16, 7),
    (102400, -286720, 139264, 260096, -279040, 7680, 94720, -43392, 6032, 0, 0, 0, 0),
)
LOG2 = ContinuedFraction.of((6, 3), (-1, 0, 0))
PI = ContinuedFraction.of((3, 1), (-2, 1, 0))
BESSEL = ContinuedFraction.of((1, 1), (1,))
ERFC = ContinuedFraction.of((1,), (1, 0))


def hurwitz(odd: int) -> ContinuedFraction:
    """Stieltjes' fraction for the sum of 1/(k + odd/2)^3, k >= 1."""
    m = odd * (odd + 2)
    return ContinuedFraction.of((4, 6, 6 + 2 * m, 2 + m), (-4, 0, 0, 0, 0, 0, 0))


PAIRS = {
    "catalan, 2/(2G-1)": (ContinuedFraction.of((3, 7, 3), (-2, -4, 0, 0, 0)), CATALAN),
    "catalan, 16/(6G-1)": (ContinuedFraction.of((3, 11, 5), (-2, -10, -8, 0, 0)), CATALAN),
    "catalan, 6/(17-18G)": (ContinuedFraction.of((3, 13, 13), (-2, -10, -14, -6, 0)), CATALAN),
    "pi, exponential": (PI, ContinuedFraction.of((3, 3), (-2, 1, 0))),
    "pi, algebraic": (
        ContinuedFraction.of((6,), (4, -4, 1)),
        ContinuedFraction.of((2,), (4, -4, 1)),
    ),
    "zeta(3), Stieltjes to Euler": (
        ContinuedFraction.of((2, 3, 11, 5), (-1, 0, 0, 0, 0, 0, 0)),
        ContinuedFraction.of((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0)),
    ),
    "zeta(3), halves": (hurwitz(3), hurwitz(1)),
    "e, factorial": (ContinuedFraction.of((1, 3), (-1, 0)), ContinuedFraction.of((1, 4), (-1, 0))),
    "an inflation": (ContinuedFraction.of((-68, -102, -54, -10), (-4, 0, 0, 0, 0, 0, 0)), APERY3),
    "a shift": (
        ContinuedFraction.of((34, 153, 231, 117), (-1, -6, -15, -20, -15, -6, -1)),
        APERY3,
    ),
}


def sympy_difference(gauge: Equivalence) -> Any:
    """f1(n) M1(n) U(n+1) - f2(n) U(n) M2(n), expanded by SymPy."""
    import sympy

    n = sympy.Symbol("n")

    def lift(polynomial: Polynomial) -> Any:
        return sympy.Poly([*polynomial] or [0], n).as_expr()

    one, two = (
        sympy.Matrix([[0, lift(f.b[0])], [1, lift(f.a[0])]]) for f in (gauge.left, gauge.right)
    )
    u = sympy.Matrix(2, 2, [lift(entry) for entry in gauge.matrix])
    f1, f2 = map(lift, gauge.scalars)
    assert sympy.expand(u.det()) != 0
    return (f1 * one * u.subs(n, n + 1) - f2 * u * two).expand()


@pytest.mark.parametrize("name", PAIRS)
def test_contiguous_pairs(name: str) -> None:
    for left, right in (PAIRS[name], PAIRS[name][::-1]):
        found = equivalent(left, right)
        assert found is not None and found.holds()
        assert sympy_difference(found).is_zero_matrix
        assert (found.left, found.right) == (left, right)
        assert agrees(found)


def test_a_fraction_is_equivalent_to_itself() -> None:
    found = equivalent(APERY3, APERY3)
    assert found is not None and found.matrix == ((1,), (), (), (1,))
    assert found.scalars == ((1,), (1,)) and found.start == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (APERY3, ZETA3_8_7),
        # The same R, so that nothing but b and the linear system tells them apart.
        (LOG2, ZETA3_8_7),
        (APERY2, CATALAN13),
        (PI, CATALAN),
        (CATALAN, ContinuedFraction.of((3, 3, 1), (-2, 1, 0, 0, 0))),
        # zeta(3) both: at whole x an Euler sum, at halves none.
        (hurwitz(1), ContinuedFraction.of((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0))),
        (BESSEL, ContinuedFraction.of((1, 1), (-1,))),
        (BESSEL, ERFC),
        (ERFC, ContinuedFraction.of((1,), (2, 0))),
        (ERFC, ContinuedFraction.of((2, 1), (1, 0, 0))),
    ],
)
def test_others_are_not_equivalent(left: ContinuedFraction, right: ContinuedFraction) -> None:
    assert equivalent(left, right) is None and equivalent(right, left) is None


def test_among_neighbours_in_a_box_only_the_right_one() -> None:
    """All of one asymptote and one b, of which the linear system picks."""
    box = [(x, y) for x in range(-2, 8) for y in range(-3, 8)]
    pairs = [(p, ContinuedFraction.of((3, *p), CATALAN.b[0])) for p in box]
    assert all(asymptote(f) == asymptote(CATALAN) for _, f in pairs)
    assert [p for p, f in pairs if equivalent(f, CATALAN)] == [(3, 1)]


LINEAR = st.lists(st.integers(-3, 3), min_size=1, max_size=2).map(fmpz_poly)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([APERY3, APERY2, ZETA3_8_7, CATALAN, LOG2, PI, BESSEL, ERFC, hurwitz(1)]),
    LINEAR,
    LINEAR,
)
def test_gauges_are_found_again(base: ContinuedFraction, v: fmpz_poly, w: fmpz_poly) -> None:
    other = gauged(base, v, w)
    assume(other is not None)
    assert other is not None
    found = equivalent(canonical(other), base)
    assert found is not None and sympy_difference(found).is_zero_matrix
    assert agrees(found)


def gauged(base: ContinuedFraction, v: fmpz_poly, w: fmpz_poly) -> ContinuedFraction | None:
    """The fraction whose numerators are v(n) P(n) + w(n) P(n-1), P being those of the base.

    In terms of P(n-2) and P(n-1) let x, y, z be the ones at n - 1, n and n + 1: then
    det(x, y) z = det(x, z) y + det(z, y) x.
    """
    a, b = as_poly(base.a[0]), as_poly(base.b[0])
    x = shifted(w, -1), shifted(v, -1)
    y = b * v, w + a * v
    ahead = shifted(w, 1) + shifted(a * v, 1)
    z = b * ahead, shifted(b * v, 1) + a * ahead
    c = x[0] * y[1] - x[1] * y[0]
    new_a = shifted(x[0] * z[1] - x[1] * z[0], -1)
    new_b = shifted(b, -1) * c * shifted(c, -2)
    if not new_a or not new_b:
        return None
    return reduced(ContinuedFraction.of(as_coefficients(new_a), as_coefficients(new_b)))


@given(st.integers(-4, 4), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_shifts_are_gauges(by: int, scale: int) -> None:
    sides = (shifted(as_poly(side[0]), by) for side in (PI.a, PI.b))
    a, b = (as_coefficients(side * scale**k) for k, side in enumerate(sides, start=1))
    found = equivalent(ContinuedFraction.of(a, b), PI)
    assert found is not None and found.holds()


def test_a_wrong_gauge_is_refused() -> None:
    found = equivalent(*PAIRS["catalan, 2/(2G-1)"])
    assert found is not None
    p, q, r, s = found.matrix
    for wrong in (
        dataclasses.replace(found, matrix=(p, q, r, (*s[:-1], s[-1] + 1))),
        dataclasses.replace(found, scalars=(found.scalars[0], (2, 1))),
        dataclasses.replace(found, right=LOG2),
        dataclasses.replace(found, matrix=((), (), (), ())),
    ):
        assert not wrong.holds()
    assert not agrees(dataclasses.replace(found, matrix=(p, q, s, r)))
    assert not agrees(dataclasses.replace(found, right=APERY2))


def test_where_a_gauge_begins() -> None:
    """Behind the zero of f1 at 4."""
    f = ContinuedFraction.of((1,), (1,))
    one = Equivalence(f, f, ((1,), (), (), (1,)), ((1, -4), (1, -4)))
    assert one.holds() and one.start == 5


def test_interlaced_and_empty_fractions_are_refused() -> None:
    interlaced = ContinuedFraction(((1,), (2,)), ((1,), (1,)))
    with pytest.raises(FractionError, match="plain"):
        equivalent(interlaced, PI)
    with pytest.raises(FractionError, match="plain"):
        equivalent(PI, ContinuedFraction.of((1,), ()))


def test_the_document_can_be_checked_by_others() -> None:
    import sympy

    found = equivalent(*PAIRS["catalan, 16/(6G-1)"])
    assert found is not None
    document = found.to_json()
    n = sympy.Symbol("n")
    (p, q), (r, s) = document["U"]
    expected = [sympy.Poly([*entry], n).as_expr() for entry in found.matrix]
    assert [sympy.parse_expr(text) for text in (p, q, r, s)] == expected
    assert document["start"] == 1 and "U(n+1)" in document["identity"]


def test_pairs_take_milliseconds() -> None:
    everything = [f for pair in PAIRS.values() for f in pair] + [APERY2, CATALAN13, ZETA3_8_7, LOG2]
    begun = time.process_time()
    for left in everything:
        for right in everything:
            equivalent(left, right)
    assert (time.process_time() - begun) / len(everything) ** 2 < 0.02
