import re
from collections import Counter

import numpy as np
import pytest

from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.interpret import LONGEST, evaluate
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.text import formula
from elitemap.searchspaces.programs.variation import OPERATORS, random_programs, vary

CONST = REAL.opcodes["const"]
OPCODES = REAL.opcodes

MENUS = [
    ("add", "sub", "mul", "div"),
    ("sqrt",),
    ("fma",),
    ("mul", "sqrt", "square", "abs", "fma"),
    tuple(name for name in OPCODES if name != "const"),
]
LENGTH = 38
#: The input that new constants are matched at.
TYPICAL = 0.7


def codes(menu):
    return [OPCODES[name] for name in menu]


def parents_of(menu, n=400, seed=0):
    """Canonical random programs."""
    batch = random_programs(n, LENGTH, 12, codes(menu), np.random.default_rng(seed))
    return batch.take(canonical(batch, 12) > 0)


def varied(parents, operator, menu, seed=1):
    rng = np.random.default_rng(seed)
    partners = parents.take(rng.permutation(len(parents)))
    operators = np.full(len(parents), OPERATORS.index(operator), np.uint8)
    return vary(parents, partners, operators, codes(menu), TYPICAL, rng)


@pytest.mark.parametrize("menu", MENUS, ids=",".join)
def test_random_programs_are_sound(menu, are_sound):
    batch = random_programs(300, LENGTH, 12, codes(menu), np.random.default_rng(3))
    assert are_sound(batch, codes(menu)).all()
    used = np.unique(batch.opcode[np.arange(LENGTH) < batch.size[:, None]])
    assert set(codes(menu)) <= set(used.tolist())
    operations = (batch.opcode != CONST).sum(axis=1)
    assert operations.max() == 12 and operations.min() <= 1


@pytest.mark.parametrize("menu", MENUS, ids=",".join)
@pytest.mark.parametrize("operator", OPERATORS)
def test_offspring_are_sound(menu, operator, are_sound):
    parents = parents_of(menu)
    for seed in range(3):
        offspring = varied(parents, operator, menu, seed)
        assert len(offspring) == len(parents)
        assert are_sound(offspring, codes(menu)).all()


@pytest.mark.parametrize("operator", OPERATORS)
def test_parents_are_untouched_and_most_offspring_differ(operator, same_rows):
    parents = parents_of(MENUS[0])
    before = parents.take(np.arange(len(parents)))
    offspring = varied(parents, operator, MENUS[0])
    assert same_rows(parents, before).all()
    assert same_rows(parents, offspring).mean() < 0.7


@pytest.mark.parametrize("operator", OPERATORS)
def test_variation_is_a_function_of_the_generator(operator, same_rows):
    parents = parents_of(MENUS[0])
    one, same, other = (varied(parents, operator, MENUS[0], seed) for seed in (1, 1, 2))
    assert same_rows(one, same).all()
    assert not same_rows(one, other).all()


def test_random_programs_are_a_function_of_the_generator(same_rows):
    one, same, other = (
        random_programs(50, LENGTH, 9, codes(MENUS[0]), np.random.default_rng(s)) for s in (1, 1, 2)
    )
    assert same_rows(one, same).all() and not same_rows(one, other).all()


def test_offspring_longer_than_the_batch_stay_their_parents(build, same_rows):
    parent = build(3.0, ("div", 1, 0), ("add", 0, 2))
    parents = Batch.from_programs([parent] * 300, 3)
    for operator in ("insert", "term", "compose", "crossover"):
        offspring = varied(parents, operator, MENUS[0])
        unchanged = same_rows(offspring, parents)
        assert unchanged.mean() > 0.3
        assert offspring.size.max() <= 3


def test_programs_without_instructions_vary(are_sound):
    parents = Batch(50, 6)
    for operator in OPERATORS:
        offspring = varied(parents, operator, MENUS[0])
        assert are_sound(offspring, codes(MENUS[0])).all()


#: Programs whose constants scale in different ways; the first one as s to minus the exponent.
SCALABLE = {
    "fractions": (
        2.0,
        [2.0, ("div", 1, 0), ("add", 0, 2), 3.0, ("div", 4, 3), 5.0, ("sub", 5, 6), ("add", 7, 3)]
        + [7.0, ("div", 9, 8), 0.5, ("sub", 10, 11), ("mul", 12, 12)],
    ),
    "powers": (-2.0, [3.0, ("square", 0), ("mul", 1, 2), 0.2, ("min", 3, 4)]),
    "roots": (-0.5, [3.0, ("sqrt", 0), ("mul", 1, 2), 0.2, ("max", 3, 4)]),
    "fused": (-1.0, [3.0, ("abs", 0), 0.7, ("fma", 1, 2, 3)]),
    "cubes": (-3.0, [3.0, ("cube", 0), ("mul", 1, 2), 0.2, ("mul", 4, 0), ("add", 3, 5)]),
    "squares": (-2.0, [3.0, ("square", 0), ("mul", 1, 2), 0.2, ("mul", 4, 0), ("add", 3, 5)]),
    "reciprocal roots": (0.5, [3.0, ("rsqrt", 0), ("mul", 1, 2), 0.2, ("max", 3, 4)]),
}


