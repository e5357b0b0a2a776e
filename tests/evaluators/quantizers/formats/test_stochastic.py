"""Stochastic rounding: means are the weights, errors are expected, seeds are stored."""

import ctypes
import shutil
import subprocess

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats.confirming import confirm
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.export import exported
from elitemap.searchspaces.quantizers.formats.packing import decode, pack
from elitemap.searchspaces.quantizers.formats.quantizers import written

MORE = [{}, {"outliers": 2}, {"rotated": 64}, {"choice": 1}, {"offset": 1}, {"search": 0}]


def element(rule):
    """Levels -1 to 1 in equal steps, for layouts with choices and without."""
    steps = np.linspace(-1, 1, 1 << rule.bits).astype(np.float32).astype(float).tolist()
    return Element(4, None, (*steps, 0.0625)) if rule.choice else Element(1, None, tuple(steps))


def drawn(rule, weights, seeds, importance=None):
    """float64[seeds, n], weights after ways through bytes, each with a seed of its own."""
    levels = element(rule).levels(rule)
    made = []
    for seed in range(seeds):
        data = pack(rule, encode(rule, levels, weights, importance, seed))
        assert len(data) == rule.bytes(weights.size) and int.from_bytes(data[-4:], "little") == seed
        made.append(decode(rule, levels, weights.size, data))
    return np.array(made, float)


@pytest.mark.parametrize("more", MORE)
def test_the_mean_is_the_weight_where_levels_reach(layout, more):
    """By absolute maximum nothing is beyond the last level; the mean error shrinks with draws."""
    rule = layout(bits=3, rounding=1, **{"search": 0, **more})
    weights = np.random.default_rng(0).standard_normal(512).astype(np.float32)
    made = drawn(rule, weights, 100)
    error = np.abs(made.mean(axis=0) - weights)
    spread = made.std(axis=0) / 100**0.5
    reached = error < 6 * spread + 2e-3 * np.abs(weights) + 1e-3
    assert reached.mean() > 0.94  # a second set of levels begins a little above the least weight
    nearest = drawn_nearest(rule, weights)
    assert np.abs(nearest - weights).mean() > 2 * error.mean()


def drawn_nearest(rule, weights):
    plain = type(rule)(*rule.row()[:-1])
    levels = element(rule).levels(rule)
    return decode(plain, levels, weights.size, pack(plain, encode(plain, levels, weights)))


@pytest.mark.parametrize("more", MORE)
def test_errors_are_expected_without_noise(space, layout, more):
    """The mean over many seeds of what bytes have, by importance as well."""
    rule = layout("fp32", bits=3, rounding=1, **more)
    rng = np.random.default_rng(1)
    weights = rng.standard_t(4, 777).astype(np.float32)
    u = np.exp(rng.normal(0, 1, 777)).astype(np.float32)
    batch = space.from_json([written(rule, element(rule))])
    counted = Weights.of(weights, importance=[u])
    got = measure(batch, counted, counted, 0)
    again = measure(batch, counted, counted, 0)
    assert got.error[0] == again.error[0]
    squares = ((drawn(rule, weights, 200, u) - weights) ** 2).mean(axis=0)
    power = weights.astype(float) ** 2
    assert got.error[0] == pytest.approx(squares.sum() / power.sum(), rel=0.04)
    weighted = (u * squares).sum() / (u * power).sum()
    assert got.counted[0] == pytest.approx(weighted, rel=0.25 if rule.rotated else 0.06)


def test_lots_of_different_weights_and_seeds_are_even(layout):
    """A weight in the middle of two levels goes to each half of the time."""
    rule = layout("fp32", bits=2, block=256, search=0, rounding=1)
    weights = np.zeros(4096, np.float32)
    weights[::256] = 1.0
    made = drawn(rule, weights, 16)
    up = made[:, weights == 0] > 0
    assert abs(up.mean() - 0.5) < 0.01
    assert up.mean(axis=0).std() == pytest.approx(0.5 / 16**0.5, rel=0.06)
    assert np.abs(np.corrcoef(up)[0, 1:]).max() < 0.07


def test_searched_scales_are_wider_than_those_for_the_nearest(layout):
    """What is cut off is biased, and steps cost more; the expected error is the least of both."""
    rng = np.random.default_rng(2)
    weights = rng.standard_normal(1 << 12).astype(np.float32)
    searched, absmax = (layout(bits=4, search=s, rounding=1) for s in (1, 0))
    errors = [((drawn(r, weights, 8) - weights) ** 2).mean() for r in (searched, absmax)]
    assert errors[0] < errors[1]


def test_exported_c_draws_the_same_lots(tmp_path, layout):
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("needs a C compiler")
    rule = layout("e4m3", rounding=1, outliers=1)
    [(name, text)] = exported(written(rule, element(rule)), None, "q", "c").items()
    (tmp_path / name).write_text(text)
    strict = "-std=c99 -O1 -Wall -Wextra -Wconversion -Werror -shared -fPIC".split()
    command = [compiler, *strict, str(tmp_path / name), "-o", str(tmp_path / "q.so"), "-lm"]
    subprocess.run(command, check=True)
    library = ctypes.CDLL(str(tmp_path / "q.so"))
    weights = np.random.default_rng(3).laplace(size=999).astype(np.float32)
    for seed in (1, 7, 2**32 - 1):
        expected = pack(rule, encode(rule, element(rule).levels(rule), weights, None, seed))
        made = np.empty(len(expected), np.uint8)
        at = [ctypes.c_void_p(a.ctypes.data) for a in (weights, made)]
        size = ctypes.c_size_t(weights.size)
        assert library.q_encode_seeded(at[0], size, ctypes.c_uint32(seed), at[1]) == 0
        assert made.tobytes() == expected


def test_a_search_with_stochastic_rounding_is_another_question(layout):
    task = load_task(TaskSpec.of("quantizers", "normal", {"rounding": "stochastic"}))
    assert task.problem == ("bits", "table", "rounding") and "stochastic" in task.asks
    assert (task.space.menu.rows[:, -1] == 1).all()
    rule = layout(rounding=1)
    document = written(rule, element(rule))
    certificate = confirm(document, task.space, SOURCES["normal"])
    assert certificate["bits_per_weight"] == 8 * (rule.bytes(1 << 20) + 64) / (1 << 20)
    plain = confirm(written(layout(), element(rule)), task.space, SOURCES["normal"])
    assert 1.5 < certificate["mse"] / plain["mse"] < 3


@pytest.mark.parametrize(
    "target, rounding, told",
    [
        ("normal", "truncate", "expected rounding as nearest or stochastic, got 'truncate'"),
        ("multiplier", "stochastic", "stochastic"),
        ("gelu-int", "nearest", "expected no rounding with the target gelu-int"),
    ],
)
def test_other_roundings_are_refused(target, rounding, told):
    with pytest.raises(UsageError, match=told):
        load_task(TaskSpec.of("quantizers", target, {"rounding": rounding}))
