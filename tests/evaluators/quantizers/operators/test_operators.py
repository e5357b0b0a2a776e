"""Errors of integer operators over all inputs: known ones, mpmath, exports, options."""

import math
import shutil
import subprocess
import sys

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.operators.certificate import certify, verify
from elitemap.evaluators.quantizers.operators.measuring import Effort, measure
from elitemap.evaluators.quantizers.operators.task import operator_task
from elitemap.evaluators.quantizers.operators.truth import true_balls, true_values
from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.quantizers.operators.space import OperatorSpace, core_of, outputs, read
from elitemap.searchspaces.quantizers.operators.targets import OPERATORS, operator

AS_IT_IS = Effort(0, 0)


def measured(document, o, room=0):
    space = OperatorSpace(o, 32, room, 1)
    return measure(space.from_json([document]), o, AS_IT_IS)


def test_i_vit_s_exponential_errs_as_published(shiftexp):
    """Its largest error is 9.17 % in its own unit, and half of its spread in the best one."""
    o = operator("softmax-exp", 10)
    program, table = read(shiftexp(10), 0)
    made = outputs(program, table, 0, o.inputs) / 2.0**29
    true = np.exp(o.inputs / -1024.0)
    assert np.abs(made / true - 1).max() == pytest.approx(0.0917, abs=5e-4)
    proved = certify(shiftexp(o.fraction), o, 0)
    ratio = made / true
    spread = (ratio.max() - ratio.min()) / (ratio.max() + ratio.min())
    assert proved["max_relative_error"] == pytest.approx(spread, rel=1e-9)
    assert measured(shiftexp(10), o).largest[0] == pytest.approx(spread, rel=1e-12)
    assert proved["row_sum_64"] == pytest.approx(proved["row_sum_exact_64"], rel=0.02)


def test_the_magic_constant_errs_as_published(magic):
    """3.44 % for all 32 bits; half of them leave at most a quarter of a percent more."""
    proved = certify(magic, operator("rsqrt-seed", 10), 0)
    assert 0.0344 <= proved["max_relative_error"] <= 0.0375


FUNCTIONS = {
    "softmax-exp": lambda x: mpmath.exp(-x),
    "gelu-int": lambda x: x * mpmath.ncdf(x),
    "rsqrt-seed": lambda x: 1 / mpmath.sqrt(x),
    "reciprocal-seed": lambda x: 1 / x,
}


def ends(o, k):
    """What an input stands for: a number twice, or the end and the beginning of an interval."""
    if o.reading != "float":
        return (int(o.inputs.view(np.int32)[k]) / 2**o.fraction,) * 2
    x = float((o.inputs[k : k + 1] << np.uint32(16)).view(np.float32)[0])
    return x + 2.0 ** (math.frexp(x)[1] - 8), x


@pytest.mark.parametrize("target", sorted(OPERATORS))
def test_true_values_are_those_of_mpmath(target):
    o = operator(target, 6)
    sides = list(zip(true_values(o), true_balls(o), strict=True))
    for k in np.linspace(0, len(o.inputs) - 1, 60).astype(int).tolist():
        for end, (single, ball) in zip(ends(o, k), sides, strict=True):
            true = float(FUNCTIONS[target](mpmath.mpf(end)))
            assert float(single[k]) == pytest.approx(true, rel=1e-14, abs=1e-15)
            assert float(ball[k].mid()) == pytest.approx(true, rel=1e-15, abs=1e-16)


