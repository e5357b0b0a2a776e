import math
from collections.abc import Callable

import pytest
from flint import arb, fmpz
from hypothesis import given
from hypothesis import strategies as st

from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import Convergence, classify, depth_for

Convergents = Callable[[ContinuedFraction, int], list[tuple[int, int]]]
Rows = list[tuple[ContinuedFraction, dict[str, str]]]

NAMES = {
    "exponential": {"exponential"},
    "factorial": {"factorial"},
    "exp(-c*sqrt n)": {"alternating root"},
    "algebraic oscillating": {"alternating algebraic"},
    "algebraic/sqrt (disc=0)": {"algebraic"},
}


def digits(rows: list[tuple[int, int]], n: int, last: int = -1) -> float:
    """-log10 of the difference of two convergents."""
    (p, q), (x, y) = rows[n], rows[last]
    with precision(64):
        error = arb(fmpz(abs(p * y - x * q))) / abs(arb(fmpz(q)) * arb(fmpz(y)))
        return -float(error.log() / arb(10).log())


def test_known_fractions_have_the_listed_class_and_rate(known_rows: Rows) -> None:
    for f, row in known_rows:
        found = classify(f)
        assert found.kind in NAMES[row["convergence_class"]], f
        if row["theory_digits_per_term"]:
            assert found.rate == pytest.approx(float(row["theory_digits_per_term"]), abs=6e-5), f


def test_exponential_rates_agree_with_exact_convergents(
    known_rows: Rows, convergents: Convergents
) -> None:
    exponential = [f for f, row in known_rows if row["convergence_class"] == "exponential"]
    assert len(exponential) == 138
    for f in exponential:
        rows = convergents(f, 500)
        measured = (digits(rows, 250) - digits(rows, 100)) / 150
        assert measured == pytest.approx(classify(f).rate, rel=0.1), f


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((1,), (1, 0), Convergence("alternating root", 0, 2)),
        ((4,), (2, 5), Convergence("alternating root", 0, 2 * math.sqrt(8))),
        ((6,), (4, -4, 1), Convergence("alternating algebraic", 0, 3)),
        ((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0), Convergence("algebraic", 0, 2)),
        # What a published table lists as a value of zeta(3) converges like 1/log n.
        ((4, 6, 4, 1), (-4, 0, 0, 0, 0, 0, 0), Convergence("logarithmic")),
        ((4, 6, 3, 1), (-4, 0, 0, 0, 0, 0, 0), Convergence("divergent")),
        ((2,), (-1,), Convergence("algebraic", 0, 1)),
        ((1, 0), (1, 0, 0), Convergence("exponential", math.log10((math.sqrt(5) + 3) / 2))),
        ((2, 2), (-1, 0, 0), Convergence("root", 0, 4)),
        ((2, 1), (-1, 0, 0), Convergence("logarithmic")),
        ((2, -1), (-1, -1, 0), Convergence("divergent")),
        ((1,), (-1,), Convergence("divergent")),
        ((1,), (-1, -3), Convergence("divergent")),
        ((1,), (1, 0, 0, 0), Convergence("divergent")),
        ((1,), (1, -7), Convergence("finite")),
        ((1,), (), Convergence("finite")),
        ((), (1,), Convergence("divergent")),
    ],
)
def test_every_class(a: tuple[int, ...], b: tuple[int, ...], expected: Convergence) -> None:
    found = classify(ContinuedFraction.of(a, b))
    assert found.kind == expected.kind
    assert (found.rate, found.exponent) == pytest.approx((expected.rate, expected.exponent))


