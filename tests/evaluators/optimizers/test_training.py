"""Training runs against other ways to the same numbers, and what rests on them."""

import numpy as np
import pytest

from elitemap.evaluators.optimizers import fitting
from elitemap.evaluators.optimizers.behaviour import canonical_updates, newest, observe
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.task import _prepare
from elitemap.evaluators.optimizers.training import losses, runs, traced
from elitemap.evaluators.optimizers.workloads import HELD, digits, luck, matrix
from elitemap.native import toolchain
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import ZOO, known
from elitemap.searchspaces.programs.tensors.reference import step_of

SPACE = RuleSpace(2, 60, "random")
EVERY = pytest.mark.parametrize("name", WORKLOADS)


def anything(measures):
    return np.full(len(measures), -np.inf)


def rules(*texts):
    programs = [known(each, 2) if each in ZOO else rule(each, 2) for each in texts]
    return SPACE.canonical(SPACE.batch(programs))[0]


def split(workload, flat):
    parts = np.split(np.asarray(flat), workload.first[1:-1])
    return [part.reshape(shape) for part, shape in zip(parts, workload.tensors, strict=True)]


def loss_and_gradient(workload, w, images, labels):
    """The network's by NumPy in float64."""
    parts = [part.astype(np.float64) for part in split(workload, w)]
    values = [images.astype(np.float64)]
    for k in range(0, len(parts), 2):
        z = values[-1] @ parts[k] + parts[k + 1]
        values.append(np.maximum(z, 0) if k + 2 < len(parts) else z)
    shifted = np.exp(values[-1] - values[-1].max(axis=1, keepdims=True))
    share = shifted / shifted.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = -np.log(share[rows, labels]).mean()
    slope = share / len(labels)
    slope[rows, labels] -= 1 / len(labels)
    made = []
    for k in range(len(parts) - 2, -1, -2):
        made = [values[k // 2].T @ slope, slope.sum(axis=0), *made]
        slope = (slope @ parts[k].T) * (values[k // 2] > 0)
    return loss, np.concatenate([np.ravel(part) for part in made])


def function(workload, w):
    """Value and gradient of a function by NumPy in float64."""
    whole, optimum = (array.astype(np.float64) for array in matrix(workload))
    x = w.astype(np.float64) - optimum
    if workload.family == "quadratic":
        return 0.5 * x @ whole @ x, whole @ x
    x = x + 1
    off, rest = x[1:] - x[:-1] ** 2, 1 - x[:-1]
    slope = np.zeros_like(x)
    slope[:-1] = -400 * off * x[:-1] - 2 * rest
    slope[1:] += 200 * off
    return 100 * off @ off + rest @ rest, slope


def step_by_numpy(workload, chance, w, step):
    if workload.family == "network":
        images, labels = digits()
        rows = chance.batches[step]
        return loss_and_gradient(workload, w, images[rows], labels[rows])
    loss, slope = function(workload, w)
    return loss, slope + chance.noise[step]


@EVERY
def test_gradients_are_those_of_numpy(name):
    workload = WORKLOADS[name]
    made = runs(workload, "test", (5, 6)).gradients(1, 3)
    chance = luck(workload, "test", 6)
    for step in range(3):
        _, expected = step_by_numpy(workload, chance, chance.begin, step)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(made[step] / scale, expected / scale, atol=3e-6)


@EVERY
@pytest.mark.parametrize("which", ["momentum", "Lion", "Adam", "m = w\nupdate = add(g, sub(w, m))"])
def test_training_is_what_a_loop_in_numpy_does(name, which):
    workload, steps, rate = WORKLOADS[name], 6, 1e-4
    batch = rules("sign(g)" if which == "" else which)
    jobs = Jobs(np.array([0]), np.array([1]), np.array([rate]))
    loss, trace, finals = traced(batch.programs, runs(workload, "test", (5, 6)), jobs, steps)
    chance, program = luck(workload, "test", 6), batch.programs.program(0)
    w = chance.begin.copy()
    slots = [[np.zeros(s, np.float32) for s in workload.tensors] for _ in range(2)]
    for step in range(steps):
        seen, gradient = step_by_numpy(workload, chance, w, step)
        np.testing.assert_allclose(trace[0, step], seen, rtol=1e-3)
        g = split(workload, gradient.astype(np.float32))
        update, slots = step_of(program, split(workload, w), g, slots, step + 1)
        flat = np.concatenate([np.ravel(part) for part in update])
        w = w - np.float32(rate * (1 - step / steps)) * flat
    np.testing.assert_allclose(finals[0], w, atol=0.05 * rate * steps)
    if workload.family == "network":
        images, labels = digits()
        expected = loss_and_gradient(workload, finals[0], images[-HELD:], labels[-HELD:])[0]
    else:
        expected = function(workload, finals[0])[0]
    np.testing.assert_allclose(loss[0], expected, rtol=1e-5)


def test_held_out_images_train_nobody():
    order = luck(WORKLOADS["digits-mlp"], "search", 0).batches
    assert order.shape == (600, 64) and order.max() == len(digits()[1]) - HELD - 1


@EVERY
def test_a_run_does_not_depend_on_its_company(name):
    workload = WORKLOADS[name]
    batch, of = rules("SGD", "Adam", "Signum"), runs(workload, "test", (0, 1))
    row, place = np.repeat(np.arange(3), 2), np.tile(np.arange(2), 3)
    rate = np.full(6, 1e-3)
    together = losses(batch.programs, of, Jobs(row, place, rate), 20)
    for k in range(6):
        one = Jobs(np.zeros(1, int), place[k : k + 1], rate[:1])
        alone = losses(batch.take(row[k : k + 1]).programs, of, one, 20)
        assert alone[0] == together[k]


def test_a_run_that_leaves_all_bounds_is_given_up():
    workload = WORKLOADS["quadratic"]
    batch = rules("SGD", "update = div(g, sub(g, g))")
    jobs = Jobs(np.array([0, 1, 0]), np.zeros(3, int), np.array([100.0, 1e-3, 1e-3]))
    loss = losses(batch.programs, runs(workload, "test", (0,)), jobs, 50)
    assert np.isnan(loss[:2]).all() and np.isfinite(loss[2])


def test_nothing_is_compiled_once_a_search_has_begun(monkeypatch):
    """However many rules are new."""
    _prepare(())
    toolchain.load.cache_clear()
    built = []
    monkeypatch.setattr(toolchain, "_build", lambda *of: built.append(of))
    rng = np.random.default_rng(7)
    space = RuleSpace(2, 30, "adamw")
    batch, valid = space.canonical(space.random(40, rng))
    evaluator = RuleEvaluator([WORKLOADS["rosenbrock"]], 2, 30)
    scores = evaluator.evaluate(batch.take(valid), anything)
    assert np.isfinite(scores.quality).any() and built == []


def test_the_size_of_a_rule_is_taken_up_by_its_learning_rate():
    """That is why a search cannot gain by bending it."""
    evaluator = RuleEvaluator([WORKLOADS["quadratic"]], 2, 60)
    batch = rules("momentum", "m = add(scale(m, 0.9), g)\nupdate = scale(m, 64.0)")
    scores = evaluator.evaluate(batch, anything)
    np.testing.assert_allclose(scores.batch.rate[0], 64 * scores.batch.rate[1], rtol=1e-5)
    np.testing.assert_allclose(scores.quality[0], scores.quality[1], atol=1e-3)
    assert scores.fingerprints[0] == scores.fingerprints[1]


def test_the_fine_search_finds_the_rate_of_a_parabola(monkeypatch):
    def parabola(programs, workload, rates, numbers, steps):
        with np.errstate(divide="ignore"):
            loss = 0.1 * (np.log2(rates) - np.array([[1.3], [-3.4], [0.2], [2.7]])) ** 2
        return np.where((rates <= 0) | (rates > 7.0), np.inf, loss)

    monkeypatch.setattr(fitting, "_mean_loss", parabola)
    rate = fitting.fine(None, WORKLOADS["quadratic"], np.ones(4))
    np.testing.assert_allclose(np.log2(rate[:3]), [1.3, -3.4, 0.2], atol=0.01)
    assert 1.0 < np.log2(rate[3]) < 2.7, "it keeps away from rates at which runs fail"


def test_known_rules_lie_where_people_would_look_for_them():
    seen = observe(rules("SGD", "momentum", "Adam", "Lion", "signSGD").programs)
    assert seen.sane.all()
    assert seen.slots.tolist() == [0, 1, 2, 1, 0]
    np.testing.assert_allclose(seen.exponent, [1, 1, 0, 0, 0], atol=0.02)
    assert seen.flatness[3] > 0.99 and seen.flatness[4] > 0.999 and seen.flatness[0] < 0.6


@pytest.mark.parametrize(("used", "kept"), [(0.1, 0.1), (0.3, 0.3), (0.1, 0.01), (0.05, 0.2)])
def test_what_the_newest_gradient_counts_is_read_off_signs_too(used, kept):
    """The weights of the newest gradient and of the one before are ``a`` and ``(1 - a) b``."""
    texts = (
        f"update = interp(m, g, {used})\nm = interp(m, g, {kept})",
        f"update = scale(sign(interp(m, g, {used})), -3.0)\nm = interp(m, g, {kept})",
    )
    share = used / (used + (1.0 - used) * kept)
    np.testing.assert_allclose(newest(rules(*texts).programs), share, atol=0.04)


def test_rules_of_one_and_two_averages_and_of_late_ones_have_cells_of_their_own():
    evaluator = RuleEvaluator([WORKLOADS["rosenbrock"]], 2, 30)
    late = "update = sign(m)\nm = interp(m, g, 0.1)"
    batch = rules(late, "Signum", "Lion", "RMSProp")
    seen = newest(batch.programs)
    np.testing.assert_allclose(seen, [0.0, 0.526, 0.917, 1.0], atol=0.03)
    names = [axis.name for axis in evaluator.axes]
    found = evaluator.screens[0].run(batch, anything).measures[:, names.index("newest")]
    np.testing.assert_array_equal(found, seen)
    edges = evaluator.axes[names.index("newest")].edges
    assert np.digitize(found, edges).tolist() == [0, 1, 2, 3]


def test_a_rule_that_follows_no_recent_gradient_prefers_none():
    texts = "update = add(scale(m, 1e6), g)\nm = add(m, w)", "update = w"
    seen = newest(SPACE.batch([rule(each, 2) for each in texts]).programs)
    np.testing.assert_array_equal(seen, 0.5)


def test_rules_that_are_not_finite_or_do_nothing_are_dropped():
    batch = rules(
        "update = div(g, abs(g))",
        "update = scale(g, 0.0)",
        "update = log(abs(g))",
        "update = add(w, scale(sub(g, g), 2.0))",
    )
    assert not observe(batch.programs).sane.any()


def test_fingerprints_see_slots_but_not_their_order():
    """Signs of updates agree where averages are not yet told apart."""
    one, other, twin = (
        "m = interp(m, g, 0.1)\nv = interp(v, square(g), 0.01)\nupdate = div(m, shift(v, 1.0))",
        "m = interp(m, g, 0.1)\nv = interp(v, square(g), 0.02)\nupdate = div(m, shift(v, 1.0))",
        "v = interp(v, g, 0.1)\nm = interp(m, square(g), 0.01)\nupdate = div(v, shift(m, 1.0))",
    )
    prints = observe(rules(one, other, twin).programs).fingerprint
    assert prints[0] == prints[2] != prints[1]


def test_fingerprints_see_bounds_and_counters_that_matter_later():
    """On the first steps, which measures and labels are of, all of these are one rule."""
    texts = (
        "update = g",
        "update = clip(g, 300.0)",
        "update = scale(g, s_max(1.0, s_sub(step, 90.0)))",
        "update = add(g, max(spread(0.0), exp(shift(g, -900.0))))",
    )
    batch = rules(*texts).programs
    updates = canonical_updates(batch)[1]
    assert all((each == updates[0]).all() for each in updates)
    seen = observe(batch)
    assert seen.sane.all() and len(set(seen.fingerprint.tolist())) == len(texts)
