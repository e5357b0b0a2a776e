"""Programs of any dialect and signature go through everything that programs of one input do."""

import json
from dataclasses import replace

import numpy as np
import pytest
from bits import BITS

from elitemap.archive.identity import identity
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.interpret import evaluate, evaluate_steps, gradient
from elitemap.searchspaces.programs.program import Instruction, Program, ProgramError
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import FUNCTION, Signature, State, Variable
from elitemap.searchspaces.programs.space import ProgramSpace
from elitemap.searchspaces.programs.text import formula, source

RULE = Signature(
    (Variable("w", "real"), Variable("g", "real")),
    ("real", "real"),
    (State("m", "real", (0.5, 0.0)),),
)
WORDS = Signature((Variable("x", "word"),), ("word",))
MIXED = Signature(
    (Variable("x", "single"), Variable("k", "word")),
    ("single", "word"),
    (State("s", "single", (0.25,)), State("t", "word", (7,))),
)
CASES = {
    "function": (REAL, FUNCTION),
    "rule": (REAL, RULE),
    "words": (BITS, WORDS),
    "mixed": (BITS, MIXED),
    "float32": (FLOAT32, MIXED),
}
STEPS, POINTS = 3, 5


def inputs_of(dialect, signature, seed=0):
    """Inputs as cells: [steps, inputs, points] of the dialect's first type."""
    rng = np.random.default_rng(seed)
    shape = (STEPS, POINTS)
    columns = []
    for variable in signature.inputs:
        if variable.type == "word":
            columns.append(rng.integers(0, 2**32, shape, dtype=np.uint32))
        elif variable.type == "single":
            columns.append(rng.uniform(-2, 2, shape).astype(np.float32).view(np.uint32))
        else:
            columns.append(rng.uniform(0.5, 2, shape))
    cell = dialect.types[0].dtype
    return np.stack([column.view(cell) for column in columns], axis=1)


@pytest.fixture(params=CASES)
def space(request):
    dialect, signature = CASES[request.param]
    opcodes = list(dialect.operations.values())
    return ProgramSpace("any", dialect, signature, opcodes, 8, inputs_of(dialect, signature))


@pytest.fixture
def brood(space):
    """Canonical programs: random ones and two generations of offspring."""
    rng = np.random.default_rng(3)
    batch, valid = space.canonical(space.random(400, rng))
    batch = batch.take(valid)
    for _ in range(2):
        operators = rng.integers(0, len(space.operators), len(batch)).astype(np.uint8)
        partners = batch.take(rng.permutation(len(batch)))
        made, valid = space.canonical(space.vary(batch, partners, operators, rng))
        batch = type(batch).concatenate([batch, made.take(valid)])
    return batch


def types_of(program):
    return [program.type_of(k) for k in range(program.leaves + len(program.instructions))]


def assert_well_typed(program, signature):
    types = types_of(program)
    assert program.fits(signature)
    for k, i in enumerate(program.instructions, program.leaves):
        wanted = program.primitive(i).operands
        assert tuple(types[o] for o in i.operands) == wanted and all(o < k for o in i.operands)


def reference(program, inputs):
    """Outputs by the entries' own functions, step by step, as cells."""
    dialect = program.dialect
    dtypes = {t.name: t.dtype for t in dialect.types}
    cell = dialect.types[0].dtype
    states = [np.full(inputs.shape[2], s.initial[0], dtypes[s.type]) for s in program.states]
    rows = []
    for step in inputs:
        values = [
            column.view(dtypes[v.type])
            for column, v in zip(step, program.signature.inputs, strict=True)
        ]
        values += states
        with np.errstate(all="ignore"):
            for i in program.instructions:
                run = program.primitive(i).run
                if program.is_constant(i):
                    values.append(np.full(inputs.shape[2], run(*i.constant)))
                else:
                    values.append(run(*(values[k] for k in i.operands)))
        rows.append([values[k].view(cell) for k in program.outputs])
        states = [values[k] for k in program.nexts]
    return np.array(rows)


def same_values(program, got, expected):
    """Equal bits, any NaN for any NaN."""
    dtypes = {t.name: t.dtype for t in program.dialect.types}
    for j, t in enumerate(program.signature.outputs):
        one, other = (np.ascontiguousarray(a[:, j]).view(dtypes[t]) for a in (got, expected))
        np.testing.assert_array_equal(one, other)


