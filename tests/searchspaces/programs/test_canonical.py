from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from own_primitives import OWN

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.interpret import LONGEST
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.text import formula, live

CONST = OWN.opcodes["const"]
OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives

#: Constants that a dozen sums and products of which float64 holds exactly.
SIMPLE = st.sampled_from([-2.0, -1.0, 0.5, 1.0, 2.0, 4.0])
ROOM = 40
POINTS = [Fraction(5, 7), Fraction(-13, 9), Fraction(31, 10)]


def operations(program):
    """Cost without dead code."""
    return sum(program.primitive(program.instructions[k - 1]).cost for k in live(program))


def canonical_form(program):
    """The canonical program and its cost, (None, -1) if it is no candidate."""
    batch = Batch.from_programs([program], ROOM)
    cost = int(canonical(batch, 99)[0])
    return (batch.program(0) if cost > 0 else None), cost


def value(program, x, exactly):
    try:
        return exactly(program, x)
    except ZeroDivisionError:
        return None


def plain(program):
    """Without low parts of constants: those do not survive folding."""
    return program.with_constants([(float(c), 0.0) for c in program.constants])


def shape(program):
    """Everything but the values of constants."""
    return [(i.opcode, i.operands) for i in program.instructions], program.outputs


def shuffled(program, random):
    """The same function: instructions in another order, operands exchanged, dead code added."""
    place, made = {0: 0}, []
    waiting = list(enumerate(program.instructions, 1))
    while waiting:
        ready = [w for w in waiting if all(k in place for k in w[1].operands)]
        number, i = random.choice(ready)
        waiting.remove((number, i))
        operands = [place[k] for k in i.operands]
        if program.primitive(i).commutative and random.random() < 0.5:
            operands[:2] = operands[1::-1]
        if random.random() < 0.3:
            made.append(Instruction(OPCODES["mul"], (0, random.randrange(len(made) + 1))))
        made.append(Instruction(i.opcode, tuple(operands), i.constant))
        place[number] = len(made)
    return replace(program, instructions=tuple(made), outputs=(place[program.outputs[0]],))


def folds_exactly(program):
    """Whether float64 holds everything made of constants alone, with bits to spare."""
    known = [None]
    for i in program.instructions:
        operands = [known[k] for k in i.operands]
        if i.opcode == CONST:
            known.append(i.exact)
        elif None in operands:
            known.append(None)
        else:
            known.append(program.primitive(i).exactly(Small, *operands))
    return all(k is None or (abs(k) < 2**12 and k.denominator < 2**12) for k in known)


class Small:
    min, max, abs = staticmethod(min), staticmethod(max), staticmethod(abs)
    select = staticmethod(lambda c, a, b: a if c >= 0 else b)


RING = ("const", "add", "sub", "mul", "square", "cube", "fma", "min", "max", "abs")


@settings(max_examples=300)
@given(data=st.data())
def test_the_function_stays(programs, exactly, data):
    program = plain(data.draw(programs(names=RING, numbers=SIMPLE)))
    assume(folds_exactly(program))
    form, _ = canonical_form(program)
    values = [exactly(program, x) for x in POINTS]
    if form is None:
        assert len(set(values)) == 1 or values == POINTS
    else:
        assert [exactly(form, x) for x in POINTS] == values


def random_program(rng, names):
    instructions = []
    for k in range(rng.integers(3, 14)):
        name = "const" if rng.random() < 0.3 else rng.choice(names)
        constant = (float(rng.integers(1, 8)), 0.0) if name == "const" else (0.0, 0.0)
        operands = rng.integers(0, k + 1, PRIMITIVES[OPCODES[name]].arity).tolist()
        instructions.append(Instruction(OPCODES[name], tuple(operands), constant))
    return Program(("x",), tuple(instructions), (len(instructions),), dialect=OWN)


def test_the_function_stays_with_division(exactly):
    """Reciprocals are rounded; programs that magnify a last digit say nothing."""
    rng = np.random.default_rng(2)
    compared = 0
    for _ in range(600):
        program = random_program(rng, ("add", "sub", "mul", "div"))
        form, _ = canonical_form(program)
        if form is None:
            continue
        nudged = program.with_constants([(float(c) * (1 + 1e-12), 0.0) for c in program.constants])
        for x in POINTS:
            before, after, near = (value(p, x, exactly) for p in (program, form, nudged))
            if before and near is not None and abs(near - before) < abs(before) * 1e-9:
                assert after is not None
                assert abs(after - before) <= 1e-9 * abs(before)
                compared += 1
    assert compared > 300


@settings(max_examples=200)
@given(data=st.data())
def test_the_cost_never_rises_and_is_what_is_reported(programs, data):
    program = data.draw(programs(numbers=SIMPLE))
    form, cost = canonical_form(program)
    if form is not None:
        assert cost == form.cost == operations(form) <= operations(program)
        used = [k for i in form.instructions for k in i.operands] + list(form.outputs)
        assert set(range(1, len(form.instructions) + 1)) <= set(used)
        assert all(used.count(k + 1) == 1 for k, i in enumerate(form.instructions) if not i.opcode)