def test_certificates_agree_with_the_kernel(shiftexp, rectified, magic, looked_up):
    for o, document, room in cases(shiftexp, looked_up, magic, rectified):
        proved, found = certify(document, o, room), measured(document, o, room)
        kind = "relative" if o.relative else "absolute"
        assert found.largest[0] == pytest.approx(proved[f"max_{kind}_error"], rel=1e-10)
        assert found.mean[0] == pytest.approx(proved[f"mean_{kind}_error"], rel=1e-9)
        assert found.bias[0] == pytest.approx(proved["bias"], rel=1e-7, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(sorted(OPERATORS)),
    st.sampled_from([0, 4, 16]),
    st.integers(0, 2),
    st.integers(0, 2**32),
)
def test_random_operators_are_measured_as_numpy_runs_them(target, room, products, seed):
    o = operator(target, 5)
    space = OperatorSpace(o, 16, room, products)
    batch, valid = space.canonical(space.random(12, np.random.default_rng(seed)))
    batch = batch.take(valid)
    batch = batch.take(np.arange(min(len(batch), 4)))
    found = measure(batch, o, Effort(32, 1))
    for row in range(len(batch)):
        document = space.to_json(batch, row)
        program, table = read(document, room)
        assert sum(program.primitive(i).name == "mul" for i in program.instructions) <= products
        proved = certify(document, o, room)
        if proved is None:
            continue
        kind = "relative" if o.relative else "absolute"
        assert found.largest[row] == pytest.approx(proved[f"max_{kind}_error"], rel=1e-9)
        again = space.from_json([document])
        assert measure(again, o, AS_IT_IS).functions[0] == found.functions[row]


def test_a_fit_makes_errors_smaller(shiftexp):
    o = operator("softmax-exp", 6)
    batch = OperatorSpace(o, 32, 0, 0).from_json([shiftexp(6)])
    before = measure(batch.take(np.arange(1)), o, AS_IT_IS).badness[0]
    assert measure(batch, o, Effort(256, 2)).badness[0] < before


def test_a_table_is_fitted_as_well_as_by_hand(looked_up):
    o = operator("softmax-exp", 6)
    space = OperatorSpace(o, 32, 16, 0)
    batch = space.from_json([looked_up])
    by_hand = measure(batch.take(np.arange(1)), o, AS_IT_IS).badness[0]
    batch.table[:] = 0
    assert measure(batch, o, Effort(512, 2)).badness[0] < 1.02 * by_hand


def test_an_index_may_not_depend_on_what_it_looks_up(document):
    circular = document([["add", 0, 1]], [2, 2], [1, 2])
    with pytest.raises(ProgramError, match="depend"):
        read(circular, 2)
    o = operator("softmax-exp", 6)
    space = OperatorSpace(o, 10, 8, 1)
    batch, valid = space.canonical(space.random(200, np.random.default_rng(1)))
    for row in np.flatnonzero(valid).tolist():
        read(space.to_json(batch, row), 8)
    assert valid.any() and not valid.all()


@pytest.mark.parametrize("reduction", [None, -1, 49, 3, True, "1"])
def test_a_program_that_is_not_within_its_reduction_is_refused(shiftexp, reduction):
    o = operator("softmax-exp", 6)
    document = shiftexp(6)
    core_of(document, o, 0)
    with pytest.raises(ProgramError, match="reduction"):
        core_of(document | {"reduction": reduction}, o, 0)


@pytest.mark.parametrize(
    "settings_, told",
    [
        ({"fraction": "3"}, "fraction as a whole number from 4 to 12"),
        ({"fraction": "x"}, "fraction as a whole number from 4 to 12"),
        ({"table": "3"}, "table as one of 0, 2, 4"),
        ({"products": "4"}, "products as a whole number from 0 to 3"),
        ({"max_ops": "33"}, "max_ops as a whole number from 1 to 32"),
    ],
)
def test_impossible_options_are_refused_with_what_is_possible(settings_, told):
    with pytest.raises(UsageError, match=f"expected {told}"):
        operator_task("softmax-exp", settings_)


@pytest.mark.parametrize(
    "target, option",
    [("softmax-exp", "mantissa"), ("rsqrt-seed", "fraction"), ("normal", "products")],
)
def test_options_of_other_targets_are_refused(target, option):
    with pytest.raises(UsageError, match=f"expected no {option} with the target {target}"):
        load_task(TaskSpec.of("quantizers", target, {option: "4"}))


