"""Exported C of float32 programs, the kernels and NumPy compute the same bits."""

import ctypes
import re
import subprocess

import numpy as np
import pytest
from singles import OP, SINGLE, around, of, with_look

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.emission.cases_float32 import arguments
from elitemap.searchspaces.programs.emission.to_c_float32 import files
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.reference import evaluate, same
from elitemap.searchspaces.programs.float32.tables import SIZES
from elitemap.searchspaces.programs.interpret import evaluate as interpreted
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import Signature, Variable
from elitemap.searchspaces.programs.variation import random_programs

STRICT = (
    "-std=c99 -ffp-contract=off -Wall -Wextra -Wconversion -Wpedantic -Wdouble-promotion "
    "-Wshadow -Werror -shared -fPIC"
).split()
FLAGS = [["-O0"], ["-O2"], ["-O3", "-march=native"]]
#: Without the instruction, by doubles.
FLAGS += [["-O3", "-DELITEMAP_NO_FMA=1"]]
POINTS = np.concatenate(
    [
        arguments((-4.0, 4.0)),
        np.random.default_rng(5).integers(0, 2**32, 3000, dtype=np.uint32).view(np.float32),
        np.random.default_rng(6).normal(size=1001).astype(np.float32),
    ]
)


def random_batch(n, seed):
    rng = np.random.default_rng(seed)
    opcodes = list(FLOAT32.operations.values())
    batch = random_programs(n, 52, 12, opcodes, rng, SINGLE, FLOAT32)
    return [batch.program(row) for row in range(n)]


@pytest.fixture
def agree(compiler, tmp_path, make_meta):
    """Asserts that programs compute the same in C, in the kernels and in NumPy."""

    def check(programs, flags):
        text = ""
        for number, program in enumerate(programs):
            made = files(program, make_meta(f"p{number}"))
            (tmp_path / f"p{number}.h").write_text(made[f"p{number}.h"])
            text += made[f"p{number}.c"]
        (tmp_path / "all.c").write_text(text)
        command = [compiler, *STRICT, *flags, "all.c", "-o", "all.so", "-lm"]
        built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert built.returncode == 0, built.stderr
        library = ctypes.CDLL(str(tmp_path / "all.so"))
        batch = Batch.from_programs(programs, 160, SINGLE)
        kernels = interpreted(batch, POINTS)
        seen = []
        for number, program in enumerate(programs):
            (expected,), settled = evaluate(program, [POINTS])
            compiled = np.empty_like(POINTS)
            place = [ctypes.c_void_p(a.ctypes.data) for a in (POINTS, compiled)]
            getattr(library, f"p{number}_n")(*place, ctypes.c_size_t(len(POINTS)))
            for got in (compiled, kernels[number]):
                wrong = np.flatnonzero(~same(got, expected) & settled)
                assert not len(wrong), (number, POINTS[wrong[0]], got[wrong[0]], program)
            seen.append(settled.mean())
        return seen

    return check


@pytest.mark.parametrize("flags", FLAGS, ids=str)
def test_every_primitive(agree, flags):
    programs = [around(p) for p in FLOAT32.primitives if p.literal is None]
    settled = agree(programs, flags)
    assert min(settled) > 0.5


#: Registers of 16 numbers where the CPU has them, of 8, and arrays.
WIDTHS = [["-O3", "-march=native"], ["-O2", "-mavx2", "-mfma", "-mno-avx512f"]]
WIDTHS += [["-O3", "-march=native", "-DELITEMAP_PORTABLE=1"], ["-O0"]]


@pytest.mark.parametrize("flags", WIDTHS, ids=str)
def test_tables_beside_every_primitive(agree, flags):
    """With a table the loop is written in intrinsics."""
    every = [around(p) for p in FLOAT32.primitives if p.literal is None]
    programs = [with_look(p, SIZES[k % len(SIZES)], k) for k, p in enumerate(every)]
    programs += [with_look(of(("neg", 0)), size) for size in SIZES]
    assert min(agree(programs, flags)) > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("flags", WIDTHS, ids=str)
