"""The space of update rules: types, slots that die, texts, and the machine against NumPy."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.evaluators.optimizers.behaviour import behave
from elitemap.searchspaces.optimizers.boxes import drafts
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace, read, text, used_slots
from elitemap.searchspaces.optimizers.writing import rule
from elitemap.searchspaces.optimizers.zoo import VARIANTS, ZOO, known
from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.tensors import TENSORS
from elitemap.searchspaces.programs.tensors.matrices import NAMES
from elitemap.searchspaces.programs.tensors.reference import step_of

SPACE = RuleSpace(3, 60, "random")
SHAPES = ((28, 25), (3,), (11, 3))
SIZES = tuple(int(np.prod(shape)) for shape in SHAPES)
FIRST = np.cumsum([0, *SIZES], dtype=np.int32)
STEPS = 4


def data(seed):
    rng = np.random.default_rng(seed)
    w, g = rng.standard_normal((2, STEPS, sum(SIZES)))
    return w.astype(np.float32), (g * rng.uniform(0.01, 1, sum(SIZES))).astype(np.float32)


def split(flat):
    parts = np.split(flat, FIRST[1:-1])
    return [part.reshape(shape) for part, shape in zip(parts, SHAPES, strict=True)]


def by_numpy(program, w, g):
    """Updates of all steps, float32[steps, entries]."""
    slots = [[np.zeros(shape, np.float32) for shape in SHAPES] for _ in program.states]
    made = []
    for step in range(len(w)):
        parts = [split(x[step]) for x in (w, g)]
        update, slots = step_of(program, *parts, slots, step + 1)
        made.append(np.concatenate([np.ravel(part) for part in update]))
    return np.stack(made)


def agree(program, seed=0):
    w, g = data(seed)
    batch = SPACE.batch([program])
    hashes, updates = behave(batch.programs, w, g, SHAPES)
    expected = by_numpy(batch.programs.program(0), w, g)
    finite = np.isfinite(expected).all() and hashes[0] != 0
    if finite:
        size = np.abs(expected).max() + 1e-30
        np.testing.assert_allclose(updates[0] / size, expected / size, atol=2e-4)
    return finite


def calls():
    """A rule for each operation, which its update needs."""
    for name, code in TENSORS.operations.items():
        entry = TENSORS.primitives[code]
        lines = ["a = abs(g)", "b = shift(square(w), 0.5)", "n = norm(b)", "m = interp(m, g, 0.1)"]
        given_ = {"tensor": iter(["a", "b", "g"]), "scalar": iter(["s_tanh(n)", "0.5"])}
        operands = ", ".join(next(given_[kind]) for kind in entry.operands)
        made = f"{name}({operands})"
        if name in ("arcsin", "arccos"):
            made = f"{name}(clip(g, 0.9))"
        if entry.result == "scalar":
            made = f"scale(m, {made})"
        yield pytest.param("\n".join([*lines, f"update = add({made}, m)"]), id=name)


@pytest.mark.parametrize("lines", list(calls()))
def test_the_machine_computes_every_primitive_as_numpy_does(lines):
    assert agree(rule(lines, 3))


@pytest.mark.parametrize("one", [*ZOO.values(), *VARIANTS], ids=lambda one: one.name)
def test_the_machine_runs_known_rules_as_numpy_does(one):
    assert agree(one.program(3))


def test_reductions_feed_reductions_and_slots_change_places():
    lines = """
    n = scale(g, s_div(1.0, global_norm(g)))
    c = cosine(n, m)
    u = scale(n, s_add(norm(scale(n, c)), mean(shift(m, c))))
    q = m
    m = v
    v = u
    update = add(u, scale(w, global_norm(u)))
    """
    lines = "\n".join(line.strip() for line in lines.strip().splitlines()).replace("q = m\n", "")
    assert agree(rule(lines, 3))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_random_rules_are_run_as_by_numpy_and_stay_canonical(seed):
    rng = np.random.default_rng(seed)
    batch, valid = SPACE.canonical(SPACE.random(6, rng))
    batch = batch.take(valid)
    again, still = SPACE.canonical(batch)
    assert still.all()
    for name, array in batch.arrays().items():
        np.testing.assert_array_equal(array, again.arrays()[name], err_msg=name)
    for row in range(len(batch)):
        program = batch.programs.program(row)
        # What amplifies rounding without bound says nothing about the machine.
        if not {"tan", "exp", "cosh", "sinh", "power", "s_power", "sign"} & names(program):
            agree(program, seed % 97)


def test_keys_tell_programs_apart_and_nothing_else():
    """Offspring are often their parents again, and often differ in one constant alone."""
    rng = np.random.default_rng(7)
    batch = SPACE.canonical(SPACE.random(300, rng))[0]
    kinds = rng.integers(0, len(SPACE.operators), 300).astype(np.uint8)
    batch = Rules.concatenate([batch, SPACE.vary(batch, batch, kinds, rng)])
    batch = batch.take(SPACE.canonical(batch)[1])
    batch = SPACE.canonical(batch)[0]
    texts = [json.dumps(SPACE.to_json(batch, row)) for row in range(len(batch))]
    told = dict(zip(texts, SPACE.keys(batch).tolist(), strict=True))
    assert len(set(told.values())) == len(told) < len(texts)
    assert [told[text] for text in texts] == SPACE.keys(batch).tolist()


def names(program):
    return {program.primitive(i).name for i in program.instructions}


def canonical_text(lines, slots=2):
    space = RuleSpace(slots, 60, "random")
    batch, valid = space.canonical(space.batch([rule(lines, slots)]))
    assert valid.all()
    return space.source(space.to_json(batch, 0)), int(used_slots(batch.programs)[0])


def test_a_slot_that_never_reaches_the_update_is_dead():
    told, used = canonical_text("m = interp(m, g, 0.1)\nv = add(v, m)\nupdate = sign(m)")
    assert used == 1 and "v" not in told
    told, used = canonical_text("m = add(m, square(v))\nv = interp(v, m, 0.5)\nupdate = g")
    assert used == 0 and told == "update = g"


def test_a_slot_that_reaches_the_update_by_another_slot_lives():
    told, used = canonical_text("m = interp(m, v, 0.1)\nv = interp(v, g, 0.5)\nupdate = m")
    assert used == 2 and "next v" in told


def test_living_slots_come_first():
    told, used = canonical_text("v = interp(v, g, 0.1)\nupdate = sign(v)")
    assert (told, used) == canonical_text("m = interp(m, g, 0.1)\nupdate = sign(m)")


@pytest.mark.parametrize("lines", ["update = sign(w)", "m = add(m, g)\nupdate = w"])
def test_rules_without_a_gradient_are_no_candidates(lines):
    assert not SPACE.canonical(SPACE.batch([rule(lines, 3)]))[1].any()


def test_adamw_is_adamw():
    """By its paper's formulas, in float64."""
    w, g = data(3)
    m = v = 0.0
    updates = behave(SPACE.batch([known("AdamW", 3)]).programs, w, g, SHAPES)[1][0]
    for step in range(STEPS):
        m, v = 0.9 * m + 0.1 * g[step], 0.999 * v + 0.001 * g[step].astype(float) ** 2
        corrected = m / (1 - 0.9 ** (step + 1)), v / (1 - 0.999 ** (step + 1))
        expected = corrected[0] / (np.sqrt(corrected[1]) + 1e-8) + 0.01 * w[step]
        np.testing.assert_allclose(updates[step], expected, rtol=3e-4, atol=1e-6)