@pytest.mark.parametrize("name", ["max_relative_error", "bias", "outputs", "cost", "unit"])
def test_a_false_certificate_is_found_out(shiftexp, name):
    o = operator("softmax-exp", 6)
    proved = certify(shiftexp(o.fraction), o, 0)
    verdict = verify(shiftexp(6), proved | {name: -1}, o, 0)
    assert verdict.outcome == "failed" and verdict.reason.startswith(name)
    assert verify(shiftexp(6), proved, o, 0).outcome == "verified"


def cases(shiftexp, looked_up, magic, rectified):
    return [
        (operator("softmax-exp", 10), shiftexp(10), 0),
        (operator("softmax-exp", 6), looked_up, 16),
        (operator("rsqrt-seed", 10), magic, 0),
        (operator("gelu-int", 6), rectified, 0),
    ]


def exported(target, document, language, fraction, room):
    options = {"table": str(room)} | ({"fraction": str(fraction)} if fraction else {})
    return operator_task(target, options).export(document, None, "op", language)


@pytest.fixture(scope="module")
def compiler():
    found = shutil.which("cc") or shutil.which("gcc")
    if found is None:
        pytest.skip("needs a C compiler")
    return found


def test_exported_c_gives_all_outputs_and_rows(
    tmp_path, shiftexp, looked_up, magic, rectified, compiler
):
    strict = "-std=c99 -O2 -Wall -Wextra -Wconversion -Werror".split()
    for k, (o, document, room) in enumerate(cases(shiftexp, looked_up, magic, rectified)):
        [(name, text)] = exported(o.name, document, "c", o.fraction, room).items()
        path = tmp_path / f"{k}_{name}"
        path.write_text(text)
        program = str(tmp_path / f"t{k}")
        command = [compiler, *strict, "-DOP_SELF_TEST", str(path), "-o", program, "-lm"]
        subprocess.run(command, check=True)
        said = subprocess.run([program], capture_output=True, text=True)
        assert said.returncode == 0 and f"all {len(o.inputs)} outputs" in said.stdout


@pytest.mark.parametrize("language", ["numpy", pytest.param("jax", marks=pytest.mark.slow)])
def test_exported_python_gives_all_outputs(
    tmp_path, shiftexp, looked_up, magic, rectified, language
):
    pytest.importorskip(language)
    lines = []
    for k, (o, document, room) in enumerate(cases(shiftexp, looked_up, magic, rectified)):
        [text] = exported(o.name, document, language, o.fraction, room).values()
        (tmp_path / f"op{k}.py").write_text(text)
        lines.append(f"import op{k}; op{k}.self_test()")
    command = [sys.executable, "-W", "error", "-c", "\n".join(lines)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert said.returncode == 0, said.stderr


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="needs Icarus Verilog")
def test_exported_verilog_gives_all_outputs(tmp_path, shiftexp, looked_up, magic, rectified):
    for o, document, room in cases(shiftexp, looked_up, magic, rectified):
        for name, text in exported(o.name, document, "verilog", o.fraction, room).items():
            (tmp_path / name).write_text(text)
        command = ["iverilog", "-g2005", "-Wall", "-Wno-timescale", "-o", str(tmp_path / "b")]
        files = [str(tmp_path / "op.v"), str(tmp_path / "op_test.v")]
        built = subprocess.run([*command, *files], capture_output=True, text=True)
        assert built.returncode == 0 and not built.stderr, built.stderr
        said = subprocess.run(["vvp", str(tmp_path / "b")], capture_output=True, text=True)
        assert f"all {len(o.inputs)} outputs agree" in said.stdout


def test_a_data_sheet_has_all_figures(shiftexp, looked_up):
    text = exported("softmax-exp", shiftexp(10), "sheet", 10, 0)["op.md"]
    for word in ("max relative error", "bias", "row sum 64", "look-up tables", "4 shr", "8192"):
        assert word in text
    text = exported("softmax-exp", looked_up, "sheet", 6, 16)["op.md"]
    assert "| table entries | 16 |" in text and "table = " in text
