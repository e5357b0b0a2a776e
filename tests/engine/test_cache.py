import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.engine.islands.cache import Cache, differ

keys = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 6), max_size=40)


def words(values):
    return np.array(values, np.uint64)


@given(keys, keys)
def test_only_what_was_remembered_and_repeats_are_dropped(before, after):
    cache = Cache.empty(20, 0.0, 0.0)
    cache.remember(words(before), np.arange(len(before), dtype=np.float64))
    looked = cache.filter(words(after), np.random.default_rng(0))
    entries = {key % 2**20: (key, place) for place, key in enumerate(before) if key}
    for row, key in enumerate(after):
        owner, place = entries.get(key % 2**20, (0, 0))
        repeated = key != 0 and key in after[:row]
        hit = key != 0 and owner == key and not repeated
        assert looked.repeated[row] == repeated and looked.hit[row] == hit
        assert np.array_equal(looked.known[row], place if hit else np.nan, equal_nan=True)
        assert (row in looked.fresh) == (not hit and not repeated)


def test_a_newer_key_evicts_the_older():
    cache = Cache.empty(2, 0.0, 0.0)
    cache.remember(words([1, 5]), np.array([0.0, 1.0]))
    assert cache.filter(words([1, 5]), np.random.default_rng(0)).fresh.tolist() == [0]


def test_without_entries_everything_is_evaluated():
    cache = Cache.empty(0, 0.5, 0.5)
    cache.remember(words([3]), np.zeros(1))
    looked = cache.filter(words([3, 3]), np.random.default_rng(0))
    assert looked.fresh.tolist() == [0, 1] and not (looked.hit | looked.repeated).any()


def test_audits_are_evaluated_and_know_what_to_expect():
    cache = Cache.empty(16, 0.0, 0.25)
    known = np.arange(1, 4001, dtype=np.uint64)
    cache.remember(known, known.astype(np.float64))
    looked = cache.filter(known, np.random.default_rng(0))
    assert looked.hit.all() and 900 < len(looked.fresh) < 1100
    assert np.array_equal(np.flatnonzero(looked.audited), looked.fresh)
    assert np.array_equal(looked.known, known.astype(np.float64))


def test_hits_are_forgotten_now_and_then():
    cache = Cache.empty(16, 0.25, 0.0)
    known = np.arange(1, 4001, dtype=np.uint64)
    cache.remember(known, np.zeros(4000))
    assert len(cache.filter(known, np.random.default_rng(0)).fresh) == 0
    assert 900 < len(cache.filter(known, np.random.default_rng(1)).fresh) < 1100


@pytest.mark.parametrize(
    ("expected", "found", "different"),
    [
        (1.0, 1.0625, False),
        (1.0, 1.07, True),
        (np.nan, np.nan, False),
        (1.0, np.nan, True),
        (np.nan, 1.0, True),
    ],
)
def test_qualities_differ_beyond_the_tolerance(expected, found, different):
    assert differ(np.array([expected]), np.array([found]), 0.0625)[0] == different
