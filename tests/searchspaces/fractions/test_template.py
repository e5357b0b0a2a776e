"""Families of polynomials as text: what is read, and what is refused and how."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.grammar import MAX_DEPTH, MAX_RANGES
from elitemap.searchspaces.fractions.template import parse


def at(template, values, n):
    """A template's polynomial at n for some values of its parameters."""
    total = 0
    for (power, *powers), coefficient in template.terms:
        term = coefficient * n**power
        for value, exponent in zip(values, powers, strict=True):
            term *= value**exponent
        total += term
    return total


def choices(template):
    return itertools.product(*(range(low, high + 1) for low, high in template.ranges))


def test_dense_ranges_run_from_the_leading_term_down():
    found = parse(" 1..13 , -13..13,7")
    assert found.ranges == ((1, 13), (-13, 13), (7, 7))
    assert found.size == 13 * 27
    assert found.degree == 2
    assert at(found, (2, -3, 7), 10) == 2 * 100 - 3 * 10 + 7


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            "(2*n+1)*([-2..2]*n*(n+1)+[3..4])",
            lambda v, n: (2 * n + 1) * (v[0] * n * (n + 1) + v[1]),
        ),
        ("[-10..-9]*n**6", lambda v, n: v[0] * n**6),
        ("-[1..2]**2*n^6", lambda v, n: -(v[0] ** 2) * n**6),
        (
            "[1..3]*(n**3+(n+1)**3)+[-1..1]*(2*n+1)",
            lambda v, n: v[0] * (n**3 + (n + 1) ** 3) + v[1] * (2 * n + 1),
        ),
        ("[-5..5]*(2*n-1)**4 - -[0..1]*n", lambda v, n: v[0] * (2 * n - 1) ** 4 + v[1] * n),
        ("(n+[1..2])**2", lambda v, n: (n + v[0]) ** 2),
        ("[+2]*[-1..1]*+n", lambda v, n: 2 * v[1] * n),
        ("7", lambda v, n: 7),
        ("n-n", lambda v, n: 0),
        ("(n**2)**0", lambda v, n: 1),
    ],
)
def test_templates_mean_what_they_say(text, meant):
    found = parse(text)
    for values in choices(found):
        for n in (-2, 0, 1, 5):
            assert at(found, values, n) == meant(values, n)
            assert abs(at(found, values, 1)) <= found.bound * (found.degree + 1)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("", "write for example"),
        (" ", "write for example"),
        ("5..1", "swap the ends"),
        ("1..2,", "write for example"),
        ("2n+1", "write products with *"),
        ("n(n+1)", "write products with *"),
        ("n/2", "write for example"),
        ("x+1", "write for example"),
        ("n**-1", "a whole exponent"),
        ("n**n", "a whole exponent"),
        ("n**99", "lower it"),
        ("(n**20)**20", "lower the powers"),
        ("[1..2", "']'"),
        ("[n]", "a range such as"),
        ("(n", "')'"),
        ("n)", "an operator or the end"),
        ("n+", "a whole number, n, a range or brackets"),
        ("9" * 40, "15 digits"),
        ("n*" + "9" * 40, "15 digits"),
        ("1.." + "9" * 40, "15 digits"),
        ("999999999999**20*n", "lower them"),
        ("[1..999999999999]**20*n", "narrow the ranges"),
        ("(" * (MAX_DEPTH + 2) + "n" + ")" * (MAX_DEPTH + 2), "simplify it"),
        ("-" * 200 + "n", "simplify it"),
        ("n+" * 1000 + "n", "shorten it"),
        ("+".join(["[1..2]"] * (MAX_RANGES + 1)), "write fewer"),
        (",".join(["1..2"] * (MAX_RANGES + 1)), "lower the degree"),
        ("(" + "+".join(["[1..2]"] * 16) + "+n+1)**9", "simplify it"),
        ("__import__('os')", "write for example"),
        ("n\x1b[31m", "write for example"),
    ],
)
def test_mistakes_are_named_in_one_line_with_the_cure(text, cure):
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert cure in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@given(st.text(alphabet="0123456789n[].+-*^() ,;x", max_size=60))
def test_any_text_is_a_family_or_a_usage_error(text):
    try:
        found = parse(text)
    except UsageError:
        return
    assert found.size >= 1
    assert found.degree <= 32
