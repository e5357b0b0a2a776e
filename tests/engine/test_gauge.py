"""Rates and the map's strip, from reports that islands send by turns."""

from types import SimpleNamespace

import pytest

from elitemap.engine.islands.state import Counters
from elitemap.engine.protocols import Axis
from elitemap.engine.search.gauge import WINDOW, Gauge, strip_axis


def report(gauge, island, seconds, rate):
    """An island that has screened at a steady rate reports."""
    counters = Counters(screened=round(rate * seconds), evaluations=round(10 * rate * seconds))
    gauge.note(SimpleNamespace(island=island, counters=counters, seen=1, seconds=0.5), seconds)


def told(screened):
    """What the first island reports after so many screenings."""
    return SimpleNamespace(island=0, counters=Counters(screened=screened), seen=1, seconds=0.5)


def test_rates_of_islands_that_report_by_turns_do_not_jump():
    gauge = Gauge(None, {0: Counters(), 1: Counters()})
    rates = []
    for k in range(1, 60):
        report(gauge, 0, 2.0 * k, 1000)
        report(gauge, 1, 2.0 * k + 0.1, 3000)
        evaluations, _, screened = gauge._rates()
        rates.append(screened)
        assert evaluations == pytest.approx(10 * screened)
    assert rates == pytest.approx([4000] * len(rates), rel=0.01)


def test_rates_follow_within_the_window():
    gauge = Gauge(None, {0: Counters()})
    report(gauge, 0, WINDOW, 1000)
    gauge.note(told(15_000), 2 * WINDOW)
    gauge.note(told(15_000), 4 * WINDOW)
    assert gauge._rates()[2] == 0.0


def test_rates_after_a_resumption_leave_earlier_sessions_out():
    gauge = Gauge(None, {0: Counters(screened=1_000_000)}, begun=500.0)
    gauge.note(told(1_002_000), 502.0)
    assert gauge._rates()[2] == pytest.approx(1000.0)


@pytest.mark.parametrize(
    ("bins", "along"), [((2, 4, 9), 1), ((3, 9), 0), ((2, 1), 0), ((1, 2, 2), 0)]
)
def test_the_strip_runs_along_an_axis_with_something_to_see(bins, along):
    axes = [Axis(str(n), tuple(range(n - 1))) for n in bins]
    assert strip_axis(axes) == along