@pytest.mark.parametrize(
    "lines, told",
    [
        ("", "update"),
        ("update = ", "lines such as"),
        ("update += g", "lines such as"),
        ("update = h", "assigned before, got h"),
        ("update = g.real", "names, numbers and calls"),
        ("update = matmul(g, g)", "a primitive of tensors, got matmul"),
        ("update = add(g, 1.0)", "expected add of tensor, tensor"),
        ("update = add(g)", "expected add of tensor, tensor"),
        ("v = g\nupdate = v", r"at most 1 slot\(s\), got v"),
        ("update = scale(g, True)", "names, numbers and calls"),
        ("update = norm(g)", "a tensor as update, got a scalar"),
        ("m = norm(g)\nupdate = g", "a tensor as m, got a scalar"),
    ],
)
def test_what_is_no_rule_is_refused(lines, told):
    with pytest.raises(UsageError, match=told):
        rule(lines, 1)


@pytest.fixture
def document():
    space = RuleSpace(2, 60, "adamw")
    made = space.batch([known("AdamW", 2)])
    made.rate[:] = 0.01
    return space.to_json(made, 0)


def broken(document, change):
    program = document["program"]
    return {**document, "program": {**program, **change(program)}}


@pytest.mark.parametrize(
    "change",
    [
        lambda p: {"instructions": [["interp", 3, 1, 2, 0], *p["instructions"][1:]]},
        lambda p: {"instructions": [["add", 0, 2], *p["instructions"][1:]]},
        lambda p: {"instructions": [["matmul", 0, 1], *p["instructions"][1:]]},
        lambda p: {"outputs": [2]},
        lambda p: {"nexts": p["nexts"][:1]},
        lambda p: {"nexts": [2, 2]},
        lambda p: {"inputs": [["w", "tensor"], ["g", "scalar"], ["step", "scalar"]]},
        lambda p: {"states": [["m", "tensor", "0x0p+0"], ["v", "tensor"]]},
        lambda p: {"states": [], "nexts": []},
        lambda p: {"dialect": "real"},
    ],
)
def test_documents_whose_types_do_not_fit_are_refused(document, change):
    assert read(document, 1)[1] == [0.01]
    with pytest.raises(ProgramError, match="expected"):
        read(broken(document, change), 1)