@settings(max_examples=200)
@given(data=st.data())
def test_canonical_twice_is_canonical(programs, same_rows, data):
    once = Batch.from_programs([data.draw(programs())], ROOM)
    cost = canonical(once, 99)
    twice = once.take(np.arange(1))
    assert canonical(twice, 99) == cost
    assert same_rows(once, twice).all()


@pytest.mark.parametrize("names", [("add", "sub", "mul", "div"), tuple(OPCODES)[1:]])
def test_canonical_twice_is_canonical_for_many(names, same_rows):
    rng = np.random.default_rng(5)
    once = Batch.from_programs([random_program(rng, names) for _ in range(1500)], ROOM)
    cost = canonical(once, 99)
    twice = once.take(np.arange(len(once)))
    np.testing.assert_array_equal(canonical(twice, 99), cost)
    assert same_rows(once, twice).all()


@settings(max_examples=200)
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_order_exchanged_operands_and_dead_code_do_not_matter(programs, data, random):
    program = data.draw(programs(numbers=SIMPLE, most=10))
    form, cost = canonical_form(program)
    other, other_cost = canonical_form(shuffled(program, random))
    assert other_cost == cost
    if form is not None:
        assert shape(other) == shape(form)
        # Two equal structures with different constants may stand in either order.
        assert sorted(other.constants) == pytest.approx(sorted(form.constants))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([2.0, ("sub", 0, 1)], "x - 2"),
        ([4.0, ("div", 0, 1)], "x * 0.25"),
        ([1.0, ("add", 0, 1), 2.0, ("add", 2, 3)], "x + 3"),
        ([1.0, ("sub", 0, 1), 2.0, ("add", 3, 2)], "x + 1"),
        ([3.0, ("mul", 1, 0), 2.0, ("mul", 3, 2)], "x * 6"),
        ([8.0, ("div", 1, 0), 2.0, ("div", 2, 3)], "4 / x"),
        ([2.0, ("mul", 0, 1), 8.0, ("div", 3, 2)], "4 / x"),
        ([2.0, ("add", 0, 1), 8.0, ("sub", 3, 2)], "6 - x"),
        ([2.0, ("sub", 1, 0), 8.0, ("sub", 3, 2)], "x + 6"),
        ([2.0, 3.0, ("mul", 1, 2), ("add", 0, 3)], "x + 6"),
        ([1.0, ("add", 0, 1), 2.0, ("add", 0, 3), ("add", 2, 4)], "x + x + 3"),
        ([1.0, ("add", 0, 1), 1.0, ("add", 0, 3), ("mul", 2, 4)], "t1 * t1 where t1 = x + 1"),
        ([("min", 0, 0), ("max", 1, 0), ("sqrt", 2)], "sqrt(x)"),
        ([0.0, ("add", 0, 1)], "x + 0"),
    ],
)
def test_constants_merge(build, rows, expected):
    form, _ = canonical_form(build(*rows))
    assert formula(form) == expected


def test_low_parts_of_constants_stay_where_nothing_folds(build):
    program = build(0.1, ("add", 0, 1)).with_constants([(0.1, 1e-18)])
    assert canonical_form(program)[0] == program


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [3.0],
        [3.0, 4.0, ("add", 1, 2)],
        [("sub", 0, 0)],
        [("div", 0, 0), ("sqrt", 1)],
        [("add", 0, 0), ("add", 0, 0), ("sub", 1, 2)],
        [1.0, ("div", 0, 1), 0.0, ("div", 2, 3)],
        [-1.0, ("sqrt", 1), ("add", 0, 2)],
        [1e200, ("square", 1), ("mul", 0, 2)],
        [("min", 0, 0)],
    ],
)
def test_what_is_no_candidate_is_left_as_it_was(build, packed, same_rows, rows):
    batch = packed(build(*rows))
    before = batch.take(np.arange(1))
    assert canonical(batch, 99)[0] == -1
    assert same_rows(batch, before).all()


def test_the_most_operations(build, packed, same_rows):
    program = build(("sqrt", 0), ("sqrt", 1), ("sqrt", 2))
    batch = packed(program, program)
    assert canonical(batch, 3).tolist() == [3, 3]
    assert canonical(batch, 2).tolist() == [-1, -1]
    assert same_rows(batch, packed(program, program)).all()


def test_a_form_longer_than_the_batch_is_no_candidate(build):
    """A constant that is used twice is two instructions in canonical form."""
    program = build(2.0, ("min", 0, 1), ("sqrt", 2), ("max", 3, 1))
    assert canonical(Batch.from_programs([program], 5), 99)[0] == 3
    assert canonical(Batch.from_programs([program], 4), 99)[0] == -1


def test_batches_beyond_the_kernels_memory_are_refused():
    assert canonical(Batch(1, LONGEST), 99)[0] == -1
    with pytest.raises(ValueError, match=f"at most {LONGEST} "):
        canonical(Batch(1, LONGEST + 1), 99)
