"""Elites beside peers: the peers are what their papers say, tuning is fair, statistics hold."""

from dataclasses import replace

import numpy as np
import pytest

from elitemap.engine.protocols import Entrant
from elitemap.evaluators.optimizers.bench import tuning
from elitemap.evaluators.optimizers.bench.benching import Effort, bench, steps
from elitemap.evaluators.optimizers.bench.free import Free, free_constants, with_constants
from elitemap.evaluators.optimizers.bench.peers import PEERS
from elitemap.evaluators.optimizers.bench.power import CHANGE, LEAST, MOST, POWER, bounded, needed
from elitemap.evaluators.optimizers.bench.soap import Moments, soap_loss
from elitemap.evaluators.optimizers.bench.statistics import compared, holm, profiles
from elitemap.evaluators.optimizers.bench.tuning import Contender, tuned
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.pace import LENGTHS
from elitemap.evaluators.optimizers.training import runs
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import ZOO, known
from elitemap.searchspaces.programs.tensors.reference import step_of

A, B, K, E, Y = 0.2, 0.05, 0.03, 1e-3, 0.025


def adam_step(m, v, g, step, corrected=True):
    m, v = (1 - A) * m + A * g, (1 - B) * v + B * g**2
    c, d = (1 - (1 - A) ** step, 1 - (1 - B) ** step) if corrected else (1, 1)
    return m, v, m / c / (np.sqrt(v / d) + E)


def cautious(w, g, state, step):
    m, v, u = adam_step(*state[:2], g, step)
    mask = (u * g > 0).astype(float)
    return u * mask / max(mask.mean(), 1e-3) + K * w, (m, v)


def mars(w, g, state, step):
    m, v, before = state
    c = g + (0 if step == 1 else Y * (1 - A) / A) * (g - before)
    c = c / max(1.0, np.linalg.norm(c))
    m, v, u = adam_step(m, v, c, step)
    return u + K * w, (m, v, g)


def adopt(w, g, state, step):
    m, v, _ = state
    if step == 1:
        return K * w, (m, g**2, 0)
    m = (1 - A) * m + A * np.clip(
        g / np.maximum(np.sqrt(v), E), *(np.array([-1, 1]) * (step - 1) ** 0.25)
    )
    return m + K * w, (m, (1 - B) * v + B * g**2, 0)


def lion(w, g, state, step):
    m = state[0]
    return np.sign((1 - A) * m + A * g) + K * w, ((1 - B) * m + B * g, 0, 0)


def plain_adamw(w, g, state, step):
    m, v, u = adam_step(*state[:2], g, step, False)
    return u + K * w, (m, v)


@pytest.mark.parametrize(
    "name, variant, formula",
    [
        ("Cautious AdamW", 0, cautious),
        ("MARS-AdamW", 0, mars),
        ("ADOPT", 0, adopt),
        ("Lion", 0, lion),
        ("AdamW", 1, plain_adamw),
    ],
)
def test_peers_do_what_their_papers_say(name, variant, formula):
    one = PEERS[name][variant]
    values = {"a": A, "b": B, "k": K, "e": E, "y": Y}
    program = one.program(4, {key: values[key] for key in one.constants})
    rng = np.random.default_rng(3)
    w = rng.standard_normal(12).astype(np.float32)
    slots, state = [[np.zeros(12, np.float32)] for _ in range(4)], (np.zeros(12),) * 3
    for step in range(1, 6):
        g = rng.standard_normal(12).astype(np.float32)
        update, slots = step_of(program, [w], [g], slots, step)
        expected, state = formula(w.astype(float), g.astype(float), state, step)
        np.testing.assert_allclose(update[0], expected, rtol=2e-4, atol=1e-6)
        w = w - np.float32(0.1) * update[0]


def test_schedule_free_is_taken_where_its_average_is():
    """By its paper's formulas with z, x and y, at a constant rate; the trainer's falls to zero."""
    steps, rate = 7, 0.05
    values = {"a": A, "b": B, "k": K, "e": E}
    contender = Contender("Schedule-Free AdamW", PEERS["Schedule-Free AdamW"])
    program = contender.program(0, values, steps)
    rng = np.random.default_rng(4)
    w = rng.standard_normal(9).astype(np.float32)
    slots = [[np.zeros(9, np.float32)] for _ in range(4)]
    z = x = w.astype(float)
    v = 0.0
    for step in range(1, steps + 1):
        y = A * z + (1 - A) * x
        np.testing.assert_allclose(w, y, rtol=2e-4, atol=1e-5)
        g = rng.standard_normal(9).astype(np.float32)
        update, slots = step_of(program, [w], [g], slots, step)
        w = w - np.float32(rate * (1 - (step - 1) / steps)) * update[0]
        v = (1 - B) * v + B * g.astype(float) ** 2
        z = z - rate * (g / (np.sqrt(v / (1 - (1 - B) ** step)) + E) + K * y)
        x = x + (z - x) / step
    np.testing.assert_allclose(w, x, rtol=2e-4, atol=1e-5)


