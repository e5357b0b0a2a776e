from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.canonical import terminates
from elitemap.searchspaces.fractions.conditions import (
    parabolic_start,
    positive_start,
    pringsheim_start,
    worpitzky_start,
)
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.tails import enclose, tail_bound
from elitemap.searchspaces.fractions.theorems import convergence_theorem

Strategy = Callable[..., st.SearchStrategy[ContinuedFraction]]
Convergents = Callable[[ContinuedFraction, int], list[tuple[int, int]]]
Rows = list[tuple[ContinuedFraction, dict[str, str]]]


def ratio_at(f: ContinuedFraction, n: int) -> Fraction | None:
    below = f.a_at(n) * f.a_at(n - 1)
    return Fraction(f.b_at(n), below) if below else None


def holds(name: str, f: ContinuedFraction, n: int) -> bool:
    """The condition at one n, from the fraction's own numbers."""
    if name == "pringsheim":
        return abs(f.a_at(n)) >= abs(f.b_at(n)) + 1
    r = ratio_at(f, n)
    if r is None:
        return False
    if name == "positive":
        return r > 0
    if name == "worpitzky":
        return abs(r) <= Fraction(1, 4)
    return n > 1 and abs(r) <= Fraction((2 * n - 1) ** 2, 16 * n * (n - 1))


CONDITIONS = {
    "pringsheim": pringsheim_start,
    "positive": positive_start,
    "worpitzky": worpitzky_start,
    "parabolic": parabolic_start,
}


@pytest.mark.parametrize("name", CONDITIONS)
@given(data=st.data())
def test_conditions_start_where_they_start(name: str, fractions: Strategy, data: Any) -> None:
    f = data.draw(fractions((1, 1, 2)))
    if terminates(f):
        return
    start = CONDITIONS[name](f)
    least = 2 if name == "parabolic" else 1
    if start is None:
        assert name == "positive" or not all(holds(name, f, n) for n in range(400, 420))
        return
    assert all(holds(name, f, n) for n in range(start, start + 60))
    assert start == least or not holds(name, f, start - 1)


def test_every_known_fraction_has_a_theorem_and_a_tail(known_rows: Rows) -> None:
    names = Counter()
    for f, _ in known_rows[::3]:
        theorem, tail = convergence_theorem(f), tail_bound(f)
        assert theorem is not None and tail is not None, f
        assert theorem.start <= 20 and str(theorem.start) in theorem.statement
        names[theorem.name] += 1
    assert names["Worpitzky"] > 40 and names["Seidel-Stern"] > 5


@given(data=st.data())
def test_convergent_classes_and_theorems_agree(fractions: Strategy, data: Any) -> None:
    f = data.draw(fractions())
    kind, theorem = classify(f).kind, convergence_theorem(f)
    if kind in ("finite", "divergent"):
        assert theorem is None
        assert tail_bound(f) is None
    elif kind != "logarithmic":
        assert theorem is not None
        assert tail_bound(f) is not None


@pytest.mark.parametrize(
    ("a", "b", "name", "start"),
    [
        ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), "Worpitzky", 1),
        ((1, 0), (1,), "Śleszyński-Pringsheim", 2),
        ((1,), (1, 0), "Seidel-Stern", 1),
        ((2,), (-1,), "Worpitzky", 1),
        ((3,), (-3,), None, 0),
        ((10**9 + 1, -(10**18)), (2, 0, 0), "Poincaré-Perron and Pincherle", 1),
    ],
)
def test_examples(a: tuple[int, ...], b: tuple[int, ...], name: str | None, start: int) -> None:
    theorem = convergence_theorem(ContinuedFraction.of(a, b))
    if name is None:
        assert theorem is None
        return
    assert theorem is not None
    assert theorem.name == name and theorem.start == start


@given(data=st.data())
def test_enclosures_hold_the_deeper_ones(
    fractions: Strategy, convergents: Convergents, data: Any
) -> None:
    f = data.draw(fractions((1, 1, 1, 2)))
    tail = tail_bound(f)
    if tail is None or tail.start > 60:
        return
    rows = convergents(f, 250)
    balls = []
    for n in (max(tail.start - 1, 1), 60, 120, 240):
        (p, q), (p_before, q_before) = rows[n], rows[n - 1]
        balls.append(enclose(f, tail, n, (p, p_before, q, q_before), 4000))
    # The limit is in all of them: each two overlap, and those that are finite shrink.
    assert all(one.overlaps(other) for one in balls for other in balls if one.is_finite())
    finite = [ball for ball in balls if ball.is_finite()]
    assert all(late.rad() <= early.rad() * 1.01 for early, late in pairwise(finite))


def test_enclosures_contain_constants(convergents: Convergents) -> None:
    examples = {
        "6/zeta(3)": ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), 400),
        "3 + pi": ((6,), (4, -4, 1), 6),
        "1/zeta(3)": ((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0), 5),
        "2/log(2)": ((6, 3), (-1, 0, 0), 300),
        "besseli(0, 2)/besseli(1, 2)": ((1, 1), (1,), 400),
    }
    for text, (a, b, places) in examples.items():
        f = ContinuedFraction.of(a, b)
        tail = tail_bound(f)
        assert tail is not None
        rows = convergents(f, 300)
        (before, q_before), (p, q) = rows[-2:]
        ball = enclose(f, tail, 300, (p, before, q, q_before), 4000)
        assert ball.contains(constant(text).ball(4000).mid()), text
        assert ball.rad() < 10.0 ** -min(places, 300), text
