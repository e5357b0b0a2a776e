"""16-bit functions through compiled C at every argument: right ones are right, wrong ones found."""

import copy
import json

import gmpy2
import numpy as np
import pytest

from elitemap.engine.protocols import Entrant, Missing
from elitemap.evaluators.float32.compiled import NAME
from elitemap.evaluators.float32.grid import Effort
from elitemap.evaluators.halves.bench import bench
from elitemap.evaluators.halves.certificate import certify, judge, results_of
from elitemap.evaluators.halves.compiled import compiled, exported
from elitemap.evaluators.halves.correcting import MOST, set_right
from elitemap.evaluators.halves.exchange import exchange
from elitemap.evaluators.halves.peers import Peer, peers
from elitemap.evaluators.halves.truth import truth
from elitemap.evaluators.halves.verification import verify
from elitemap.searchspaces.elementary.float32.wholes import core_of
from elitemap.searchspaces.elementary.halves.formats import BFLOAT16, EVERY, FLOAT16
from elitemap.searchspaces.elementary.halves.functions import resolve
from elitemap.searchspaces.programs.batch import Batch


@pytest.fixture(scope="module")
def exp2(settled):
    """2^x at every bfloat16."""
    return settled("exp2", "bfloat16", None, 4)


def test_a_core_within_all_intervals_is_correctly_rounded(exp2):
    half, program, estimate, _ = exp2
    assert estimate == 0.5
    proof = certify(program, half)
    made = proof.to_json()
    assert (made["misrounded"], made["unsettled"], made["arguments"]) == (0, 0, 1 << 16)
    assert made["max_ulp"] <= 0.5 and made["ns"] > 0
    json.dumps(made, allow_nan=False)
    assert proof.objectives["misrounded"] == 0


@pytest.mark.parametrize("name", ["tanh", "gelu"])
def test_polynomials_of_degree_eight_are_correctly_rounded(settled, name):
    """What constants have to keep leaves next to no room: linear programming finds it."""
    half, program, estimate, _ = settled(name, "bfloat16", None, 8)
    assert estimate == 0.5
    assert certify(set_right(program, half), half).judged.misrounded == 0


def test_compiled_code_has_the_bits_of_the_interpreter(exp2):
    half, program, *_ = exp2
    wanted = results_of(program, EVERY)
    for flags in ((), ("-DELITEMAP_COMPLETE=1",)):
        with compiled(program, half, *flags) as library:
            got = exported(library, NAME)(EVERY)
        nan = BFLOAT16.is_nan(wanted)
        np.testing.assert_array_equal(got[~nan], wanted[~nan])
        assert BFLOAT16.is_nan(got[nan]).all()


def test_blocks_without_special_cases_have_the_same_results(exp2):
    half, program, *_ = exp2
    rng = np.random.default_rng(0)
    points = BFLOAT16.words(
        np.concatenate([np.round(rng.uniform(-120, 120, 3000)), [0.0, -0.0, 125.0, -125.0]])
    )
    with compiled(program, half) as library:
        got = exported(library, NAME)(points)
    np.testing.assert_array_equal(got, results_of(program, points))


def test_arrays_of_any_length_have_the_same_results(exp2):
    """Two numbers at a time, in blocks: none is left over, none beyond the end is touched."""
    half, program, *_ = exp2
    wanted = results_of(program, EVERY[16000:])
    with compiled(program, half) as library:
        call = exported(library, NAME)
        for many in (0, 1, 2, 15, 1023, 1024, 1025, 2049):
            np.testing.assert_array_equal(call(EVERY[16000 : 16000 + many]), wanted[:many])


def test_results_that_are_a_unit_off_are_set_right(settled):
    half, program, estimate, _ = settled("exp2", "float16", None, 5)
    assert estimate == 0.5
    few = certify(program, half).judged.misrounded
    made = set_right(program, half)
    assert 0 < few <= MOST and len(made.instructions) == len(program.instructions) + 3 * few
    assert certify(made, half).judged.misrounded == 0
    assert set_right(made, half) == made
    assert core_of(made, half.reduction) == core_of(program, half.reduction)
    far = settled("exp2", "float16", "1,3/2", 2)
    assert set_right(far[1], far[0]) == far[1]


def test_mistakes_are_counted(settled):
    half, program, estimate, _ = settled("exp2", "float16", "1,3/2", 2)
    proof = certify(program, half)
    x = half.number.values(truth(half).words)
    got = half.number.values(results_of(program, truth(half).words))
    with gmpy2.context(precision=11, emax=16, emin=-23, subnormalize=True):
        wanted = np.array([float(gmpy2.exp2(gmpy2.mpfr(v))) for v in x.tolist()])
    made = proof.to_json()
    assert made["misrounded"] == np.count_nonzero(got != wanted) > 0
    errors = np.abs(got - np.exp2(x)) / half.number.units(np.exp2(x))
    assert made["max_ulp"] == pytest.approx(errors.max(), rel=1e-9)
    assert made["max_ulp"] <= estimate + 0.5
    assert made["domain"] == [1.0, 1.5] and made["arguments"] == 513


def test_certificates_are_proved_again_and_false_ones_fail(settled):
    half, program, *_ = settled("exp2", "float16", "1,3/2", 2)
    certificate = certify(program, half).to_json()
    assert verify(program, certificate, half).outcome == "verified"
    for name, value in (("misrounded", 0), ("max_ulp", 0.5), ("format", "bfloat16")):
        false = copy.deepcopy(certificate) | {name: value}
        assert verify(program, false, half).outcome == "failed"


def test_nothing_is_made_worse_by_exchanges(settled):
    half, program, _, evaluator = settled("exp2", "float16", "1,3/2", 2)
    core = core_of(program, half.reduction)
    made, free = evaluator._cores(Batch.from_programs([core], len(core.instructions)))
    effort = Effort(1, 20, 6)
    before = exchange(made, np.zeros_like(free), evaluator.few, evaluator.every, effort)
    after = exchange(made, free, evaluator.few, evaluator.every, effort)
    assert after[0] <= before[0]


@pytest.mark.slow
def test_peers_compute_the_function(settled):
    for name, number in (("exp2", BFLOAT16), ("gelu", FLOAT16)):
        half = resolve(name, number, "1/2,4", "usual")
        for one in peers(half):
            if isinstance(one, Missing):
                assert one.cure
            else:
                assert judge(half, one.function).max_ulp < 8.0


def test_elites_are_measured_beside_the_float32_way(settled):
    half, program, *_ = settled("exp2", "float16", "1,3/2", 2)
    said = []
    found = bench(half, [Entrant("0123456789abcdef", program.to_json(), {})], said.append)
    ours, *others = found.rows
    assert ours.name == "0123456789" and ours.objectives["misrounded"] > 0
    assert ours.objectives["ns"] > 0 and "timing" in said
    tables = [row for row in others if row.name.startswith("table")]
    assert [row.objectives["misrounded"] for row in tables] == [0.0]
    assert all(isinstance(p, Peer | Missing) for p in peers(half))