@pytest.mark.parametrize(
    ("a", "b"), [((2, 2), (-1, 0, 0)), ((1,), (1, 0)), ((4,), (2, 5)), ((4, 5), (-4, 0, 0))]
)
def test_exponents_of_root_convergence_agree_with_exact_convergents(
    a: tuple[int, ...], b: tuple[int, ...], convergents: Convergents
) -> None:
    f = ContinuedFraction.of(a, b)
    rows = convergents(f, 1600)
    measured = (digits(rows, 900) - digits(rows, 400)) * math.log(10) / (30 - 20)
    assert measured == pytest.approx(classify(f).exponent, rel=0.1)


@pytest.mark.parametrize(
    ("a", "b"),
    [((6,), (4, -4, 1)), ((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0)), ((1,), (1, 0, 0)), ((2,), (-1,))],
)
def test_exponents_of_algebraic_convergence_agree_with_exact_convergents(
    a: tuple[int, ...], b: tuple[int, ...], convergents: Convergents
) -> None:
    f = ContinuedFraction.of(a, b)
    rows = convergents(f, 801)
    # Differences of neighbours where signs alternate, else of n and 2 n: both fall like the error.
    pairs = ((200, 201), (400, 401)) if b[0] > 0 else ((200, 400), (400, 800))
    measured = (digits(rows, *pairs[1]) - digits(rows, *pairs[0])) / math.log10(2)
    assert measured == pytest.approx(classify(f).exponent, rel=0.05)


INTERLACED = (
    ContinuedFraction(((1,), (2, 0), (1,)), ((1,), (1,), (1,))),
    ContinuedFraction(((3, 1), (1,)), ((1, 1), (2, 1))),
    ContinuedFraction(((1,), (2,)), ((1,), (3,))),
    ContinuedFraction(((1,), (1,)), ((1, 1), (2, 1))),
)


@pytest.mark.parametrize("f", INTERLACED, ids=str)
def test_interlaced_rates_count_original_terms(
    f: ContinuedFraction, convergents: Convergents
) -> None:
    found = classify(f)
    rows = convergents(f, 1300)
    if found.kind == "factorial":
        measured = (digits(rows, 120) - digits(rows, 81)) / 39
        assert measured == pytest.approx(found.rate, rel=0.05)
    elif found.kind == "exponential":
        measured = (digits(rows, 400) - digits(rows, 200)) / 200
        assert measured == pytest.approx(found.rate, rel=0.02)
    else:
        measured = (digits(rows, 900) - digits(rows, 400)) * math.log(10) / 10
        assert measured == pytest.approx(found.exponent, rel=0.1)


@pytest.mark.parametrize("wanted", [30, 200])
def test_depths_suffice_and_are_not_lavish(
    known_rows: Rows, convergents: Convergents, wanted: int
) -> None:
    for f, _ in [*known_rows[::5], *((f, {}) for f in INTERLACED)]:
        depth = depth_for(classify(f), wanted)
        if depth is None or depth > 900:
            continue
        rows = convergents(f, 2 * depth)
        # A fraction's own constant and power of n are not in its class.
        assert digits(rows, depth) > wanted - 4, f
        assert digits(rows, depth // 3) < wanted, f


@pytest.mark.parametrize(
    "found",
    [
        Convergence("algebraic", 0, 2),
        Convergence("alternating algebraic", 0, 2),
        Convergence("logarithmic"),
        Convergence("divergent"),
        Convergence("finite"),
        Convergence("exponential", 1e-5),
        Convergence("root", 0, 0.01),
        Convergence("factorial", -308.4, 1.0),
    ],
)
def test_hopeless_depths(found: Convergence) -> None:
    assert depth_for(found, 100) is None


@given(
    a=st.lists(st.integers(-(10**400), 10**400), min_size=1, max_size=4),
    b=st.lists(st.integers(-(10**400), 10**400), min_size=1, max_size=7),
)
def test_huge_coefficients_are_classified(a: list[int], b: list[int]) -> None:
    found = classify(ContinuedFraction.of(a, b))
    assert math.isfinite(found.rate) and math.isfinite(found.exponent)
    depth = depth_for(found, 50)
    assert depth is None or depth > 0
