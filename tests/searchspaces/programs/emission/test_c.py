import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_primitives import OWN

from elitemap.searchspaces.programs.emission import export
from elitemap.searchspaces.programs.emission.vectors import NAN_BITS, arguments, bits, evaluate
from elitemap.searchspaces.programs.program import Instruction, Program

PRIMITIVES = OWN.primitives

DRIVER = """\
#include <stdint.h>
#include <stdio.h>
#include <string.h>
{includes}

static int check(const char *name, double (*function)(double), const uint64_t (*cases)[2],
                 size_t count)
{{
    int failed = 0;
    for (size_t i = 0; i < count; i++) {{
        double x, y;
        uint64_t got = UINT64_C({nan});
        memcpy(&x, &cases[i][0], sizeof x);
        y = function(x);
        if (y == y) {{
            memcpy(&got, &y, sizeof got);
        }}
        if (got != cases[i][1]) {{
            printf("%s(%a) = %a\\n", name, x, y);
            failed = 1;
        }}
    }}
    return failed;
}}

{tables}
int main(void)
{{
    int failed = 0;
{calls}
    return failed;
}}
"""


def driver(names):
    includes = "\n".join(f'#include "{name}.c"' for name in names)
    tables = "\n".join(
        f'static const uint64_t {n}_cases[][2] = {{\n#include "{n}_cases.inc"\n}};' for n in names
    )
    calls = "\n".join(
        f'    failed |= check("{n}", {n}, {n}_cases, sizeof {n}_cases / sizeof {n}_cases[0]);'
        for n in names
    )
    return DRIVER.format(includes=includes, tables=tables, calls=calls, nan=hex(NAN_BITS))


def every_case(program, domain):
    """Arguments of every class and results, those included that are not finite."""
    xs = arguments(domain)
    ys = evaluate(program, np.array(xs)).tolist()
    pairs = zip(map(bits, xs), map(bits, ys), strict=True)
    return "".join(f"{{UINT64_C({x:#x}), UINT64_C({y:#x})}},\n" for x, y in pairs)


def exported(batch, make_meta):
    files, names, domain = {}, [], (-3.0, 2.0)
    for i, program in enumerate(batch):
        files |= export(program, None, make_meta(f"p{i}", domain=domain), "c")
        files[f"p{i}_cases.inc"] = every_case(program, domain)
        names.append(f"p{i}")
    return {**files, "driver.c": driver(names)}


@pytest.mark.parametrize("flags", [["-O2"], ["-O3", "-march=native"], "sanitized"], ids=str)
def test_random_programs_match_the_interpreter(
    flags, programs, make_meta, compile_and_run, request
):
    chosen = request.getfixturevalue("sanitized") if flags == "sanitized" else flags

    @settings(
        max_examples=4,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(st.lists(programs(), min_size=30, max_size=30))
    def match(batch):
        compile_and_run(exported(batch, make_meta), ["driver.c"], *chosen)

    match()


@pytest.mark.parametrize("title", ["exp2", "every primitive"])
def test_self_test(title, example_programs, certificate, make_meta, compile_and_run, sanitized):
    files = export(example_programs[title], certificate, make_meta(title), "c")
    source = next(name for name in files if name.endswith(".c"))
    out = compile_and_run(files, [source], "-O2", "-DELITEMAP_SELFTEST", *sanitized)
    passed, count = re.search(r"(\d+) of (\d+) cases match", out).groups()
    assert passed == count and int(count) > 60


def test_self_test_fails_on_other_bits(example_programs, make_meta, compile_and_run):
    files = export(example_programs["exp2"], None, make_meta("exp2"), "c")
    files["exp2_approx.c"] = files["exp2_approx.c"].replace("0x1.69786", "0x1.69787")
    with pytest.raises(AssertionError, match="exp2_approx.*gives"):
        compile_and_run(files, ["exp2_approx.c"], "-DELITEMAP_SELFTEST")


def test_the_library_is_linked_only_where_needed(example_programs, make_meta):
    plain = export(example_programs["exp2"], None, make_meta("f"), "c")["f.c"]
    roots = export(example_programs["every primitive"], None, make_meta("f"), "c")["f.c"]
    assert "-lm" not in plain and "math.h" not in plain
    assert "-lm" in roots and "#include <math.h>" in roots


def test_header_serves_cplusplus(example_programs, make_meta, tmp_path):
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    for name, text in export(example_programs["exp2"], None, make_meta("exp2"), "c").items():
        (tmp_path / name).write_text(text)
    use = '#include "exp2_approx.h"\n#include "exp2_approx.h"\n'
    (tmp_path / "use.cc").write_text(use + "int main() { return exp2_approx(1.0) < 1.0; }\n")
    command = [compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "use.cc"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr


def test_every_primitive_alone(make_meta, compile_and_run):
    batch = [
        Program(("x",), (Instruction(code, (0,) * p.arity),), (1,), dialect=OWN)
        for code, p in enumerate(PRIMITIVES)
        if p.literal is None
    ]
    compile_and_run(exported(batch, make_meta), ["driver.c"], "-O0")


def test_the_example_program_works(example_programs, make_meta, compile_and_run):
    files = export(example_programs["exp2"], None, make_meta("exp2"), "c")
    files["use.c"] = (Path(__file__).parents[4] / "examples" / "c" / "use.c").read_text()
    out = compile_and_run(files, ["use.c", "exp2_approx.c"], "-O2")
    power, error = re.search(r"= ([\d.]+)\n.*: (\S+) at", out).groups()
    assert float(power) == pytest.approx(2**10.25, rel=1e-13)
    assert float(error) < 1e-14


def test_flags_that_change_bits_are_refused(example_programs, make_meta, compiler, tmp_path):
    for name, text in export(example_programs["exp2"], None, make_meta("exp2"), "c").items():
        (tmp_path / name).write_text(text)
    for flags, refused in ((["-O2"], False), (["-O2", "-ffast-math"], True)):
        command = [compiler, "-std=c99", *flags, "-c", "exp2_approx.c"]
        built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert (built.returncode != 0) == refused
        assert ("expected strict IEEE 754" in built.stderr) == refused
