"""What exported operators give of numbers that are no inputs, and what certificates say of it."""

import ctypes
import shutil
import subprocess

import numpy as np
import pytest

from elitemap.evaluators.quantizers.operators.certificate import certify, properties, verify
from elitemap.searchspaces.quantizers.operators.export import exported
from elitemap.searchspaces.quantizers.operators.targets import operator


@pytest.fixture(scope="module")
def compiled(tmp_path_factory, shiftexp, magic, rectified):
    """Exported C of an operator of each kind."""
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("needs a C compiler")
    folder = tmp_path_factory.mktemp("compiled")
    cases = {"softmax-exp": shiftexp(8), "gelu-int": rectified, "rsqrt-seed": magic}
    for target, document in cases.items():
        o, name = operator(target, 8), target.replace("-", "_")
        [(file, text)] = exported(document, None, name, "c", o, 0).items()
        (folder / file).write_text(text)
    command = [compiler, "-std=c99", "-O0", "-shared", "-fPIC", *folder.glob("*.c")]
    subprocess.run([*map(str, command), "-o", str(folder / "b.so"), "-lm"], check=True)
    return ctypes.CDLL(str(folder / "b.so"))


def test_seeds_of_what_is_no_normal_number_are_nan(compiled, magic):
    seed = compiled.rsqrt_seed
    seed.restype, seed.argtypes = ctypes.c_float, [ctypes.c_float]
    for x in (np.nan, np.inf, -np.inf, 0.0, -1.0, 1e-40):
        assert np.isnan(seed(x))
    assert seed(4.0) == pytest.approx(0.5, rel=0.04)
    assert certify(magic, operator("rsqrt-seed", 8), 0)["beyond"] == "NaN"


def test_gelu_saturates(compiled, rectified):
    gelu, one = compiled.gelu_int, 1 << 8
    for x in (8 * one, 100 * one, 2**31 - 1):
        assert gelu(x) == x
    for x in (-8 * one - 1, -100 * one, -(2**31)):
        assert gelu(x) == 0
    told = certify(rectified, operator("gelu-int", 8), 0)
    assert told["beyond"] == "x from 8 on, 0 below -8" and not told["exact_zero"]


def test_logits_far_below_the_maximum_count_as_the_last_input(compiled):
    made = []
    for low in (-8 * 256 + 1, -8 * 256, -(2**31)):
        logits, codes = np.array([0, low], np.int32), np.zeros(2, np.uint8)
        at = [ctypes.c_void_p(a.ctypes.data) for a in (logits, codes)]
        compiled.softmax_exp_softmax(at[0], ctypes.c_size_t(2), at[1])
        made.append(codes.tolist())
    assert made[0] == made[1] == made[2]


def test_outputs_that_go_the_other_way_are_told():
    o = operator("softmax-exp", 4)
    falling = np.exp(-np.arange(len(o.inputs)) / 16)
    assert properties(falling, o)["monotone"]
    falling[[50, 51]] = falling[[51, 50]]
    assert not properties(falling, o)["monotone"]


def test_older_certificates_are_verified_by_what_they_have(magic):
    o = operator("rsqrt-seed", 8)
    made = certify(magic, o, 0)
    assert made["gates"] == 28 and made["monotone"]
    old = {name: value for name, value in made.items() if name not in ("gates", "beyond")}
    assert verify(magic, old, o, 0).outcome == "verified"
    assert verify(magic, made | {"gates": 27}, o, 0).outcome == "failed"