@pytest.mark.parametrize("name", SCALABLE)
def test_rescale_is_the_program_of_a_scaled_input(build, name):
    exponent, rows = SCALABLE[name]
    parents = Batch.from_programs([build(*rows)] * 200, 20)
    offspring = varied(parents, "rescale", MENUS[0])
    points = np.linspace(0.5, 2, 5)
    good = []
    for r in range(len(offspring)):
        ratio = parents.constant[r, 0, 0] / offspring.constant[r, 0, 0]
        scale = ratio ** (1 / exponent) if ratio > 0 else 1.0
        row = np.array([r])
        got = evaluate(offspring.take(row), points)
        expected = evaluate(parents.take(row), scale * points)
        good.append(scale != 1.0 and np.allclose(got, expected, rtol=1e-12))
    # The rest is varied once more.
    assert np.mean(good) > 0.75


def test_what_cannot_be_rescaled_gets_other_constants(build, same_rows):
    parents = Batch.from_programs([build(1.5, ("add", 0, 1), ("mul", 0, 2))] * 100, 12)
    offspring = varied(parents, "rescale", MENUS[0])
    assert (offspring.constant[:, 0, 0] != 1.5).mean() > 0.5


def test_crossover_brings_in_the_partner(build):
    parents = Batch.from_programs([build(("add", 0, 0))] * 200, 12)
    partners = Batch.from_programs([build(("sqrt", 0))] * 200, 12)
    operators = np.full(200, OPERATORS.index("crossover"), np.uint8)
    rng = np.random.default_rng(1)
    offspring = vary(parents, partners, operators, codes(MENUS[0]), TYPICAL, rng)
    assert np.any(offspring.opcode == OPCODES["sqrt"], axis=1).mean() > 0.8


#: One level, and two.
LEVELS = {
    "of a fraction": ("5 + 3/(x + 2)", "5 + 3/(x + 6 + 4/(x + 7))"),
    "of Horner's scheme": ("3 + 2*x", "3 + x*(2 + 5*x)"),
    "of a fraction in a square": ("5 + 3/(x*x + 2)", "5 + 3/(x*x + 6 + 4/(x*x + 7))"),
}


@pytest.mark.parametrize("name", LEVELS)
def test_repeating_makes_one_level_two(name):
    """Whatever the constants: it is fits that find those."""
    one, two = (written(text, REAL, codes(MENUS[0])) for text in LEVELS[name])
    offspring = varied(Batch.from_programs([one] * 400, 30), "repeat", MENUS[0])
    assert canonical(offspring, 20).all()
    wanted = Batch.from_programs([two], 30)
    canonical(wanted, 20)
    same = (offspring.opcode == wanted.opcode) & (offspring.size == wanted.size)[:, None]
    assert 0.02 < same.all(axis=1).mean() < 0.9


def test_doubling_squares_the_program_of_half_the_input():
    """So exp comes from exp of half the argument, and its errors at that."""
    one = written("1 + 2/(12/x + x - 6)", REAL, codes(MENUS[0]))
    parents = Batch.from_programs([one] * 400, 30)
    offspring = varied(parents, "double", MENUS[0])
    points = np.linspace(0.5, 2, 5)
    wanted = evaluate(parents.take(np.array([0])), points / 2) ** 2
    same = np.isclose(evaluate(offspring, points), wanted, rtol=1e-12).all(axis=1)
    assert 0.02 < same.mean() < 0.3
    assert canonical(offspring, 20).mean() > 0.9


def doublings_of(text, share):
    """Formulas of at least such a share of what doubling makes of a program."""
    parents = Batch.from_programs([written(text, REAL, codes(MENUS[0]))] * 2000, 30)
    canonical(parents, 20)
    offspring = varied(parents, "double", MENUS[0])
    offspring = offspring.take(canonical(offspring, 20) > 0)
    found = Counter(formula(offspring.program(row)) for row in range(len(offspring)))
    return {text for text, times in found.items() if times > share * len(parents)}


def test_a_doubling_is_taken_back():
    """So exp without a squaring comes from the one in which it was found."""
    squared = "(1 + 2/(12/x + x - 6))*(1 + 2/(12/x + x - 6))"
    assert "1 / (3 / x + x - 3) + 1" in doublings_of(squared, 0.05)


def test_to_a_doubling_comes_another_of_its_kind():
    """Of coth: w(x/2) + c / w(x/2) of w, c being fitted later, and the whole twice as large."""
    found = doublings_of("1/((x + 3/x) + 9/(x + 3/x))", 0.02)
    again = re.compile(
        r"[\d.]+ / \((t2) \+ [\d.]+ / t2\) where t1 = .* \+ x; t2 = t1 \+ [\d.]+ / t1"
    )
    assert any(again.fullmatch(text) for text in found), found


