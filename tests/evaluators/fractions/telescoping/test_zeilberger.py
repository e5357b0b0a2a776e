from dataclasses import replace

import pytest
import sympy
from flint import fmpz_poly

from elitemap.evaluators.fractions.telescoping.certificates import holds
from elitemap.evaluators.fractions.telescoping.summands import parse
from elitemap.evaluators.fractions.telescoping.zeilberger import Recurrence, telescoped


def found(text: str, order: int = 2) -> Recurrence:
    recurrence = telescoped(parse(text), order)
    assert recurrence is not None
    return recurrence


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("C(n,k)", 1),
        ("C(n,k)^2", 1),
        ("C(n,k)^2*C(n+k,k)", 2),
        ("C(n,k)^2*C(n+k,k)^2", 2),
        ("C(n,k)^3", 2),
        ("C(n,k)^4", 2),
        ("C(n,k)^2*C(n+k,k)*C(2k,n)", 2),
        ("C(n,k)^2*C(2k,k)*(1/4)^k", 2),
        ("C(2n-2k,n-k)*C(2k,n)*C(n+k,2k)*(-16)^k", 2),
        ("C(n,k)^5", 3),
    ],
)
def test_sums_have_recurrences_that_certificates_prove(text: str, order: int) -> None:
    recurrence = found(text, order)
    assert holds(recurrence) and len(recurrence.coefficients) == order + 1
    sums = [recurrence.summand.total(n) for n in range(20)]
    for n in range(20 - order):
        assert not sum(int(c(n)) * sums[n + j] for j, c in enumerate(recurrence.coefficients))


def test_aperys_recurrence() -> None:
    """Apéry, Irrationalité de zeta(2) et zeta(3), Astérisque 61, 1979."""
    one = fmpz_poly([1, 1])
    assert found("C(n,k)^2*C(n+k,k)^2").coefficients == (
        one**3,
        -fmpz_poly([117, 231, 153, 34]),
        fmpz_poly([2, 1]) ** 3,
    )


def test_there_may_be_none_of_an_order() -> None:
    assert telescoped(parse("C(n,k)^2*C(n+k,k)^2"), 1) is None
    assert telescoped(parse("C(n,k)^5"), 2) is None


def test_a_wrong_recurrence_or_certificate_does_not_hold() -> None:
    recurrence = found("C(n,k)^3")
    c0, c1, c2 = recurrence.coefficients
    assert not holds(replace(recurrence, coefficients=(c0, c1 + 1, c2)))
    assert not holds(replace(recurrence, above=recurrence.above + 1))
    assert not holds(replace(recurrence, summand=parse("C(n,k)^4")))


def test_a_reader_can_check_the_certificate_in_sympy() -> None:
    told = found("C(n,k)^3").to_json()
    n, k = sympy.symbols("n k")
    r = sympy.parse_expr(told["R"], {"n": n, "k": k})
    up = ((n + 1) / (n + 1 - k)) ** 3
    twice = up * ((n + 2) / (n + 2 - k)) ** 3
    left = -8 * (n + 1) ** 2 - (7 * n**2 + 21 * n + 16) * up + (n + 2) ** 2 * twice
    right = r.subs(k, k + 1) * ((n - k) / (k + 1)) ** 3 - r
    assert sympy.cancel(left - right) == 0
    assert told["recurrence"] == (
        "(-8*n**2 - 16*n - 8)*s(n) + (-7*n**2 - 21*n - 16)*s(n + 1) + (n**2 + 4*n + 4)*s(n + 2) = 0"
    )