@pytest.mark.parametrize(
    "rates", [None, ["0x1p-3", "0x1p-3"], [0.1], ["-0x1p-3"], ["inf"], ["nan"], ["x"]]
)
def test_rates_that_are_none_are_refused(document, rates):
    with pytest.raises(ProgramError, match="rate"):
        read({**document, "rates": rates}, 1)


def test_a_search_starts_from_the_rule_that_it_is_told():
    space = RuleSpace(2, 60, "momentum")
    batch, valid = space.canonical(space.random(200, np.random.default_rng(0)))
    told = [space.source(space.to_json(batch, row)) for row in np.flatnonzero(valid)]
    momentum = text(space.canonical(space.batch([known("momentum", 2)]))[0].programs.program(0))
    assert 0.1 < np.mean([each == momentum for each in told]) < 0.9


def test_programs_of_tensors_survive_their_documents():
    program = known("Lion", 2)
    assert Program.from_json(program.to_json(), TENSORS) == program


def test_rules_are_laid_out_as_mathematics_without_idle_slots():
    space = RuleSpace(2, 60, "random")
    batch = space.canonical(space.batch([known("RMSProp", 2)]))[0]
    told = [["\n".join(box.rows) for box in draft] for draft in drafts(space.to_json(batch, 0))]
    assert told[1] == [
        "update = g/(√t₁ + 1·10⁻⁸)",
        "  m ← t₁",
        "  t₁ = interp(m, g², 0.1)",
    ]
    assert len(told[0][0].splitlines()) == 3, "a quotient over a bar"


def test_shampoo_without_accumulation_is_a_rule_of_matrices():
    """(G G')^-1/4 G (G' G)^-1/4, by cubic steps to the nearest orthogonal matrix.

    Gupta, Koren and Singer, "Shampoo" (2018). Sums of G G' over steps have another shape than the
    parameters, and no slot takes them.
    """
    steps = 24 * "x = sub(scale(x, 1.5), scale(product(x, x, x), 0.5))\n"
    shampoo = rule(f"x = scale(g, s_div(1.0, norm(g)))\n{steps}update = x", 1)
    rng = np.random.default_rng(5)
    g = rng.standard_normal((4, 6)).astype(np.float32)
    update, _ = step_of(shampoo, [0 * g], [g], [[0 * g]], 1)
    one = g.astype(np.float64)
    np.testing.assert_allclose(
        update[0], fourth_root(one @ one.T) @ one @ fourth_root(one.T @ one), atol=1e-4
    )


