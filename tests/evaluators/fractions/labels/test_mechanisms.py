import pytest

from elitemap.evaluators.fractions.labels.known import Known
from elitemap.evaluators.fractions.labels.labels import label
from elitemap.evaluators.fractions.labels.mechanisms import MECHANISMS, further, tried
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation

ANY = Relation.of(("pi",), (0, 1), (1, 0))


@pytest.mark.parametrize(
    ("a", "b", "kind", "words"),
    [
        ((10, 45, 59, 21), (-9, -54, -108, -72, 0, 0, 0), "2F1", "a = 10*n + 5, b = -9*n**2"),
        ((10, 45, 71, 39), (-9, -54, -108, -72, 0, 0, 0), "2F1", "a = 10*n + 5, b = -9*n**2"),
        ((7, 21, 15), (8, 32, 38, 12, 0), "2F1 along a direction", "the recurrence of 2F1("),
        ((6, 9, 5, 1), (16, 0, -1, 0, 0, 0, 0), "binomial sum", "C(n,k)^4"),
        ((26, 39, 21, 4), (27, 0, -3, 0, 0, 0, 0), "binomial sum", "C(n,k)^2*C(n+k,k)*C(2k,n)"),
        ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), "binomial sum", "Apéry numbers"),
        ((8, 8, 7), (-16, 0, 0, 0, 0), "continuous dual Hahn", "3F2(-n, -1/2, 3/2; 1, 1; 1)"),
        ((8, 8, 39), (-16, 0, 0, 0, 0), "continuous dual Hahn", "3F2(-n, -5/2, 7/2; 1, 1; 1)"),
    ],
)
def test_what_explains(a: tuple[int, ...], b: tuple[int, ...], kind: str, words: str) -> None:
    found = label(Formula(ContinuedFraction.of(a, b), ANY), Known({}))
    assert found.name == "explained" and found.details["kind"] == kind and words in found.reason


def test_disguises_are_explained_too() -> None:
    """Inflated by -2, and shifted by one."""
    for a, b in (
        ((-12, -18, -10, -2), (64, 0, -4, 0, 0, 0, 0)),
        ((6, 27, 41, 21), (16, 96, 239, 316, 234, 92, 15)),
    ):
        found = further(ContinuedFraction.of(a, b))
        assert found is not None and found.details["kind"] == "binomial sum"


def test_the_proof_of_a_sum_is_told() -> None:
    found = further(ContinuedFraction.of((6, 9, 5, 1), (16, 0, -1, 0, 0, 0, 0)))
    assert found is not None and "creative telescoping" in found.text
    assert {"recurrence", "R", "identity", "gauge"} <= set(found.details)


def test_nothing_explains_the_others_and_what_was_tried_is_told() -> None:
    fraction = ContinuedFraction.of((34, 51, 27, 7), (-1, 0, 0, 0, 0, 0, 0))
    assert further(fraction) is None
    found = label(Formula(fraction, ANY), Known({}))
    assert found.name == "unexplained"
    assert all(name in found.reason for name in MECHANISMS) and tried() in found.details["tried"]
