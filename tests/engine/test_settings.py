import json

import numpy as np
import pytest

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.records import RunRecord
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.runs import recorded_config, recorded_spec
from elitemap.engine.streams import Purpose, stream
from elitemap.engine.tasks import TaskSpec, find_space, load_task, space_names


def test_settings_survive_json():
    config = SearchConfig(seconds=12.5, seed=2**63, islands=3, cache_bits=0)
    assert SearchConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seconds": 1.0, "evaluations": 5}, "expected one budget"),
        ({"seconds": -1.0}, "expected seconds from 0.001"),
        ({"seconds": float("nan")}, "expected seconds"),
        ({"seconds": float("inf")}, "expected seconds"),
        ({"evaluations": 0}, "expected evaluations from 1"),
        ({"seconds": 1.0, "islands": 0}, "expected islands from 1"),
        ({"seconds": 1.0, "seed": -1}, "expected seed from 0"),
        ({"seconds": 1.0, "seed": 2**64}, "expected seed"),
        ({"seconds": 1.0, "cache_audit": 1.5}, "expected cache_audit from 0 to 1"),
        ({"seconds": "1"}, "expected seconds"),
        ({"seconds": 1.0, "batch": 2.5}, "expected batch to be a whole number"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(UsageError, match=message):
        SearchConfig(**settings)


def test_an_unknown_setting_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="unknown setting 'iland'; did you mean 'islands'"):
        SearchConfig.from_json({"seconds": 1.0, "iland": 2})


def test_streams_depend_on_every_part_of_the_key_and_nothing_else():
    keys = [(5, 1), (5, 2), (1, 5), (5,), (5, 1, 0), (5, 0, 1)]
    seeds = [0, 1, 2**32, 2**32 + 1, 2**63]
    drawn = {
        stream(seed, purpose, *key).bytes(16)
        for seed in seeds
        for key in keys
        for purpose in Purpose
    }
    assert len(drawn) == len(seeds) * len(keys) * len(Purpose)
    assert stream(7, Purpose.GENERATION, 1, 2).bytes(8) == (
        stream(7, Purpose.GENERATION, np.int64(1), 2).bytes(8)
    )


@pytest.mark.parametrize(("seed", "key"), [(-1, ()), (2**64, ()), (0, (2**32,)), (0, (-1,))])
def test_words_that_would_be_cut_are_refused(seed, key):
    with pytest.raises(ValueError, match="32-bit words"):
        stream(seed, Purpose.MIGRATION, *key)


def test_a_strangers_space_is_found_through_its_entry_point():
    assert "toy" in space_names()
    assert find_space("toy").targets == {"bits": "32 bits"}
    assert load_task(TaskSpec.of("toy", "bits", {"failures": "yes"})).evaluator.failures


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (TaskSpec("tpy", "bits"), "unknown space 'tpy'; did you mean 'toy'"),
        (TaskSpec("toy", "bitz"), "unknown target 'bitz'; expected bits"),
        (TaskSpec.of("toy", "bits", {"dely": "1"}), "unknown option 'dely' of toy; did you mean"),
    ],
)
def test_unknown_names_get_a_suggestion(spec, message):
    with pytest.raises(UsageError, match=message):
        load_task(spec)


def test_the_order_of_options_does_not_matter():
    assert TaskSpec.of("toy", "bits", {"b": "1", "a": "2"}) == (
        TaskSpec.of("toy", "bits", {"a": "2", "b": "1"})
    )


@pytest.mark.parametrize("config", [{}, {"settings": [], "search": {}}, {"settings": {"a": 1}}])
def test_a_run_that_does_not_tell_its_task_is_damage(config):
    record = RunRecord(
        "r", "toy", "bits", {}, config, 1, "2026-01-01T00:00:00+00:00", None, "running", "0", {}
    )
    with pytest.raises(ArchiveError, match="settings"):
        recorded_spec(record)


def test_a_run_that_does_not_tell_how_it_searches_is_damage():
    record = RunRecord(
        "r", "toy", "bits", {}, {}, 1, "2026-01-01T00:00:00+00:00", None, "running", "0", {}
    )
    with pytest.raises(ArchiveError, match="search"):
        recorded_config(record)