def test_a_tensor_over_its_norm_is_one_operation():
    """Of norm one as a whole, whatever its shape; zeros stay zeros."""
    over = rule("update = unit(g)", 1)
    g = [np.arange(-3.0, 3.0, dtype=np.float32).reshape(2, 3), np.zeros(3, np.float32)]
    update, _ = step_of(over, [0 * x for x in g], g, [[0 * x for x in g]], 1)
    assert np.linalg.norm(update[0]) == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_allclose(update[0] * np.sqrt(np.square(g[0]).sum()), g[0], rtol=1e-6)
    np.testing.assert_array_equal(update[1], 0.0)


def test_operations_on_matrices_are_drawn_more_often_where_they_are_asked_for():
    matrices = {TENSORS.operations[name] for name in NAMES}
    drawn = RuleSpace(2, 60, "random", matrices=True).opcodes
    share = np.mean([code in matrices for code in drawn])
    assert 0.2 < share < 0.4 and set(drawn) == set(TENSORS.operations.values())
    assert not matrices & set(RuleSpace(2, 60, "random").opcodes)


def fourth_root(square):
    """The inverse fourth root of a symmetric matrix where it has one."""
    values, vectors = np.linalg.eigh(square)
    roots = np.where(values > 1e-9, np.maximum(values, 1e-9) ** -0.25, 0.0)
    return (vectors * roots) @ vectors.T


def test_tuning_changes_constants_and_nothing_else():
    begun = SPACE.canonical(SPACE.batch([known("AdamW", 3), known("Signum", 3)]))[0]
    parents = begun.take(np.arange(200) % 2)
    operators = np.full(200, SPACE.operators.index("tune"), np.uint8)
    made = SPACE.vary(parents, parents, operators, np.random.default_rng(1))
    np.testing.assert_array_equal(made.opcode, parents.opcode)
    np.testing.assert_array_equal(made.operand, parents.operand)
    differ = (made.constant != parents.constant).any(axis=2)
    assert differ.any(axis=1).mean() > 0.95 and not parents.opcode[differ].any()
    assert (differ[::2].sum(axis=1) > 2).mean() > 0.5, "several constants of AdamW together"


def test_rules_that_differ_in_constants_alone_are_of_one_kind():
    parents = SPACE.canonical(SPACE.batch([known("AdamW", 3), known("Lion", 3)] * 50))[0]
    tune = np.full(100, SPACE.operators.index("tune"), np.uint8)
    made, valid = SPACE.canonical(SPACE.vary(parents, parents, tune, np.random.default_rng(4)))
    assert len(np.unique(SPACE.keys(made.take(valid)))) > 80
    kinds = SPACE.kinds(made)[valid]
    np.testing.assert_array_equal(kinds, SPACE.kinds(parents)[valid])
    assert len(np.unique(kinds)) == 2
    edits = np.zeros(100, np.uint8)
    other, valid = SPACE.canonical(SPACE.vary(parents, parents, edits, np.random.default_rng(4)))
    assert (SPACE.kinds(other)[valid] != SPACE.kinds(parents)[valid]).mean() > 0.5


def test_a_rule_without_constants_stays_as_it_is():
    bare = SPACE.batch([known("SGD", 3)])
    assert not bare.opcode[0, : bare.size[0]].tolist().count(TENSORS.opcodes["scalar"])
    made = SPACE.vary(
        bare, bare, np.array([len(SPACE.operators) - 1], np.uint8), np.random.default_rng(1)
    )
    assert SPACE.to_json(made, 0)["program"] == SPACE.to_json(bare, 0)["program"]


def test_tuned_rows_leave_the_others_of_a_batch_to_their_operators():
    parents = SPACE.random(40, np.random.default_rng(4))
    operators = (np.arange(40) % len(SPACE.operators)).astype(np.uint8)
    made = SPACE.vary(parents, parents, operators, np.random.default_rng(5))
    tuned = operators == SPACE.operators.index("tune")
    np.testing.assert_array_equal(made.opcode[tuned], parents.opcode[tuned])
    assert (made.opcode[~tuned] != parents.opcode[~tuned]).any()