def test_soap_on_vectors_is_adam_one_step_later():
    """Against the compiled AdamW on a workload without matrices, whose noise is the same."""
    workload = replace(WORKLOADS["quadratic"], noise=0.0, steps=40)
    values = {"a": 0.1, "b": 0.01, "k": 1e-3, "e": 1e-8}
    of = runs(workload, "tests", (0,))
    made = soap_loss(of, 0, 0.02, 40, values)
    w, v, m = of.begin(0).astype(float), 0.0, 0.0
    probe = of.prober()
    for step in range(40):
        g = probe.slope(0, step, w.astype(np.float32))[1].astype(float)
        u = 0.0
        if step:
            m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
            u = m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.99**step)) + 1e-8)
        w = w - 0.02 * (1 - step / 40) * (u + 1e-3 * w)
    assert made == pytest.approx(probe.final(w.astype(np.float32)), rel=1e-3)


def test_soap_turns_into_the_eigenbasis_of_its_gradients():
    """Gradients of two fixed directions: in the basis all but two of their entries are nothing."""
    rng = np.random.default_rng(2)
    left, right = (np.linalg.qr(rng.standard_normal((n, n)))[0] for n in (6, 4))
    moments = Moments((6, 4))
    for step in range(41):
        g = left[:, :2] @ np.diag(rng.choice([-1, 1], 2) * [3.0, 1.0]) @ right[:, :2].T
        g = g.astype(np.float32)
        if step == 0:
            moments.begin(g)
        else:
            update = moments.update(g, step, {"a": 1.0, "b": 0.1, "e": 1e-3})
    assert np.abs(moments.turned(g)).round(3).tolist()[:2] == [[3, 0, 0, 0], [0, 1, 0, 0]]
    # Adam there: both directions count the same.
    sizes = np.linalg.svd(update)[1]
    np.testing.assert_allclose(sizes[:2], 1.0, rtol=1e-2)


def test_soap_learns_digits_and_gives_up_what_diverges():
    workload = replace(WORKLOADS["digits-logistic"], steps=60)
    of = runs(workload, "tests", (0,))
    values = {"a": 0.1, "b": 0.05, "k": 1e-4, "e": 1e-8}
    assert soap_loss(of, 0, 0.03, 60, values) < 1.5
    assert np.isnan(soap_loss(of, 0, 1e6, 60, values))


def test_a_tuning_is_repeated_by_its_number_and_better_than_none():
    one = Contender("AdamW", PEERS["AdamW"])
    workload = WORKLOADS["quadratic"]
    first, again = (tuned(one, workload, 8, 3) for _ in range(2))
    assert first.rate == again.rate
    assert first.values == again.values
    assert tuned(one, workload, 8, 4).rate != first.rate


def test_the_best_rate_may_lie_beyond_the_range_of_the_first_half(monkeypatch):
    """A range whose best is at its edge moves: later trials are about the best, wherever it is."""
    seen = []

    def run(contender, workload, number, trials):
        octaves = np.array([trial.octave for trial in trials])
        seen.extend(octaves.tolist())
        return -octaves, list(octaves)

    monkeypatch.setattr(tuning, "_run", run)
    one = Contender("SGD", found=known("SGD", 4))
    assert tuned(one, WORKLOADS["quadratic"], 200, 0) > 5.0
    assert len(seen) == 200 and max(seen[:100]) <= 5.0


@pytest.mark.parametrize("name", sorted(ZOO))
def test_constants_of_a_found_rule_are_told_by_their_use(name):
    """Those of known rules, without their names, are what the rules' authors call them."""
    constants = dict(ZOO[name].constants)
    program = known(name, 4)
    free = free_constants(program)
    shares = sorted(one.own for one in free if one.role == "b")
    meant = {one for key, one in constants.items() if key in ("a", "b")}
    assert shares == pytest.approx(sorted(meant), rel=1e-4)
    assert [one.own for one in free if one.role == "e"] == pytest.approx(
        [constants["e"]] if "e" in constants else []
    )
    assert [one.own for one in free if one.role == "k"] == pytest.approx(
        [constants["k"]] if "k" in constants else []
    )
    # With their own values it is the same rule.
    assert with_constants(program, {one: abs(one.own) for one in free}) == program


def test_a_found_rule_with_the_constants_of_a_peer_is_that_peer():
    """A share that corrects the bias goes along, and decay keeps its place."""
    free = free_constants(known("AdamW", 4))
    values = {"b": iter([0.2, 0.05]), "e": iter([1e-3]), "k": iter([0.03])}
    made = with_constants(known("AdamW", 4), {one: next(values[one.role]) for one in free})
    asked = {"a": 0.2, "b": 0.05, "e": 1e-3, "k": 0.03}
    assert made == ZOO["AdamW"].program(4, asked)


def test_a_constant_that_no_known_rule_has_keeps_its_sign_and_stays_near():
    one = Free("", -0.3, (0,))
    assert one.range == pytest.approx((0.075, 1.2))
    program = rule("m = interp(m, g, 0.1)\nupdate = power(m, -0.3)", 2)
    (other,) = (each for each in free_constants(program) if not each.role)
    assert other.own == pytest.approx(-0.3)
    changed = with_constants(program, {other: 0.6})
    assert changed == rule("m = interp(m, g, 0.1)\nupdate = power(m, -0.6)", 2)


