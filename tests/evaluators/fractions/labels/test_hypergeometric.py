import dataclasses
import random

import pytest
from flint import arb

from elitemap.evaluators.fractions.labels.contiguity import check, contiguous
from elitemap.evaluators.fractions.labels.explanations import whole
from elitemap.evaluators.fractions.labels.hypergeometric import Hypergeometric, hypergeometric
from elitemap.evaluators.fractions.labels.specialfunctions import KINDS
from elitemap.evaluators.fractions.labels.surds import Surd
from elitemap.evaluators.fractions.values import deep
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import terminates
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction

BITS = 320

NAMED = [
    ((4, 2), (1,), "(e + 1)/(e - 1)", "0F1"),
    ((1, 1), (1,), "besseli(0, 2)/besseli(1, 2)", "0F1"),
    ((2, 1), (-1,), "1/tan(1)", "0F1"),
    ((1, 4), (-1, 0), "e/(e - 2)", "1F1"),
    ((1, 1), (1, 0), "1/(e - 2)", "1F1"),
    ((6, 3), (-1, 0, 0), "2/log(2)", "2F1"),
    ((2, 1), (1, 0, 0), "4/pi", "2F1"),
    ((6,), (4, -4, 1), "3 + pi", "2F1"),
    ((2,), (1, 0, 0), "2/(4 - pi)", "2F1"),
    ((10, 5), (-9, 0, 1), "(4**(1/3) + 1)/(4**(1/3) - 1)", "2F1"),
    ((1,), (1, 0), "1/(sqrt(pi*e/2)*erfc(1/sqrt(2)))", "parabolic cylinder U"),
]


def value_of(form: Hypergeometric, fraction: ContinuedFraction) -> arb:
    tail = form.tail(BITS)
    with precision(BITS):
        return whole(fraction, form.start, tail)


def assert_close(found: arb, wanted: arb, digits: int) -> None:
    with precision(BITS):
        assert found.is_finite()
        assert abs(found - wanted) < (abs(wanted) + 1) * arb(10) ** -digits, (found, wanted)


@pytest.mark.parametrize(("a", "b", "text", "kind"), NAMED)
def test_named_fractions(a: tuple[int, ...], b: tuple[int, ...], text: str, kind: str) -> None:
    fraction = ContinuedFraction.of(a, b)
    form = hypergeometric(fraction)
    assert form is not None and form.kind == kind
    assert_close(value_of(form, fraction), constant(text).ball(BITS), 60)
    assert check(form, fraction)


def _random(kind: tuple[int, int], source: random.Random) -> ContinuedFraction:
    sides = [[source.choice((-3, -2, -1, 1, 2, 3, 4)) for _ in range(d + 1)] for d in kind]
    return ContinuedFraction.of(*sides)


@pytest.mark.parametrize("kind", [(1, 0), (1, 1), (0, 1), (0, 2), (1, 2)])
def test_every_small_fraction_with_a_limit_is_a_ratio(kind: tuple[int, int]) -> None:
    source, compared = random.Random(7), 0
    for _ in range(40):
        fraction = _random(kind, source)
        limit = None if terminates(fraction) else deep.limit(fraction, 45)
        if limit is None or limit.digits < 20:
            continue
        form = hypergeometric(fraction)
        assert form is not None, fraction
        assert_close(value_of(form, fraction), limit.value, int(min(limit.digits, 45)) - 3)
        assert check(form, fraction), fraction
        compared += 1
    assert compared >= 8


def test_equal_roots_give_tricomis_function() -> None:
    fraction = ContinuedFraction.of((2, 5), (-1, 0, -3))
    form = hypergeometric(fraction)
    assert form is not None and form.kind == "U"
    limit = deep.limit(fraction, 45)
    assert limit is not None
    assert_close(value_of(form, fraction), limit.value, 40)
    assert check(form, fraction)


def test_poles_of_the_functions_are_left_behind() -> None:
    fraction = ContinuedFraction.of((1, -3), (2,))
    form = hypergeometric(fraction)
    assert form is not None and form.start == 3
    limit = deep.limit(fraction, 60)
    assert limit is not None
    assert_close(value_of(form, fraction), limit.value, 50)
    far = ContinuedFraction.of((1, -(10**9)), (2,))
    assert hypergeometric(far) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((1,), (1,)),
        ((1, 1), (-1, 0, 0)),
        ((1,), (-1, 0)),
        ((1, 0, 0), (1,)),
        ((1, 1), (1, 0, 0, 0)),
    ],
)
def test_what_is_no_ratio_gets_none(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    assert hypergeometric(ContinuedFraction.of(a, b)) is None


def test_the_contiguous_relations_hold_for_all_parameters() -> None:
    assert all(contiguous(kind) for kind in KINDS)


@pytest.mark.parametrize(("a", "b", "text", "kind"), NAMED)
def test_wrong_parameters_fail_the_check(
    a: tuple[int, ...], b: tuple[int, ...], text: str, kind: str
) -> None:
    fraction = ContinuedFraction.of(a, b)
    form = hypergeometric(fraction)
    assert form is not None
    for k, (name, found) in enumerate(form.parameters):
        parameters = list(form.parameters)
        parameters[k] = (name, found + Surd.of(1))
        assert not check(dataclasses.replace(form, parameters=tuple(parameters)), fraction)
    assert not check(dataclasses.replace(form, factor=form.factor.times(2)), fraction)


def test_the_text_shows_the_parameters() -> None:
    form = hypergeometric(ContinuedFraction.of((6, 3), (-1, 0, 0)))
    assert form is not None
    assert str(form) == (
        "ratio of 2F1: c(0) = 3 + (-2 + 4*sqrt(2)/3)*2F1(2, 1/2; 5/2; 17 - 12*sqrt(2))"
        "/2F1(1, 1/2; 3/2; 17 - 12*sqrt(2))"
    )
    assert set(form.to_json()["parameters"]) == set("pqsz")