def test_the_brood_is_large_and_uses_what_there_is(space, brood):
    assert len(brood) > 300
    used = np.unique(brood.opcode[np.arange(brood.length) < brood.size[:, None]])
    assert len(used) >= len(space.dialect.primitives) - 2
    for program in (brood.program(row) for row in range(len(brood))):
        assert_well_typed(program, space.signature)


def test_every_operator_keeps_types_and_changes_something(space, brood):
    for number in range(len(space.operators)):
        operators = np.full(len(brood), number, np.uint8)
        partners = brood.take(np.arange(len(brood))[::-1])
        made = space.vary(brood, partners, operators, np.random.default_rng(number))
        programs = [made.program(row) for row in range(len(made))]
        for program in programs:
            assert_well_typed(program, space.signature)
        assert np.mean([p != brood.program(r) for r, p in enumerate(programs)]) > 0.2


def test_the_interpreter_computes_what_the_entries_say(space, brood):
    inputs = inputs_of(space.dialect, space.signature, 1)
    got = evaluate_steps(brood, inputs)
    assert got.shape == (len(brood), STEPS, len(space.signature.outputs), POINTS)
    for row in range(0, len(brood), 3):
        program = brood.program(row)
        same_values(program, got[row], reference(program, inputs))


def test_canonical_form_is_idempotent_and_keeps_exact_functions(space):
    """In `bits` and `float32` every stated law is exact, so not a bit may change."""
    batch = space.random(500, np.random.default_rng(5))
    form, valid = space.canonical(batch)
    form, batch = form.take(valid), batch.take(valid)
    again = form.take(np.arange(len(form)))
    assert (canonical(again, space.max_ops) > 0).all()
    for name, array in form.arrays().items():
        np.testing.assert_array_equal(array, getattr(again, name))
    inputs = inputs_of(space.dialect, space.signature, 2)
    before, after = evaluate_steps(batch, inputs), evaluate_steps(form, inputs)
    for row in range(len(form)):
        if space.dialect is not REAL:
            same_values(form.program(row), after[row], before[row])


def test_documents_batches_and_keys_agree(space, brood):
    documents = [space.to_json(brood, row) for row in range(len(brood))]
    again = space.from_json(json.loads(json.dumps(documents)))
    for name, array in brood.arrays().items():
        np.testing.assert_array_equal(array, getattr(again, name))
    keys = space.keys(brood)
    np.testing.assert_array_equal(space.keys(again), keys)
    names = [identity(document) for document in documents]
    assert len(set(names)) > 0.5 * len(names)
    same = {
        name: {k for n, k in zip(names, keys.tolist(), strict=True) if n == name} for name in names
    }
    assert all(len(found) == 1 for found in same.values())
    assert len(set(keys.tolist())) > 0.9 * len(set(names))


def test_texts_are_ascii_lines_that_name_everything(space, brood):
    for row in range(0, len(brood), 7):
        program = brood.program(row)
        lines = source(program).splitlines()
        assert all(line.isascii() and " = " in line for line in lines)
        tail = [line for line in lines if line.startswith("next ")]
        assert len(tail) == len(space.signature.states)
        assert formula(program).isascii()


def rule():
    """m + (g - m) * 0.1, w - that and the difference."""
    op, real = REAL.opcodes, (0.1, 0.0)
    instructions = (
        Instruction(op["sub"], (1, 2)),
        Instruction(op["const"], (), real),
        Instruction(op["mul"], (3, 4)),
        Instruction(op["add"], (2, 5)),
        Instruction(op["sub"], (0, 6)),
    )
    return Program.of(RULE, instructions, (7, 3, 6))


def test_a_rule_runs_from_its_first_state():
    batch = Batch.from_programs([rule()], 8, RULE)
    inputs = np.array([[[1.0], [2.0]], [[1.0], [3.0]]])
    got = evaluate_steps(batch, inputs)[0, :, :, 0]
    first = 0.5 + (2.0 - 0.5) * 0.1
    np.testing.assert_array_equal(got[0], [1.0 - first, 2.0 - 0.5])
    np.testing.assert_array_equal(got[1], [1.0 - (first + (3.0 - first) * 0.1), 3.0 - first])
    assert batch.program(0) == rule()