def test_a_found_rule_may_keep_its_constants_or_get_others():
    contender = Contender("AdamW", found=known("AdamW", 4))
    values = {name: 0.01 for name in contender.ranges}
    assert contender.choices == 2 and contender.program(0, values, 9) == known("AdamW", 4)
    assert contender.program(1, values, 9) != known("AdamW", 4)
    made = [tuned(contender, WORKLOADS["quadratic"], 24, k) for k in range(3)]
    assert all(np.isfinite(one.rate) for one in made)


def test_holm_refutes_one_after_the_other():
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == [True, False, False, True]
    assert holm(np.array([0.01, 0.01])).all() and not holm(np.array([0.04, 0.2])).any()


def test_intervals_cover_what_is_there_and_noise_of_tunings_widens_them():
    rng = np.random.default_rng(8)
    usual = rng.standard_normal((4, 3, 1)) * 0.01 + rng.standard_normal((4, 1, 64))
    better = usual - np.array([0.3, 0.3, 0.3, -0.3])[:, None, None]
    made = compared(better, usual)
    assert (made.ahead, made.behind) == (3, 1)
    assert made.whole[1] < made.whole[0] < made.whole[2] and made.whole[0] == pytest.approx(-0.15)
    assert (made.each[:, 2] - made.each[:, 1] < 0.1).all(), "runs are paired"
    wild = compared(better + 2 * rng.standard_normal((4, 3, 1)), usual)
    assert (wild.ahead, wild.behind) == (0, 0)
    assert (wild.each[:, 2] - wild.each[:, 1] > 0.5).all()
    same = compared(usual, usual)
    assert (same.ahead, same.behind) == (0, 0) and same.whole[0] == 0


def test_so_many_runs_see_a_difference_of_one_per_cent():
    """By the formula, and by trying: of many experiments of that size so many see it."""
    rng = np.random.default_rng(6)
    spread = 0.02
    number = needed(spread / np.sqrt(2) * rng.standard_normal((3, 4000)))
    assert number == pytest.approx((1.96 + 0.8416) ** 2 * (spread / CHANGE) ** 2, rel=0.05)
    tried = CHANGE + spread * rng.standard_normal((4000, number))
    error = tried.std(axis=1, ddof=1) / np.sqrt(number)
    assert (np.abs(tried.mean(axis=1)) > 1.96 * error).mean() == pytest.approx(POWER, abs=0.05)


def test_numbers_of_runs_are_bounded():
    assert needed(np.full((2, 16), np.nan)) == MOST == bounded(MOST + 1)
    assert needed(np.zeros((3, 16))) == 1 and bounded(1) == LEAST


def test_a_profile_is_one_for_what_is_best_everywhere():
    table = [np.zeros(3), np.log([1.0, 2.0, 9.0]), np.log([2**0.5, 2.0, 2.0])]
    assert profiles(table).tolist() == pytest.approx([1.0, 1 / 3, 1 / 6])


def test_steps_are_counted_from_where_the_usual_rule_ends():
    usual = np.broadcast_to(-np.log(LENGTHS)[:, None], (2, 3, 7, 8))
    assert steps(usual, usual) == pytest.approx(1.0)
    assert steps(usual - np.log(1.5), usual) == pytest.approx(1 / 1.5)
    assert np.isnan(steps(usual + 9.0, usual))


@pytest.mark.slow
def test_the_table_has_elites_and_peers_side_by_side():
    space, said = RuleSpace(2, 60, "adamw"), []
    document = space.to_json(space.batch([known("momentum", 2)]), 0)
    table = bench(
        (WORKLOADS["rosenbrock"],),
        (WORKLOADS["quadratic"],),
        [Entrant("0123456789abcdef", document, {})],
        False,
        said.append,
        Effort(4, 2),
    )
    names = [row.name for row in table.rows]
    assert names == ["0123456789", *PEERS, "SOAP"] and len(said) == len(names)
    columns = {one.name for one in table.columns}
    assert all(set(row.objectives) == columns for row in table.rows)
    usual = dict(zip(names, table.rows, strict=True))["AdamW"].objectives
    assert usual["loss"] == 1.0 == usual["on quadratic"] and usual["low"] < 1 < usual["high"]
    assert not table.missing
    assert "4 trials in the same ranges, 2 times" in table.notes[0]
    assert "rosenbrock" in table.notes[1] and "quadratic" in table.notes[1]


def test_those_beside_the_usual_rule_may_be_chosen():
    space = RuleSpace(2, 60, "adamw")
    document = space.to_json(space.batch([known("momentum", 2)]), 0)
    entrants = [Entrant("0123456789abcdef", document, {})]
    searched = (WORKLOADS["rosenbrock"],)
    table = bench(searched, (), entrants, False, str, Effort(2, 2), ["NAdamW"])
    assert [row.name for row in table.rows] == ["0123456789", "AdamW", "NAdamW"]
