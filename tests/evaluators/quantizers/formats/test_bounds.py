"""Bounds: Lloyd and Max's errors as published, and runs that stop where one is passed."""

import numpy as np
import pytest

from elitemap.archive.errors import SearchError
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.evaluators.quantizers.formats import confirming, evaluator
from elitemap.evaluators.quantizers.formats.bounds import check_possible, least_error
from elitemap.evaluators.quantizers.formats.confirming import confirm
from elitemap.evaluators.quantizers.formats.lloyd import lloyd_max
from elitemap.evaluators.quantizers.formats.measuring import Measured
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.quantizers import written

#: Errors of the best scalar quantizers, by bits: of the normal distribution (Max, 1960, and later
#: tables), and of t5 and Laplace's by their integrals.
BEST = {
    "normal": {2: 0.117482, 3: 0.0345478, 4: 0.00950101, 6: 6.4424e-4, 8: 4.11851e-5},
    "student-t5": {2: 0.184641, 3: 0.0644156, 4: 0.0198742, 8: 9.86209e-5},
    "laplace": {2: 0.176195, 3: 0.0544760, 4: 0.0153725, 8: 6.80617e-5},
}

#: Positive levels for the normal distribution (Max, 1960).
LEVELS = {4: (0.45278, 1.51042), 8: (0.24509, 0.75601, 1.34391, 2.15195)}


@pytest.mark.parametrize("name", BEST)
def test_errors_of_lloyd_and_max(name):
    for bits, error in BEST[name].items():
        levels, found = lloyd_max(SOURCES[name], 1 << bits)
        assert found == pytest.approx(error, rel=1e-5)
        assert (np.diff(levels) > 0).all() and np.add(levels, levels[::-1]).max() == 0
    for count, levels in LEVELS.items():
        if name == "normal":
            found, _ = lloyd_max(SOURCES[name], count)
            np.testing.assert_allclose(found[count // 2 :], levels, atol=1e-5)


@pytest.mark.parametrize("name", BEST)
def test_the_best_scalar_quantizer_is_possible(space, layout, name):
    """On the draw of certificates: luck is not taken for an error."""
    for bits in (2, 3, 4, 5):
        levels, error = lloyd_max(SOURCES[name], 1 << bits)
        rule = layout("fp32", block=0, bits=bits)
        element = Element(1, None, tuple(np.array(levels, np.float32).astype(float).tolist()))
        found = confirm(written(rule, element), space, SOURCES[name])
        assert found["least_mse"] == error and found["mse"] == pytest.approx(error, rel=0.08)


def test_what_is_better_than_possible_raises():
    check_possible(0.005, 0.004, 1e-5)
    check_possible(0.00399, 0.004, 1e-5)
    with pytest.raises(SearchError, match="at least 0.004"):
        check_possible(0.0039, 0.004, 1e-5)


def test_blocks_may_be_better_than_scalar_quantizers_and_outliers_have_one_bound():
    source = SOURCES["normal"]
    assert least_error(source, 4.5, 4, False) == 4.0**-4.5 < least_error(source, 4.5, 4, True)
    outliers = SOURCES["outliers"]
    assert least_error(outliers, 4.0, 4, True) == least_error(outliers, 4.0, 4, False)


def started(tmp_path, target="normal"):
    config = SearchConfig(seed=1, evaluations=60, islands=1, workers=1, batch=32, epoch=64)
    return search(tmp_path / "a.sqlite", TaskSpec.of("quantizers", target, {}), config)


def test_bytes_that_leak_stop_the_run(tmp_path, monkeypatch):
    """A decoder that knows more than the bytes."""
    through = confirming.through

    def leaking(rule, levels, weights, importance=None):
        back, data = through(rule, levels, weights, importance)
        return (weights + 0.01 * (back - weights)).astype(np.float32), data

    monkeypatch.setattr(confirming, "through", leaking)
    with pytest.raises(SearchError, match="counted wrongly"):
        started(tmp_path)


@pytest.mark.parametrize("target", ["normal", "outliers"])
def test_errors_below_the_bound_stop_the_search(tmp_path, monkeypatch, target):
    """An evaluator that finds a hundredth of the true error."""
    true = evaluator.measure_either

    def flattering(*arguments):
        found = true(*arguments)
        return Measured(found.error / 100, found.counted, found.cosine, found.product, found.levels)

    monkeypatch.setattr(evaluator, "measure_either", flattering)
    with pytest.raises(SearchError, match="counted wrongly"):
        started(tmp_path, target)
