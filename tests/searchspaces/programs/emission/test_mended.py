"""Mended code compiled and run: finite and within its bounds on the whole domain."""

import random
import re
from fractions import Fraction

import numpy as np
import pytest

from elitemap.evaluators.elementary.certificate import certify
from elitemap.evaluators.elementary.float64.points import measured_at
from elitemap.evaluators.elementary.proving import exported
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.emission.float64 import mended
from elitemap.searchspaces.programs.emission.vectors import evaluate

MAIN = """\
#include <stdio.h>
#include <string.h>
#include <stdint.h>
{includes}

int main(void)
{{
    static const double x[] = {{{xs}}};
    double (*const functions[])(double) = {{{names}}};
    for (size_t k = 0; k < sizeof functions / sizeof functions[0]; k++) {{
        for (size_t i = 0; i < sizeof x / sizeof x[0]; i++) {{
            printf("%a\\n", functions[k](x[i]));
        }}
    }}
    return 0;
}}
"""


def holed(seed, make):
    """(v + e)/(v + f) with v = d/(x - p), a target a part in 1024 off, and p."""
    rng = random.Random(seed)
    d, e, f = (rng.randint(1, 2**20) / 2**17 for _ in range(3))
    place = rng.choice([0.0, 0.0, 1.0, rng.random()])
    program = make(
        ("const", place, 0.0),
        ("sub", 0, 1),
        ("const", d, 0.0),
        ("div", 3, 2),
        ("const", e, 0.0),
        ("add", 4, 5),
        ("const", f, 0.0),
        ("add", 4, 7),
        ("div", 6, 8),
    )
    d_, e_, f_, p_ = map(Fraction, (d, e, f, place))
    if d_ - f_ * p_ <= 0 or d_ - e_ * p_ <= 0:  # a pole or a zero in the domain
        return None
    text = f"({d_} + {e_}*(x - {p_}))*(1 + x/1024)/({d_} + {f_}*(x - {p_}))"
    return program, resolve_target(text, "0,1", rng.choice(["relative", "absolute"])), place


@pytest.fixture(scope="session")
def certified_with_holes(build):
    found = [made for seed in range(40) if (made := holed(seed, build)) is not None]
    return [(p, t, place, certify(p, t, 20)) for p, t, place in found[:9]]


def test_compiled_code_is_finite_and_keeps_its_bounds(certified_with_holes, compile_and_run):
    files, names, places = {}, [], []
    for k, (program, target, place, proof) in enumerate(certified_with_holes):
        assert proof.digits is not None and proof.float64.code.mends, place
        files |= exported(program.to_json(), proof.to_json(), f"p{k}", "c", target)
        names.append(f"p{k}")
        places += [place, *(m.low for m in proof.float64.code.mends)]
        places += [m.high for m in proof.float64.code.mends]
    around = [np.nextafter(p, to) for p in places for to in (-1.0, 2.0)]
    offsets = [p + s * 2.0**-k for p in set(places) for k in range(1, 1074, 37) for s in (-1, 1)]
    spread = measured_at(certified_with_holes[0][1], ())
    xs = [x for x in [-0.0, *places, *around, *offsets, *spread] if 0.0 <= x <= 1.0]
    includes = "\n".join(f'#include "{name}.h"' for name in names)
    numbers = ", ".join(float(x).hex() for x in xs)
    files["main.c"] = MAIN.format(includes=includes, xs=numbers, names=", ".join(names))
    out = compile_and_run(files, ["main.c", *(f"{name}.c" for name in names)], "-O2")
    results = np.array([float.fromhex(line) for line in out.split()]).reshape(len(names), -1)
    assert np.isfinite(results).all()
    for (program, target, _, proof), ys in zip(certified_with_holes, results, strict=True):
        code = proof.float64.code
        expected = mended(code.mends, np.array(xs), evaluate(program, np.array(xs)))
        assert (ys == expected).all()
        stated = max(proof.upper, *(m.upper for m in code.mends)) + 4 * proof.float64_extra
        for x, y in zip(xs, ys.tolist(), strict=True):
            wanted = Fraction(str(target.value(Fraction(x), 200).mid().str(50, radius=False)))
            error = abs(Fraction(y) - wanted) / (abs(wanted) if target.relative else 1)
            assert error <= Fraction(stated), (x, y)


def test_every_language_mends_alike(certified_with_holes):
    program, target, place, proof = certified_with_holes[0]
    xs = np.array([place, np.nextafter(place, 1.0), 0.25, 0.75])
    wanted = mended(proof.float64.code.mends, xs, evaluate(program, xs))
    for language in ("python", "numpy"):
        scope = {"__name__": "emitted"}
        files = exported(program.to_json(), proof.to_json(), "f", language, target)
        ((name, text),) = files.items()
        exec(compile(text, name, "exec"), scope)
        assert [float(scope["f"](x)) for x in xs] == wanted.tolist()
        assert scope["_self_test"]() == 0


def test_jax_mends_values_and_gradients(certified_with_holes):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        for program, target, place, proof in certified_with_holes[:3]:
            scope = {}
            ((_, text),) = exported(program.to_json(), proof.to_json(), "f", "jax", target).items()
            exec(text, scope)
            wanted = mended(proof.float64.code.mends, np.array([place]), np.array([np.nan]))[0]
            assert float(scope["f"](place)) == wanted
            assert np.isfinite(float(jax.grad(scope["f"])(place)))


def test_no_case_records_a_result_that_is_not_finite(certified_with_holes):
    for program, target, place, proof in certified_with_holes[:4]:
        files = exported(program.to_json(), proof.to_json(), "f", "c", target)
        words = re.findall(r"0x([0-9a-f]{16})", files["f_cases.inc"])
        numbers = np.array([int(word, 16) for word in words], np.uint64).view(np.float64)
        arguments, results = numbers[::2], numbers[1::2]
        assert np.isfinite(results).all() and place in arguments