def test_the_new_doubling_is_as_much_as_the_old_one_was_at_half_the_argument():
    """So of a tangent comes a better one before any fit; a third of the new constants are that."""
    one = written("12/(w - 36/w) where w = x - 12/x", REAL, codes(MENUS[0]))
    parents = Batch.from_programs([one] * 2000, 30)
    points = np.linspace(0.3, 0.7, 5)

    def uneven(batch):
        """How far values are from a multiple of the tangent."""
        part = evaluate(batch, points) / np.tan(points)
        part = part[np.isfinite(part).all(axis=1) & part.all(axis=1)]
        return np.ptp(part, axis=1) / np.abs(part).max(axis=1)

    doubled = uneven(varied(parents, "double", MENUS[0]))
    assert np.mean(doubled < uneven(parents)[0] / 3) > 0.02


def test_doublings_of_cosines_and_triplings_of_sines_are_made():
    """t t - c and t (c - t t) of t = x + 3 / x, whatever the constants and signs."""
    found = doublings_of("x + 3/x", 0.0)
    number = r"-?[\d.e-]+"
    for kind in (rf"t1 \* t1 [-+] {number}", rf"\(t1 \* t1 [-+] {number}\) \* t1"):
        made = re.compile(rf"{kind} where t1 = .*")
        assert any(made.fullmatch(text) for text in found), found


def test_beside_a_difference_comes_the_sum():
    """So what is odd where x*x = 3 is divided by what is even there, which no other term does."""
    parents = Batch.from_programs([written("5*(x - 3/x) + 2", REAL, codes(MENUS[0]))] * 2000, 30)
    offspring = varied(parents, "conjugate", MENUS[0])
    offspring = offspring.take(canonical(offspring, 20) > 0)
    points = np.array([0.7, 1.0, 1.6])
    odd, even = points - 3 / points, points + 3 / points
    # Where 2 + k odd / (even + c), the difference to 2 is odd over something linear in even.
    with np.errstate(all="ignore"):
        slopes = np.diff(odd / (evaluate(offspring, points) - 2)) / np.diff(even)
        made = np.isclose(slopes[:, 0], slopes[:, 1], rtol=1e-9) & (np.abs(slopes[:, 0]) > 1e-6)
    assert 0.005 < made.mean() < 0.2


def test_without_two_values_in_one_instruction_nothing_is_conjugate():
    parents = Batch.from_programs([written("5*x + 2", REAL, codes(MENUS[0]))] * 50, 30)
    offspring = varied(parents, "conjugate", MENUS[0])
    again = evaluate(offspring, np.array([0.7, 1.6]))
    # But for the second variation that may follow any.
    assert (again == evaluate(parents, np.array([0.7, 1.6]))).all(axis=1).mean() > 0.7


def test_batches_that_do_not_match_are_refused():
    rng = np.random.default_rng(1)
    four, three, longer = Batch(4, 6), Batch(3, 6), Batch(4, 7)
    operators = np.zeros(4, np.uint8)
    for wrong in (three, longer):
        with pytest.raises(ValueError, match="same shape"):
            vary(four, wrong, operators, codes(MENUS[0]), TYPICAL, rng)
    with pytest.raises(ValueError, match="same shape"):
        vary(four, four, operators[:2], codes(MENUS[0]), TYPICAL, rng)


def test_programs_beyond_the_kernels_memory_are_refused():
    rng = np.random.default_rng(1)
    long = Batch(1, LONGEST + 1)
    with pytest.raises(ValueError, match="at most"):
        vary(long, long, np.zeros(1, np.uint8), codes(MENUS[0]), TYPICAL, rng)
    with pytest.raises(ValueError, match="at most"):
        random_programs(1, 40, LONGEST, codes(MENUS[0]), rng)


def shapes(batch):
    """Formulas of canonical programs with every constant as c."""
    valid = batch.take(canonical(batch, 12) > 0)
    texts = (formula(valid.program(row)) for row in range(len(valid)))
    return {re.sub(r"\d+(\.\d+)?(e-?\d+)?", "c", text) for text in texts}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x*x*2", "x*x*(2 + 3/(x + 5))"),
        ("2/(x + 3)", "2/(x + 3 + 5/(x + 7))"),
        ("x + 3", "x + 3 + 5/(x + 7)"),
    ],
)
def test_one_term_is_a_level_of_a_fraction(before, after):
    first, second = (
        Batch.from_programs([written(text, REAL, codes(MENUS[0]))] * count, LENGTH)
        for text, count in ((before, 3000), (after, 1))
    )
    assert shapes(second) <= shapes(varied(first, "term", MENUS[0]))
