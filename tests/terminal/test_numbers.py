import pytest

from elitemap.terminal.numbers import count, duration, number


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
