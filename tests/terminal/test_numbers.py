import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.terminal.numbers import count, duration, number, objective


@given(st.floats(0, 300))
def test_proved_digits_are_never_rounded_up(digits: float) -> None:
    assert float(objective("digits", digits)) <= digits


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("digits", 14.6599, "14.65"),
        ("digits", None, "—"),
        ("error", 2.345e-12, "~2.3e-12"),
        ("error", math.nan, "—"),
        ("ops", 9.0, "9"),
        ("ops", 9, "9"),
        ("bits", 4.25, "4.25"),
    ],
)
def test_objectives(name: str, value: float | None, text: str) -> None:
    assert objective(name, value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (987, "987"),
        (999.7, "1k"),
        (12345, "12.3k"),
        (999_999, "1M"),
        (4.2e11, "420G"),
        (4.2e12, "4.2e+12"),
    ],
)
def test_counts(value: float, text: str) -> None:
    assert count(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0s"),
        (59.4, "59s"),
        (59.6, "1m00s"),
        (3599, "59m59s"),
        (7500, "2h05m"),
        (259_100, "71h58m"),
        (864_000, "10 days"),
        (1e12, "3.17e+04 years"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_large_whole_floats_stay_readable() -> None:
    assert number(1e300) == "1e+300"
