import random
from collections.abc import Sequence

from flint import fmpq_poly

from elitemap.evaluators.fractions.families.curves import curves, fit
from elitemap.evaluators.fractions.families.families import Family, Verify, families, verifier
from elitemap.searchspaces.fractions.constants import constants
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

Sides = tuple[Sequence[int], Sequence[int]]


def found(verify: Verify, sides: Sequence[Sides]) -> list[Formula]:
    """Those of the fractions that a search would have reported."""
    fractions = [ContinuedFraction.of(a, b) for a, b in sides]
    values = [verify(fraction) for fraction in fractions]
    return [Formula(f, v) for f, v in zip(fractions, values, strict=True) if v is not None]


def of(names: str, sides: Sequence[Sides]) -> list[Family]:
    verify = verifier(constants(names))
    return families(found(verify, sides), verify)


def test_brouncker() -> None:
    (family,) = of("pi", [((a,), (4, -4, 1)) for a in range(1, 24)])
    assert (family.a, family.b) == ("4*k + 2", "4*n**2 - 4*n + 1")
    assert [k for k, _ in family.members] == [0, 1, 2, 3, 4, 5]
    assert family.verified == (6, 7, 8) and family.unseen == 6


def test_logarithms_of_two() -> None:
    (family,) = of("log(2)", [((a,), (1, 0, 0)) for a in range(1, 12)])
    assert (family.a, family.b) == ("2*k + 1", "n**2")


def test_e_in_two_ways() -> None:
    sides = [((1, k), (s, c)) for k in range(-2, 7) for s in (-1, 1) for c in range(-3, 4)]
    texts = {(family.a, family.b) for family in of("e", sides)}
    assert texts == {("n + k", "n"), ("n + k + 2", "-n")}


def test_a_gap_is_a_parameter_to_verify() -> None:
    sides = [((1, k), (1, 0)) for k in (0, 2, 3, 4, 6)]
    (family,) = of("e", sides)
    assert set(family.verified) >= {1, 5}


def test_a_family_that_is_quadratic_in_its_parameter() -> None:
    """For 1/zeta(3): only t = 2 k (k + 1) of a = n^3 + (n+1)^3 + t (2n + 1) will do."""
    b = (-1, 0, 0, 0, 0, 0, 0)
    (family,) = of(
        "zeta(3)", [((2, 3, 3 + 2 * t, 1 + t), b) for t in range(30)] + [((2, 3, 83, 41), b)]
    )
    assert family.a == "2*n**3 + 3*n**2 + (4*k**2 + 4*k + 3)*n + 2*k**2 + 2*k + 1"
    assert [k for k, _ in family.members] == [0, 1, 2, 3, 4] and len(family.verified) == 3


def test_the_value_is_fitted_too() -> None:
    def verify(f: ContinuedFraction) -> Relation:
        k = f.a_at(0)
        return Relation.of(("pi",), (k * k, 2), (k + 1, 0))

    (family,) = families(found(verify, [((k,), (1, 0, 1)) for k in range(1, 8)]), verify)
    assert family.value == "(k**2 + 2*k + 1 + 2*(pi))/(k + 2)"


def test_what_fails_at_a_fresh_parameter_is_no_family() -> None:
    def verify(f: ContinuedFraction) -> Relation | None:
        return Relation.of(("pi",), (0, 1), (1, 0)) if f.a_at(0) < 8 else None

    assert families(found(verify, [((k,), (1, 0, 1)) for k in range(1, 12)]), verify) == []


def test_shifts_and_inflations_make_no_family() -> None:
    verify = verifier(constants("e"))
    shifted = [((1, k), (1, k - 1)) for k in range(1, 9)]
    inflated = [((c, c), (c * c, 0)) for c in range(1, 9)]
    assert families(found(verify, shifted), verify) == []
    assert families(found(verify, inflated), verify) == []


def test_interlaced_members() -> None:
    """(e**(1/q)+1)/(e**(1/q)-1) and the like: quotients 1, q (2 k + 1) - 1, 1."""

    def verify(f: ContinuedFraction) -> Relation:
        return Relation.of(("pi",), (0, 1), (1, 0))

    members = [
        ContinuedFraction(((1,), (2 * q, q - 1), (1,)), ((1,),) * 3) for q in (2, 3, 4, 5, 6)
    ]
    formulas = [Formula(f, verify(f)) for f in members]
    signed = Formula(SignedFraction((1,), (1, 1), (1, 1)), verify(members[0]))
    (family,) = families([*formulas, signed, Formula(members[0])], verify)
    assert (family.a, family.b) == ("1; (2*k + 4)*n + k + 1; 1", "1; 1; 1")


def test_nothing_comes_of_nothing() -> None:
    assert families([], verifier(())) == []


def test_curves_are_exact() -> None:
    points = [(k, 3 * k * k - k + 2, 7) for k in (0, 1, 2, 3, 5, 9)]
    source = random.Random(3)
    noise = [tuple(source.randint(0, 50) for _ in range(3)) for _ in range(40)]
    (curve, *_) = curves([*points, *noise])
    assert curve.degree == 2 and {i for _, i in curve.members} >= set(range(6))
    assert curve.coordinates == (fmpq_poly([0, 1]), fmpq_poly([2, -1, 3]), fmpq_poly([7]))
    assert curve.at(4) == (4, 46, 7)


def test_few_points_are_no_curve() -> None:
    assert curves([(0, 0), (1, 1), (2, 2)]) == []
    assert curves([(0, 0), (1, 1), (2, 4), (3, 9)]) == []


def test_a_fit_must_meet_all_values() -> None:
    assert fit({0: [1], 1: [2], 2: [4]}, 1) is None
    assert fit({0: [1], 1: [2], 2: [4]}, 2) == [fmpq_poly([2, 1, 1]) / 2]
