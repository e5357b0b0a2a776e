"""What the tests of fractions' evaluators share: ground truth, random fractions."""

import ast
import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.continued import ContinuedFraction, Polynomial, trimmed
from elitemap.searchspaces.fractions.signed import SignedFraction

DATA = Path(__file__).parents[2] / "data" / "fractions"

_MONOMIAL = re.compile(r"([+-]?)(?:\(?(-?\d+)\)?\*?)?(n(?:\*\*(\d+))?)?")


def polynomial(text: str) -> Polynomial:
    """Read ``3*n**2 - n + 1`` or ``(3)*n**2+(-1)*n**1+(1)*n**0``."""
    found: dict[int, int] = {}
    for sign, size, symbol, power in _MONOMIAL.findall(text.replace(" ", "")):
        if size or symbol:
            degree = int(power or 1) if symbol else 0
            found[degree] = found.get(degree, 0) + int(f"{sign}1") * int(size or 1)
    return trimmed([found.get(k, 0) for k in range(max(found), -1, -1)])


def in_vocabulary(text: str) -> str:
    """SymPy's text of a value in the words of constants; empty for two values without words."""
    if "zeta(2, 1/3)" in text:
        return ""
    text = re.sub(r"\bE\b", "e", text.replace("cot(1/2)", "1/tan(1/2)"))
    return text.replace("Catalan", "catalan")


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def signed_fraction(row: dict[str, str]) -> SignedFraction:
    """A row of signed_cf_known.csv, with as many quotients as taps."""
    start = list(ast.literal_eval(row["a_initial"]))
    (key,) = (name for name in row if name.startswith("a_LFSR"))
    taps = [-c for c in ast.literal_eval(row[key])[1:]]
    while len(start) < len(taps):
        start.append(sum(t * a for t, a in zip(taps, reversed(start), strict=False)))
    return SignedFraction(ast.literal_eval(row["sign_period_b"]), tuple(start), tuple(taps))


@st.composite
def random_fractions(draw: st.DrawFn, periods: tuple[int, ...] = (1, 2, 3)) -> ContinuedFraction:
    period = draw(st.sampled_from(periods))
    side = st.lists(st.integers(-5, 5), min_size=1, max_size=4).map(trimmed)
    return ContinuedFraction(*(tuple(draw(side) for _ in range(period)) for _ in "ab"))


@pytest.fixture(scope="session")
def some_fractions() -> Callable[..., st.SearchStrategy[ContinuedFraction]]:
    """The strategy of small random fractions, zeros and all."""
    return random_fractions


@pytest.fixture(scope="session")
def known_fractions() -> list[tuple[ContinuedFraction, dict[str, str]]]:
    """The fractions of pcf_known.csv with their rows, and the ``value`` as a constant's text."""
    rows = rows_of("pcf_known.csv")
    rows = [row | {"value": in_vocabulary(row["constant_sympy"])} for row in rows]
    return [
        (ContinuedFraction.of(polynomial(row["a_n"]), polynomial(row["b_n"])), row) for row in rows
    ]


@pytest.fixture(scope="session")
def slow_fractions() -> list[tuple[ContinuedFraction, dict[str, str]]]:
    """The fractions of pcf_algebraic_known.csv with their rows."""
    rows = rows_of("pcf_algebraic_known.csv")
    return [
        (ContinuedFraction.of(polynomial(row["a_n"]), polynomial(row["b_n"])), row) for row in rows
    ]


@pytest.fixture(scope="session")
def known_signed() -> list[tuple[SignedFraction, dict[str, str]]]:
    """The fractions of signed_cf_known.csv with their rows."""
    return [(signed_fraction(row), row) for row in rows_of("signed_cf_known.csv")]
