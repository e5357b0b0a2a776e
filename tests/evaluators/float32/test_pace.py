"""Whether a sweep is given up: only if its fastest part so far would not do."""

import math

import pytest

from elitemap.evaluators.float32.certificate import Pace


class Clock:
    """Seconds of processors, moved by hand."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def went(clock, pace, steps):
    """What is said at seconds since the beginning, with so many arguments of 1,000 done."""
    said = []
    for seconds, done in steps:
        clock.now = 100.0 + seconds
        said.append(pace.going(done, 1000))
    return said


def test_a_slow_beginning_is_no_reason(clock):
    pace = Pace(10.0, clock=clock)
    assert all(went(clock, pace, [(0.1, 1), (2.0, 2), (2.2, 102), (4.9, 902), (5.0, 1000)]))


def test_nothing_is_begun_in_vain(clock):
    pace = Pace(10.0, clock=clock)
    assert went(clock, pace, [(1.0, 1), (2.0, 2), (5.0, 5)]) == [True, True, False]


def test_time_that_is_up_ends_it(clock):
    assert went(clock, Pace(10.0, clock=clock), [(1.0, 900), (10.1, 999)]) == [True, False]


def test_without_a_deadline_it_goes_on(clock):
    pace = Pace(math.inf, clock=clock)
    assert all(went(clock, pace, [(1.0, 1), (1000.0, 2), (2000.0, 3)]))


def test_threads_share_what_the_processors_have_worked(clock):
    steps = [(1.0, 300), (10.1, 999)]
    assert went(clock, Pace(10.0, 2, clock), steps) == [True, True]
    clock.now = 100.0
    assert went(clock, Pace(10.0, 1, clock), steps) == [True, False]


def test_a_proof_that_waits_for_the_processor_is_not_late(monkeypatch):
    monkeypatch.setattr("time.monotonic", lambda: math.inf)
    assert Pace(60.0).going(1, 1000)
