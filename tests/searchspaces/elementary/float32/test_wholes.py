"""Cores and whole programs: each is found in the other, in batches as one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.elementary.float32.batches import wholes
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.known import KNOWN
from elitemap.searchspaces.elementary.float32.space import WholeSpace
from elitemap.searchspaces.elementary.float32.wholes import ROUNDED, core_of, read, whole
from elitemap.searchspaces.elementary.space import ElementarySpace
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.interpret import evaluate_steps
from elitemap.searchspaces.programs.program import ProgramError
from elitemap.searchspaces.programs.real import REAL

OPCODES = [REAL.opcodes[name] for name in ROUNDED if name != "const"]
FUNCTIONS = [*((name, None) for name in KNOWN), ("exp2", "0,1"), ("log", "1,2"), ("x*x+1", "0,1")]
ROUGH = [(name, None, "usual", 256.0, 2.0**-10) for name in ("tanh", "sigmoid", "gelu", "log2")]
REDUCTIONS = [
    *(resolve(name, domain, "usual").reduction for name, domain in FUNCTIONS),
    *(resolve(*asked).reduction for asked in ROUGH),
]


def space(reduction, max_ops=9):
    return WholeSpace(reduction, OPCODES, max_ops, reduction.core.chebyshev(8))


@given(st.sampled_from(REDUCTIONS), st.integers(0, 2**32), st.integers(1, 12))
def test_batches_and_single_programs_agree_and_lead_back(reduction, seed, max_ops):
    own = space(reduction, max_ops)
    batch, valid = own.canonical(own.random(12, np.random.default_rng(seed)))
    batch = batch.take(valid)
    made = wholes(batch, reduction)
    for row in range(len(batch)):
        core = batch.program(row)
        program = whole(core, reduction)
        assert made.program(row) == program
        assert core_of(program, reduction) == core
        assert read(program.to_json()) == program


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("(x*2 + 3)*x - 4", "t1 = fma(r, 2, 3); y = fma(t1, r, -4)"),
        ("5 - x*3", "y = fma(r, -3, 5)"),
        ("x*x - x*3", "t1 = r * r; y = fma(r, -3, t1)"),
        # Each sum that is written with a product has one of its own.
        ("(x*x + 1)*(x*x + 2)", "t1 = fma(r, r, 1); t2 = fma(r, r, 2); y = t1 * t2"),
        # A product that is used twice, and a sign that no constant can carry.
        ("(x*x - 1)*(x*x - x)", "t1 = r * r; t2 = t1 - 1; t3 = t1 - r; y = t2 * t3"),
        ("5 - x*x", "t1 = r * r; y = 5 - t1"),
        # Chains of lines are lines.
        ("((x*2 + 3)*4 - 4)*x + 1", "t1 = fma(r, 8, 8); y = fma(t1, r, 1)"),
        ("(5 - x*3)*2", "y = fma(r, -6, 10)"),
        ("(x + x)*3 - x", "y = r * 5"),
        ("(x*2 + 1) - x", "y = r + 1"),
        ("(x*x*2 + 1)*3", "t1 = r * r; y = fma(t1, 6, 3)"),
    ],
)
def test_products_go_into_sums_that_nothing_else_shares(formula, text):
    own = space(REDUCTIONS[0])
    document = own.wrapped(written(formula, REAL, own.opcodes))
    assert own.source(document).replace("\n", "; ") == text
    plain = WholeSpace(
        REDUCTIONS[0], [c for c in OPCODES if c != REAL.opcodes["fma"]], 9, own.probes
    )
    assert "fma" not in plain.source(plain.wrapped(written(formula, REAL, plain.opcodes)))


@given(st.integers(0, 2**32))
def test_fusing_keeps_the_function(seed):
    codes = [REAL.opcodes[name] for name in ("add", "sub", "mul", "fma")]
    own = WholeSpace(REDUCTIONS[0], codes, 9, REDUCTIONS[0].core.chebyshev(8))
    batch = own.random(24, np.random.default_rng(seed))
    plain, valid = ElementarySpace.canonical(own, batch)
    fused, still = own.canonical(batch)
    rows = np.flatnonzero(valid & still)
    points = np.linspace(-1.0, 1.0, 32)[None, None]
    wanted, got = (evaluate_steps(b.take(rows), points)[:, 0, 0] for b in (plain, fused))
    # Constants are rounded, and what cancels may be much larger than what is left.
    size = np.maximum(np.abs(wanted).max(axis=1, initial=0.0), 1.0)[:, None]
    np.testing.assert_allclose(got / size, wanted / size, rtol=0.0, atol=1e-2)


@given(st.integers(0, 2**32))
def test_canonical_form_of_cores_is_final(seed):
    own = space(REDUCTIONS[0])
    batch, valid = own.canonical(own.random(12, np.random.default_rng(seed)))
    batch = batch.take(valid)
    again, still = own.canonical(batch)
    assert still.all()
    for name, array in batch.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)


def test_a_program_of_another_reduction_is_none_of_the_space():
    exp, log = (space(resolve(name, None, "usual").reduction) for name in ("exp", "log"))
    batch, valid = exp.canonical(exp.random(20, np.random.default_rng(0)))
    document = exp.to_json(batch.take(valid), 0)
    assert exp.source(document)
    with pytest.raises(ProgramError, match="reduction exponent"):
        log.from_json([document])
    with pytest.raises(ProgramError):
        exp.from_json([document | {"outputs": [1]}])


def test_constants_are_float32_in_canonical_form():
    own = space(REDUCTIONS[0])
    batch, valid = own.canonical(own.random(200, np.random.default_rng(0)))
    batch = batch.take(valid)
    batch.constant[:, :, 0] *= 1 + 1e-9
    again, valid = own.canonical(batch)
    values = again.take(valid).constant
    assert valid.sum() > 100 and not values[:, :, 1].any()
    np.testing.assert_array_equal(values[:, :, 0].astype(np.float32), values[:, :, 0])
    batch.constant[:, :, 0] *= 1e300
    assert own.canonical(batch)[1].sum() < len(batch)


@pytest.mark.parametrize(
    ("name", "domain", "reduction", "said"),
    [
        ("exp", None, "usul", "did you mean 'usual'"),
        ("exp", "-200,1", "usual", "leave it out for all float32"),
        ("silu", "0,1000", "usual", "choose a smaller one"),
        ("x", "1,1.000000001", "usual", "several finite float32"),
        ("x", "0,1e39", "usual", "usable width"),
        ("nonsense", None, "usual", "unknown"),
    ],
)
def test_what_is_no_function_of_float32_is_refused(name, domain, reduction, said):
    with pytest.raises(UsageError, match=said):
        resolve(name, domain, reduction)
