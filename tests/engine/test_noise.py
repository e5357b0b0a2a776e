"""Noisy evaluations: what is kept is the mean of all samples, and luck does not last."""

from dataclasses import replace

import numpy as np
import pytest

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.sampling import lucky, pooled
from elitemap.engine.islands.state import IslandState, read_elites
from elitemap.engine.map.elites import Elites
from elitemap.engine.protocols import Samples, Scores
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import load_task

SIGMA = 2.0


@pytest.fixture
def noisy(spec):
    """The toy task with noise."""
    return load_task(spec(noise=str(SIGMA)))


def anything(measures):
    return np.full(len(measures), -np.inf)


def samples_of(task, batch, count):
    """The mean of the first ``count`` samples of each row, drawn again one by one."""
    total = np.zeros(len(batch))
    for k in range(int(count.max())):
        drawn = task.evaluator.sample(batch, anything, np.full(len(batch), k))
        total += np.where(k < count, drawn.quality, 0.0)
    return total / count


def epochs(task, config, n, data=None, **changes):
    args = (task.space, task.evaluator, config(**changes))
    displaced = []
    for _ in range(n):
        state = IslandState.fresh(*args, 0) if data is None else IslandState.from_bytes(data, *args)
        state, report = run_epoch(*args, state, Limits(4000), None)
        displaced.append(report.displaced)
        data = state.to_bytes()
    return data, displaced


def test_the_quality_of_an_elite_is_the_mean_of_all_its_samples(noisy, config):
    elites = read_elites(epochs(noisy, config, 6)[0], noisy.space)
    assert elites.count.max() > 4 and (elites.count > 1).mean() > 0.5
    expected = samples_of(noisy, elites.batch, elites.count)
    np.testing.assert_allclose(elites.quality, expected, rtol=1e-9)
    names = sorted(one.name for one in noisy.evaluator.objectives)
    columns = elites.named(names)
    np.testing.assert_array_equal(columns["score"], elites.quality)
    np.testing.assert_array_equal(columns["samples"], elites.count)


def test_elites_that_are_sampled_again_go_down_and_lose_their_cells(noisy, config):
    def truth(batch):
        return noisy.evaluator.score(batch).quality

    data, displaced = epochs(noisy, config, 8)
    elites = read_elites(data, noisy.space)
    flattery = np.mean(elites.quality - truth(elites.batch))
    # Without asking again the best of many draws stays forever.
    proud, _ = epochs(silent(noisy), config, 8)
    believed = read_elites(proud, noisy.space)
    delusion = np.mean(believed.quality - truth(believed.batch))
    assert delusion > 1.5 * SIGMA and flattery < 0.5 * delusion
    gone = Elites.concatenate(displaced)
    assert gone.count.max() > 1  # some lost their cell although they had been sampled again


def silent(task):
    """The same task, never asking twice."""
    evaluator = type(task.evaluator)({**task.options}, {})
    evaluator.noise = replace(evaluator.noise, share=0.0, enough=0)
    return replace(task, evaluator=evaluator)


def test_noise_repeats(noisy, config):
    once, _ = epochs(noisy, config, 3)
    again, _ = epochs(noisy, config, 2, epochs(noisy, config, 1)[0])
    assert once == again


def test_the_archive_follows_what_goes_down(noisy, spec, config, tmp_path):
    path = tmp_path / "noisy.db"
    settings = config(evaluations=12_000, islands=3)
    search(path, spec(noise=str(SIGMA)), settings, lambda event: None, lambda: False)
    with ArchiveReader.open(path) as reader:
        views = reader.elites(ElitesQuery())
    batch = noisy.space.from_json([view.program for view in views])
    count = np.array([view.objectives["samples"] for view in views], np.int64)
    assert count.max() > 2
    quality = [view.objectives["score"] for view in views]
    np.testing.assert_allclose(quality, samples_of(noisy, batch, count), rtol=1e-9)
    assert len({tuple(view.cell) for view in views}) == len(views)


def test_samples_put_together_have_the_mean_and_spread_of_all(noisy):
    rng = np.random.default_rng(3)
    parts = [rng.normal(size=(5, n)) for n in (1, 4, 2)]
    empty = Samples(np.zeros(5, np.int64), np.zeros(5))
    mean, samples = np.full(5, np.nan), empty
    for part in parts:
        quality = part.mean(axis=1)
        spread = ((part - quality[:, None]) ** 2).sum(axis=1)
        new = Samples(np.full(5, part.shape[1]), spread)
        scores = Scores(None, quality, {}, np.zeros((5, 2)), np.zeros(5, np.uint64), quality, new)
        together = pooled(noisy.evaluator.noise, scores, mean, samples)
        mean, samples = together.quality, together.samples
    everything = np.concatenate(parts, axis=1)
    np.testing.assert_allclose(mean, everything.mean(axis=1))
    np.testing.assert_allclose(samples.spread, everything.var(axis=1) * everything.shape[1])
    assert np.all(samples.count == 7)


def test_a_failed_sample_is_a_failure(noisy):
    known = Samples(np.array([3]), np.array([1.0]))
    new = Samples(np.array([1]), np.array([0.0]))
    failed = np.array([np.nan])
    scores = Scores(None, failed, {}, np.zeros((1, 2)), np.zeros(1, np.uint64), failed, new)
    together = pooled(noisy.evaluator.noise, scores, np.array([2.0]), known)
    assert np.isnan(together.quality[0]) and together.samples.count[0] == 4


def test_of_one_function_the_copy_with_fewer_samples_is_the_lucky_one():
    cells = np.array([1, 1, 1, 2, 1])
    marks = np.array([7, 7, 8, 7, 7], np.uint64)
    count = np.array([2, 5, 1, 1, 5])
    assert lucky(cells, marks, count).tolist() == [True, False, False, False, False]
    assert lucky(cells[:0], marks[:0], count[:0]).tolist() == []
