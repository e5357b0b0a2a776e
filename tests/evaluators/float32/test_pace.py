"""Whether a sweep is given up: only if its fastest part so far would not do."""

import math

import pytest

from elitemap.evaluators.float32 import certificate
from elitemap.evaluators.float32.certificate import Pace


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(certificate.time, "monotonic", lambda: now[0])
    return now


def went(clock, pace, steps):
    """What is said at seconds since the beginning, with so many arguments of 1,000 done."""
    said = []
    for seconds, done in steps:
        clock[0] = 100.0 + seconds
        said.append(pace.going(done, 1000))
    return said


def test_a_slow_beginning_is_no_reason(clock):
    assert all(went(clock, Pace(110.0), [(0.1, 1), (2.0, 2), (2.2, 102), (4.9, 902), (5.0, 1000)]))


def test_nothing_is_begun_in_vain(clock):
    assert went(clock, Pace(110.0), [(1.0, 1), (2.0, 2), (5.0, 5)]) == [True, True, False]


def test_time_that_is_up_ends_it(clock):
    assert went(clock, Pace(110.0), [(1.0, 900), (10.1, 999)]) == [True, False]


def test_without_a_deadline_it_goes_on(clock):
    assert all(went(clock, Pace(math.inf), [(1.0, 1), (1000.0, 2), (2000.0, 3)]))
