import numpy as np
import pytest
from own_primitives import OWN

from elitemap.evaluators.elementary.evaluator import sampled
from elitemap.evaluators.elementary.fitting.fit import CHECKS, NODES, Samples, fit, screen
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.interpret import evaluate_pairs
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.variation import random_programs

CONST = OWN.opcodes["const"]
OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives

#: Digits of the 10-operation program of the coth family, and of its relative of 12 operations.
TEN_OPS, TWELVE_OPS = 14.65, 18.26


def planted(name):
    """The rows of a program that uses a primitive, with constants to be found."""
    arity = OWN.primitives[OWN.opcodes[name]].arity
    if name == "select":  # a condition that changes its sign at 1, so that both constants count
        return [("mul", 0, 0), ("sub", 1, 0), 1.3, 0.7, (name, 2, 3, 4)]
    if arity == 1:
        return [1.3, ("add", 0, 1), (name, 2), 0.7, ("mul", 3, 4)]
    return [*(1.3, 0.7)[: arity - 1], (name, *range(arity))]


def cosine_points(n, low=0.5, high=2.0):
    return (low + high) / 2 - (high - low) / 2 * np.cos(np.pi * np.arange(n) / (n - 1))


def samples_of(program, n):
    """The program itself as a target, absolute error."""
    points = cosine_points(n)
    batch = Batch.from_programs([program], len(program.instructions))
    high, low = evaluate_pairs(batch, points)
    return Samples(points, high[0], low[0], np.ones(n))


def nudged(program, n, share, seed=0, length=24):
    """n copies with constants off by up to a share of themselves."""
    batch = Batch.from_programs([program] * n, length)
    rng = np.random.default_rng(seed)
    is_constant = (batch.opcode == CONST) & (np.arange(length) < batch.size[:, None])
    factor = 1 + share * rng.uniform(-1, 1, is_constant.shape)
    batch.constant[..., 0] *= np.where(is_constant, factor, 1.0)
    batch.constant[..., 1] = 0.0
    return batch


def constants(batch):
    return batch.constant[..., 0][(batch.opcode == CONST) & (batch.constant[..., 0] != 0)].reshape(
        len(batch), -1
    )


def both_rungs(batch, nodes, check, bars=None):
    screen(batch, nodes)
    return fit(batch, np.full(len(batch), -np.inf) if bars is None else bars, nodes, check)


@pytest.fixture(scope="module")
def exp2():
    target = resolve_target("exp2")
    return sampled(target, NODES), sampled(target, CHECKS)


@pytest.fixture
def population():
    """Canonical random programs."""
    opcodes = [OPCODES[name] for name in ("add", "sub", "mul", "div", "sqrt", "max")]
    batch = random_programs(600, 26, 10, opcodes, np.random.default_rng(0))
    return batch.take(canonical(batch, 10) > 0)


def copied(batch):
    return batch.take(np.arange(len(batch)))


@pytest.mark.parametrize("name", OWN.operations)
def test_planted_constants_are_found(build, name):
    program = build(*planted(name))
    starts = nudged(program, 20, 0.05)
    assert not np.allclose(constants(starts), [float(c) for c in program.constants], rtol=1e-3)
    fitted = both_rungs(starts, samples_of(program, NODES), samples_of(program, CHECKS))
    assert np.median(fitted.digits) > 14
    found = fitted.digits > 14
    expected = np.tile([float(c) for c in program.constants], (found.sum(), 1))
    np.testing.assert_allclose(constants(starts)[found], expected, rtol=1e-9)


def test_ten_operations_from_a_tenth_off(coth_power, exp2):
    fitted = both_rungs(nudged(coth_power(3), 40, 0.1), *exp2)
    assert np.median(fitted.digits) > TEN_OPS - 0.1
    assert fitted.digits.max() < TEN_OPS + 0.05


def test_more_digits_than_float64_has(coth_power, exp2):
    fitted = both_rungs(nudged(coth_power(5), 20, 1e-3), *exp2)
    assert TWELVE_OPS - 0.1 < fitted.digits.max() < TWELVE_OPS + 0.05
    assert (fitted.digits > 17).mean() > 0.2