def test_tables_in_random_programs(agree, flags):
    programs = [with_look(p, SIZES[k % len(SIZES)], k) for k, p in enumerate(random_batch(60, 7))]
    assert np.mean(agree(programs, flags)) > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("flags", FLAGS, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_many_random_programs(agree, flags, seed):
    assert np.mean(agree(random_batch(150, seed), flags)) > 0.8


def test_random_programs(agree):
    assert np.mean(agree(random_batch(25, 99), ["-O2", "-march=native"])) > 0.8


@pytest.mark.parametrize(
    "rows",
    [
        [("neg", 3)],
        [("single", -1.0), ("fmul", 3, 4)],
        [("single", -1.0), ("fmul", 4, 3)],
        [("single", -1.0), ("fdiv", 3, 4)],
        [("single", -0.0), ("fsub", 4, 3)],
        [("bits", 3), ("word", -(2**31)), ("xor", 4, 5), ("float", 6)],
        [("fsub", 2, 3)],
    ],
    ids=str,
)
def test_the_negative_of_a_fused_multiply_add_keeps_the_sign_of_zero(agree, rows):
    """gcc writes -(ab + c) as -ab - c, which is 0 and not -0 where ab = -c."""
    first = of(("single", -1.0), ("neg", 0), ("fma", 0, 1, 0), *rows)
    second = of(("rint", 0), ("single", -1.0), ("fma", 0, 2, 0), *rows)
    agree([first, second], FLAGS[2])


def exp2_program():
    """2^x by a polynomial of degree 3 and the exponent's bits."""
    return of(
        ("rint", 0),
        ("fsub", 0, 1),
        ("single", float(np.float32(0.0558))),
        ("single", float(np.float32(0.2402))),
        ("fma", 2, 3, 4),
        ("single", float(np.float32(0.6931))),
        ("fma", 5, 2, 6),
        ("single", 1.0),
        ("fma", 7, 2, 8),
        ("toint", 1),
        ("word", 23),
        ("shl", 10, 11),
        ("bits", 9),
        ("iadd", 12, 13),
        ("float", 14),
    )


@pytest.mark.parametrize("flags", [["-O2"], ["-O3", "-march=native"]], ids=str)
def test_self_test(compile_and_run, make_meta, flags):
    made = files(exp2_program(), make_meta("exp2", domain=(-10.0, 10.0)), ["At most 12 bits."])
    out = compile_and_run(made, ["exp2_approx.c"], "-DELITEMAP_SELFTEST", *flags)
    passed, count = re.search(r"(\d+) of (\d+) cases match", out).groups()
    assert passed == count and int(count) > 400
    assert "At most 12 bits." in made["exp2_approx.h"] and "-mfma" in made["exp2_approx.h"]


def test_self_test_fails_on_other_bits(compile_and_run, make_meta):
    made = files(exp2_program(), make_meta("exp2"))
    constant = float(np.float32(0.6931)).hex()
    changed = made["exp2_approx.c"].replace(constant, float(np.float32(0.6932)).hex())
    assert changed != made["exp2_approx.c"]
    made["exp2_approx.c"] = changed
    with pytest.raises(AssertionError, match="exp2_approx.*gives"):
        compile_and_run(made, ["exp2_approx.c"], "-DELITEMAP_SELFTEST")


def test_the_sanitizers_have_nothing_to_say(compile_and_run, make_meta, sanitized):
    every = [around(p) for p in FLOAT32.primitives if p.literal is None]
    made, main = {}, ""
    for number, program in enumerate(every):
        made |= files(program, make_meta(f"p{number}"))
        main += f'#include "p{number}.c"\n'
    calls = "".join(f"        p{k}_n(x, y, 7);\n" for k in range(len(every)))
    table = ", ".join(["0.0f", "-1e30f", "1e30f", "3.5f", "1.0f / zero", "zero / zero", "-2.5f"])
    main += (
        f"int main(void)\n{{\n    volatile float zero = 0;\n    float x[7] = {{{table}}}, y[7];\n"
    )
    made["main.c"] = main + calls + "    return 0;\n}\n"
    # Division by zero has a value in IEEE 754.
    compile_and_run(made, ["main.c"], "-O1", *sanitized, "-fno-sanitize=shift,float-divide-by-zero")


def test_a_constant_and_the_least_word(compile_and_run, make_meta):
    program = of(("word", -(2**31)), ("bits", 0), ("xor", 1, 2), ("float", 3))
    made = files(program, make_meta("minus"))
    assert "INT32_MIN" in made["minus.c"]
    compile_and_run(made, ["minus.c"], "-DELITEMAP_SELFTEST")
    alone = files(of(("single", 0.1 * 0 + 0.5)), make_meta("half"))
    compile_and_run(alone, ["half.c"], "-DELITEMAP_SELFTEST")


def test_other_programs_are_refused(make_meta):
    real = Program(("x",), (Instruction(REAL.opcodes["add"], (0, 0)),), (1,))
    words = Program.of(
        Signature((Variable("x", "single"),), ("word",)),
        (Instruction(OP["bits"], (0,)),),
        (1,),
        FLOAT32,
    )
    for program in (real, words):
        with pytest.raises(SearchError, match="expected a program in float32 of one single"):
            files(program, make_meta("f"))
