"""Float32 programs in Rust, CUDA, Triton and Python give the bits of the entries' own functions."""

import ctypes
import shutil
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from singles import OP, SINGLE, around, of, with_look

from elitemap.searchspaces.programs.emission import (
    to_cuda_float32,
    to_python_float32,
    to_rust_float32,
    to_triton_float32,
)
from elitemap.searchspaces.programs.emission.cases_float32 import arguments
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.reference import evaluate, same
from elitemap.searchspaces.programs.float32.tables import SIZES
from elitemap.searchspaces.programs.variation import random_programs

WRITERS = {
    "rust": to_rust_float32.files,
    "cuda": to_cuda_float32.files,
    "triton": to_triton_float32.files,
    "python": to_python_float32.files,
}
POINTS = np.concatenate(
    [
        arguments((-4.0, 4.0)),
        np.random.default_rng(5).integers(0, 2**32, 500, dtype=np.uint32).view(np.float32),
    ]
)


def programs(n=25):
    """Every primitive, tables, and random programs."""
    opcodes = list(FLOAT32.operations.values())
    batch = random_programs(n, 52, 12, opcodes, np.random.default_rng(99), SINGLE, FLOAT32)
    every = [around(p) for p in FLOAT32.primitives if p.literal is None]
    every += [with_look(of(("neg", 0)), size) for size in SIZES]
    return [*every, *(batch.program(row) for row in range(n)), of(("single", 2.5)), of(("neg", 0))]


def agrees(program, got):
    (expected,), settled = evaluate(program, [POINTS])
    wrong = np.flatnonzero(~same(np.asarray(got, np.float32), expected) & settled)
    assert not len(wrong), (POINTS[wrong[0]], got[wrong[0]], expected[wrong[0]], program)


def run(text):
    module = types.ModuleType("exported")
    exec(compile(text, "exported", "exec"), module.__dict__)
    return module


def test_python(make_meta, tmp_path):
    for program in programs(8):
        (text,) = to_python_float32.files(program, make_meta("f"), ["Nothing."]).values()
        function = run(text).f
        agrees(program, [function(x) for x in POINTS.tolist()])
    (tmp_path / "f.py").write_text(text)
    ran = subprocess.run([sys.executable, tmp_path / "f.py"], capture_output=True, text=True)
    assert ran.returncode == 0 and "cases match" in ran.stdout


@pytest.fixture
def rustc():
    found = shutil.which("rustc")
    if found is None:
        pytest.skip("rustc is not installed")
    return found