def test_a_curved_valley_is_followed_to_its_end(exp2):
    """Three doublings and a squaring, from three doublings of half the argument: 14.5 digits."""
    w = "(1428.51973441324 / x + x)"
    v = f"(-3674.63314918997 / {w} - {w})"
    text = f"(1 - 495.08721314219974 / ({v} + 15322.7928202081 / {v} + 247.54360656194364))**2"
    doubled = written(text, REAL, REAL.operations.values())
    batch = Batch.from_programs([doubled], 64)
    assert canonical(batch, 14).all()
    assert both_rungs(batch, *exp2).digits[0] > 15.9


def test_undamped_steps_arrive_where_damped_ones_creep():
    """Constants must fit each other to five digits; screens of damped steps leave 4.8 of 5.6."""
    target = resolve_target("log2")
    text = "0.277 + 4.373 * (x - 1.468/x) / (x + 1.468/x + 4.923)"
    program = written(text, REAL, REAL.operations.values())
    batch = Batch.from_programs([program], 64)
    assert canonical(batch, 14).all()
    assert screen(batch, sampled(target, NODES)).digits[0] > 5.5


def test_steps_in_double_double_end_where_slopes_of_float64_creep():
    """Four doublings of the cotangent: 14.5 digits after 3,800 evaluations without those steps."""
    target = resolve_target("tan")
    doubled = written(
        "-168.3518/u3 where u0 = 171.3430688/x - x; u1 = 439.84416/u0 - u0;"
        " u2 = 1835.35004/u1 - u1; u3 = 9176.75/u2 - u2",
        REAL,
        REAL.operations.values(),
    )
    batch = Batch.from_programs([doubled], 64)
    assert canonical(batch, 14).all()
    fitted = both_rungs(batch, sampled(target, NODES), sampled(target, CHECKS))
    assert fitted.digits[0] > 14.5 and fitted.evaluated[0] < 1000


def test_the_low_parts_of_constants_carry_the_digits(coth_power, exp2):
    batch = Batch.from_programs([coth_power(5)], 24)
    assert fit(batch, np.full(1, -np.inf), *exp2).digits[0] > TWELVE_OPS - 0.1
    assert np.any(batch.constant[..., 1])


def test_minimax_beats_least_squares(polynomial, exp2):
    """Degree 3: the minimax error is 1.1e-4 to two digits, well below that of interpolation."""
    batch = Batch.from_programs([polynomial(0.1, 0.2, 0.7, 1)], 24)
    fitted = both_rungs(batch, *exp2)
    assert fitted.digits[0] == pytest.approx(4.13, abs=0.03)


def test_a_fit_never_loses_what_it_was_given(population, exp2):
    room = np.full(len(population), -np.inf)
    before = fit(population, room, *exp2).digits
    for _ in range(4):
        after = fit(population, room, *exp2).digits
        usable = np.isfinite(before)
        assert np.all(after[usable] >= before[usable] - 1e-6)
        before = after


def test_the_digits_are_those_of_the_constants_returned(population, exp2):
    """The error at the check points, computed here."""
    digits = both_rungs(population, *exp2).digits
    check = exp2[1]
    with np.errstate(all="ignore"):
        high, low = evaluate_pairs(population, check.points)
        error = np.abs((high - check.high) + (low - check.low)) * check.weight
        expected = -np.log10(error.max(axis=1))
    np.testing.assert_allclose(
        digits[np.isfinite(digits)], expected[np.isfinite(digits)], rtol=1e-6, atol=1e-4
    )


def test_the_same_batch_fits_to_the_same(population, exp2):
    one, other = copied(population), copied(population)
    first, second = both_rungs(one, *exp2), both_rungs(other, *exp2)
    np.testing.assert_array_equal(one.constant, other.constant)
    np.testing.assert_array_equal(first.digits, second.digits)


def test_rows_do_not_depend_on_each_other(population, exp2):
    whole = copied(population)
    together = both_rungs(whole, *exp2)
    for rows in (np.arange(0, 5), np.arange(len(population))[::-7]):
        part = population.take(rows)
        apart = both_rungs(part, *exp2)
        np.testing.assert_array_equal(part.constant, whole.constant[rows])
        np.testing.assert_array_equal(apart.digits, together.digits[rows])
        np.testing.assert_array_equal(apart.evaluated, together.evaluated[rows])


