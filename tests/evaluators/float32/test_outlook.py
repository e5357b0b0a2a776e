"""What is told of a proof before there is anything to prove."""

import pytest

from elitemap.evaluators.float32 import outlook
from elitemap.searchspaces.elementary.float32.functions import resolve


@pytest.mark.parametrize("domain", [(-3.0, 2.0), (1.0, 1.5), (-2.0, -0.0), (1.0, 1.0 + 2.0**-22)])
def test_runs_that_are_looked_at_lie_within_the_domain(domain):
    low, high = domain
    found = list(outlook.spread(low, high))
    assert len(found) == (16 if low < 0 < high else 8)
    assert all(low <= first <= last <= high for first, last in found)


def test_a_whole_domain_takes_as_much_longer_as_it_is_larger(monkeypatch):
    """By a clock that goes on by one whenever somebody looks."""
    ticks = iter(range(100))
    monkeypatch.setattr(outlook.time, "monotonic", lambda: float(next(ticks)))
    single = resolve("exp2", "1,2", "usual")
    # A tick for compiling, and one for eight runs of 2^20 of the 2^23 floats and one.
    monkeypatch.setattr(outlook, "_LENGTH", 1 << 10)
    assert outlook.expected(single) == pytest.approx(1.0 + (2**23 + 1) / (8 * (2**10 + 1)))