def test_rust(rustc, make_meta, tmp_path):
    """All in one crate, whose tests are the recorded cases."""
    lines = []
    for k, program in enumerate(programs()):
        (text,) = to_rust_float32.files(program, make_meta(f"p{k}"), ["Nothing."]).values()
        (tmp_path / f"p{k}.rs").write_text(text)
        lines.append(f"pub mod p{k};\n")
    (tmp_path / "all.rs").write_text("".join(lines))
    command = [rustc, "--test", "--edition=2021", "-Dwarnings", "-O", "all.rs", "-o", "program"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    ran = subprocess.run([tmp_path / "program"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


#: What CUDA has, for a compiler on the host: everything rounds to nearest there.
HOST = """\
#include <math.h>
#include <stdint.h>
#include <string.h>
#define __device__
#define __global__
#define __forceinline__ inline
static struct { unsigned x; } blockIdx = {0}, blockDim = {1}, threadIdx = {0}, gridDim = {1};
#define __fadd_rn(a, b) ((a) + (b))
#define __fsub_rn(a, b) ((a) - (b))
#define __fmul_rn(a, b) ((a) * (b))
#define __fdiv_rn(a, b) ((a) / (b))
#define __fmaf_rn fmaf
#define __fsqrt_rn sqrtf
#define __float2int_rn(a) ((int32_t)rintf(a))
#define __int2float_rn(a) ((float)(a))
static float __int_as_float(int32_t a) { float f; memcpy(&f, &a, sizeof f); return f; }
static int32_t __float_as_int(float a) { int32_t i; memcpy(&i, &a, sizeof i); return i; }
"""


def test_cuda_on_the_host(compiler, make_meta, tmp_path):
    text, made = HOST, programs()
    for k, program in enumerate(made):
        (part,) = to_cuda_float32.files(program, make_meta(f"p{k}"), ["Nothing."]).values()
        text += part + f"void p{k}_run(const float *x, float *y, size_t n)\n"
        text += f"{{ p{k}_kernel(x, y, n); }}\n"
    (tmp_path / "all.c").write_text(text)
    command = [compiler, "-std=c99", "-O1", "-ffp-contract=off", "-Wno-unknown-pragmas", "all.c"]
    command += ["-shared", "-fPIC", "-o", "all.so", "-lm"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    library = ctypes.CDLL(str(tmp_path / "all.so"))
    for k, program in enumerate(made):
        got = np.empty_like(POINTS)
        places = [ctypes.c_void_p(a.ctypes.data) for a in (POINTS, got)]
        getattr(library, f"p{k}_run")(*places, ctypes.c_size_t(len(POINTS)))
        agrees(program, got)


@pytest.mark.slow
def test_cuda_is_compiled_where_nvcc_is(make_meta, tmp_path):
    """No skip: most machines have no nvcc, and the host compiles the same text above."""
    nvcc = shutil.which("nvcc")
    if nvcc is None:
        return
    text = ""
    for k, program in enumerate(programs(0)):
        text += to_cuda_float32.files(program, make_meta(f"p{k}"), ["Nothing."])[f"p{k}.cuh"]
    (tmp_path / "all.cu").write_text(text)
    command = [nvcc, "-c", "-diag-suppress", "177", "all.cu", "-o", "all.o"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr


def exp2_program():
    """2^x by a polynomial of degree 3 and the exponent's bits."""
    return of(
        ("rint", 0),
        ("fsub", 0, 1),
        *(("single", float(np.float32(c))) for c in (0.0558, 0.2402, 0.6931, 1.0)),
        *(("fma", 2, 3, 4), ("fma", 7, 2, 5), ("fma", 8, 2, 6)),
        *(("toint", 1), ("word", 23), ("shl", 10, 11), ("bits", 9), ("iadd", 12, 13)),
        ("float", 14),
    )


@pytest.mark.parametrize("language", ["rust", "cuda", "triton", "python"])
def test_golden(language, make_meta, golden):
    meta = make_meta("exp2", domain=(-10.0, 10.0))
    for name, text in WRITERS[language](exp2_program(), meta, ["At most 12 bits."]).items():
        golden(Path(__file__).parent / "golden_float32" / name, text)


class Block(np.ndarray):
    """An array with the method that blocks of Triton have."""

    def to(self, kind, bitcast=False):
        if bitcast:
            return np.ascontiguousarray(self).view(kind).view(Block)
        with np.errstate(invalid="ignore"):
            return self.astype(kind).view(Block)


def blocks(*values):
    """Numbers of Python are float32 or int32 beside blocks."""
    kinds = {float: np.float32, int: np.int32}
    return [np.asarray(v, kinds.get(type(v))).view(Block) for v in values]


@pytest.fixture
def triton(monkeypatch):
    """Enough of Triton for a function on a block, in NumPy."""

    def fused(a, b, c):
        product = [np.asarray(v, np.float64) for v in blocks(a, b, c)]
        exact = FLOAT32.primitives[OP["fma"]].run(*(v.astype(np.float32) for v in product))
        return np.asarray(exact).view(Block)

    language = types.ModuleType("triton.language")
    for name in ("int32", "float32", "uint32"):
        setattr(language, name, getattr(np, name))
    language.constexpr = int
    language.full = lambda shape, value, kind: np.full(shape, value, kind).view(Block)
    language.fma = fused
    language.div_rn = lambda a, b: np.divide(*blocks(a, b)).view(Block)
    language.sqrt_rn = lambda a: np.sqrt(*blocks(a)).view(Block)
    language.where = lambda c, a, b: np.where(c, *blocks(a, b)).view(Block)
    module = types.ModuleType("triton")
    module.jit, module.language = lambda function: function, language
    monkeypatch.setitem(sys.modules, "triton", module)
    monkeypatch.setitem(sys.modules, "triton.language", language)


def test_triton_in_numpy(triton, make_meta):
    for program in programs():
        (text,) = to_triton_float32.files(program, make_meta("f"), ["Nothing."]).values()
        with np.errstate(all="ignore"):
            got = run(text).f(POINTS.view(Block))
        agrees(program, np.broadcast_to(np.asarray(got), POINTS.shape))