def test_only_constants_change(population, exp2):
    before = copied(population)
    both_rungs(population, *exp2)
    for name in ("size", "opcode", "operand", "output"):
        np.testing.assert_array_equal(getattr(population, name), getattr(before, name))
    spare = (before.opcode != CONST) | (np.arange(before.length) >= before.size[:, None])
    assert not population.constant[spare].any()


USELESS = {
    "nan": [-4.0, ("sub", 1, 0), ("sqrt", 2)],
    "infinity": [0.0, ("mul", 0, 1), 1.0, ("div", 3, 2)],
    "overflow": [1e300, ("add", 0, 1), ("square", 2), ("square", 3)],
}


@pytest.mark.parametrize("name", USELESS)
def test_programs_without_a_finite_error_are_unusable(build, polynomial, exp2, name):
    good = polynomial(0.1, 0.2, 0.7, 1)
    batch = Batch.from_programs([good, build(*USELESS[name]), good], 24)
    screened = screen(batch, exp2[0])
    fitted = fit(batch, np.full(3, -np.inf), *exp2)
    for outcome in (screened, fitted):
        assert outcome.digits[1] == -np.inf
        assert outcome.digits[0] == outcome.digits[2] > 2
        assert np.all(outcome.evaluated >= 1)


def test_a_pole_at_a_check_point_is_seen(build):
    """The nodes lie beside the pole."""
    check = Samples(cosine_points(CHECKS), np.ones(CHECKS), np.zeros(CHECKS), np.ones(CHECKS))
    nodes = Samples(cosine_points(NODES), np.ones(NODES), np.zeros(NODES), np.ones(NODES))
    pole = float(check.points[30])
    assert pole not in nodes.points
    program = build(pole, ("sub", 0, 1), ("div", 0, 2), ("div", 3, 3))
    batch = Batch.from_programs([program], 8)
    assert fit(batch, np.full(1, -np.inf), nodes, check).digits[0] == -np.inf


def test_constants_without_effect_do_not_block_the_others(build):
    planted = build(-9.0, ("max", 0, 1), 1.7, ("mul", 2, 3))
    start = build(-9.0, ("max", 0, 1), 1.0, ("mul", 2, 3))
    batch = Batch.from_programs([start], 8)
    fitted = both_rungs(batch, samples_of(planted, NODES), samples_of(planted, CHECKS))
    assert fitted.digits[0] > 14
    assert batch.constant[0, [0, 2], 0] == pytest.approx([-9.0, 1.7], rel=1e-12)


def test_programs_without_constants_are_measured(build, exp2):
    batch = Batch.from_programs([build(("add", 0, 0))], 4)
    fitted = both_rungs(batch, *exp2)
    assert -0.1 < fitted.digits[0] < 0.1  # the relative error of 2x at 0 is 1


def test_a_perfect_program_has_the_most_digits(build):
    program = build(("square", 0))
    batch = Batch.from_programs([program], 4)
    fitted = both_rungs(batch, samples_of(program, NODES), samples_of(program, CHECKS))
    assert fitted.digits[0] == 30


def test_more_constants_than_the_kernel_takes(build):
    rows, last = [], 0
    for k in range(30):
        rows += [0.01 * k, ("add", last, len(rows) + 1)]
        last = len(rows)
    batch = Batch.from_programs([build(*rows)], 64)
    target = build(2.0, ("add", 0, 1))
    fitted = both_rungs(batch, samples_of(target, NODES), samples_of(target, CHECKS))
    assert fitted.digits[0] > 10


def test_rows_out_of_reach_cost_less(population, exp2):
    other = copied(population)
    room = both_rungs(population, *exp2)
    given_up = both_rungs(other, *exp2, bars=np.full(len(other), 20.0))
    assert given_up.evaluated.sum() < 0.9 * room.evaluated.sum()
    assert np.all(given_up.evaluated <= room.evaluated)


def test_signatures_tell_functions_apart(population, exp2):
    one, other = screen(copied(population), exp2[0]), screen(copied(population), exp2[0])
    np.testing.assert_array_equal(one.signature, other.signature)
    assert not one.signature[one.digits < 0.5].any()
    assert len(np.unique(one.signature)) > 20