def test_a_rule_as_text_and_document():
    assert source(rule()) == (
        "t1 = g - m\nt2 = t1 * 0.1\nt3 = m + t2\nt4 = w - t3\ny1 = t4\ny2 = t1\nnext m = t3"
    )
    assert formula(rule()) == "w - t2, t1; next m = t2 where t1 = g - m; t2 = m + t1 * 0.1"
    document = rule().to_json()
    assert document["schema"] == 2 and document["dialect"] == "real"
    assert document["states"] == [["m", "real", (0.5).hex(), (0.0).hex()]]
    assert document["nexts"] == [6] and document["inputs"] == [["w", "real"], ["g", "real"]]
    assert Program.from_json(document) == rule()


def test_plain_documents_stay_what_they_were():
    program = Program(("x",), (Instruction(REAL.opcodes["add"], (0, 0)),), (1,))
    assert program.to_json() == {
        "schema": 1,
        "inputs": ["x"],
        "instructions": [["add", 0, 0]],
        "outputs": [1],
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"dialect": "bits"},
        {"dialect": None},
        {"inputs": ["w", "g"]},
        {"inputs": [["w", "word"], ["g", "real"]]},
        {"inputs": [["w", "real"], ["g"]]},
        {"inputs": [["w; drop", "real"], ["g", "real"]]},
        {"states": []},
        {"states": [["m", "real", "nan", "0x0p0"]]},
        {"states": [["m", "real"]]},
        {"states": [["m"]]},
        {"states": "m"},
        {"nexts": []},
        {"nexts": [99]},
        {"nexts": None},
        {"states": [[f"m{k}", "real", "0x0p0", "0x0p0"] for k in range(20)], "nexts": [0] * 20},
    ],
)
def test_broken_documents_are_refused(changes):
    with pytest.raises(ProgramError, match="^expected .{1,200}$"):
        Program.from_json(rule().to_json() | changes)


def test_documents_of_another_dialect_are_refused():
    word = Instruction(BITS.opcodes["word"], (), (7,))
    program = Program.of(WORDS, (word, Instruction(BITS.opcodes["xor"], (0, 1))), (2,), BITS)
    assert Program.from_json(program.to_json(), BITS) == program
    with pytest.raises(ProgramError, match="in real, got 'bits'"):
        Program.from_json(program.to_json())
    wrong = program.to_json() | {"instructions": [["word", 7], ["fadd", 0, 1]]}
    with pytest.raises(ProgramError, match="operands of types"):
        Program.from_json(wrong, BITS)


def canonical_text(*rows, signature=WORDS):
    instructions = []
    for name, *rest in rows:
        constant = BITS.is_constant(BITS.opcodes[name])
        told = ((), tuple(rest)) if constant else (tuple(rest), ())
        instructions.append(Instruction(BITS.opcodes[name], *told))
    program = Program.of(signature, tuple(instructions), (len(rows),), BITS)
    batch = Batch.from_programs([program], 12, signature)
    assert canonical(batch, 9)[0] >= 0
    return formula(batch.program(0))


FLOATS = Signature((Variable("x", "single"),), ("single",))


def test_rewriting_uses_the_laws_of_the_dialect_and_no_other():
    """x - c is x + (-c) for words; sums of float32 round and stay in their order."""
    assert canonical_text(("word", 1), ("sub", 0, 1)) == "x + 0xffffffff"
    assert canonical_text(("word", 5), ("xor", 0, 1), ("word", 3), ("xor", 2, 3)) == "x ^ 0x6"
    assert canonical_text(("and", 0, 0), ("word", 1), ("shift", 1, 2)) == "x >> (0x1 & 31)"
    rows = (("single", 1.0), ("fadd", 0, 1), ("single", 2.0), ("fadd", 2, 3))
    assert canonical_text(*rows, signature=FLOATS) == "x + 1.0 + 2.0"
    rows = (("single", 1.5), ("fsub", 0, 1))
    assert canonical_text(*rows, signature=FLOATS) == "x - 1.5"


def test_what_is_for_functions_of_one_variable_says_so():
    batch = Batch.from_programs([rule()], 8, RULE)
    for ask in (evaluate, gradient):
        with pytest.raises(ValueError, match="one input and one output"):
            ask(batch, np.ones(3))
    with pytest.raises(ValueError, match=r"2 input\(s\)"):
        evaluate_steps(batch, np.ones((1, 1, 3)))


def test_signatures_have_room_in_the_kernels():
    many = tuple(Variable(f"x{k}", "real") for k in range(17))
    for wrong in ({"inputs": many}, {"inputs": ()}, {"outputs": ()}, {"outputs": ("real",) * 17}):
        with pytest.raises(ValueError, match="expected"):
            replace(RULE, **wrong)
