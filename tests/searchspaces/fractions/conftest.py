"""What the tests of fractions share: ground truth, random fractions, exact convergents."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.continued import ContinuedFraction, Polynomial, trimmed

DATA = Path(__file__).parents[2] / "data" / "fractions"

_MONOMIAL = re.compile(r"([+-]?)(?:(\d+)\*?)?(n(?:\*\*(\d+))?)?")


def polynomial(text: str) -> Polynomial:
    """Read ``3*n**2 - n + 1``."""
    found: dict[int, int] = {}
    for sign, size, symbol, power in _MONOMIAL.findall(text.replace(" ", "")):
        if size or symbol:
            degree = int(power or 1) if symbol else 0
            found[degree] = found.get(degree, 0) + int(f"{sign}{size or 1}")
    return trimmed([found.get(k, 0) for k in range(max(found), -1, -1)])


def whole_numbers(most: int = 4) -> st.SearchStrategy[int]:
    return st.integers(-most, most)


def dense(degree: int) -> st.SearchStrategy[Polynomial]:
    return st.lists(whole_numbers(), min_size=1, max_size=degree + 1).map(trimmed).filter(bool)


@st.composite
def factored(draw: st.DrawFn, degree: int) -> Polynomial:
    """A product of linear factors with small roots: chains under shifts, common factors."""
    product = [draw(st.sampled_from((-2, -1, 1, 2, 3)))]
    for _ in range(draw(st.integers(0, degree))):
        leading, constant = draw(st.integers(1, 2)), draw(whole_numbers())
        ahead, behind = [leading * c for c in product] + [0], [0] + [constant * c for c in product]
        product = [x + y for x, y in zip(ahead, behind, strict=True)]
    return trimmed(product)


@st.composite
def random_fractions(draw: st.DrawFn, periods: tuple[int, ...] = (1,)) -> ContinuedFraction:
    """A fraction whose polynomials are not zero; some terminate."""
    period = draw(st.sampled_from(periods))
    sides = [[draw(dense(degree) | factored(degree)) for _ in range(period)] for degree in (2, 4)]
    return ContinuedFraction(*map(tuple, sides))


def exact_convergents(f: ContinuedFraction, depth: int) -> list[tuple[int, int]]:
    """Numerators and denominators of the convergents 0, 1, ..., depth."""
    rows = [(1, 0), (f.a_at(0), 1)]
    for n in range(1, depth + 1):
        a, b = f.a_at(n), f.b_at(n)
        rows.append(tuple(a * now + b * last for now, last in zip(rows[-1], rows[-2], strict=True)))
    return rows[1:]


@pytest.fixture(scope="session")
def fractions() -> Callable[..., st.SearchStrategy[ContinuedFraction]]:
    """The strategy of random fractions; arguments as of :func:`random_fractions`."""
    return random_fractions


@pytest.fixture(scope="session")
def convergents() -> Callable[[ContinuedFraction, int], list[tuple[int, int]]]:
    """Exact convergents; arguments as of :func:`exact_convergents`."""
    return exact_convergents


@pytest.fixture(scope="session")
def known_rows() -> list[tuple[ContinuedFraction, dict[str, str]]]:
    """The fractions of pcf_known.csv with their rows."""
    with (DATA / "pcf_known.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        (ContinuedFraction.of(polynomial(row["a_n"]), polynomial(row["b_n"])), row) for row in rows
    ]
